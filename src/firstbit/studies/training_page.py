"""Many seeds of one training: data, figures and a page."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import scipy
import xarray as xr

from firstbit import plots
from firstbit.files import replaced_folder, save
from firstbit.languages import fresh_words, lags, long_range_prediction, named_floors
from firstbit.memory import gradients_by_lag
from firstbit.memory.gradients.by_lag import LITTLE
from firstbit.plots import Drawing
from firstbit.report.page import Badge, Note, Picture, Section, Table, render
from firstbit.training import Task, Training, encoded

MARKER = "training.json"
GRADIENT_WORDS, GRADIENT_SEEDS = 64, 8


def write_training(
    out: Path, title: str, task: Task, trainings: Sequence[Training], result: xr.Dataset
) -> None:
    """Write `training.nc`, `gradients_by_lag.nc`, figures and `report.html`, all of it or nothing.

    Raises:
        OutputError: the folder can't be written, or holds something else.
    """
    with replaced_folder(out, marker=MARKER) as folder:
        (folder / "figures").mkdir()
        save(result, folder / "training.nc")
        lines = {
            floor.name: floor.loss
            for floor in named_floors(task.language)
            if floor.kind != "window"
        }
        drawings = [
            Drawing.of(
                "seeds",
                plots.seeds,
                result,
                title,
                None if task.protocol.is_softmax else lines,
            )
        ]
        gradients = gradients_of(task, trainings)
        if gradients is not None:
            save(gradients, folder / "gradients_by_lag.nc")
            drawings.append(
                Drawing.of("gradients_by_lag", plots.gradients_by_lag, gradients)
            )
        for drawing in drawings:
            drawing.save(folder / "figures")
        pictures = {
            drawing.name: (folder / "figures" / f"{drawing.name}.svg").read_bytes()
            for drawing in drawings
        }
        (folder / "report.html").write_text(
            page(title, result, gradients, pictures), encoding="utf-8"
        )
        told = {
            "title": title,
            "configuration": json.loads(result.attrs["configuration"]),
            "key": result.attrs["key"].tolist(),
        }
        (folder / MARKER).write_text(
            json.dumps(told, indent=1) + "\n", encoding="utf-8"
        )


def gradients_of(task: Task, trainings: Sequence[Training]) -> xr.Dataset | None:
    """Gradients by lag at the start, in the middle and at the end, of the first seeds that did not diverge."""
    finite = [training for training in trainings if training.diverged is None][
        :GRADIENT_SEEDS
    ]
    if not finite:
        return None
    end = max(len(training.log) for training in finite)
    networks = {
        e: [t.snapshots[e] for t in finite if e in t.snapshots and e < len(t.log)]
        for e in task.snapshots
    }
    networks = {epoch: of_seeds for epoch, of_seeds in networks.items() if of_seeds} | {
        end: [t.network for t in finite]
    }
    words = fresh_words(
        task.language, GRADIENT_WORDS, task.stream("test"), task.max_length
    )
    inputs, targets, num_steps = encoded(words, task.language)
    predicted = long_range_prediction(task.language, words)
    back = lags(task.language, words)[
        np.arange(len(words)), np.maximum(num_steps - predicted, 0)
    ]
    loss = task.protocol.loss
    return gradients_by_lag(
        networks,
        inputs,
        targets,
        num_steps,
        predicted=predicted,
        deciding=back,
        loss=loss,
    )


def solves_both(result: xr.Dataset) -> xr.DataArray:
    """Whether each seed solves the task: on fresh words and on longer lags."""
    return result["solved"] & result["solved_long"]


def by_seed(result: xr.Dataset) -> tuple[list[str], list[list[str]]]:
    """Columns and rows of a table, one row a seed."""
    columns = [
        "seed",
        "solves",
        "fresh words",
        "longer lags",
        "epochs to solve",
        "symbols read",
        "last loss",
    ]
    columns += ["above the floor", "rests at"]
    both = solves_both(result)
    rows = []
    for i in range(result.sizes["seed"]):
        one = result.isel(seed=i)
        lost = float(one["diverged_epoch"])
        rows.append(
            [
                str(i),
                _yes(both[i])
                if np.isnan(lost)
                else f"diverged at epoch {lost + 1:.0f}",
                _yes(one["solved"]),
                _yes(one["solved_long"])
                if bool(one["long_test_applies"])
                else "none in the language",
                "not"
                if np.isnan(one["epochs_to_solve"])
                else str(int(one["epochs_to_solve"])),
                str(int(one["symbols_read"])),
                f"{float(one['final_loss']):.4f}",
                f"{float(one['loss_above_floor']):.4f}",
                str(one["plateau"].item()) or "no named floor",
            ]
        )
    return columns, rows


def summary(result: xr.Dataset) -> str:
    """How often and how fast, in a sentence or two."""
    solved, number = int(solves_both(result).sum()), result.sizes["seed"]
    only_fresh = int(result["solved"].sum()) - solved
    low, high = float(result["success_low"]), float(result["success_high"])
    epochs, symbols = (
        float(result["median_epochs_to_solve"]),
        float(result["median_symbols_to_solve"]),
    )
    speed = (
        "half of the seeds or more were not found to solve it in their budget, so "
        "there is no median time"
        if np.isnan(epochs)
        else f"the median seed was found to solve it after {epochs:.0f} epochs, "
        f"{symbols:.0f} symbols (censored seeds are slower)"
    )
    rate = f"{solved / number:.0%}, 95 % interval {low:.0%} to {high:.0%} (Wilson)"
    short = (
        f" {only_fresh} more pass on fresh words, but not on longer lags."
        if only_fresh
        else ""
    )
    return f"{solved} of {number} seeds solve the task: {rate}; {speed}.{short}"


def page(
    title: str,
    result: xr.Dataset,
    gradients: xr.Dataset | None,
    pictures: dict[str, bytes],
) -> str:
    """`report.html`."""
    columns, rows = by_seed(result)
    toned = [
        [_badge(text) if i == 1 else text for i, text in enumerate(row)] for row in rows
    ]
    unit = result["loss"].attrs["units"]
    sections = [
        Section(
            "The seeds",
            [
                Note(
                    "A seed solves the task if on 1,000 fresh words, and again on "
                    "words whose deciding symbol lies at least twice "
                    "as far back as any in training, the most active outputs are "
                    "at every step exactly the legal symbols "
                    "(Hochreiter and Schmidhuber's test). Where the language has "
                    "no such longer words, the first test alone "
                    f"counts. Epochs count from 1. Losses are in {unit}. A seed "
                    "rests at a floor if its expected squared error "
                    "is nearer to it than half the gap to the next."
                ),
                Table(columns, toned),
                Picture(
                    "seeds",
                    "Every seed's loss, and its share of right predictions by lag.",
                    pictures["seeds"],
                ),
            ],
        )
    ]
    if gradients is not None:
        caption = (
            "Quantiles 5, 25, 50, 75, 95 % over words and seeds; below, the "
            "median contribution of each lag to a word's gradient."
        )
        sections.append(
            Section(
                "Gradients by lag",
                [
                    Note(vanishing(gradients)),
                    Picture("lags", caption, pictures["gradients_by_lag"]),
                ],
            )
        )
    settings: dict[str, Any] = json.loads(result.attrs["configuration"])
    words = settings.pop("words")
    settings["words"] = (
        "fresh every epoch" if words is None else f"a fixed list of {len(words)}"
    )
    sections.append(
        Section(
            "How this was made",
            [Table(["setting", "value"], [[k, str(v)] for k, v in settings.items()])],
        )
    )
    return render(title, summary(result), sections)


def vanishing(gradients: xr.Dataset) -> str:
    """Do the gradients vanish on the way to the symbol that decides, yes or no? With numbers, and the rule.

    Of each seed the mean log10 share over words, of all seeds Student's 95 % interval;
    so one seed alone tells nothing.
    """
    epochs, limit = gradients["epoch"].values, float(np.log10(LITTLE))
    ends = [
        _interval(gradients["log_share"].sel(epoch=epoch).values) for epoch in epochs
    ]
    below, above = (
        any(high < limit for _, _, high in ends),
        all(low > limit for _, low, _ in ends),
    )
    told = "; ".join(
        f"after {epoch} epochs {_power(middle)} ({_power(low)} to {_power(high)})"
        for epoch, (middle, low, high) in zip(epochs, ends, strict=True)
    )
    return (
        "Do the gradients vanish? "
        f"{'Yes' if below else 'No' if above else 'Undecided'}. Of the gradient of "
        "the long-range "
        "prediction's loss with respect to the state at that prediction, this "
        "share is left at the symbol that decides "
        "(geometric mean over words and seeds, 95 % interval over "
        f"{int(gradients['log_share'].notnull().sum('seed').max())} "
        f"seeds): {told}. The rule: yes if at one of these times the whole "
        f"interval is below {LITTLE:.0%}, no if it is above at "
        "all of them."
    )


def _interval(logs: np.ndarray) -> tuple[float, float, float]:
    """Mean with Student's 95 % interval of what is there; everything, where that is fewer than two."""
    logs = logs[~np.isnan(logs)]
    if len(logs) < 2:
        return float(logs[0]) if len(logs) else np.nan, -np.inf, np.inf
    middle = float(logs.mean())
    reach = float(
        scipy.stats.t.ppf(0.975, len(logs) - 1) * logs.std(ddof=1) / np.sqrt(len(logs))
    )
    return middle, middle - reach, middle + reach


def _power(log: float) -> str:
    """A share from its logarithm."""
    return (
        "unknown"
        if np.isnan(log)
        else "0"
        if log == -np.inf
        else "any"
        if log == np.inf
        else f"{10**log:.2g}"
    )


def _yes(value: Any) -> str:
    return "yes" if bool(value) else "no"


def _badge(text: str) -> Badge:
    return Badge(text, {"yes": "good", "no": "bad"}.get(text, "open"))
