"""How many functions of its past inputs a linear read-out finds in a net."""

from firstbit.memory.capacity.capacity import memory_capacity
from firstbit.memory.capacity.drive import Drive

__all__ = ["Drive", "memory_capacity"]
