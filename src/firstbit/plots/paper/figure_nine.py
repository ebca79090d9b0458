"""Fig. 9, as it should be read: are the gradients of both networks equally large?"""

from typing import NamedTuple

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator

from firstbit.datasets import interval
from firstbit.look import cell_name, family_of
from firstbit.look.numbers import written
from firstbit.plots.checks import require_variables, with_interval
from firstbit.plots.histograms import steps
from firstbit.plots.panels import Size, finished, heading, row_of_panels
from firstbit.plots.paper.pooled import NEEDED, SHARE, as_share, by_network
from firstbit.plots.sources import source_line
from firstbit.plots.styles import look, styled
from firstbit.plots.widths import Width, require_room

_BINS = 60
_DECADES = 8
"""Smaller values than the largest by more than this many decades share the first
bin."""

_NARROWEST = 3.6
"""Inches on a page."""

_LOWEST = 1e-9
"""The least height of a panel's highest bin."""

_ABOVE, _APART, _ROOM = 1.17, 0.19, 1.6
"""Heights in that of the highest bin: of the lowest row above the bins, from row to
row, and of the panel."""

_HALF = (0.25, 0.5, 0.75)
"""Quantiles that a row shows: the middle half, and the median."""


class _Row(NamedTuple):
    """A network's line above the histograms: its name, its height, its quantiles."""

    network: str
    height: float
    quantiles: np.ndarray


@styled
def figure_nine(
    ds: xr.Dataset, *, title: str | None = None, width: Width | None = None
) -> Figure:
    r"""Draw how large the gradients of both networks are, a panel for each epoch.

    A histogram has the absolute values over all words and parameters, on a logarithmic
    axis. In the row above it a line is the middle half of a network's gradients, a mark
    their median. The published view is `gradients_as_published`.

    Args:
        ds: `gradient(epoch, word, coefficient)` with the coord `network` over
            `coefficient`; and over `epoch` the `median_ratio` with its interval.
        title: above the figure.
        width: of the figure: inches, or a text such as `183 mm` or `720 px`.

    Raises:
        SettingError: a variable is missing, or it is no width, or too small.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> owners = ["vanilla", "vanilla", "gru", "gru"]
        >>> ends = (("epoch", "ci_bound"), [[0.4, 0.6]])
        >>> ds = xr.Dataset(
        ...     {"gradient": (("epoch", "word", "coefficient"),
        ...                   rng.normal(size=(1, 5, 4))),
        ...      "median_ratio": ("epoch", [0.5]), "median_ratio_ci": ends},
        ...     coords={"epoch": [7], "network": ("coefficient", owners),
        ...             "ci_bound": ["lower", "upper"]})
        >>> figure_nine(ds).axes[0].get_title("left")
        'after 7 epochs\nmedians, Vanilla : GRU = 0.50 : 1 (0.40 to 0.60)'

    References:
        Stérin, Farrugia, Gripon 2017, Fig. 9 and Section IV.
    """
    needed = {**NEEDED, **with_interval("median_ratio", ("epoch",))}
    require_variables(ds, "figure_nine", needed)
    if width is not None:
        require_room(width, _NARROWEST * look().scale)
    number = ds.sizes["epoch"]
    size = Size(7.5, 3.6)
    figure, places = row_of_panels(size, title, width, [1.0] * number)
    panels = [figure.add_subplot(place) for place in places]
    edges = _log_edges(ds["gradient"].values)
    label = _axis_label(ds["gradient"].values, float(edges[0]))
    highest = _LOWEST
    for i, axes in enumerate(panels):
        highest = max(highest, _histograms(axes, ds.isel(epoch=i), edges))
    for i, axes in enumerate(panels):
        _rows(axes, ds.isel(epoch=i), edges, highest)
        axes.set_xlabel(label)
    source_line(figure, *_source(ds))
    return finished(*panels)


def _histograms(axes: Axes, one: xr.Dataset, edges: np.ndarray) -> float:
    """Draw absolute values of one epoch; return the height of the highest bin."""
    highest = _LOWEST
    for name, values in by_network(one):
        sizes = np.abs(values)
        drawn = np.clip(sizes[sizes > 0], edges[0], None)
        counts, _ = np.histogram(drawn, edges)
        shares = counts / sizes.size
        steps(axes, shares, edges, name)
        highest = max(highest, float(shares.max()))
    axes.set(xscale="log", xlim=(edges[0], edges[-1]))
    axes.xaxis.set_major_locator(LogLocator(numticks=6))
    axes.yaxis.set_major_formatter(FuncFormatter(as_share))
    heading(axes, f"{_when(one)}\n{_ratio(one)}", SHARE)
    return highest


def _rows(axes: Axes, one: xr.Dataset, edges: np.ndarray, highest: float) -> None:
    """Draw the middle half of each network's sizes above the histograms."""
    axes.set_ylim(0, _ROOM * highest)
    ticks = axes.get_yticks()
    # A line across would strike through the names above the bins.
    axes.set_yticks(ticks[(ticks >= 0) & (ticks <= highest)])
    lowest = float(edges[0])
    middle = float(np.sqrt(lowest * edges[-1]))
    networks = list(by_network(one))
    for i, (name, values) in enumerate(reversed(networks)):
        quantiles = np.quantile(np.abs(values), _HALF)
        height = (_ABOVE + _APART * i) * highest
        row = _Row(name, height, quantiles)
        _row(axes, row, lowest, middle)


def _row(axes: Axes, row: _Row, lowest: float, middle: float) -> None:
    """Draw one network's middle half, its median, and its name on the free side."""
    low, median, high = np.maximum(row.quantiles, lowest)
    colour = look().hue(row.network)
    mark = family_of(row.network).mark
    axes.plot([low, high], [row.height] * 2, color=colour)
    axes.plot(median, row.height, mark, color=colour)
    is_right = median > middle
    axes.annotate(
        f"{cell_name(row.network)}, median {written(float(row.quantiles[1]))}",
        (low if is_right else high, row.height),
        (-7.0 if is_right else 7.0, 0.0),
        textcoords="offset points",
        ha="right" if is_right else "left",
        va="center",
        color=look().ink(row.network),
        fontsize=look().context.tick,
        fontweight="bold",
    )


def _when(one: xr.Dataset) -> str:
    """Return the epoch in words."""
    epoch = int(one["epoch"])
    return f"after {epoch:,} epochs" if epoch else "before training"


def _ratio(one: xr.Dataset) -> str:
    """Return how the medians compare, with the interval."""
    low, high = (written(float(end)) for end in interval(one, "median_ratio"))
    ratio = f"{written(float(one['median_ratio']))} : 1"
    return f"medians, Vanilla : GRU = {ratio} ({low} to {high})"


def _source(ds: xr.Dataset) -> list[str]:
    """Return what is drawn, and what isn't."""
    zeros = []
    for name, values in by_network(ds.isel(epoch=-1)):
        zeros.append(f"{_percent(float(np.mean(values == 0)))} of {cell_name(name)}'s")
    return [
        "rows above: the middle half, a mark at the median; in brackets 95 % intervals",
        f"exactly 0, so not in the histogram: {', '.join(zeros)}",
    ]


def _log_edges(values: np.ndarray) -> np.ndarray:
    """Return bins that hold the values, between whole powers of ten.

    They span at most `_DECADES`.
    """
    sizes = np.abs(values[values != 0])
    if not sizes.size:
        return np.logspace(-_DECADES, 0, _BINS + 1)
    top = np.ceil(np.log10(sizes.max()) + 1e-9)
    smallest = np.floor(np.log10(sizes.min()))
    bottom = max(smallest, top - _DECADES)
    return np.logspace(bottom, top, _BINS + 1)


def _axis_label(values: np.ndarray, lowest: float) -> str:
    """Return the name of the axis, and how many values lie below it."""
    is_small = np.abs(values) < lowest
    smaller = float(np.mean((values != 0) & is_small))
    if smaller == 0:
        return "size of a gradient"
    return f"size of a gradient (first bin: {_percent(smaller)} are smaller still)"


def _percent(share: float) -> str:
    if share == 0:
        return "none"
    if share < 0.001:
        return "< 0.1 %"
    return f"{100 * share:.1f} %"
