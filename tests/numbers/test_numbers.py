"""No number has changed since version 0.1.0 without a reason."""

import platform
import sys
from collections.abc import Collection, Mapping

import pytest
from compare import GROUPS, compared_with_before
from digests import BITS, DIGITS, paper_numbers, read_before
from reasons import CLAIMS, READ_ANEW, reason

TO_THE_BIT = {"weights", "languages"}
"""Groups that are equal to the bit on the platform that wrote them."""

IS_SAME_PLATFORM = sys.platform == "linux" and platform.machine() == "x86_64"


def assert_as_before(found: Mapping[str, str], allowed: Collection[str]) -> None:
    assert found
    others = {name: how for name, how in found.items() if how not in allowed}
    unknown = {name: how for name, how in others.items() if not reason(name)}
    assert not unknown, unknown


def test_each_reason_is_that_of_a_number():
    kept = read_before()
    assert {f"paper/claim/{name}" for name in CLAIMS} <= set(kept)
    assert {f"paper/verdict/{name}" for name in READ_ANEW} <= set(kept)
    assert not reason("paper/claim/equations")
    assert not reason("paper/log/reber_vanilla")


LONG = {"discrepancy", "fates", "train", "paper", "forgetting", "supply"}
"""Groups that take long."""


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
