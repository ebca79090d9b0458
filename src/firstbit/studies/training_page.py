"""Many seeds of one training: data, figures and a page, from what `train` returns."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import xarray as xr

from firstbit import plots
from firstbit.datasets import interval
from firstbit.files import save
from firstbit.languages import Language, named_floors
from firstbit.plots import PlannedFigure
from firstbit.plots.saving import Drawings
from firstbit.report import (
    PHONE,
    Badge,
    Banner,
    Block,
    Note,
    Picture,
    Recipe,
    Section,
    Table,
    render,
    settings_table,
)
from firstbit.studies.about_test import no_twins, passing_window, repeats
from firstbit.studies.folders import write_folder
from firstbit.studies.shares import reached_text, share_text
from firstbit.studies.texts import TRAINING
from firstbit.studies.training_gradients import vanishing

MARKER = "training.json"
"""The file that every folder of a training has."""

SQUARED_ERROR = "squared error a word"
"""The unit of a loss that can be compared with the floors of a language."""

COLUMNS = (
    "seed",
    "solves",
    "keeps to",
    "right to length",
    "wrong fresh words",
    "wrong twins",
    "first passed",
    "symbols read",
    "last loss",
    "above the floor",
    "last rate",
    "behaves like",
)
NONE = "none in the language"
"""Words of a kind that a language doesn't have."""

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

    def fill(fresh: Path) -> str:
        figures = fresh / "figures"
        figures.mkdir()
        save(result, fresh / "training.nc")
        if gradients is not None:
            save(gradients, fresh / "gradients_by_lag.nc")
        pictures = {}
        for one in planned:
            pictures[one.name] = one.drawings(figures, {"width": PHONE})
        return training_page(result, pictures, title=title, gradients=gradients)

    write_folder(folder, MARKER, json.dumps(about, indent=1), fill)


def figures_of(
    result: xr.Dataset,
    title: str,
    language: Language | None,
    gradients: xr.Dataset | None,
) -> list[PlannedFigure]:
    """Return the figures: of the seeds, and of the gradients if there are any."""
    drawn = {"title": title, "floors": _floors(result, language)}
    figures = [PlannedFigure.of("seeds", plots.seeds, result, **drawn)]
    if gradients is not None:
        by_lag = plots.gradients_by_lag
        figures.append(PlannedFigure.of("gradients_by_lag", by_lag, gradients))
    return figures


def _floors(result: xr.Dataset, language: Language | None) -> dict[str, float] | None:
    """Return the floors of a loss in squared error; None for another, or no task."""
    if language is None or result["loss"].attrs["units"] != SQUARED_ERROR:
        return None
    floors = {}
    for floor in named_floors(language):
        if floor.kind != "window":
            floors[floor.name] = floor.loss
    return floors


def training_page(
    result: xr.Dataset,
    pictures: Mapping[str, Drawings],
    *,
    title: str,
    gradients: xr.Dataset | None = None,
) -> str:
    """Return the page as HTML.

    Args:
        result: of `firstbit.train`.
        pictures: `seeds` and, with gradients, `gradients_by_lag`.
        title: what was trained, above the answer.
        gradients: of `gradients_of`.
    """
    sections = [Section("The seeds", _seeds(result, pictures))]
    if gradients is not None:
        picture = pictures["gradients_by_lag"]
        blocks = [
            Note(vanishing(gradients)),
            Picture("lags", TRAINING("gradients_figure"), *picture),
        ]
        sections.append(Section("Gradients by lag", blocks))
    recipe = Recipe("", [settings_table(_settings(result))])
    sections.append(Section("How this was made", [recipe]))
    num_solved = int(result["solved"].sum())
    counts = {"num_solved": num_solved, "num_seeds": len(result.seed)}
    word = TRAINING("word", **counts)
    banner = Banner(_tone(**counts), word, summary(result))
    headline = TRAINING("headline", **counts)
    return render(headline, "", sections, kicker=title, banners=[banner])


def _tone(num_solved: int, num_seeds: int) -> str:
    """Return the status of a training: all seeds solve, none does, or some do."""
    if num_solved == num_seeds:
        return "good"
    return "partial" if num_solved else "bad"


def by_seed(result: xr.Dataset) -> tuple[list[str], list[list[str]]]:
    """Return columns and rows of a table, one row a seed."""
    rows = []
    for number in range(result.sizes["seed"]):
        one = result.isel(seed=number)
        row = [
            str(number),
            _outcome(one),
            reached_text(one["keeps_to"], one["twin_error"], NONE),
            reached_text(one["right_to_length"], one["long_error"], NONE),
            share_text(one["fresh_error"], one["fresh_error_ci"], NONE),
            _twins(one),
            _epochs(one),
            str(int(one["symbols_read"])),
            f"{float(one['final_loss']):.4f}",
            f"{float(one['loss_above_floor']):.4f}",
            f"{float(one['last_learning_rate']):.2g}",
            _behaviour(one),
        ]
        rows.append(row)
    return list(COLUMNS), rows


def summary(result: xr.Dataset) -> str:
    """Say how often and how fast the task is solved, in a sentence or two."""
    num_solved = int(result["solved"].sum())
    num_seeds = result.sizes["seed"]
    low, high = interval(result, "success_rate")
    confidence = result["success_rate_ci"].attrs["ci_prob"]
    epochs = float(result["median_epochs_to_solve"])
    symbols = float(result["median_symbols_to_solve"])
    fresh_only = _fresh_only(result)
    return TRAINING(
        "summary",
        num_solved=num_solved,
        num_seeds=num_seeds,
        percent=f"{num_solved / num_seeds:.0%}",
        low=f"{float(low):.0%}",
        high=f"{float(high):.0%}",
        confidence=f"{100 * confidence:g}",
        epochs=None if np.isnan(epochs) else f"{epochs:.1f}".removesuffix(".0"),
        symbols=f"{symbols:.0f}",
        num_fresh_only=fresh_only.wrong_twins,
        num_unrepeated=fresh_only.wrong_repeats,
        lag=int(result.attrs["lag"]),
        num_frozen=int(result["frozen"].sum()),
    )


class _FreshOnly(NamedTuple):
    """The numbers of seeds that are right on fresh words alone, and what is wrong."""

    wrong_twins: int
    wrong_repeats: int


def _fresh_only(result: xr.Dataset) -> _FreshOnly:
    """Count the seeds that are right on fresh words, and do not solve."""
    error, lag = float(result.attrs["error"]), int(result.attrs["lag"])
    is_right = result["fresh_error"].values <= error
    fresh_only = is_right & ~result["solved"].values.astype(bool)
    wrong_twins = np.zeros_like(fresh_only)
    if lag > 0:
        wrong_twins = result["twin_error"].sel(twin_lag=lag).values > error
    num_twins = int((fresh_only & wrong_twins).sum())
    return _FreshOnly(num_twins, int(fresh_only.sum()) - num_twins)


def _outcome(one: xr.Dataset) -> str:
    lost = float(one["diverged_epoch"])
    if not np.isnan(lost):
        return f"diverged at epoch {lost + 1:.0f}"
    return _yes(bool(one["solved"]))


def _twins(one: xr.Dataset) -> str:
    """Return the share of wrong pairs at the lag that decides."""
    lag = int(one.attrs["lag"])
    if lag == 0:
        return "none needed"
    at_lag = one.sel(twin_lag=lag)
    return share_text(at_lag["twin_error"], at_lag["twin_error_ci"], NONE)


def _behaviour(one: xr.Dataset) -> str:
    """Say what a run that does not solve behaves like, and whether it still moves."""
    said = []
    if bool(one.get("memory_is_there", False)):
        said.append("the memory is there, the read-out isn't")
    name = str(one["behaves_like"].item())
    if name:
        said.append(name)
    if bool(one["frozen"]):
        said.append("frozen")
    elif bool(one["at_rest"]) and name:
        said.append("at rest")
    return ", ".join(said)


def _epochs(one: xr.Dataset) -> str:
    epochs = float(one["epochs_to_solve"])
    return "not" if np.isnan(epochs) else str(int(epochs))


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _seeds(result: xr.Dataset, pictures: Mapping[str, Drawings]) -> list[Block]:
    columns, rows = by_seed(result)
    toned: list[list[str | Badge]] = []
    for number, outcome, *others in rows:
        badge = Badge(outcome, TONES.get(outcome, "open"))
        toned.append([number, badge, *others])
    return [
        Note(TRAINING("seeds", **_of_test(result))),
        Table(columns, toned),
        Picture("seeds", TRAINING("seeds_figure"), *pictures["seeds"]),
    ]


def _of_test(result: xr.Dataset) -> dict[str, object]:
    """Return what the sentence about the test names."""
    window = int(result.attrs["shortest_passing_window"])
    lag = int(result.attrs["lag"])
    resolution = float(result.attrs["resolution"])
    order = float(result.attrs["memory_order"])
    has_twins = False
    if lag > 0:
        errors = result["twin_error"].sel(twin_lag=lag)
        has_twins = bool(errors.notnull().any())
    return {
        "unit": result["loss"].attrs["units"],
        "lag": lag,
        "no_twins": "" if has_twins else no_twins(lag, resolution, order),
        "repeats": repeats(int(result.attrs.get("num_repeats", 0))),
        "num_words_read": int(result.attrs["num_words_read"]),
        "error": f"{100 * float(result.attrs['error']):g}",
        "resolution": f"{resolution:g}",
        "num_fresh": int(result["num_fresh"][0]),
        "window": passing_window(None if window < 0 else window, lag),
        "hochreiter": int(result["passes_hochreiter"].sum()),
        "applies": bool(result.attrs["hochreiter_applies"]),
        "confused": result.attrs.get("most_confused"),
    }


def _settings(result: xr.Dataset) -> dict[str, object]:
    settings = json.loads(result.attrs["configuration"])
    words = settings.pop("words")
    own_lists = settings.pop("own_lists")
    if own_lists:
        settings["words"] = TRAINING("own_lists", number=settings["num_words"])
    elif words is None:
        settings["words"] = TRAINING("fresh_words")
    else:
        settings["words"] = TRAINING("fixed_words", number=len(words))
    return settings
