"""Some hundred random expressions, files and words; 10^5 of them in `make proof`."""

import pytest

from fuzzing_languages import faults


@pytest.mark.slow
def test_nothing_that_is_read_ends_in_a_traceback():
    assert faults(range(600)) == []
