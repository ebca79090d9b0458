"""How long the words of a language are."""

import xarray as xr
from matplotlib import rc_context
from matplotlib.figure import Figure

from firstbit.plots.checks import require_attributes, require_variables
from firstbit.plots.style import CYCLE, INK, SMALL, STYLE, blank, finished


def lengths(ds: xr.Dataset) -> Figure:
    """The probability of each length of a word, with the mean.

    Args:
        ds: `probability(length)` and the scalars `mean_length` and `longer` (the probability of all greater
            lengths), with the attribute `language`.

    Raises:
        SettingError: a variable or the attribute is missing.

    Example:
        >>> ds = xr.Dataset({"probability": ("length", [0.5, 0.25]), "mean_length": 1.0, "longer": 0.25},
        ...                 coords={"length": [0, 1]}, attrs={"language": "a*"})
        >>> len(lengths(ds).axes[0].patches)
        2
    """
    needed: dict[str, tuple[str, ...]] = {
        "length": ("length",),
        "probability": ("length",),
        "mean_length": (),
        "longer": (),
    }
    require_variables(ds, "lengths", needed)
    require_attributes(ds, "lengths", ("language",))
    mean, longer = float(ds["mean_length"]), float(ds["longer"])
    with rc_context(STYLE):
        figure = blank(7.0, 3.4, f"How long the words of {ds.attrs['language']} are")
        axes = figure.add_subplot()
        axes.bar(ds["length"].values, ds["probability"].values, color=CYCLE[0], width=0.85)
        if mean <= float(ds["length"].max()):
            axes.axvline(mean, color=INK, linestyle="--", linewidth=1.0)
            axes.text(mean, 1.01, f"mean {mean:.4g}", transform=axes.get_xaxis_transform(), ha="center", fontsize=SMALL)
        axes.set(xlabel="length of a word", ylabel="probability")
        axes.margins(x=0.01)
        if longer > 0:
            axes.text(0.99, 0.95, f"longer: {longer:.3g}", transform=axes.transAxes, ha="right", va="top", fontsize=SMALL)
        return finished(figure)
