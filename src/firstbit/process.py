"""Settings of a process that must be made before JAX computes.

The command line makes them for itself. A program of one's own calls `prepare()` before
it computes with JAX; the library never changes a process by itself.
"""

import atexit
import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import resource_tracker
from threading import Thread

from firstbit.compiled.folders import begun, root
from firstbit.processors import num_processors, processor_kind
from firstbit.xla import has_begun

SMALL_LOOPS = (
    "--xla_backend_extra_options=xla_cpu_small_while_loop_byte_threshold=16000000"
)
"""XLA compiles a small loop into one function instead of launching every operation:
training takes half the time."""

WIDE_VECTORS = "--xla_cpu_prefer_vector_width=512"
"""XLA takes 256 bits even where the processor has 512; wide ones halve the time of
D(l,k)."""

YOUNG_OBJECTS = 100_000
"""Number of new objects after which Python collects garbage. Loading modules and
tracing make few cycles, and with the default of 700 the search takes a quarter of that
time."""


def prepare() -> None:
    """Prepare this process for speed; call it before JAX computes anything.

    It sets options of XLA, and keeps compiled programs in the user's cache, which all
    processes share (`firstbit cache`). It changes no result but by rounding, and
    nothing that the user has set. JAX may be imported already; where it has computed,
    it is too late for both.

    Example:
        >>> prepare()
    """
    gc.set_threshold(YOUNG_OBJECTS)
    # At the end Python would search through a million objects once more: half a second.
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)
    # NumPy's own threads only get in the way of ours.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if has_begun():
        return
    _add_flag(SMALL_LOOPS)
    if "avx512f" in processor_kind().split():
        _add_flag(WIDE_VECTORS)
    _keep_compiled_programs()


@contextmanager
def artist() -> Iterator[Executor]:
    """Start a second process that draws figures while this one computes.

    It begins to load matplotlib at once. It ends with the block, and drops the figures
    that have not begun.

    Example:
        >>> with artist() as executor:
        ...     executor.submit(max, 1, 2).result()
        2
    """
    with _processes(1, "firstbit.plots") as executor:
        yield executor


@contextmanager
def processes(number: int | None = None) -> Iterator[Executor]:
    """Start processes that compute for this one: an `executor=` of the long calls.

    They end with the block; after an error at once, whatever they compute. A program
    that starts them needs `if __name__ == "__main__":`.

    Args:
        number: how many; as many as processors by default.

    Example:
        >>> with processes(1) as executor:
        ...     executor.submit(max, 1, 2).result()
        2
    """
    earlier = multiprocessing.active_children()
    with _processes(number or num_processors(), "firstbit.studies") as executor:
        try:
            yield executor
        except BaseException:
            for child in multiprocessing.active_children():
                if child not in earlier:
                    child.terminate()
            raise


@contextmanager
def _processes(number: int, module: str) -> Iterator[Executor]:
    """Start processes that load a module at once; they end with the block."""
    executor = ProcessPoolExecutor(
        number,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_serve_the_first,
    )
    try:
        with _without_interruption():
            for _ in range(number):
                executor.submit(import_module, module)
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _add_flag(option: str) -> None:
    """Add an option of XLA, unless the user has set it."""
    flags = os.environ.get("XLA_FLAGS", "").split()
    name = option.partition("=")[0]
    if not any(flag.startswith(name) for flag in flags):
        flags.append(option)
    os.environ["XLA_FLAGS"] = " ".join(flags)


def _keep_compiled_programs() -> None:
    """Keep compiled programs in the user's cache, where that can be written."""
    if "JAX_COMPILATION_CACHE_DIR" in os.environ:
        return
    folder = begun(root())
    if folder is None:
        return
    os.environ["JAX_COMPILATION_CACHE_DIR"] = str(folder)
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")
    if "jax" in sys.modules:  # it has read these variables
        from firstbit.compiled.sharing import adopt

        adopt(str(folder.parent))


@contextmanager
def _without_interruption() -> Iterator[None]:
    """Begin a process that Ctrl-C doesn't reach, not even in its first moments.

    It inherits the blocked signal. This thread gets its own after the block.
    """
    if not hasattr(signal, "pthread_sigmask"):  # as on Windows
        yield
        return
    resource_tracker.ensure_running()  # it would unblock the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve_the_first() -> None:
    """Leave Ctrl-C, which reaches both processes, to the first, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_the_first, daemon=True).start()


def _end_with_the_first() -> None:
    first = multiprocessing.parent_process()
    if first is not None:
        first.join()
        os._exit(1)
