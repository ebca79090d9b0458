"""The mean error of the published runs in training, and the floors it can reach."""

from textwrap import fill
from typing import NamedTuple

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, ScalarFormatter

from firstbit.look.roles import YOURS, family_of
from firstbit.plots.checks import Dims, coordinates, require_variables
from firstbit.plots.inks import cell_colours, readable
from firstbit.plots.inside import names_inside
from firstbit.plots.names import Name, names_beside
from firstbit.plots.panels import (
    Size,
    figure_of,
    finished,
    heading,
    one_panel,
    plain_numbers,
)
from firstbit.plots.styles import look, styled
from firstbit.plots.widths import Width

_TICKS = (0.1, 0.2, 0.5, 1, 2, 3, 4, 5, 7, 10, 20, 30, 50, 100)

_CURVES = ("run", "epoch")

_NEEDED: dict[str, Dims] = {
    **coordinates(*_CURVES),
    "mean_error": _CURVES,
    "floor": ("run",),
    "merged_floor": ("run",),
}

_FLOORS = {"floor": "least possible", "merged_floor": "least without outer symbol"}
"""Variable -> its name beside the line."""

_NARROWEST = 3.4
"""Inches on a page."""

_NARROW = 3.7
"""Inches on a page: a narrower panel has names of several lines."""

_LETTERS = 20
"""Of such a line."""

_WHOLE = "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}"
"""Where no line may end."""

_BESIDE_MARKS = 7.0
"""Points from the axis to its numbers: marks of the first epoch stand on it."""

_RINGS = "; hollow: published"


class _Floor(NamedTuple):
    """A line that one or more runs share."""

    value: float
    variable: str


@styled
def training_curves(
    ds: xr.Dataset,
    *,
    title: str | None = None,
    ax: Axes | None = None,
    width: Width | None = None,
) -> Figure:
    """Draw the mean error of each run, with the published values and the floors.

    Both axes are logarithmic; the first epoch stands at 1.

    Args:
        ds: `mean_error(run, epoch)`, NaN after a stop; `floor(run)`, the error of a
            network that knows the language; `merged_floor(run)`, that of one which
            forgets the outer symbol, NaN if there is none; and where present
            `published(run, epoch)`, NaN where nothing was printed. Coords `run`,
            `epoch`.
        title: above the figure; by default "Mean error in training", "" for none.
        ax: the panel to draw into; by default one of a new figure.
        width: of the new figure: inches, or a text such as `89 mm` or `540 px`.

    Returns:
        The figure; with `ax`, the one that it belongs to.

    Raises:
        SettingError: a variable is missing, or it is no width, or too small.

    Example:
        >>> variables = {
        ...     "mean_error": (("run", "epoch"), [[6.0, 4.0, 3.5]]),
        ...     "floor": ("run", [3.0]), "merged_floor": ("run", [np.nan])}
        >>> coords = {"run": ["Reber, Vanilla"], "epoch": [0, 1, 2]}
        >>> axes = training_curves(xr.Dataset(variables, coords)).axes[0]
        >>> [text.get_text() for text in axes.texts]
        ['Reber, Vanilla: 3.5', 'least possible 3']
    """
    require_variables(ds, "training_curves", _NEEDED)
    has_published = "published" in ds
    if has_published:
        require_variables(ds, "training_curves", {"published": _CURVES})
    ds = ds.transpose(*_CURVES, ...)
    if title is None:
        title = "Mean error in training"
    axes = one_panel(
        ax,
        Size(7.5, 4.2),
        title,
        width,
        _NARROWEST,
    )
    epochs = ds["epoch"].values + 1
    cells = _cells(ds)
    colours = cell_colours(cells)
    for i, run in enumerate(ds["run"].values):
        one, colour = ds.isel(run=i), colours[i]
        errors = one["mean_error"].values
        axes.plot(
            epochs,
            errors,
            color=colour,
            label=str(run),
            zorder=2,
        )
        if has_published:
            mark = family_of(cells[i]).mark
            _rings(axes, epochs, one["published"].values, mark, colour)
    _scales(axes, ds, float(epochs[-1]))
    heading(axes, "", "mean error of a word" + _RINGS * has_published)
    inks = [
        readable(colour, look().ink(cell))
        for cell, colour in zip(cells, colours, strict=True)
    ]
    floors = _floors(axes, ds, colours, inks)
    runs = _runs(ds, inks)
    if axes.bbox.width / figure_of(axes).dpi < _NARROW * look().scale:
        floors, runs = _broken(floors), _broken(runs)
    names_beside(axes, runs)
    axes.tick_params(axis="y", pad=_BESIDE_MARKS)
    panel = finished(axes)
    names_inside(axes, floors)
    return panel


def _rings(
    axes: Axes, epochs: np.ndarray, values: np.ndarray, mark: str, colour: str
) -> None:
    """Draw the published values as hollow marks of the cell's family."""
    axes.plot(
        epochs,
        values,
        mark,
        markerfacecolor=look().page.page,
        markeredgecolor=colour,
        markersize=5.5,
        markeredgewidth=1.2,
        zorder=3,
        clip_on=False,
    )


def _broken(names: list[Name]) -> list[Name]:
    """Return names on lines of so many letters; `k = 5` stays whole."""
    broken = []
    for name in names:
        whole = name.text.replace(" = ", _WHOLE)
        text = fill(whole, _LETTERS).replace(_WHOLE, " = ")
        broken.append(name._replace(text=text))
    return broken


def _runs(ds: xr.Dataset, inks: list[str]) -> list[Name]:
    """Return the name of each run and its last error, at the height of that."""
    names = []
    for run, errors, ink in zip(
        ds["run"].values, ds["mean_error"].values, inks, strict=True
    ):
        last = errors[np.isfinite(errors)][-1:]
        for one in last:
            text = f"{run}: {float(one):.3g}"
            names.append(Name(float(one), text, ink, is_bold=True))
    return names


def _scales(axes: Axes, ds: xr.Dataset, last: float) -> None:
    """Name and scale both axes."""
    axes.set(xscale="log", yscale="log")
    axes.set_xlabel("epoch (the first is 1)")
    axes.set_xlim(1, max(last, 2))
    drawn = np.concatenate(
        [ds[name].values.ravel() for name in ("mean_error", *_FLOORS)]
    )
    low = 0.93 * float(np.nanmin(drawn))
    high = 1.1 * float(ds["mean_error"].max())
    axes.set_ylim(low, high)
    axes.yaxis.set_major_formatter(ScalarFormatter())
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_yticks([tick for tick in _TICKS if low <= tick <= high])
    plain_numbers(axes.xaxis)


def _floors(
    axes: Axes, ds: xr.Dataset, colours: list[str], inks: list[str]
) -> list[Name]:
    """Draw a line for each distinct floor; return their names.

    It has its run's colour if it has but one.
    """
    names = []
    for floor, runs in sorted(_owners(ds).items()):
        colour = ink = look().page.soft
        if len(runs) == 1:
            colour, ink = colours[runs[0]], inks[runs[0]]
        axes.axhline(
            floor.value,
            color=colour,
            linestyle="-" if floor.variable == "floor" else "--",
            linewidth=look().width("limit"),
            zorder=1,
        )
        text = f"{_FLOORS[floor.variable]} {floor.value:.4g}"
        names.append(Name(floor.value, text, ink))
    return names


def _cells(ds: xr.Dataset) -> list[str]:
    """Return the cell in the name of each run; "" where there is none."""
    cells = []
    for run in ds["run"].values:
        words = str(run).replace(",", " ").split()
        known = [word for word in words if family_of(word).name != YOURS]
        cells.append(known[0] if known else "")
    return cells


def _owners(ds: xr.Dataset) -> dict[_Floor, list[int]]:
    """Return the numbers of the runs that have each floor."""
    owners: dict[_Floor, list[int]] = {}
    for variable in _FLOORS:
        for i, value in enumerate(ds[variable].values):
            if np.isfinite(value):
                owners.setdefault(_Floor(float(value), variable), []).append(i)
    return owners
