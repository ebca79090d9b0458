"""The fates of two words' states."""

from firstbit.memory.fates.classify import FATES, Thresholds
from firstbit.memory.fates.fates import fates

__all__ = ["FATES", "Thresholds", "fates"]
