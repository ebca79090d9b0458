"""The fate of each pair of states, from what was seen of it."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from firstbit.errors import SettingError, keep_real, keep_whole
from firstbit.memory.fates.growth import GROWS, growth_of
from firstbit.memory.fates.orbits import NUM_BATCHES, Seen, share_of_parts

FATES = (
    "merged",
    "different fixed points",
    "same orbit, other phase",
    "different orbits",
    "separated",
    "chaotic",
    "unresolved",
    "growing",
)
"""What may become of two states; a fate's number is its place here."""

MERGED, FIXED, PHASE, ORBITS, SEPARATED, CHAOTIC, UNRESOLVED, GROWING = range(
    len(FATES)
)

SHORTEST_HORIZON = 10 * NUM_BATCHES

MOST_SYMBOLS = 10**8
"""Of a transient or a horizon: a net reads so many in a minute or more."""

TINY = 1e-100
"""A distance that has been this small a share of the largest norm has shrunk step by
step: rounding makes two states equal from 1e-16 or so."""


@dataclass(frozen=True)
class Thresholds:
    """What decides a fate; see `firstbit.fates`.

    Attributes:
        transient: symbols after the words that aren't watched, 0 to 10^8.
        horizon: symbols that are watched, 100 to 10^8.
        largest_period: up to half the horizon, which is the default.
        return_tolerance: of a return, above 0, in units of the largest norm.
        same_tolerance: within which two states are at the same place; above
            `return_tolerance`, since a slow approach returns more nearly than it has
            arrived.
        exponent_floor: least exponent per symbol that counts as different from zero; by
            default 2 / horizon.
        growth_floor: least order p, above 0, at which a growth of the states like t^p
            counts as without bound; see `growth_of`.

    Raises:
        SettingError: a number is out of range.

    Example:
        >>> chosen = Thresholds(horizon=200)
        >>> chosen.period, chosen.floor
        (100, 0.01)
    """

    transient: int = 3000
    horizon: int = 1000
    largest_period: int | None = None
    return_tolerance: float = 1e-6
    same_tolerance: float = 1e-4
    exponent_floor: float | None = None
    growth_floor: float = 0.25

    def __post_init__(self) -> None:
        keep_whole(self, "transient", 0, most=MOST_SYMBOLS)
        keep_whole(self, "horizon", SHORTEST_HORIZON, most=MOST_SYMBOLS)
        keep_whole(self, "largest_period", 1, optional=True)
        keep_real(self, "return_tolerance")
        keep_real(self, "same_tolerance")
        keep_real(self, "exponent_floor", optional=True)
        if not 1 <= self.period <= self.horizon // 2:
            raise SettingError(
                "expected a largest period from 1 to half the horizon, "
                f"{self.horizon // 2}, got {self.period}."
            )
        if not 0 < self.return_tolerance < self.same_tolerance < 1:
            raise SettingError(
                "expected 0 < return_tolerance < same_tolerance < 1, got "
                f"{self.return_tolerance:g} and {self.same_tolerance:g}; try 1e-6 and "
                "1e-4."
            )
        if not 0 <= self.floor < float("inf"):
            raise SettingError(
                f"expected an exponent floor of at least 0, got {self.floor:g}; try "
                f"{2 / self.horizon:g}."
            )
        if not 0 < self.growth_floor < float("inf"):
            raise SettingError(
                f"expected a growth floor above 0, got {self.growth_floor:g}; try 0.25."
            )

    @property
    def period(self) -> int:
        """The largest period."""
        if self.largest_period is None:
            return self.horizon // 2
        return self.largest_period

    @property
    def floor(self) -> float:
        """The least exponent that counts as different from zero."""
        if self.exponent_floor is None:
            return 2 / self.horizon
        return self.exponent_floor

    def as_attrs(self) -> dict[str, float]:
        """Return the numbers, defaults resolved."""
        return {
            "transient": self.transient,
            "horizon": self.horizon,
            "largest_period": self.period,
            "return_tolerance": self.return_tolerance,
            "same_tolerance": self.same_tolerance,
            "exponent_floor": self.floor,
            "growth_floor": self.growth_floor,
            "growth_factor": GROWS,
        }


class Outcome(NamedTuple):
    """The fate of each draw.

    Attributes:
        fate: its place in `FATES`.
        period: of each word's state; 0 for none.
        exponent: the larger one of the two trajectories.
        exponent_se: its standard error.
        growth_order: of the states' growth without bound; NaN where there is none.
    """

    fate: Int[np.ndarray, " draw"]
    period: Int[np.ndarray, "word draw"]
    exponent: Float[np.ndarray, " draw"]
    exponent_se: Float[np.ndarray, " draw"]
    growth_order: Float[np.ndarray, " draw"]


def classify(
    seen: Seen, thresholds: Thresholds, length: int, *, can_grow: bool = True
) -> Outcome:
    """Return the fate of each draw: the first class that fits.

    Args:
        seen: what was seen of the draws.
        thresholds: what decides.
        length: of the two words.
        can_grow: whether the cell's step leaves the state without a bound.
    """
    # Numbers that are not finite end as unresolved.
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        growth = np.asarray(seen.growth)
        rate = growth.mean(axis=1)
        own = growth * share_of_parts(thresholds.horizon)[:, None]
        spread = own.std(axis=1, ddof=1)
        error = spread / np.sqrt(NUM_BATCHES)
        # A tangent that vanishes has the exponent -inf, and no error.
        beyond = np.fmax(thresholds.floor, 2 * error)
        exponent, exponent_se, margin = _of_larger(rate, rate, error, beyond)
        approaches = rate[0] < -beyond[0]
        shrinks = approaches & (exponent < -margin)
        grown = growth_of(
            np.asarray(seen.largest),
            np.asarray(seen.before),
            start=length + thresholds.transient,
            horizon=thresholds.horizon,
            order_floor=thresholds.growth_floor if can_grow else np.inf,
            rate_floor=thresholds.floor,
        )
        period = np.where(seen.stays, seen.period, 0)
        same = thresholds.same_tolerance * seen.scale
        # Where a small change grows, only a distance that shrank by itself, or never
        # was, says that the states merge; equal states may have been made by rounding.
        is_honest = approaches | ~(seen.least >= TINY * seen.scale)
        is_honest |= np.isinf(seen.least) | ~(exponent > margin)
        is_near = seen.apart <= same
        is_periodic = (period > 0).all(axis=0)
        p_u, p_v = period
        fate = np.select(
            [
                grown.is_growing,
                (is_near & is_honest) | shrinks,
                seen.apart == 0,
                is_periodic & (p_u == 1) & (p_v == 1),
                is_periodic & (p_u == p_v) & (seen.nearest <= same),
                is_periodic,
                exponent > margin,
                np.abs(exponent) <= margin,
            ],
            [GROWING, MERGED, UNRESOLVED, FIXED, PHASE, ORBITS, CHAOTIC, SEPARATED],
            UNRESOLVED,
        )
    return Outcome(fate, period, exponent, exponent_se, grown.order)


def _of_larger(
    rate: Float[np.ndarray, "vector draw"], *values: Float[np.ndarray, "vector draw"]
) -> list[Float[np.ndarray, " draw"]]:
    """Return each value at the tangent vector that grows faster."""
    larger = 1 + np.argmax(rate[1:], axis=0)[None]
    return [np.take_along_axis(value, larger, 0)[0] for value in values]
