"""How long the words of a language are."""

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from firstbit.plots.checks import coordinates, require_attributes, require_variables
from firstbit.plots.panels import Size, finished, heading, one_panel
from firstbit.plots.styles import look, styled
from firstbit.plots.text import short
from firstbit.plots.widths import Width

_LONGEST_NAME = 40
"""Letters of a language's name in the title."""


@styled
def lengths(
    ds: xr.Dataset,
    *,
    title: str | None = None,
    ax: Axes | None = None,
    width: Width | None = None,
) -> Figure:
    """Draw the probability of each length of a word, with the mean as a dashed line.

    Args:
        ds: `probability(length)` and the scalars `mean_length` and `longer` (the
            probability of all greater lengths), with the attribute `language`.
        title: above the figure; by default it names the language, "" for none.
        ax: the panel to draw into; by default one of a new figure.
        width: of the new figure: inches, or a text such as `89 mm` or `540 px`.

    Returns:
        The figure; with `ax`, the one that it belongs to.

    Raises:
        SettingError: a variable or the attribute is missing, or it is no width.

    Example:
        >>> share = ("length", [0.5, 0.25])
        >>> ds = xr.Dataset(
        ...     {"probability": share, "mean_length": 1.0, "longer": 0.25},
        ...     coords={"length": [0, 1]},
        ...     attrs={"language": "a*"})
        >>> lengths(ds).axes[0].get_title(loc="right")
        'mean 1 (dashed); longer than 1: 0.25'
    """
    require_variables(
        ds,
        "lengths",
        {
            **coordinates("length"),
            "probability": ("length",),
            "mean_length": (),
            "longer": (),
        },
    )
    require_attributes(ds, "lengths", ["language"])
    if title is None:
        title = (
            f"How long the words of {short(ds.attrs['language'], _LONGEST_NAME)} are"
        )
    longest = int(ds["length"].max())
    axes = one_panel(ax, Size(5.6, 3.2), title, width)
    axes.bar(
        ds["length"].values,
        ds["probability"].values,
        color=look().page.soft,
        width=0.85,
    )
    axes.set_xlabel("length of a word")
    heading(axes, "", "probability")
    axes.set_title(
        _mean(axes, ds, longest),
        loc="right",
        fontsize=look().context.tick,
        fontweight="normal",
    )
    axes.set_xlim(-0.6, longest + 0.6)
    axes.set_ylim(0, 1.05 * float(ds["probability"].max()) or 1.0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    return finished(axes)


def _mean(axes: Axes, ds: xr.Dataset, longest: int) -> str:
    """Draw the mean where it is on the axis; return the note about what isn't."""
    mean, longer = float(ds["mean_length"]), float(ds["longer"])
    note = f"mean {mean:.4g}"
    if mean <= longest:
        axes.axvline(
            mean,
            color=look().page.ink,
            linestyle="--",
            linewidth=look().width("theory"),
        )
        note += " (dashed)"
    if longer > 0:
        note += f"; longer than {longest}: {longer:.3g}"
    return note
