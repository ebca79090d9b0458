"""5 x 10^4 expressions, files and words: none ends in a traceback, or hangs."""

import pytest

from fuzzing_languages import faults

NUMBER, STEP = 50_000, 5000


@pytest.mark.proof
@pytest.mark.parametrize("first", range(0, NUMBER, STEP))
def test_nothing_that_is_read_ends_in_a_traceback(first):
    assert faults(range(first, first + STEP)) == []
