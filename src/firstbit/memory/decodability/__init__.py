"""What a read-out can decode of the symbols that a random net has read."""

from firstbit.memory.decodability.decodability import decodability
from firstbit.memory.decodability.reading import Reading

__all__ = ["Reading", "decodability"]
