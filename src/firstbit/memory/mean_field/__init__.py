"""D(l,k) as k grows: recurrent fields become Gaussian, and a few moments decide.

docs/theory.md derives it.
"""

from firstbit.memory.mean_field.critical_point import (
    critical_gain,
    critical_hidden_size,
)
from firstbit.memory.mean_field.gru import gru_mean_field
from firstbit.memory.mean_field.vanilla import vanilla_mean_field

__all__ = [
    "critical_gain",
    "critical_hidden_size",
    "gru_mean_field",
    "vanilla_mean_field",
]
