"""Shares with their intervals, as tables of pages write them."""

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
