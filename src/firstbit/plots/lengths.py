"""How long the words of a language are."""

import xarray as xr
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from firstbit.plots.checks import require_attributes, require_variables
from firstbit.plots.style import CYCLE, INK, STYLE, blank, finished, short


def lengths(ds: xr.Dataset) -> Figure:
    """The probability of each length of a word, with the mean as a dashed line.

    Args:
        ds: `probability(length)` and the scalars `mean_length` and `longer` (the
            probability of all greater lengths), with the attribute `language`.

    Raises:
        SettingError: a variable or the attribute is missing.

    Example:
        >>> ds = xr.Dataset({"probability": ("length", [0.5, 0.25]), "mean_length": 1.0, "longer": 0.25},
        ...                 coords={"length": [0, 1]}, attrs={"language": "a*"})
        >>> lengths(ds).axes[0].get_title(loc="right")
        'mean 1 (dashed); longer than 1: 0.25'
    """
    needed: dict[str, tuple[str, ...]] = {
        "length": ("length",),
        "probability": ("length",),
        "mean_length": (),
        "longer": (),
    }
    require_variables(ds, "lengths", needed)
    require_attributes(ds, "lengths", ("language",))
    mean, longer, longest = (
        float(ds["mean_length"]),
        float(ds["longer"]),
        int(ds["length"].max()),
    )
    with rc_context(STYLE):
        figure = blank(
            7.0, 3.4, f"How long the words of {short(ds.attrs['language'])} are"
        )
        axes = figure.add_subplot()
        axes.bar(
            ds["length"].values, ds["probability"].values, color=CYCLE[0], width=0.85
        )
        told = f"mean {mean:.4g}"
        if mean <= longest:
            axes.axvline(mean, color=INK, linestyle="--", linewidth=1.0)
            told += " (dashed)"
        if longer > 0:
            told += f"; longer than {longest}: {longer:.3g}"
        axes.set_title(told, loc="right")
        axes.set(
            xlabel="length of a word", ylabel="probability", xlim=(-0.6, longest + 0.6)
        )
        axes.set_ylim(0, 1.05 * float(ds["probability"].max()) or 1.0)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        return finished(figure)
