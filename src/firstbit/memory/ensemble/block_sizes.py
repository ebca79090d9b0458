"""Blocks of draws: the unit of work.

Draw i at hidden size k depends on (key, k, i) only, and a block is always computed by
the same compiled program; so neither the number of workers nor the order of the blocks
changes a bit of the result.
"""

from pathlib import Path

LARGEST_BLOCK = 512
"""Draws in a block of small cells: few enough for progress to be seen."""

BLOCK_WEIGHTS = 1 << 20
"""Weights in a block of large cells."""

LARGEST_STRIP = 64
"""Draws that step together: enough to fill vector registers."""

STRIP_BYTES = 400 << 10
"""Weights of one strip stay below this, so that a core's second-level cache keeps them
from step to step."""


def block_size(num_weights: int) -> int:
    """Return the draws in a block: a power of two from 1 to 512.

    Example:
        >>> block_size(440), block_size(160_000)
        (512, 4)
    """
    return _power_of_two(min(LARGEST_BLOCK, BLOCK_WEIGHTS // num_weights))


def strip_width(num_weights: int) -> int:
    """Return the draws that step together: a power of two from 1 to 64.

    Example:
        >>> strip_width(440), strip_width(160_000)
        (64, 1)
    """
    return _power_of_two(min(LARGEST_STRIP, STRIP_BYTES // (8 * num_weights)))


def _power_of_two(largest: int) -> int:
    """Return the largest power of two up to `largest`, at least 1."""
    return 1 << max(largest.bit_length() - 1, 0) if largest > 0 else 1


def free_memory() -> int | None:
    """Return the bytes that this machine can still give; None if unknown."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) << 10
    except (OSError, ValueError, IndexError):
        pass
    return None
