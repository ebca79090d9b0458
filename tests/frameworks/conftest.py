"""Cells for tests are no tests; programs of hundreds of cells are forgotten in turn."""

import ctypes
import os
from collections.abc import Iterator

import jax
import pytest

os.environ.setdefault("KERAS_BACKEND", "jax")  # Keras reads it once, at its import

# Doctests are not looked for in them.
collect_ignore = [
    "awkward.py",
    "every_measure.py",
    "own_steps.py",
    "own_torch_steps.py",
]
if os.environ["KERAS_BACKEND"] != "torch":
    collect_ignore.append("keras_on_torch.py")  # test_keras_on_torch.py runs it

NUM_ENDED = pytest.StashKey[int]()
"""How many tests of this folder have ended."""

TESTS_BETWEEN = 40
"""Compiled programs of this many tests fill a gigabyte at most."""


@pytest.fixture(autouse=True)
def _programs_are_forgotten(request: pytest.FixtureRequest) -> Iterator[None]:
    """Forget compiled programs now and then: those of all cells fill gigabytes."""
    yield
    stash = request.session.stash
    stash[NUM_ENDED] = stash.get(NUM_ENDED, 0) + 1
    if stash[NUM_ENDED] % TESTS_BETWEEN == 0:
        jax.clear_caches()
        give_memory_back()


def give_memory_back() -> None:
    """Have the C library of Linux return free memory; by itself it keeps most of it."""
    library = ctypes.CDLL(None)
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)
