"""Gradients of all parameters of each network, taken together."""

from collections.abc import Iterator

import numpy as np
import xarray as xr

from firstbit.plots.checks import Dims, coordinates

SHARE = "share of all gradients"
"""Name of the axis of a histogram."""

NEEDED: dict[str, Dims] = {
    **coordinates("epoch"),
    "gradient": ("epoch", "word", "coefficient"),
    "network": ("coefficient",),
}
"""What each drawing of them needs."""


def by_network(one: xr.Dataset) -> Iterator[tuple[str, np.ndarray]]:
    """Yield each network's name and all its gradients at one epoch."""
    owner = one["network"].values
    values = one["gradient"].transpose("coefficient", "word").values
    for name in dict.fromkeys(owner):
        yield str(name), values[owner == name].ravel()


def as_share(value: float, _: object = None) -> str:
    """Return a share as per cent, as a tick has it.

    Example:
        >>> as_share(0.025)
        '2.5 %'
    """
    return f"{100 * value:.6g} %"
