"""Rules of training refuse settings out of range."""

import pytest

from firstbit.errors import SettingError
from firstbit.training import Modern, Published


@pytest.mark.parametrize("rule", [Published, Modern])
def test_a_learning_rate_is_above_zero(rule):
    with pytest.raises(SettingError, match="above 0"):
        rule(0.0)
