"""Shares with their intervals, and how far words are right, as pages write them."""

import numpy as np
import xarray as xr


def share_text(share: xr.DataArray, ends: xr.DataArray, missing: str) -> str:
    """Return a share with the ends of its interval, in per cent.

    Args:
        share: a number from 0 to 1, NaN where nothing was measured.
        ends: lower and upper end.
        missing: what to return where it is NaN.

    Example:
        >>> half, ends = xr.DataArray(0.5), xr.DataArray([0.25, 0.75])
        >>> share_text(half, ends, "none"), share_text(np.nan * half, ends, "none")
        ('50 % [25, 75]', 'none')
    """
    if np.isnan(float(share)):
        return missing
    low, high = (100 * float(end) for end in ends)
    return f"{100 * float(share):.3g} % [{low:.3g}, {high:.3g}]"


def reached_text(reached: xr.DataArray, errors: xr.DataArray, missing: str) -> str:
    """Return the lag, or the length, up to which words are right.

    Args:
        reached: a whole number; 0 where the first words are wrong, or there are none.
        errors: shares of wrong words of each kind, NaN where there are none.
        missing: what to return where there are none of any kind.

    Example:
        >>> errors = xr.DataArray([0.5, np.nan])
        >>> reached_text(xr.DataArray(0), errors, "none exist")
        '0'
        >>> reached_text(xr.DataArray(0), np.nan * errors, "none exist")
        'none exist'
    """
    return str(int(reached)) if bool(errors.notnull().any()) else missing
