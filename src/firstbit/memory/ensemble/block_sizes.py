"""Blocks of draws: the unit of work.

Draw i at hidden size k depends on (key, k, i) only, and a block is always computed by
the same compiled program; so neither the number of workers nor the order of the blocks
changes a bit of the result.
"""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from firstbit.programs.machines import Machine

LARGEST_BLOCK = 512
"""Draws in a block of small cells: few enough for progress to be seen."""

BLOCK_WEIGHTS = 1 << 20
"""Weights in a block of large cells."""

LARGEST_STRIP = 64
"""Draws that step together: enough to fill vector registers."""

STRIP_BYTES = 400 << 10
"""Weights of one strip stay below this, so that a core's second-level cache keeps them
from step to step."""

LARGEST_WIDE_BLOCK = 1 << 15
"""Draws in a block of small cells on a GPU: enough for all its processors."""

WIDE_WEIGHTS = 1 << 28
"""Weights in a block of large cells on a GPU; two blocks take some 15 GiB there."""

BLOCKS_ON_GPU = 2
"""Blocks on a GPU at once: one is computed while the other's distances are taken."""


class Layout(NamedTuple):
    """How draws are shared out.

    Attributes:
        num_draws: in a block.
        width: draws that step together.
    """

    num_draws: int
    width: int

    @classmethod
    def of(cls, num_weights: int, machine: Machine) -> "Layout":
        """Return the layout of cells of so many weights."""
        if machine.is_wide:
            # Whole blocks as on a CPU, so that the same draws read reference words.
            wide = _power_of_two(min(LARGEST_WIDE_BLOCK, WIDE_WEIGHTS // num_weights))
            number = max(wide, block_size(num_weights))
            return cls(number, number)
        number = block_size(num_weights)
        return cls(number, min(strip_width(num_weights), number))


@lru_cache(maxsize=1024)  # each block asks
def reference_places(num_weights: int, num_draws: int) -> Int[np.ndarray, " reference"]:
    """Return which of a block's draws read the reference words, too.

    On every device they are those of the first strip of a block as the CPU has it.

    Example:
        >>> reference_places(440, 1024)[[0, 63, 64, 127]].tolist()
        [0, 63, 512, 575]
    """
    number = block_size(num_weights)
    width = min(strip_width(num_weights), number)
    places = np.arange(num_draws)
    found = places[places % number < width]
    found.flags.writeable = False
    return found


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
    if largest < 1:
        return 1
    exponent = largest.bit_length() - 1
    return 1 << exponent


def free_memory() -> int | None:
    """Return the bytes that this machine can still give; None if unknown."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) << 10
    except (OSError, ValueError, IndexError):
        pass
    return None
