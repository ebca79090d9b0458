"""Fig. 8: do two words that differ in one early symbol lead to the same hidden vector?"""

from typing import Any

import numpy as np
import xarray as xr
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from firstbit.plots.checks import require_attributes, require_variables
from firstbit.plots.paper.heatmaps import decimals, draw_cells, label_words
from firstbit.plots.style import STYLE, blank, finished, network_name

_RANGES = {"vanilla": ((0.0, 1.0), "viridis"), "gru": ((-1.0, 1.0), "RdBu_r")}
_GAP = 0.35


def confusion(ds: xr.Dataset, *, title: str) -> Figure:
    """The hidden vectors of both networks after two words, and how far apart they are in each unit.

    Both networks' differences share one colour scale.

    Args:
        ds: for each of `vanilla` and `gru`: `vanilla(word, vanilla_unit)` with two
            words, `vanilla_difference(vanilla_unit)`, its absolute difference, and in
            attrs `vanilla_distance`, its Euclidean norm.
        title: shown above.

    Raises:
        SettingError: a variable or an attribute is missing.

    Example:
        >>> ds = xr.Dataset(
        ...     {"vanilla": (("word", "vanilla_unit"), [[0.5, 0.1], [0.5, 0.1]]),
        ...      "vanilla_difference": ("vanilla_unit", [0.0, 0.0]),
        ...      "gru": (("word", "gru_unit"), [[-0.5], [0.5]]),
        ...      "gru_difference": ("gru_unit", [1.0])},
        ...     coords={"word": ["BTBTXSE", "BPBTXSE"]},
        ...     attrs={"vanilla_distance": 0.0, "gru_distance": 1.0})
        >>> figure = confusion(ds, title="Hidden vectors")
        >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
        ['BTBTXSE', 'BPBTXSE', '|difference|']

    References:
        Stérin, Farrugia, Gripon 2017, Fig. 8.
    """
    for name in _RANGES:
        require_variables(
            ds, "confusion", {"word": ("word",), name: ("word", f"{name}_unit"),
                              f"{name}_difference": (f"{name}_unit",)},
        )  # fmt: skip
        require_attributes(ds, "confusion", (f"{name}_distance",))
    largest = max(float(ds[f"{name}_difference"].max()) for name in _RANGES)
    with rc_context(STYLE):
        columns = max(ds.sizes[f"{name}_unit"] for name in _RANGES)
        figure = blank(max(0.43 * columns + 2.6, 6.0), 4.3, title)
        grid = figure.add_gridspec(2, 3, width_ratios=[45, 1, 1])
        difference = ScalarMappable(Normalize(0.0, largest or 1.0), "cividis")
        for row, name in enumerate(_RANGES):
            axes = figure.add_subplot(grid[row, 0])
            scale = _block(axes, ds, name, difference)
            figure.colorbar(
                scale, cax=figure.add_subplot(grid[row, 1]), label="activation"
            )
        figure.colorbar(
            difference, cax=figure.add_subplot(grid[:, 2]), label="|difference|"
        )
        return finished(figure)


def _block(
    axes: Axes, ds: xr.Dataset, name: str, difference: ScalarMappable
) -> ScalarMappable:
    """One network: a row for each word, then their difference. Returns the colours of the words' rows."""
    (low, high), colours = _RANGES[name]
    scale = ScalarMappable(Normalize(low, high), colours)
    unit = f"{name}_unit"
    values = ds[name].transpose("word", unit).values
    edges = np.arange(len(values) + 1.0)
    draw_cells(axes, values, edges, scale)
    below = np.array([edges[-1] + _GAP, edges[-1] + _GAP + 1])
    draw_cells(
        axes, ds[f"{name}_difference"].values[None], below, difference, significant
    )
    axes.set_ylim(below[-1], 0)
    label_words(
        axes,
        [*map(str, ds["word"].values), "|difference|"],
        np.append(edges[:-1], below[0]) + 0.5,
    )
    axes.set_xticks(
        np.arange(values.shape[1]) + 0.5, [str(i) for i in _units(ds, unit)]
    )
    axes.set_xlabel("hidden unit")
    distance = ds.attrs[f"{name}_distance"]
    heading = (
        f"{network_name(name)}, k = {values.shape[1]}: distance of the two vectors "
        f"{distance:.3g}"
    )
    axes.set_title(heading, loc="left")
    return scale


def significant(value: float) -> str:
    """Two decimals, or a power of ten for what they would round to zero.

    Example:
        >>> significant(0.25), significant(0.0004), significant(0.0)
        ('0.25', '4e-4', '0.00')
    """
    if 0 < value < 0.005:
        digit, exponent = f"{value:.0e}".split("e")
        return f"{digit}e{int(exponent)}"
    return decimals(value)


def _units(ds: xr.Dataset, unit: str) -> Any:
    return ds[unit].values if unit in ds.coords else range(ds.sizes[unit])
