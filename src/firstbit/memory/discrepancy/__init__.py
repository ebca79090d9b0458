"""The (l,k)-discrepancy."""

from firstbit.memory.discrepancy.discrepancy import discrepancy

__all__ = ["discrepancy"]
