"""What becomes of the pairs of words behind D(l,k): shares of draws, and of D, by size."""

from collections.abc import Mapping

import numpy as np
import xarray as xr
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from firstbit.errors import SettingError
from firstbit.plots.checks import require_attributes, require_variables
from firstbit.plots.style import INK, SMALL, STYLE, blank, finished

COLOURS = ("#d4d4d4", "#E69F00", "#56B4E9", "#0072B2", "#009E73", "#D55E00", "#ffffff")
"""Of the fates in their order: grey, five colours of Okabe and Ito, and paper for what
is not resolved."""

LABELS = {"separated": "separated (quasi-periodic or slow)"}
"""What the legend says more than the fate's name."""

_CLASSES = ("hidden_size", "fate")
_WIDTH, _HEIGHT = 3.1, 2.6
_NAMED_SIZES = 10


def fate_shares(by_cell: Mapping[str, xr.Dataset], *, title: str) -> Figure:
    """Stacked shares for each k: of the draws, and of D; side by side for one cell, one above the other for several.

    Args:
        by_cell: name -> `share` and `share_of_discrepancy`, both (hidden_size, fate),
            with both coords and the attribute `length`; as from `firstbit.fates`. NaN
            leaves a gap.
        title: shown above.

    Raises:
        SettingError: no Dataset, or a variable or the attribute is missing.

    Example:
        >>> share = xr.DataArray([[0.25, 0.75]], {"hidden_size": [5], "fate": ["merged", "chaotic"]})
        >>> ds = xr.Dataset({"share": share, "share_of_discrepancy": share}, attrs={"length": 50})
        >>> [axes.get_title(loc="left") for axes in fate_shares({"GRU": ds}, title="fates").axes]
        ['GRU: share of draws', 'GRU: share of D(50,k)']
    """
    if not by_cell:
        raise SettingError(
            "fate_shares: expected a Dataset for one or more cells, got none."
        )
    variables = {
        "share": _CLASSES,
        "share_of_discrepancy": _CLASSES,
        "hidden_size": _CLASSES[:1],
        "fate": _CLASSES[1:],
    }
    for ds in by_cell.values():
        require_variables(ds, "fate_shares", variables)
        require_attributes(ds, "fate_shares", ("length",))
    shape = (1, 2) if len(by_cell) == 1 else (2, len(by_cell))
    with rc_context(STYLE):
        figure = blank(_WIDTH * shape[1], 1.0 + _HEIGHT * shape[0], title)
        axes = figure.subplots(*shape, sharey=True, squeeze=False)
        for (name, ds), (above, below) in zip(
            by_cell.items(), axes.reshape(2, -1).T, strict=True
        ):
            _stack(above, ds["share"], f"{name}: share of draws")
            _stack(
                below,
                ds["share_of_discrepancy"],
                f"{name}: share of D({ds.attrs['length']},k)",
            )
        for row in axes:
            row[0].set_yticks(
                np.linspace(0, 1, 5), [f"{percent} %" for percent in range(0, 101, 25)]
            )
        for below in axes[-1]:
            below.set_xlabel("hidden size k")
        figure.legend(
            *axes[0, 0].get_legend_handles_labels(),
            loc="outside lower center",
            ncols=3,
            fontsize=SMALL,
        )
        return finished(figure)


def _stack(axes: Axes, share: xr.DataArray, title: str) -> None:
    """A bar for each size, in equal steps, from the first fate at the bottom to the last at the top."""
    share = share.transpose(*_CLASSES)
    sizes, places = share["hidden_size"].values, np.arange(len(share))
    bottom = np.zeros(len(places))
    for colour, fate, values in zip(
        COLOURS, share["fate"].values, share.values.T, strict=False
    ):
        axes.bar(
            places,
            values,
            0.86,
            bottom,
            color=colour,
            edgecolor=INK,
            linewidth=0.4,
            label=LABELS.get(fate, fate),
        )
        bottom += values
    named = (
        places
        if len(places) <= _NAMED_SIZES
        else places[(sizes == 1) | (sizes % 5 == 0)]
    )
    axes.set_xticks(named, [str(sizes[place]) for place in named])
    axes.set(xlim=(-0.6, len(places) - 0.4), ylim=(0, 1))
    axes.set_title(title, loc="left")
