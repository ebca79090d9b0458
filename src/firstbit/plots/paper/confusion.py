"""Fig. 8: do two words that differ in one early symbol end in the same vector?"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from firstbit.look import cell_name
from firstbit.look.numbers import written
from firstbit.plots.checks import coordinates, require_attributes, require_variables
from firstbit.plots.panels import Size, blank, finished
from firstbit.plots.paper.heatmaps import (
    DIFFERENCE,
    LOGISTIC,
    SIGNED,
    decimals,
    draw_cells,
    label_words,
)
from firstbit.plots.styles import styled
from firstbit.plots.widths import Width

_GAP = 0.35
"""Between the words' rows and their difference."""


_SCALES = {"vanilla": LOGISTIC, "gru": SIGNED}
"""Network -> the scale of its activations."""


@styled
def confusion(
    ds: xr.Dataset, *, title: str | None = None, width: Width | None = None
) -> Figure:
    """Draw both networks' hidden vectors after two words, and their difference.

    Both networks' differences share one colour scale.

    Args:
        ds: for each of `vanilla` and `gru`: `vanilla(word, vanilla_unit)` with two
            words, `vanilla_difference(vanilla_unit)`, its absolute difference, and in
            attrs `vanilla_distance`, its Euclidean norm.
        title: above the figure.
        width: of the figure: inches, or a text such as `183 mm` or `720 px`.

    Raises:
        SettingError: a variable or an attribute is missing, or it is no width, or too
            small for the numbers in the cells.

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
    for name in _SCALES:
        _check(ds, name)
    columns = max(ds.sizes[f"{name}_unit"] for name in _SCALES)
    own = max(0.43 * columns + 2.6, 6.0)
    figure = blank(Size(own, 4.3), title, width, 0.85 * own)
    grid = figure.add_gridspec(2, 3, width_ratios=[45, 1, 1])
    for row, (name, scale) in enumerate(_SCALES.items()):
        axes = figure.add_subplot(grid[row, 0])
        _network(axes, ds, name)
        beside = figure.add_subplot(grid[row, 1])
        figure.colorbar(
            scale.mappable(),
            cax=beside,
            label="activation",
        )
    last = figure.add_subplot(grid[:, 2])
    figure.colorbar(
        DIFFERENCE.mappable(),
        cax=last,
        label="|difference|: dark is forgotten",
        extend="both",
    )
    return finished(*figure.axes)


def _check(ds: xr.Dataset, name: str) -> None:
    unit = f"{name}_unit"
    needed = {
        **coordinates("word"),
        name: ("word", unit),
        f"{name}_difference": (unit,),
    }
    require_variables(ds, "confusion", needed)
    require_attributes(ds, "confusion", [f"{name}_distance"])


def _network(axes: Axes, ds: xr.Dataset, name: str) -> None:
    """Draw one network: a row for each word, then their difference."""
    unit = f"{name}_unit"
    values = ds[name].transpose("word", unit).values
    num_words, num_units = values.shape
    edges = np.arange(num_words + 1.0)
    draw_cells(axes, values, edges, _SCALES[name])
    below = np.array([num_words + _GAP, num_words + _GAP + 1])
    row = ds[f"{name}_difference"].values[None]
    draw_cells(axes, row, below, DIFFERENCE, significant)
    axes.set_ylim(below[-1], 0)
    words = [str(word) for word in ds["word"].values]
    rows = np.append(edges[:-1], below[0]) + 0.5
    label_words(axes, [*words, "|difference|"], rows)
    units = [str(i) for i in ds[unit].values]
    axes.set_xticks(np.arange(num_units) + 0.5, units)
    axes.set_xlabel("hidden unit")
    distance = ds.attrs[f"{name}_distance"]
    heading = f"{cell_name(name)}, k = {num_units}: distance of the two vectors"
    axes.set_title(f"{heading} {written(distance)}", loc="left")


def significant(value: float) -> str:
    """Return two decimals, or a power of ten where they would round to zero.

    Example:
        >>> significant(0.25), significant(0.0004), significant(0.0)
        ('0.25', '4·10⁻⁴', '0.00')
    """
    if 0 < value < 0.005:
        return written(value, 1)
    return decimals(value)
