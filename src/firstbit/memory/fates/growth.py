r"""Growth without bound, found by a fit to the norms of the states.

The horizon has ten parts. With M the largest norm of each part and t the symbols read
by its end, the nine increments of M are fitted by a power, $\delta \propto t^{p - 1}$.
They add up to a bound if p < 0: a state that approaches one by a factor $e^{-1/\tau}$
a symbol has $p \approx 1 - t / \tau$. Linear growth has p = 1, quadratic p = 2.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

GROWS = 2.0
"""A state grows, too, if its largest norm in the second half of the horizon is this
many times the largest norm before: growth in leaps has no smooth fit."""


class Growth(NamedTuple):
    """Which draws grow without bound.

    Attributes:
        is_growing: whether one of the two states does.
        order: p of a growth like t^p; inf for exponential growth and for numbers beyond
            float64; NaN where there is none.
    """

    is_growing: Bool[np.ndarray, " draw"]
    order: Float[np.ndarray, " draw"]


class Line(NamedTuple):
    """A least-squares line for each draw.

    Attributes:
        slope: of the line.
        error: its standard error.
        residual: sum of squares that is left.
    """

    slope: Float[np.ndarray, " draw"]
    error: Float[np.ndarray, " draw"]
    residual: Float[np.ndarray, " draw"]


def growth_of(
    largest: Float[np.ndarray, "part draw"],
    before: Float[np.ndarray, " draw"],
    *,
    start: int,
    horizon: int,
    order_floor: float,
    rate_floor: float,
) -> Growth:
    """Find the draws that grow without bound, and the order of their growth.

    A draw grows if its largest norm rises from part to part, above all norms before,
    and both orders are above the floor: p, by two standard errors, and that of M
    itself, the growth of log M over that of log t. Or it leaps (see `GROWS`), or leaves
    float64.

    Args:
        largest: largest norm of either state in each part of the horizon.
        before: largest norm of either state before.
        start: symbols read before the horizon.
        horizon: symbols watched.
        order_floor: least order that counts as growth; inf where states are bounded.
        rate_floor: least rate per symbol that counts as exponential.

    Example:
        >>> time = 4000 + np.arange(100.0, 1001, 100)
        >>> norms = np.stack([3 * time, 5 - 1 / time], axis=1)
        >>> found = growth_of(norms, norms[0], start=4000, horizon=1000,
        ...                   order_floor=0.25, rate_floor=0.002)
        >>> found.is_growing.tolist(), found.order.round(6).tolist()
        ([True, False], [1.0, nan])
    """
    num_parts, _ = largest.shape
    time = start + horizon * np.arange(1, num_parts + 1) / num_parts
    is_finite = np.isfinite(largest).all(axis=0)
    increments = np.diff(largest, axis=0)
    is_increasing = (increments > 0).all(axis=0)
    starts_above = largest[0] >= before
    rises = is_increasing & starts_above & is_finite
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        log_increments = np.log(increments)
        power = _line(np.log(time[1:]), log_increments)
        exponential = _line(time[1:], log_increments)
        log_growth = np.log(largest[-1] / largest[0])
        of_norm = log_growth / np.log(time[-1] / time[0])
        order = 1 + power.slope
        least_order = order - 2 * power.error
        is_fitted = (least_order > order_floor) & (of_norm > order_floor)
        half = num_parts // 2
        in_first_half = largest[:half].max(axis=0)
        earlier = np.fmax(before, in_first_half)
        leaps = largest[half:].max(axis=0) > GROWS * earlier
        leaps &= order_floor < np.inf
        fits_better = exponential.residual < power.residual
        least_rate = exponential.slope - 2 * exponential.error
        is_exponential = fits_better & (least_rate > rate_floor)
    is_smooth = rises & is_fitted
    is_growing = is_smooth | leaps | ~is_finite
    order = np.where(is_smooth & ~is_exponential, order, np.inf)
    return Growth(is_growing, np.where(is_growing, order, np.nan))


def _line(x: Float[np.ndarray, " point"], y: Float[np.ndarray, "point draw"]) -> Line:
    """Fit a line to the points of each draw."""
    centred = (x - x.mean())[:, None]
    spread = (centred**2).sum()
    slope = (centred * y).sum(axis=0) / spread
    rest = y - y.mean(axis=0) - slope * centred
    residual = (rest**2).sum(axis=0)
    freedom = len(x) - 2
    error = np.sqrt(residual / freedom / spread)
    return Line(slope, error, residual)
