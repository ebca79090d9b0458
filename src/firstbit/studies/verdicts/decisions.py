"""Counts into answers: which rates are above one half, and which two rates differ.

All answers of one table share one error probability: Holm's adjustment of exact p
values. An interval that is printed beside them is that of its rate alone.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from firstbit.errors import SettingError
from firstbit.proportions import binomial_p, fisher_p, holm, least_number, newcombe
from firstbit.studies.verdicts.evidence import Evidence

ABOVE = "above"
BELOW = "below"
ACROSS = "across"

LEAST_SEEDS = 8
"""Seeds of a configuration, at least."""


class Decision(NamedTuple):
    """Whether the rate of one configuration is above the one asked for.

    Attributes:
        side: `above`, `below`, or `across` where neither is shown.
        p_value: of the rate being the one asked for, two-sided and exact.
        adjusted: the same after Holm's adjustment.
        num_tests: the number of rates that were decided together.
    """

    side: str
    p_value: float
    adjusted: float
    num_tests: int


class Difference(NamedTuple):
    """The difference of two rates, first minus second.

    Attributes:
        first: one configuration.
        second: the other one.
        value: the difference.
        interval: Newcombe's, of this difference alone.
        p_value: Fisher's exact one, two-sided.
        adjusted: the same after Holm's adjustment.
        num_tests: the number of differences that were tested together.
        is_shown: whether the two rates differ.
    """

    first: str
    second: str
    value: float
    interval: tuple[float, float]
    p_value: float
    adjusted: float
    num_tests: int
    is_shown: bool

    def as_json(self) -> dict[str, object]:
        """Return plain numbers and strings."""
        return {**self._asdict(), "interval": list(self.interval)}


def require_seeds(
    num_seeds: int, solve_rate: float, confidence: float, num_tests: int = 1
) -> None:
    """Raise `SettingError` where no count of seeds could show that a rate is above.

    Args:
        num_seeds: of each configuration.
        solve_rate: the rate asked for.
        confidence: of the answers.
        num_tests: configurations that are decided together.

    Example:
        >>> require_seeds(8, 0.5, 0.95)
        >>> require_seeds(4, 0.5, 0.95)  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        firstbit.errors.SettingError: too few seeds: expected at least 8 for any ...
    """
    of_rate = least_number(solve_rate, confidence, num_tests)
    needed = max(LEAST_SEEDS, of_rate)
    if num_seeds >= needed:
        return
    together = f" and {num_tests} configurations together" if num_tests > 1 else ""
    why = f"for a rate above {solve_rate:g} at confidence {confidence:g}{together}"
    if of_rate < LEAST_SEEDS:
        why = f"for any rate ({of_rate} {why} alone)"
    raise SettingError(
        f"too few seeds: expected at least {needed} {why}, got {num_seeds}; ask for "
        f"{needed}."
    )


def decide(
    evidence: Sequence[Evidence], solve_rate: float, confidence: float
) -> list[Decision]:
    """Decide for each configuration on which side of a rate its own lies.

    The probability of one or more false answers is at most 1 - `confidence`, for all
    configurations together. One alone is decided as its exact interval says.

    Args:
        evidence: of all configurations of a table.
        solve_rate: the rate asked for.
        confidence: of all answers together.
    """
    p_values = []
    for one in evidence:
        p_values.append(binomial_p(one.num_solved, one.num_seeds, solve_rate))
    found = []
    rows = zip(evidence, p_values, holm(p_values), strict=True)
    for one, p_value, adjusted in rows:
        side = ACROSS
        if _is_rejected(adjusted, confidence):
            side = ABOVE if one.rate > solve_rate else BELOW
        found.append(Decision(side, p_value, adjusted, len(p_values)))
    return found


def differences(evidence: Sequence[Evidence], confidence: float) -> list[Difference]:
    """Compare all pairs of configurations of a table.

    Args:
        evidence: of configurations that were trained alike.
        confidence: of all answers together, and of each interval.

    Raises:
        SettingError: two configurations had other budgets or met other tests.
    """
    pairs = list(combinations(evidence, 2))
    for one, other in pairs:
        require_comparable(one, other)
    return compared(pairs, confidence)


def compared(
    pairs: Sequence[tuple[Evidence, Evidence]], confidence: float
) -> list[Difference]:
    """Compare pairs of configurations, which may be trained by other rules.

    Args:
        pairs: the rate of the second is subtracted from that of the first.
        confidence: of all answers together, and of each interval.

    Raises:
        SettingError: the two of a pair met other tests.
    """
    for one, other in pairs:
        require_one_test(one, other)
    p_values = [fisher_p(*_table(one, other)) for one, other in pairs]
    found = []
    for (one, other), p_value, adjusted in zip(
        pairs, p_values, holm(p_values), strict=True
    ):
        difference = Difference(
            one.cell,
            other.cell,
            one.rate - other.rate,
            newcombe(*_table(one, other), confidence),
            p_value,
            adjusted,
            len(pairs),
            _is_rejected(adjusted, confidence),
        )
        found.append(difference)
    return found


OF_TEST = ("num_words", "lag", "error", "resolution")
"""Fields of `Tested` that two runs must share to be compared."""


def require_comparable(one: Evidence, other: Evidence) -> None:
    """Raise `SettingError` unless both had one budget and met one test."""
    _require_same(("budget", *OF_TEST), one, other)


def require_one_test(one: Evidence, other: Evidence) -> None:
    """Raise `SettingError` unless both met one test."""
    _require_same(OF_TEST, one, other)


def _require_same(names: Sequence[str], one: Evidence, other: Evidence) -> None:
    for name in names:
        here = getattr(one.tested, name)
        there = getattr(other.tested, name)
        if here != there:
            raise SettingError(
                f"expected configurations that can be compared, got {one.cell} with "
                f"{name} {here} and {other.cell} with {there}; train both alike."
            )


def _table(one: Evidence, other: Evidence) -> tuple[int, int, int, int]:
    return one.num_solved, one.num_seeds, other.num_solved, other.num_seeds


def _is_rejected(adjusted: float, confidence: float) -> bool:
    """Return whether the interval of this confidence leaves the null hypothesis out.

    An interval holds its own ends: where the probability is just that, nothing is
    rejected.
    """
    return adjusted < 1 - confidence
