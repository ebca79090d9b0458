"""Fig. 9: how large the gradients are, as published and as they should be read."""

from collections.abc import Iterator, Sequence
from math import ceil

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import FuncFormatter, LogLocator
from scipy.stats import ks_2samp

from firstbit.datasets import interval
from firstbit.errors import SettingError
from firstbit.look import cell_name
from firstbit.plots.checks import Dims, coordinates, require_variables, with_interval
from firstbit.plots.histograms import steps
from firstbit.plots.names import Name, names_beside
from firstbit.plots.panels import Size, blank, finished, heading
from firstbit.plots.quantiles import Group, quantile_bars
from firstbit.plots.styles import look, styled
from firstbit.plots.widths import Width, inches

_SHARE = "share of all gradients"

_BINS = 60
_DECADES = 12
"""Smaller values than the largest by more than this many decades share the first
bin."""

_BESIDE, _NARROWEST = 7.0, 3.6
"""Inches on a page: of the narrowest figure whose panels stand beside each other, and
of one whose panels stand below each other."""

_EPOCH, _WINDOW = 3.0, 1.7
"""Inches on a page: the least width of an epoch's panel, and of a published one."""

_ROOM, _LOWEST = 1.6, 1e-9
"""Height of a panel of pooled values, in that of the highest bin: the legend stands
above it; and of the least bin."""

_POOLED, _EACH, _PUBLISHED = 3.4, 2.8, 2.2
"""Inches: height of a row of pooled values, of the parameters, and of the published
view."""

_NEEDED: dict[str, Dims] = {
    **coordinates("epoch"),
    "gradient": ("epoch", "word", "coefficient"),
    "network": ("coefficient",),
    "parameter": ("coefficient",),
    **with_interval("ks_distance", ("epoch",)),
    **with_interval("median_ratio", ("epoch",)),
    "parameter_quantile": ("epoch", "group", "quantile"),
}


@styled
def figure_nine(
    ds: xr.Dataset,
    *,
    ranges: Sequence[float],
    title: str | None = None,
    width: Width | None = None,
) -> Figure:
    """Draw the gradients of both networks, on a logarithmic axis and as published.

    On top is the distribution over all words and parameters, a panel for each epoch,
    with the Kolmogorov-Smirnov distance and the ratio of medians. Below are the
    quantiles of each parameter, and the published view.

    Args:
        ds: `gradient(epoch, word, coefficient)` with the coords `network` and
            `parameter` over `coefficient`; over `epoch` `ks_distance` and
            `median_ratio` with their intervals; and `parameter_quantile(epoch, group,
            quantile)` of absolute gradients, a group for each parameter of each
            network, in the order of the coefficients.
        ranges: upper ends of the published histograms, which start at 0.
        title: above the figure.
        width: of the figure: inches, or a text such as `183 mm` or `720 px`.

    Raises:
        SettingError: a variable is missing, there are no ranges, or it is no width, or
            too small.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> owners = ["vanilla", "vanilla", "gru", "gru"]
        >>> ends = (("epoch", "ci_bound"), [[0.4, 0.6]])
        >>> over, of = ("epoch", "word", "coefficient"), ("epoch", "group", "quantile")
        >>> ds = xr.Dataset(
        ...     {"gradient": (over, rng.normal(size=(1, 5, 4))),
        ...      "parameter_quantile": (of, np.ones((1, 2, 3))),
        ...      "ks_distance": ("epoch", [0.5]), "ks_distance_ci": ends,
        ...      "median_ratio": ("epoch", [0.5]), "median_ratio_ci": ends},
        ...     coords={"epoch": [7], "network": ("coefficient", owners),
        ...             "parameter": ("coefficient", ["O"] * 4),
        ...             "quantile": [0.25, 0.5, 0.75], "ci_bound": ["lower", "upper"]})
        >>> panels = figure_nine(ds, ranges=(4.0, 0.5)).axes[-2:]
        >>> [axes.get_title("left") for axes in panels]
        ['0 to 4', '0 to 0.5']

    References:
        Stérin, Farrugia, Gripon 2017, Fig. 9 and Section IV.
    """
    require_variables(ds, "figure_nine", _NEEDED)
    groups = _groups(ds)
    if not ranges:
        raise SettingError(
            "figure_nine: expected at least one range; got none, try (4, 0.5, "
            "0.002, 0.0005)."
        )
    is_wide = _is_wide(width, ds.sizes["epoch"], len(ranges))
    columns = len(ranges) if is_wide else 2
    rows = 1 if is_wide else ds.sizes["epoch"]
    last_rows = ceil(len(ranges) / columns)
    heights = [_POOLED * rows, _EACH, _PUBLISHED * last_rows]
    size = Size(11.0 if is_wide else _NARROWEST, sum(heights))
    figure = blank(size, title, width, _NARROWEST)
    parts = figure.subfigures(3, 1, squeeze=False, height_ratios=heights)
    pooled, each, published = parts[:, 0]
    edges = _log_edges(ds["gradient"].values)
    _draw_pooled(pooled, ds, edges, rows)
    _draw_each(each, ds, groups, float(edges[0]))
    _draw_published(published, ds.isel(epoch=-1), ranges, columns)
    finished(*figure.axes)
    each.axes[0].tick_params(axis="x", labelsize=look().indexed)
    return figure


def _groups(ds: xr.Dataset) -> list[Group]:
    """Return the parameter of each group, in the order of the coefficients.

    Raises:
        SettingError: there are more or fewer groups.
    """
    owners = zip(ds["network"].values, ds["parameter"].values, strict=True)
    each = [Group(str(network), str(parameter)) for network, parameter in owners]
    groups = list(dict.fromkeys(each))
    if len(groups) != ds.sizes["group"]:
        raise SettingError(
            f"figure_nine: expected a group for each of {len(groups)} parameters, got "
            f"{ds.sizes['group']}."
        )
    return groups


def _is_wide(width: Width | None, num_epochs: int, num_ranges: int) -> bool:
    """Return whether there is room for panels beside each other."""
    least = max(_BESIDE, _EPOCH * num_epochs, _WINDOW * num_ranges)
    return width is None or inches(width) >= least * look().scale


def _headline(figure: SubFigure, text: str) -> None:
    size = look().context.panel
    figure.suptitle(text, x=0.01, ha="left", fontsize=size)


def _draw_pooled(
    figure: SubFigure, ds: xr.Dataset, edges: np.ndarray, rows: int
) -> None:
    """Draw absolute values of all parameters, a panel for each epoch."""
    _headline(figure, "Absolute values, all parameters together")
    num_epochs = ds.sizes["epoch"]
    panels = figure.subplots(rows, num_epochs // rows, squeeze=False).ravel()
    highest = _LOWEST
    for i, axes in enumerate(panels):
        highest = max(highest, _pooled(axes, ds.isel(epoch=i), edges))
    for axes in panels:
        axes.set_ylim(0, _ROOM * highest)
        ticks = axes.get_yticks()
        # A line across would strike through the words above the bins.
        axes.set_yticks(ticks[(ticks >= 0) & (ticks <= highest)])
    label = _axis_label(ds["gradient"].values, float(edges[0]))
    figure.supxlabel(label, color=look().page.soft)


def _pooled(axes: Axes, one: xr.Dataset, edges: np.ndarray) -> float:
    """Draw the absolute values of one epoch; write how far apart the networks are.

    Returns:
        The height of the highest bin.
    """
    handles, highest = [], _LOWEST
    gap, lower = _largest_gap(one)
    for (name, values), share in zip(_by_network(one), lower, strict=True):
        sizes = np.abs(values)
        drawn = np.clip(sizes[sizes > 0], edges[0], None)
        counts = np.histogram(drawn, edges)[0] / sizes.size
        line = steps(axes, counts, edges, name)
        highest = max(highest, float(counts.max()))
        zero = f"{_percent(np.mean(sizes == 0))} exactly 0"
        line.set_label(f"{cell_name(name)}: {zero}, {_percent(share)} left of line")
        handles.append(line)
    axes.set(xscale="log")
    _mark(axes, max(gap, edges[0]), "largest gap: KS distance")
    axes.xaxis.set_major_locator(LogLocator(numticks=8))
    axes.yaxis.set_major_formatter(FuncFormatter(_share))
    axes.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0, 1.0),
        borderaxespad=0.1,
        handlelength=1.2,
        labelcolor="linecolor",
    )
    axes.margins(x=0)
    distance = f"KS distance {_with_interval(one, 'ks_distance')}"
    ratio = f"ratio of medians {_with_interval(one, 'median_ratio')}"
    text = f"epoch {one['epoch'].item()}: {distance}\n{ratio}"
    heading(axes, text, _SHARE, look().context.tick)
    return highest


def _draw_each(
    figure: SubFigure, ds: xr.Dataset, groups: Sequence[Group], lowest: float
) -> None:
    """Draw the quantiles of each parameter, epochs beside each other."""
    epochs = ", ".join(str(epoch) for epoch in ds["epoch"].values)
    _headline(figure, f"Absolute values of each parameter, epochs {epochs}")
    axes = figure.subplots()
    quantile_bars(axes, ds["parameter_quantile"], groups, lowest=lowest)
    heading(axes, "", "|gradient|")
    bars = "bars: quantiles; dot: median; cut at the bottom: 0 or near"
    axes.set_xlabel(bars, fontsize=look().context.tick)


def _draw_published(
    figure: SubFigure, one: xr.Dataset, ranges: Sequence[float], columns: int
) -> None:
    """Draw signed values from 0 upwards, in windows of decreasing width.

    So the published code draws them.
    """
    epoch = one["epoch"].item()
    is_narrow = columns < len(ranges)
    join = "\n" if is_narrow else " "
    view = f"signed values after epoch {epoch},{join}the negative half dropped"
    _headline(figure, f"As published: {view}")
    rows = ceil(len(ranges) / columns)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in panels[len(ranges) :]:
        axes.set_visible(False)
    for axes, upper in zip(panels, ranges, strict=False):
        edges = np.linspace(0.0, upper, 41)
        ends = []
        for name, values in _by_network(one):
            counts = np.histogram(values, edges)[0] / values.size
            steps(axes, counts, edges, name)
            ink = look().ink(name)
            ends.append(Name(counts[-1], cell_name(name), ink, is_bold=True))
        axes.set(yscale="log", xlim=(0, upper))
        if upper == ranges[0]:
            names_beside(axes, ends)
        heading(axes, f"0 to {upper:g}", " ")
        axes.locator_params(axis="x", nbins=2 if is_narrow else 3)
        axes.yaxis.set_major_formatter(FuncFormatter(_share))
    panels[0].set_ylabel(
        _SHARE,
        rotation=0,
        ha="left",
        va="bottom",
    )
    figure.supxlabel("gradient", color=look().page.soft)


def _largest_gap(one: xr.Dataset) -> tuple[float, list[float]]:
    """Return the size below which the networks' shares of gradients differ most.

    That difference is the Kolmogorov-Smirnov distance.

    Returns:
        The size, and each network's share up to it.
    """
    own = []
    for _, values in _by_network(one):
        own.append(np.abs(values))
    found = ks_2samp(*own, method="asymp")
    place = float(found.statistic_location)  # pyright: ignore[reportAttributeAccessIssue]
    return place, [float(np.mean(sizes <= place)) for sizes in own]


def _mark(axes: Axes, size: float, text: str) -> None:
    """Draw a line upwards from a size, with a text above it, below the legend."""
    across = axes.get_xaxis_transform()
    ink = look().page.line
    width = look().width("limit")
    line = {"color": ink, "linewidth": width}
    axes.plot([size, size], [0, 0.7], **line, transform=across)
    axes.text(
        size,
        0.71,
        text,
        transform=across,
        ha="center",
        va="bottom",
        color=look().page.soft,
        fontsize=look().context.tick,
    )


def _by_network(one: xr.Dataset) -> Iterator[tuple[str, np.ndarray]]:
    """Yield each network's name and all its gradients."""
    owner = one["network"].values
    values = one["gradient"].transpose("coefficient", "word").values
    for name in dict.fromkeys(owner):
        yield str(name), values[owner == name].ravel()


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
    smaller = np.mean((values != 0) & is_small)
    if smaller == 0:
        return "|gradient|"
    return f"|gradient| (first bin: {_percent(smaller)} are smaller still)"


def _with_interval(one: xr.Dataset, name: str) -> str:
    lower, upper = interval(one, name)
    return f"{one[name].item():.2g} [{lower.item():.2g}, {upper.item():.2g}]"


def _share(value: float, _: object) -> str:
    return f"{100 * value:.6g} %"


def _percent(share: float) -> str:
    if share == 0:
        return "none"
    if share < 0.001:
        return "< 0.1 %"
    return f"{100 * share:.1f} %"
