"""What the mean of D(l,k) hides: the fan of its draws, how many retain the bit, and how few carry the mean."""

import numpy as np
import xarray as xr
from matplotlib import colormaps, rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from firstbit.plots.checks import require_attributes, require_variables
from firstbit.plots.style import CYCLE, SMALL, STYLE, blank, finished

_GRID = ("hidden_size", "length")
_LOWEST = 1e-30


def draws(ds: xr.Dataset, *, hidden_size: int | None = None, title: str) -> Figure:
    """Quantiles of the distances of one size, the retained share and the share of the top draws of every size.

    Args:
        ds: a result of `firstbit.discrepancy`.
        hidden_size: whose quantiles are drawn; by default the largest.
        title: shown above.

    Raises:
        SettingError: a variable or attribute is missing.

    Example:
        >>> import jax
        >>> from firstbit import Vanilla, discrepancy
        >>> d = discrepancy(Vanilla, hidden_sizes=[2, 5], length=6, num_draws=50, key=jax.random.key(0))
        >>> [axes.get_xlabel() for axes in draws(d, title="Vanilla").axes]
        ['length l', 'length l', 'length l']
    """
    needed = (
        "discrepancy",
        "interval_low",
        "interval_high",
        "retained",
        "retained_low",
        "retained_high",
        "top_share",
    )
    require_variables(
        ds,
        "draws",
        {**dict.fromkeys(needed, _GRID), "quantile_value": (*_GRID, "quantile")},
    )
    require_attributes(ds, "draws", ("threshold",))
    size = int(ds["hidden_size"].max()) if hidden_size is None else hidden_size
    with rc_context(STYLE):
        figure = blank(12.5, 4.2, title)
        fan, retained, top = figure.subplots(1, 3)
        _fan(fan, ds.sel(hidden_size=size), size)
        _by_size(
            retained,
            ds,
            "retained",
            f"share of draws above {ds.attrs['threshold']:g}",
            ("retained_low", "retained_high"),
        )
        _by_size(
            top,
            ds,
            "top_share",
            "share of the mean that the top 1 % of draws carry",
            None,
        )
        handles, labels = retained.get_legend_handles_labels()
        top.legend(
            handles[::-1], labels[::-1], loc="upper left", bbox_to_anchor=(1.0, 1.0)
        )
        return finished(figure)


def _fan(axes: Axes, one: xr.Dataset, size: int) -> None:
    length = one["length"].values
    quantiles = one["quantile_value"].transpose("quantile", "length").values
    levels, colour = one["quantile"].values, CYCLE[2]
    lowest = max(float(quantiles[quantiles > 0].min(initial=1.0)), _LOWEST)
    for i in range(len(levels) // 2):
        band = f"{levels[i]:.0%} to {levels[-1 - i]:.0%} of draws"
        low, high = (np.maximum(quantiles[row], lowest) for row in (i, -1 - i))
        axes.fill_between(
            length,
            low,
            high,
            color=colour,
            alpha=0.18 + 0.2 * i,
            linewidth=0,
            label=band,
        )
    axes.plot(
        length,
        np.maximum(quantiles[len(levels) // 2], lowest),
        ":",
        color=colour,
        label="median",
    )
    axes.plot(
        length, one["discrepancy"].values, color=CYCLE[1], label="mean, 95 % interval"
    )
    low, high = one["interval_low"].values, one["interval_high"].values
    axes.fill_between(
        length, np.maximum(low, lowest), high, color=CYCLE[1], alpha=0.3, linewidth=0
    )
    axes.set(
        yscale="log",
        xlabel="length l",
        ylabel="distance of the two states",
        xlim=_ends(length),
    )
    axes.set_ylim(bottom=lowest)
    axes.set_title(f"k = {size}: every draw", loc="left")
    axes.legend(loc="lower left", fontsize=SMALL)
    axes.grid(color="#e3e3e3", linewidth=0.6)


def _by_size(
    axes: Axes, ds: xr.Dataset, name: str, title: str, interval: tuple[str, str] | None
) -> None:
    length, sizes = ds["length"].values, ds["hidden_size"].values
    shown = sizes[np.unique(np.linspace(0, len(sizes) - 1, 5).round().astype(int))]
    for size, colour in zip(
        shown, colormaps["viridis"](np.linspace(0.0, 0.82, len(shown))), strict=True
    ):
        one = ds.sel(hidden_size=size)
        axes.plot(length, one[name].values, color=colour, label=f"k = {size}")
        if interval is not None:
            axes.fill_between(
                length,
                one[interval[0]].values,
                one[interval[1]].values,
                color=colour,
                alpha=0.25,
                linewidth=0,
            )
    axes.set(xlabel="length l", ylim=(-0.02, 1.02), xlim=_ends(length))
    axes.set_title(title, loc="left")
    axes.grid(color="#e3e3e3", linewidth=0.6)


def _ends(length: np.ndarray) -> tuple[int, int]:
    return int(length[0]), int(max(length[-1], length[0] + 1))
