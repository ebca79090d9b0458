"""No number has changed since version 0.1.0."""

import platform
import sys
from collections.abc import Collection, Mapping

import pytest
from compare import GROUPS, compared_with_before
from digests import BITS, DIGITS, paper_numbers, read_before

TO_THE_BIT = {"weights", "languages"}
"""Groups that are equal to the bit on the platform that wrote them."""

JUDGED = (
    "divergence",
    "epochs_to_solve",
    "long_range_accuracy",
    "long_test_applies",
    "loss_above_floor",
    "median_epochs_to_solve",
    "median_symbols_to_solve",
    "num_predictions",
    "solved",
    "solved_long",
    "squared_distance",
    "success_rate",
    "success_rate_ci/lower",
    "success_rate_ci/upper",
    "symbols_to_solve",
)
"""Runs are judged by other criteria, on other words, with exact intervals."""


def changed() -> dict[str, str]:
    """Return the numbers that are others than before, with the reason."""
    found = {}
    for name in read_before():
        group, _, variable = name.partition("/")
        if group != "train":
            continue
        if variable.endswith(tuple(f"/{one}" for one in JUDGED)):
            found[name] = "judged by rows and twins, on words of its own"
        elif variable.startswith("fresh words/"):
            found[name] = "each seed reads a list of its own, no fresh words"
    return found


CHANGED: Mapping[str, str] = changed()
"""A number that is another one than before -> the reason."""

IS_SAME_PLATFORM = sys.platform == "linux" and platform.machine() == "x86_64"


def assert_as_before(found: Mapping[str, str], allowed: Collection[str]) -> None:
    assert found
    others = {name: how for name, how in found.items() if how not in allowed}
    assert set(others) <= set(CHANGED), others


LONG = {"discrepancy", "train", "paper"}
"""Groups that take a minute or more."""


@pytest.mark.parametrize("group", sorted(set(GROUPS) - LONG))
@pytest.mark.slow
def test_numbers_are_as_before(group):
    to_the_bit = group in TO_THE_BIT and IS_SAME_PLATFORM
    found = compared_with_before(GROUPS[group]())
    assert_as_before(found, {BITS} if to_the_bit else {BITS, DIGITS})


@pytest.mark.proof
def test_a_quick_replay_of_the_paper_is_as_before(quick_paper):
    numbers = paper_numbers("quick paper", quick_paper.folder)
    assert_as_before(compared_with_before(numbers), {BITS, DIGITS})


@pytest.mark.proof
@pytest.mark.parametrize("group", sorted(LONG))
def test_long_numbers_are_as_before(group):
    assert_as_before(compared_with_before(GROUPS[group]()), {BITS, DIGITS})
