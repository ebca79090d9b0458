"""What the program sets for its own process, before JAX starts; the library uses what it finds."""

import atexit
import gc
import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

SMALL_LOOPS = (
    "--xla_backend_extra_options=xla_cpu_small_while_loop_byte_threshold=16000000"
)
"""XLA compiles a small loop into one function instead of launching every operation:
training takes half the time."""

WIDE_VECTORS = "--xla_cpu_prefer_vector_width=512"
"""XLA takes 256 bits even where the processor has 512; wide ones halve the time of
D(l,k)."""


YOUNG_OBJECTS = 100_000
"""Python looks for garbage after so many new objects: loading modules and tracing make
few cycles, and looking takes a quarter of that time with the default of 700."""


def prepare() -> None:
    """Set options of XLA, and keep compiled programs in the user's cache. What the user has set stays."""
    gc.set_threshold(YOUNG_OBJECTS)
    os.environ.setdefault(
        "OPENBLAS_NUM_THREADS", "1"
    )  # NumPy's own threads only get in the way of ours
    atexit.unregister(gc.freeze)
    atexit.register(
        gc.freeze
        # or Python looks through a million objects once more before it ends: half a second
    )
    flags = os.environ.get("XLA_FLAGS", "").split()
    for option in (SMALL_LOOPS, *([WIDE_VECTORS] if _has_wide_vectors() else [])):
        if not any(flag.startswith(option.partition("=")[0]) for flag in flags):
            flags.append(option)
    os.environ["XLA_FLAGS"] = " ".join(flags)
    cache = (
        Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "firstbit"
    )
    if "JAX_COMPILATION_CACHE_DIR" not in os.environ and _can_be_made(cache):
        os.environ["JAX_COMPILATION_CACHE_DIR"] = str(cache)
        os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
        os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")


@contextmanager
def artist() -> Iterator[Executor]:
    """A second process that draws figures while this one computes; it begins to load matplotlib at once."""
    executor = ProcessPoolExecutor(
        1,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_ignore_interruption,
    )
    try:
        executor.submit(import_module, "firstbit.plots")
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _ignore_interruption() -> None:
    """Ctrl-C reaches both processes; the first one tells this one to end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _has_wide_vectors() -> bool:
    try:
        return "avx512f" in Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False


def _can_be_made(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)
