"""What the program sets for its own process, before JAX starts; the library uses what it finds."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

SMALL_LOOPS = "--xla_backend_extra_options=xla_cpu_small_while_loop_byte_threshold=1000000"
"""XLA compiles a small loop into one function instead of launching every operation: training takes half the time."""


def prepare() -> None:
    """Set options of XLA, and keep compiled programs in the user's cache. What the user has set stays."""
    flags = os.environ.get("XLA_FLAGS", "")
    if "xla_backend_extra_options" not in flags:
        os.environ["XLA_FLAGS"] = f"{flags} {SMALL_LOOPS}".strip()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "firstbit"
    if "JAX_COMPILATION_CACHE_DIR" not in os.environ and _can_be_made(cache):
        os.environ["JAX_COMPILATION_CACHE_DIR"] = str(cache)
        os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
        os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")


@contextmanager
def artist() -> Iterator[Executor]:
    """A second process that draws figures while this one computes; it begins to load matplotlib at once."""
    executor = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=_ignore_interruption)
    try:
        executor.submit(import_module, "firstbit.plots")
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _ignore_interruption() -> None:
    """Ctrl-C reaches both processes; the first one tells this one to end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _can_be_made(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)
