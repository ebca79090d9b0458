"""Compiled programs of thousands of tests would fill the memory: they are forgotten."""

import ctypes
import os
from pathlib import Path

MOST_MEMORY = 2 << 30
"""Bytes of a process of tests; three of them run beside each other."""

STATM = Path("/proc/self/statm")
"""Linux tells there how many pages a process holds: in all, and in memory."""


def forget_programs_if_many() -> None:
    """Forget all compiled programs where the process holds too much memory."""
    if _memory() > MOST_MEMORY:
        import jax  # the process that shares out tests goes without

        jax.clear_caches()
        _give_back()


def _memory() -> int:
    """Return the bytes that this process holds; 0 where the system doesn't tell."""
    if not STATM.exists():
        return 0
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _give_back() -> None:
    """Have the C library return its free memory; by itself glibc keeps most of it."""
    library = ctypes.CDLL(None)
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)
