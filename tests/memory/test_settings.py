"""Settings of D(l,k) that are out of range are refused before any work."""

from functools import partial

import jax
import pytest

from firstbit.cells import Vanilla
from firstbit.errors import SettingError
from firstbit.memory import discrepancy

MEASURE = partial(discrepancy, Vanilla, num_draws=2, key=jax.random.key(0))


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"hidden_sizes": [1], "length": 0}, "`length` must be at least 1"),
        ({"hidden_sizes": [], "length": 1}, "different hidden sizes"),
        (
            {"hidden_sizes": [1], "length": 1, "initializer": "norm"},
            "unknown initializer",
        ),
    ],
)
def test_settings_out_of_range(settings, text):
    with pytest.raises(SettingError, match=text):
        MEASURE(**settings)
