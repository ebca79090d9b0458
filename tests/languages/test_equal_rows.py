"""Rows that differ by rounding alone are one row, wherever they are compared."""

import numpy as np
import pytest

from firstbit.languages import Language, Rows, memory_order, minimal

HALF_A_UNIT = 2.0**-13
"""It lies in the middle between two numbers of twelve decimals."""

NEXT = float(np.nextafter(HALF_A_UNIT, 1.0))


def remembers_nothing(*, ends: tuple[float, float]) -> Language:
    """Two states that differ in the end by rounding alone."""
    edges = {}
    for state, end in zip("xy", ends, strict=True):
        rest = (1 - end) / 2
        edges[state] = {"a": ("x", rest), "b": ("y", rest)}
    final = dict(zip("xy", ends, strict=True))
    return Language.from_transitions(edges, start="x", final=final)


ALMOST = remembers_nothing(ends=(HALF_A_UNIT, NEXT))
EXACTLY = remembers_nothing(ends=(HALF_A_UNIT, HALF_A_UNIT))


def test_the_states_have_one_row():
    assert Rows.of(ALMOST).of_state.tolist() == [0, 0]


def test_nothing_must_be_remembered():
    assert memory_order(ALMOST) == 0


def test_the_states_are_one_state_and_the_language_is_that_without_rounding():
    assert len(minimal(ALMOST).states) == 1
    assert ALMOST == EXACTLY
    assert hash(ALMOST) == hash(EXACTLY)


@pytest.mark.parametrize("end", [HALF_A_UNIT + 1e-9, 2 * HALF_A_UNIT])
def test_what_differs_by_more_is_another(end):
    other = remembers_nothing(ends=(HALF_A_UNIT, end))
    assert other != EXACTLY
    assert memory_order(other) > 0
