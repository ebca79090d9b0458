"""Many seeds of one training: data, figures and a page, from what `train` returns."""

import json
from pathlib import Path

import numpy as np
import xarray as xr

from firstbit import plots
from firstbit.datasets import interval
from firstbit.files import replaced_folder, save
from firstbit.languages import Language, named_floors
from firstbit.plots import PlannedFigure
from firstbit.report import Badge, Block, Note, Picture, Section, Table, render
from firstbit.studies.texts import TRAINING
from firstbit.studies.training_gradients import vanishing

MARKER = "training.json"
"""The file that every folder of a training has."""

SQUARED_ERROR = "squared error a word"
"""The unit of a loss that can be compared with the floors of a language."""

COLUMNS = (
    "seed",
    "solves",
    "fresh words",
    "longer lags",
    "epochs to solve",
    "symbols read",
    "last loss",
    "above the floor",
    "sits at",
)
TONES = {"yes": "good", "no": "bad"}


def write_training(
    folder: Path,
    result: xr.Dataset,
    *,
    title: str,
    language: Language | None = None,
    gradients: xr.Dataset | None = None,
) -> None:
    """Write `training.nc`, figures and `report.html`, all of it or nothing.

    Args:
        folder: a new one, or one of an earlier call, which is replaced.
        result: of `firstbit.train`.
        title: of page and figure.
        language: the task; with it, its floors are lines in the figure of a loss in
            squared error.
        gradients: of `gradients_of`; with them `gradients_by_lag.nc` is written.

    Raises:
        OutputError: the folder can't be written, or holds something else.
    """
    planned = figures_of(result, title, language, gradients)
    about = {
        "title": title,
        "configuration": json.loads(result.attrs["configuration"]),
        "key": result.attrs["key"].tolist(),
    }
    with replaced_folder(folder, marker=MARKER) as fresh:
        figures = fresh / "figures"
        figures.mkdir()
        save(result, fresh / "training.nc")
        if gradients is not None:
            save(gradients, fresh / "gradients_by_lag.nc")
        pictures = {}
        for one in planned:
            one.save(figures)
            pictures[one.name] = (figures / f"{one.name}.svg").read_bytes()
        page = training_page(result, pictures, title=title, gradients=gradients)
        (fresh / "report.html").write_text(page, encoding="utf-8")
        text = json.dumps(about, indent=1)
        (fresh / MARKER).write_text(f"{text}\n", encoding="utf-8")


def figures_of(
    result: xr.Dataset,
    title: str,
    language: Language | None,
    gradients: xr.Dataset | None,
) -> list[PlannedFigure]:
    """Return the figures: of the seeds, and of the gradients if there are any."""
    lines = None
    is_squared = result["loss"].attrs["units"] == SQUARED_ERROR
    if language is not None and is_squared:
        lines = {}
        for floor in named_floors(language):
            if floor.kind != "window":
                lines[floor.name] = floor.loss
    seeds = PlannedFigure.of("seeds", plots.seeds, result, title=title, floors=lines)
    if gradients is None:
        return [seeds]
    by_lag = PlannedFigure.of("gradients_by_lag", plots.gradients_by_lag, gradients)
    return [seeds, by_lag]


def training_page(
    result: xr.Dataset,
    pictures: dict[str, bytes],
    *,
    title: str,
    gradients: xr.Dataset | None = None,
) -> str:
    """Return the page as HTML.

    Args:
        result: of `firstbit.train`.
        pictures: `seeds` and, with gradients, `gradients_by_lag`, as SVG.
        title: of the page.
        gradients: of `gradients_of`.
    """
    sections = [Section("The seeds", _seeds(result, pictures["seeds"]))]
    if gradients is not None:
        picture = pictures["gradients_by_lag"]
        blocks = [
            Note(vanishing(gradients)),
            Picture("lags", TRAINING("gradients_figure"), picture),
        ]
        sections.append(Section("Gradients by lag", blocks))
    settings = Table(["setting", "value"], _settings(result))
    sections.append(Section("How this was made", [settings]))
    return render(title, summary(result), sections)


def solves_both(result: xr.Dataset) -> xr.DataArray:
    """Return whether each seed solves the task: on fresh words and on longer lags."""
    return result["solved"] & result["solved_long"]


def by_seed(result: xr.Dataset) -> tuple[list[str], list[list[str]]]:
    """Return columns and rows of a table, one row a seed."""
    rows = []
    for number in range(result.sizes["seed"]):
        one = result.isel(seed=number)
        row = [
            str(number),
            _outcome(one),
            _yes(bool(one["solved"])),
            _long(one),
            _epochs(one),
            str(int(one["symbols_read"])),
            f"{float(one['final_loss']):.4f}",
            f"{float(one['loss_above_floor']):.4f}",
            str(one["plateau"].item()) or "no named floor",
        ]
        rows.append(row)
    return list(COLUMNS), rows


def summary(result: xr.Dataset) -> str:
    """Say how often and how fast the task is solved, in a sentence or two."""
    num_solved = int(solves_both(result).sum())
    num_seeds = result.sizes["seed"]
    low, high = interval(result, "success_rate")
    confidence = result["success_rate_ci"].attrs["ci_prob"]
    epochs = float(result["median_epochs_to_solve"])
    symbols = float(result["median_symbols_to_solve"])
    return TRAINING(
        "summary",
        num_solved=num_solved,
        num_seeds=num_seeds,
        percent=f"{num_solved / num_seeds:.0%}",
        low=f"{float(low):.0%}",
        high=f"{float(high):.0%}",
        confidence=f"{100 * confidence:g}",
        epochs=None if np.isnan(epochs) else f"{epochs:.0f}",
        symbols=f"{symbols:.0f}",
        num_fresh_only=int(result["solved"].sum()) - num_solved,
    )


def _outcome(one: xr.Dataset) -> str:
    lost = float(one["diverged_epoch"])
    if not np.isnan(lost):
        return f"diverged at epoch {lost + 1:.0f}"
    return _yes(bool(solves_both(one)))


def _long(one: xr.Dataset) -> str:
    if not bool(one["long_test_applies"]):
        return "none in the language"
    return _yes(bool(one["solved_long"]))


def _epochs(one: xr.Dataset) -> str:
    epochs = float(one["epochs_to_solve"])
    return "not" if np.isnan(epochs) else str(int(epochs))


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _seeds(result: xr.Dataset, picture: bytes) -> list[Block]:
    columns, rows = by_seed(result)
    toned: list[list[str | Badge]] = []
    for number, outcome, *others in rows:
        badge = Badge(outcome, TONES.get(outcome, "open"))
        toned.append([number, badge, *others])
    return [
        Note(TRAINING("seeds", unit=result["loss"].attrs["units"])),
        Table(columns, toned),
        Picture("seeds", TRAINING("seeds_figure"), picture),
    ]


def _settings(result: xr.Dataset) -> list[list[str]]:
    settings = json.loads(result.attrs["configuration"])
    words = settings.pop("words")
    if words is None:
        settings["words"] = TRAINING("fresh_words")
    else:
        settings["words"] = TRAINING("fixed_words", number=len(words))
    return [[name, str(value)] for name, value in settings.items()]
