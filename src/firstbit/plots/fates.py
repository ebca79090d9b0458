"""Fates of the pairs of words behind D(l,k): shares of draws, and of D, by size."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from firstbit.errors import SettingError
from firstbit.plots.checks import coordinates, require_attributes, require_variables
from firstbit.plots.inks import readable
from firstbit.plots.names import Name, names_beside
from firstbit.plots.panels import Size, blank, finished, heading
from firstbit.plots.sources import made_of, source_line
from firstbit.plots.styles import look, styled
from firstbit.plots.widths import Width, inches

_MERGED = "merged"
_UNRESOLVED = "unresolved"

_HELD = "fixed or periodic"

GROUPS = {
    "different fixed points": _HELD,
    "same orbit, other phase": _HELD,
    "different orbits": _HELD,
    "separated": "slow",
}
"""Fate -> what it is drawn as; every other fate is drawn by its own name."""

_CLASSES = ("hidden_size", "fate")
_WIDTH, _HEIGHT, _NAMES = 2.0, 2.2, 1.4
"""Inches on a page: of a panel, and of the names beside the last."""
_NARROWEST, _PANEL, _BESIDE = 3.6, 1.8, 5.0
"""Inches on a page: of the narrowest figure, of a panel in it, and of one whose two
panels stand side by side."""
_NAMED_SIZES = 10

_PALEST, _DARKEST = 0.35, 0.95
"""Ends of the scale of the fates that keep the words apart."""

_MEANING = "fixed or periodic: other fixed points, phases or orbits"


class _Stack(NamedTuple):
    """The content of one panel.

    Attributes:
        sizes: hidden sizes, a bar each.
        shares: group of fates -> its share at each size, from below.
        title: of the panel.
        what: of what these are shares.
    """

    sizes: np.ndarray
    shares: Mapping[str, np.ndarray]
    title: str
    what: str


@styled
def fate_shares(
    by_cell: Mapping[str, xr.Dataset],
    *,
    title: str | None = None,
    width: Width | None = None,
) -> Figure:
    """Draw stacked shares for each k: of the draws, and of D.

    Pairs that stay apart by fixed points, phases or orbits are one group; a fate that
    no pair has is left out. The groups are named beside the last bar, in the order in
    which they stand. The two panels stand side by side for one cell, one above the
    other for several, and where there is no room.

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
        >>> [axes.get_ylabel() for axes in fate_shares({"GRU": ds}).axes]
        ['share of draws', 'share of D(50,k)']
    """
    if not by_cell:
        raise SettingError(
            "fate_shares: expected a Dataset for one or more cells, got none."
        )
    for ds in by_cell.values():
        _check(ds)
    num_rows, num_columns = 2, len(by_cell)
    if len(by_cell) == 1 and _is_wide(width):
        num_rows, num_columns = 1, 2
    size = Size(_NAMES + _WIDTH * num_columns, 1.2 + _HEIGHT * num_rows)
    figure = blank(size, title, width, max(_NARROWEST, _PANEL * num_columns))
    grid = figure.subplots(
        num_rows,
        num_columns,
        sharey=True,
        squeeze=False,
    )
    pairs_of_panels = grid.reshape(2, -1).T
    groups = _groups(by_cell.values())
    for (name, ds), panels in zip(by_cell.items(), pairs_of_panels, strict=True):
        stacks = _stacks(name, ds, groups)
        for axes, content in zip(panels, stacks, strict=True):
            _stack(axes, content)
            if axes in grid[:, -1]:
                names_beside(axes, _names(content))
    _name_axes(grid)
    is_grouped = _HELD in groups
    made = [made_of(ds, names_cell=False) for ds in by_cell.values()]
    source_line(figure, _MEANING if is_grouped else "", *dict.fromkeys(made))
    return finished(*figure.axes)


def _is_wide(width: Width | None) -> bool:
    """Return whether two panels have room side by side."""
    return width is None or inches(width) >= _BESIDE * look().scale


def _check(ds: xr.Dataset) -> None:
    shares = dict.fromkeys(("share", "share_of_discrepancy"), _CLASSES)
    require_variables(
        ds,
        "fate_shares",
        {**shares, **coordinates(*_CLASSES)},
    )
    require_attributes(ds, "fate_shares", ["length"])


def _groups(results: Iterable[xr.Dataset]) -> list[str]:
    """Return the groups of fates that some pair has, what isn't resolved on top."""
    found: dict[str, None] = {}
    for ds in results:
        for fate in ds["fate"].values:
            if (ds["share"].sel(fate=fate) > 0).any():
                found.setdefault(_group(fate))
    return sorted(found, key=_UNRESOLVED.__eq__)


def _group(fate: object) -> str:
    return GROUPS.get(str(fate), str(fate))


def _stacks(name: str, ds: xr.Dataset, groups: Sequence[str]) -> tuple[_Stack, _Stack]:
    """Return the content of one cell's two panels."""
    sizes, length = ds["hidden_size"].values, ds.attrs["length"]
    of_draws = _by_group(ds["share"], groups)
    of_mean = _by_group(ds["share_of_discrepancy"], groups)
    return (
        _Stack(sizes, of_draws, name, "share of draws"),
        _Stack(sizes, of_mean, name, f"share of D({length},k)"),
    )


def _by_group(share: xr.DataArray, groups: Sequence[str]) -> dict[str, np.ndarray]:
    """Return the share of each group at each size."""
    found = {group: np.zeros(share.sizes["hidden_size"]) for group in groups}
    for fate in share["fate"].values:
        if _group(fate) in found:
            found[_group(fate)] += share.sel(fate=fate).values
    return found


def _stack(axes: Axes, content: _Stack) -> None:
    """Draw a bar for each size, in equal steps, from the first group upwards."""
    places = np.arange(len(content.sizes))
    bottom = np.zeros(len(places))
    colours = _colours([*content.shares])
    for group, values in content.shares.items():
        axes.bar(
            places,
            values,
            0.86,
            bottom,
            color=colours[group],
            hatch="////" if group == _UNRESOLVED else None,
        )
        bottom += values
    named = places
    if len(places) > _NAMED_SIZES:
        named = places[(content.sizes == 1) | (content.sizes % 5 == 0)]
    axes.set_xticks(named, [str(content.sizes[place]) for place in named])
    axes.set_xlim(-0.6, len(places) - 0.4)
    axes.set_ylim(0, 1)
    heading(axes, content.title, content.what)


def _names(content: _Stack) -> list[Name]:
    """Return the names of all groups, each at its middle in the last bar."""
    colours = _colours([*content.shares])
    names, bottom = [], 0.0
    for group, values in content.shares.items():
        share = float(np.nan_to_num(values[-1]))
        ink = readable(colours[group], look().page.soft)
        names.append(Name(bottom + share / 2, group, ink))
        bottom += share
    return names


def _colours(groups: Sequence[str]) -> dict[str, str]:
    """Return a colour for each group.

    Where memory is gone it is the grey of hair lines, what isn't resolved is paper with
    stripes, and the others are steps of one scale, in their order.
    """
    given = {_MERGED: look().page.hair, _UNRESOLVED: look().page.raised}
    others = [group for group in groups if group not in given]
    scale = colormaps[look().colours("amount")]
    steps = scale(np.linspace(_PALEST, _DARKEST, len(others)))
    return given | {
        group: to_hex(step) for group, step in zip(others, steps, strict=True)
    }


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
