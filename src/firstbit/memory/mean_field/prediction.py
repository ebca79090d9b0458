"""What every prediction of D(l,k) has in common: its checks, names and units."""

from collections.abc import Sequence

import numpy as np
import xarray as xr

from firstbit.errors import SettingError, require_at_least

GRID = ("hidden_size", "length")


def require_grid(hidden_sizes: Sequence[int], length: int) -> None:
    """Raise `SettingError` unless there is a length, and one or more different sizes."""
    require_at_least("length", length, 1)
    if len(hidden_sizes) == 0 or len(set(hidden_sizes)) < len(hidden_sizes):
        raise SettingError(
            f"expected one or more different hidden sizes, got {list(hidden_sizes)}."
        )
    for hidden_size in hidden_sizes:
        require_at_least("hidden_size", hidden_size, 1)


def labelled(
    hidden_sizes: Sequence[int],
    root_mean_square: np.ndarray,
    standard_error: np.ndarray,
) -> xr.Dataset:
    """The predicted D(l,k) = sqrt(k) times the root mean square of a unit's difference, (hidden_size, length)."""
    scale, unit = (
        np.sqrt(np.asarray(hidden_sizes, dtype=float))[:, None],
        "units of the hidden state",
    )
    about = {"long_name": "mean-field D(l,k)", "units": unit}
    about_error = {
        "long_name": "standard error of the mean-field D(l,k)",
        "units": unit,
    }
    return xr.Dataset(
        {
            "predicted_discrepancy": (GRID, scale * root_mean_square, about),
            "predicted_standard_error": (GRID, scale * standard_error, about_error),
        },
        coords={
            "hidden_size": (
                "hidden_size",
                [int(k) for k in hidden_sizes],
                {"long_name": "k", "units": "units"},
            ),
            "length": (
                "length",
                np.arange(1, root_mean_square.shape[1] + 1),
                {"long_name": "l", "units": "symbols"},
            ),
        },
    )
