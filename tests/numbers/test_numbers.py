"""No number has changed since version 0.1.0 without a reason."""

import platform
import sys
from collections.abc import Collection, Mapping

import pytest
from compare import GROUPS, compared_with_before
from digests import BITS, DIGITS, paper_numbers

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


SHAPED = ("orthogonal", "identity")
"""Laws that shape recurrent matrices; they shaped some input matrices too."""

TRIED_ANEW = (
    "claim/computationally_heavy",
    "claim/confusion_in_hidden_layer",
    "claim/gru_discrepancy",
    "claim/hidden_states_similar",
    "claim/out_of_range",
    "claim/vanilla_discrepancy",
)
"""Claims of the paper with more numbers, or with intervals that cover."""


def reason(name: str) -> str:
    """Return why a number is another one than before; "" where it must not be."""
    group, *parts, variable = name.split("/")
    for of_group in (_of_training, _of_weights, _of_distances, _of_paper):
        found = of_group(group, parts, f"/{variable}", name)
        if found:
            return found
    return ""


def _of_training(group: str, parts: list[str], _: str, name: str) -> str:
    if group != "train":
        return ""
    if name.endswith(tuple(f"/{one}" for one in JUDGED)):
        return "judged by rows and twins, on words of its own"
    if parts[0] == "fresh words":
        return "each seed reads a list of its own, no fresh words"
    return ""


def _of_weights(group: str, parts: list[str], variable: str, _: str) -> str:
    is_input = group == "weights" and variable.startswith("/U_")
    if is_input and set(SHAPED) & set(parts):
        return "orthogonal and identity shape recurrent matrices alone"
    return ""


def _of_distances(group: str, parts: list[str], _: str, name: str) -> str:
    if group == "discrepancy" and set(SHAPED) & set(parts):
        return "orthogonal and identity shape recurrent matrices alone"
    if group == "discrepancy" and name.endswith("/resolved"):
        return "the share of draws below rounding stands instead"
    is_supply = group == "demand and supply" and "/discrepancy" in name
    if is_supply and "_ci" not in name:
        return "one of the two cells is orthogonal"
    if group in ("discrepancy", "demand and supply") and "/discrepancy_ci/" in name:
        return "intervals by betting, which cover"
    return ""


def _of_paper(group: str, _: list[str], __: str, name: str) -> str:
    of_verdict = group == "paper" and "/verdict/" in name
    if of_verdict or name.endswith(TRIED_ANEW):
        return "a claim has a verdict on each reading; intervals cover"
    return ""


IS_SAME_PLATFORM = sys.platform == "linux" and platform.machine() == "x86_64"


def assert_as_before(found: Mapping[str, str], allowed: Collection[str]) -> None:
    assert found
    others = {name: how for name, how in found.items() if how not in allowed}
    unknown = {name: how for name, how in others.items() if not reason(name)}
    assert not unknown, unknown


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
