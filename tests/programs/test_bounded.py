"""Programs that are compiled ahead of their first call."""

import jax.numpy as jnp
import pytest

from firstbit.programs.bounded import Compiled
from firstbit.threads import in_double


def test_a_program_that_was_begun_is_made_once():
    made = []

    def power(x, *, times):
        made.append(times)
        return x**times

    powers = Compiled(power, static="times")
    with in_double():
        two = jnp.asarray(2.0)
        for _ in range(2):
            powers.begin(two, times=3)
        assert powers(two, times=3).item() == 8
        assert powers(two, times=2).item() == 4
    assert made == [3, 2]


def test_an_error_of_a_program_that_was_begun_is_raised_by_its_call():
    def refused(x, *, reason):
        raise ValueError(reason)

    program = Compiled(refused, static="reason")
    with in_double():
        program.begin(jnp.asarray(2.0), reason="no rule")
        with pytest.raises(ValueError, match="no rule"):
            program(jnp.asarray(2.0), reason="no rule")
