"""Gradients of each parameter of both networks, epoch by epoch."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from firstbit.errors import SettingError
from firstbit.plots.checks import Dims, coordinates, require_variables
from firstbit.plots.panels import Size, blank, finished, heading
from firstbit.plots.quantiles import Group, quantile_bars
from firstbit.plots.sources import source_line
from firstbit.plots.styles import look, styled
from firstbit.plots.widths import Width

_NARROWEST = 3.6
"""Inches on a page."""

_DECADES = 12
"""From the largest value to the bottom of the axis at most."""

_NEEDED: dict[str, Dims] = {
    **coordinates("epoch"),
    "network": ("coefficient",),
    "parameter": ("coefficient",),
    "parameter_quantile": ("epoch", "group", "quantile"),
}


@styled
def gradients_each(
    ds: xr.Dataset, *, title: str | None = None, width: Width | None = None
) -> Figure:
    """Draw how large the gradients of each parameter are, epochs beside each other.

    Args:
        ds: `parameter_quantile(epoch, group, quantile)` of absolute gradients, a group
            for each parameter of each network, in the order of the coords `network`
            and `parameter` over `coefficient`.
        title: above the figure.
        width: of the figure: inches, or a text such as `183 mm` or `720 px`.

    Raises:
        SettingError: a variable or a group is missing, or it is no width, or too small.

    Example:
        >>> quantiles = ("epoch", "group", "quantile"), [[[0.1, 0.2, 0.3]]]
        >>> coords = {"epoch": [7], "quantile": [0.25, 0.5, 0.75],
        ...           "network": ("coefficient", ["gru"]),
        ...           "parameter": ("coefficient", ["O"])}
        >>> ds = xr.Dataset({"parameter_quantile": quantiles}, coords)
        >>> [one.get_text() for one in gradients_each(ds).axes[0].get_xticklabels()]
        ['$O$']
    """
    require_variables(ds, "gradients_each", _NEEDED)
    groups = _groups(ds)
    figure = blank(Size(7.5, 3.3), title, width, _NARROWEST)
    axes = figure.subplots()
    values = ds["parameter_quantile"].values
    quantile_bars(axes, ds["parameter_quantile"], groups, lowest=_lowest(values))
    heading(axes, "", "size of a gradient")
    epochs = ", ".join(f"{int(epoch):,}" for epoch in ds["epoch"].values)
    source_line(
        figure,
        f"pale to dark: after {epochs} epochs",
        "bars: quantiles; dot: median; cut at the bottom: 0 or near",
    )
    finished(axes)
    axes.tick_params(axis="x", labelsize=look().indexed)
    return figure


def _groups(ds: xr.Dataset) -> Sequence[Group]:
    """Return the parameter of each group, in the order of the coefficients.

    Raises:
        SettingError: there are more or fewer groups.
    """
    owners = zip(ds["network"].values, ds["parameter"].values, strict=True)
    each = [Group(str(network), str(parameter)) for network, parameter in owners]
    groups = list(dict.fromkeys(each))
    if len(groups) != ds.sizes["group"]:
        raise SettingError(
            f"gradients_each: expected a group for each of {len(groups)} parameters, "
            f"got {ds.sizes['group']}."
        )
    return groups


def _lowest(values: np.ndarray) -> float:
    """Return the bottom of the axis: a whole power of ten below the values."""
    above = values[values > 0]
    if not above.size:
        return 10.0**-_DECADES
    top = np.ceil(np.log10(above.max()))
    bottom = np.floor(np.log10(above.min()))
    return float(10 ** max(bottom, top - _DECADES))
