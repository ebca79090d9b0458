"""Few of many combinations and examples, for `make test`; `make proof` has all."""

import os
from itertools import product
from typing import Any

import pytest


def diagonal(*values: list[Any]) -> list[Any]:
    """Return all combinations as parameters of a test, most of them marked `proof`.

    As many as the longest list has values go without: each value is in one of them.

    Example:
        >>> kept = [one.values for one in diagonal([1, 2], "ab") if not one.marks]
        >>> kept
        [(1, 'a'), (2, 'b')]
    """
    longest = max(len(one) for one in values)
    kept = {tuple(turn % len(one) for one in values) for turn in range(longest)}
    found = []
    for places in product(*[range(len(one)) for one in values]):
        case = [one[place] for one, place in zip(values, places, strict=True)]
        marks = () if places in kept else pytest.mark.proof
        found.append(pytest.param(*case, marks=marks))
    return found


def few(cases: list[Any], *, kept: list[int]) -> list[Any]:
    """Return the cases as parameters; those at other places are marked `proof`.

    Example:
        >>> [bool(one.marks) for one in few(["a", "b"], kept=[1])]
        [True, False]
    """
    found = []
    for place, case in enumerate(cases):
        values = case if isinstance(case, tuple) else (case,)
        marks = () if place in kept else pytest.mark.proof
        found.append(pytest.param(*values, marks=marks))
    return found


def examples(number: int) -> int:
    """Return how many examples a property is tried on: half of them in `make test`.

    Example:
        >>> examples(60) in (30, 60)
        True
    """
    is_quick = os.environ.get("HYPOTHESIS_PROFILE", "repeatable") == "repeatable"
    return number // 2 if is_quick else number
