"""Fates of the pairs of words behind D(l,k): shares of draws, and of D, by size."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from firstbit.errors import SettingError
from firstbit.plots.checks import coordinates, require_attributes, require_variables
from firstbit.plots.panels import Size, blank, finished
from firstbit.plots.styles import look, styled
from firstbit.plots.widths import Width

_MERGED = "merged"
_UNRESOLVED = "unresolved"

LABELS = {"separated": "separated (quasi-periodic or slow)"}
"""Fate -> its name in the legend, where the fate's own name is too short."""

_CLASSES = ("hidden_size", "fate")
_WIDTH, _HEIGHT = 2.8, 2.4
_NARROWEST, _PANEL = 3.6, 1.8
"""Inches on a page: of the narrowest figure, and of a panel in it."""
_NAMED_SIZES = 10

_PALEST, _DARKEST = 0.15, 0.95
"""Ends of the scale of the fates that keep the words apart."""


class _Stack(NamedTuple):
    """The content of one panel."""

    share: xr.DataArray
    title: str


@styled
def fate_shares(
    by_cell: Mapping[str, xr.Dataset],
    *,
    title: str | None = None,
    width: Width | None = None,
) -> Figure:
    """Draw stacked shares for each k: of the draws, and of D.

    The two panels stand side by side for one cell, one above the other for several.

    Args:
        by_cell: name -> `share` and `share_of_discrepancy`, both (hidden_size, fate),
            with both coords and the attribute `length`; as from `firstbit.fates`. NaN
            leaves a gap.
        title: above the figure.
        width: of the figure: inches, or a text such as `183 mm` or `720 px`.

    Raises:
        SettingError: no Dataset, a variable or the attribute is missing, or it is no
            width, or too small.

    Example:
        >>> coords = {"hidden_size": [5], "fate": ["merged", "chaotic"]}
        >>> share = xr.DataArray([[0.25, 0.75]], coords)
        >>> variables = {"share": share, "share_of_discrepancy": share}
        >>> ds = xr.Dataset(variables, attrs={"length": 50})
        >>> [axes.get_title(loc="left") for axes in fate_shares({"GRU": ds}).axes]
        ['GRU: share of draws', 'GRU: share of D(50,k)']
    """
    if not by_cell:
        raise SettingError(
            "fate_shares: expected a Dataset for one or more cells, got none."
        )
    for ds in by_cell.values():
        _check(ds)
    num_rows, num_columns = 2, len(by_cell)
    if len(by_cell) == 1:
        num_rows, num_columns = 1, 2
    size = Size(_WIDTH * num_columns, 1.0 + _HEIGHT * num_rows)
    figure = blank(size, title, width, max(_NARROWEST, _PANEL * num_columns))
    grid = figure.subplots(
        num_rows,
        num_columns,
        sharey=True,
        squeeze=False,
    )
    pairs_of_panels = grid.reshape(2, -1).T
    for (name, ds), panels in zip(by_cell.items(), pairs_of_panels, strict=True):
        for axes, content in zip(panels, _stacks(name, ds), strict=True):
            _stack(axes, content)
    _name_axes(grid)
    handles, labels = grid[0, 0].get_legend_handles_labels()
    place = "outside lower center"
    figure.legend(
        handles,
        labels,
        loc=place,
        ncols=3,
        fontsize=look().context.tick,
    )
    return finished(*figure.axes)


def _check(ds: xr.Dataset) -> None:
    shares = dict.fromkeys(("share", "share_of_discrepancy"), _CLASSES)
    require_variables(
        ds,
        "fate_shares",
        {**shares, **coordinates(*_CLASSES)},
    )
    require_attributes(ds, "fate_shares", ["length"])


def _stacks(name: str, ds: xr.Dataset) -> tuple[_Stack, _Stack]:
    """Return the content of one cell's two panels."""
    length = ds.attrs["length"]
    return (
        _Stack(ds["share"], f"{name}: share of draws"),
        _Stack(ds["share_of_discrepancy"], f"{name}: share of D({length},k)"),
    )


def _stack(axes: Axes, content: _Stack) -> None:
    """Draw a bar for each size, in equal steps, from the first fate upwards."""
    share = content.share.transpose(*_CLASSES)
    places = np.arange(len(share))
    bottom = np.zeros(len(places))
    fates = [str(fate) for fate in share["fate"].values]
    for fate, colour, values in zip(
        fates, _colours(fates), share.values.T, strict=True
    ):
        axes.bar(
            places,
            values,
            0.86,
            bottom,
            color=colour,
            hatch="////" if fate == _UNRESOLVED else None,
            label=LABELS.get(fate, fate),
        )
        bottom += values
    sizes = share["hidden_size"].values
    named = places
    if len(places) > _NAMED_SIZES:
        named = places[(sizes == 1) | (sizes % 5 == 0)]
    axes.set_xticks(named, [str(sizes[place]) for place in named])
    axes.set_xlim(-0.6, len(places) - 0.4)
    axes.set_ylim(0, 1)
    axes.set_title(content.title, loc="left")


def _colours(fates: Sequence[str]) -> list[str]:
    """Return a colour for each fate.

    Where memory is gone it is the grey of hair lines, what isn't resolved is paper with
    stripes, and the others are steps of one scale, in their order.
    """
    given = {_MERGED: look().page.hair, _UNRESOLVED: look().page.raised}
    others = [fate for fate in fates if fate not in given]
    scale = colormaps[look().colours("amount")]
    steps = scale(np.linspace(_PALEST, _DARKEST, len(others)))
    given |= {fate: to_hex(step) for fate, step in zip(others, steps, strict=True)}
    return [given[fate] for fate in fates]


def _name_axes(grid: np.ndarray) -> None:
    """Write the shares beside the first column, and what k is below the last row."""
    shares = [f"{share} %" for share in range(0, 101, 25)]
    for axes in grid[:, 0]:
        axes.set_yticks(
            np.linspace(0, 1, 5),
            shares,
        )
    for axes in grid[-1]:
        axes.set_xlabel("hidden size k")
