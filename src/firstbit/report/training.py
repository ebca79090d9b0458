"""Many seeds of one training: data, figures and a page."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from firstbit import plots
from firstbit.files import replaced_folder, save
from firstbit.languages import named_floors
from firstbit.memory import gradients_by_lag
from firstbit.plots import Drawing
from firstbit.report.page import Badge, Note, Picture, Section, Table, render
from firstbit.training import Task, Training, encoded, fresh_words, long_range_prediction

MARKER = "training.json"
GRADIENT_WORDS, GRADIENT_SEEDS = 64, 8


def write_training(out: Path, title: str, task: Task, trainings: Sequence[Training], result: xr.Dataset) -> None:
    """Write `training.nc`, `gradients_by_lag.nc`, figures and `report.html`, all of it or nothing.

    Raises:
        OutputError: the folder can't be written, or holds something else.
    """
    with replaced_folder(out, marker=MARKER) as folder:
        (folder / "figures").mkdir()
        save(result, folder / "training.nc")
        lines = {name: floor for name, floor in named_floors(task.language).items() if "symbols" not in name}
        drawings = [Drawing.of("seeds", plots.seeds, result, title, None if task.protocol.is_softmax else lines)]
        gradients = gradients_of(task, trainings)
        if gradients is not None:
            save(gradients, folder / "gradients_by_lag.nc")
            drawings.append(Drawing.of("gradients_by_lag", plots.gradients_by_lag, gradients))
        for drawing in drawings:
            drawing.save(folder / "figures")
        pictures = {drawing.name: (folder / "figures" / f"{drawing.name}.svg").read_bytes() for drawing in drawings}
        (folder / "report.html").write_text(page(title, result, gradients, pictures), encoding="utf-8")
        told = {"title": title, "configuration": json.loads(result.attrs["configuration"]), "key": result.attrs["key"].tolist()}
        (folder / MARKER).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def gradients_of(task: Task, trainings: Sequence[Training]) -> xr.Dataset | None:
    """Gradients by lag at the start, in the middle and at the end, of the first seeds that did not diverge."""
    finite = [training for training in trainings if training.diverged is None][:GRADIENT_SEEDS]
    if not finite:
        return None
    end = max(len(training.log) for training in finite)
    networks = {e: [t.snapshots[e] for t in finite if e in t.snapshots and e < len(t.log)] for e in task.snapshots}
    networks = {epoch: of_seeds for epoch, of_seeds in networks.items() if of_seeds} | {end: [t.network for t in finite]}
    words = fresh_words(task.language, GRADIENT_WORDS, task.stream("test"), task.max_length)
    predicted = long_range_prediction(task.language, words)
    return gradients_by_lag(networks, *encoded(words, task.language), predicted=predicted, loss=task.protocol.loss)


def by_seed(result: xr.Dataset) -> tuple[list[str], list[list[str]]]:
    """Columns and rows of a table, one row a seed."""
    columns = ["seed", "solved", "also longer lags", "epochs to solve", "symbols read", "last loss", "above the floor", "rests at"]
    rows = []
    for i in range(result.sizes["seed"]):
        one = result.isel(seed=i)
        applies, lost = bool(one["long_test_applies"]), bool(np.isfinite(one["diverged_epoch"]))
        rows.append(
            [
                str(i),
                "diverged" if lost else _yes(one["solved"]),
                _yes(one["solved_long"]) if applies else "none in the language",
                "not" if np.isnan(one["epochs_to_solve"]) else str(int(one["epochs_to_solve"])),
                str(int(one["symbols_read"])),
                f"{float(one['final_loss']):.4f}",
                f"{float(one['loss_above_floor']):.4f}",
                str(one["plateau"].item()) or "no named floor",
            ]
        )
    return columns, rows


def summary(result: xr.Dataset) -> str:
    """How often and how fast, in one sentence."""
    solved, number = int(result["solved"].sum()), result.sizes["seed"]
    low, high = float(result["success_low"]), float(result["success_high"])
    epochs, symbols = float(result["median_epochs_to_solve"]), float(result["median_symbols_to_solve"])
    speed = (
        "half of the seeds or more were not found to solve it in their budget, so there is no median time"
        if np.isnan(epochs)
        else f"the median seed was found to solve it after {epochs:.0f} epochs, {symbols:.0f} symbols (censored seeds are slower)"
    )
    rate = f"{solved / number:.0%}, 95 % interval {low:.0%} to {high:.0%} (Wilson)"
    return f"{solved} of {number} seeds solve the task: {rate}; {speed}."


def page(title: str, result: xr.Dataset, gradients: xr.Dataset | None, pictures: dict[str, bytes]) -> str:
    """`report.html`."""
    columns, rows = by_seed(result)
    toned = [[_badge(text) if i == 1 else text for i, text in enumerate(row)] for row in rows]
    unit = result["loss"].attrs["units"]
    sections = [
        Section(
            "The seeds",
            [
                Note(
                    "A seed solves the task if on 1,000 fresh words the most active outputs are at every step exactly the legal "
                    "symbols (Hochreiter and Schmidhuber's test); the third column asks the same on words whose deciding symbol "
                    f"lies at least twice as far back as any in training. Losses are in {unit}. A seed rests at a floor if "
                    "its expected squared error is nearer to it than half the gap to the next."
                ),
                Table(columns, toned),
                Picture("seeds", "Every seed's loss, and its share of right predictions by lag.", pictures["seeds"]),
            ],
        )
    ]
    if gradients is not None:
        caption = (
            "Quantiles 5, 25, 50, 75, 95 % over words and seeds; below, the median contribution of each lag to a word's gradient."
        )
        sections.append(
            Section("Gradients by lag", [Note(vanishing(gradients)), Picture("lags", caption, pictures["gradients_by_lag"])])
        )
    settings: dict[str, Any] = json.loads(result.attrs["configuration"])
    words = settings.pop("words")
    settings["words"] = "fresh every epoch" if words is None else f"a fixed list of {len(words)}"
    sections.append(Section("How this was made", [Table(["setting", "value"], [[k, str(v)] for k, v in settings.items()])]))
    return render(title, summary(result), sections)


def vanishing(gradients: xr.Dataset) -> str:
    """What of the long-range loss reaches the first symbol, in numbers."""
    told = []
    for epoch in gradients["epoch"].values:
        low, middle, high = (float(gradients["share_at_first"].sel(epoch=epoch, quantile=q)) for q in (0.05, 0.5, 0.95))
        told.append(f"after {epoch} epochs: median {middle:.2g} (5 to 95 %: {low:.2g} to {high:.2g})")
    return (
        "Of the gradient of the long-range prediction's loss with respect to the state at that prediction, this share is left "
        "at the first symbol: " + "; ".join(told) + ". A share far below 1 says that the gradient vanishes on the way."
    )


def _yes(value: Any) -> str:
    return "yes" if bool(value) else "no"


def _badge(text: str) -> Badge:
    return Badge(text, {"yes": "good", "no": "bad"}.get(text, "open"))
