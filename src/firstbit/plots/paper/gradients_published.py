"""Fig. 9 as it was published: signed gradients from 0 upwards, in narrowing windows."""

from collections.abc import Sequence
from math import ceil

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from firstbit.errors import SettingError
from firstbit.look import cell_name
from firstbit.plots.checks import require_variables
from firstbit.plots.histograms import steps
from firstbit.plots.names import Name, names_beside
from firstbit.plots.panels import Size, blank, finished, heading
from firstbit.plots.paper.pooled import NEEDED, SHARE, as_share, by_network
from firstbit.plots.sources import source_line
from firstbit.plots.styles import look, styled
from firstbit.plots.widths import Width, inches

_WINDOW, _ROW, _NARROWEST = 1.7, 2.2, 3.6
"""Inches on a page: the least width of a window, the height of a row of windows, and
the least width of the figure."""


@styled
def gradients_as_published(
    ds: xr.Dataset,
    *,
    ranges: Sequence[float],
    title: str | None = None,
    width: Width | None = None,
) -> Figure:
    """Draw signed gradients of the last epoch from 0 upwards, as the published code.

    Args:
        ds: `gradient(epoch, word, coefficient)` with the coord `network` over
            `coefficient`.
        ranges: upper ends of the windows, which start at 0.
        title: above the figure.
        width: of the figure: inches, or a text such as `183 mm` or `720 px`.

    Raises:
        SettingError: a variable is missing, there are no ranges, or it is no width, or
            too small.

    Example:
        >>> gradient = np.random.default_rng(0).normal(size=(1, 5, 2))
        >>> over = ("epoch", "word", "coefficient")
        >>> coords = {"epoch": [7], "network": ("coefficient", ["vanilla", "gru"])}
        >>> ds = xr.Dataset({"gradient": (over, gradient)}, coords)
        >>> panels = gradients_as_published(ds, ranges=(4.0, 0.5)).axes
        >>> [axes.get_title("left") for axes in panels]
        ['0 to 4', '0 to 0.5']

    References:
        Stérin, Farrugia, Gripon 2017, Fig. 9.
    """
    require_variables(ds, "gradients_as_published", NEEDED)
    if not ranges:
        raise SettingError(
            "gradients_as_published: expected at least one range; got none, try (4, "
            "0.5, 0.002, 0.0005)."
        )
    one = ds.isel(epoch=-1)
    number = len(ranges)
    columns = number if _is_wide(width, number) else 2
    rows = ceil(number / columns)
    size = Size(7.5 if columns == number else _NARROWEST, _ROW * rows + 0.5)
    figure = blank(size, title, width, _NARROWEST)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in panels[number:]:
        axes.set_visible(False)
    for axes, upper in zip(panels, ranges, strict=False):
        names = _window(axes, one, upper)
        if upper == ranges[0]:
            names_beside(axes, names)
    panels[0].set_ylabel(
        SHARE,
        rotation=0,
        ha="left",
        va="bottom",
    )
    epoch = f"after {int(one['epoch']):,} epochs"
    source_line(figure, f"gradients {epoch}; those below 0 are left out")
    return finished(*panels)


def _is_wide(width: Width | None, number: int) -> bool:
    """Return whether there is room for all windows beside each other."""
    return width is None or inches(width) >= _WINDOW * number * look().scale


def _window(axes: Axes, one: xr.Dataset, upper: float) -> list[Name]:
    """Draw the gradients from 0 to an upper end; return a name for each network."""
    edges = np.linspace(0.0, upper, 41)
    ends = []
    for name, values in by_network(one):
        counts = np.histogram(values, edges)[0] / values.size
        steps(axes, counts, edges, name)
        ink = look().ink(name)
        ends.append(Name(counts[-1], cell_name(name), ink, is_bold=True))
    axes.set(yscale="log", xlim=(0, upper))
    heading(axes, f"0 to {upper:g}", " ")
    axes.set_xlabel("gradient")
    axes.locator_params(axis="x", nbins=2)
    axes.yaxis.set_major_formatter(FuncFormatter(as_share))
    return ends
