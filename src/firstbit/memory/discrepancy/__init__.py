"""The (l,k)-discrepancy."""

from firstbit.memory.discrepancy.discrepancy import discrepancy
from firstbit.memory.discrepancy.distances import distances, save_distances

__all__ = ["discrepancy", "distances", "save_distances"]
