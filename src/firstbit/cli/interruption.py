"""Ctrl-C: the program ends within seconds, and leaves nothing half-written.

The first Ctrl-C raises `KeyboardInterrupt`, so that finished parts are kept. A thread
waits for the program's end; after `GRACE` seconds, or at the second Ctrl-C, it removes
unfinished files and ends the process. It hears of a signal even while Python's main
thread is inside a long computation.
"""

import contextlib
import multiprocessing
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType

from firstbit.files import PLACING, remove_unfinished

INTERRUPTED = 130
"""Exit status after Ctrl-C, as in shells."""

GRACE = 3.0
"""Seconds that an interrupted program has for its end."""

SHOW_CURSOR = "\x1b[?25h"

_SAID = threading.Event()

_MOUTHS: list[socket.socket] = []
"""Open as long as a signal may come."""

SENTENCE = "firstbit: interrupted; earlier results are as they were."


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """End this process soon after Ctrl-C while the block runs.

    Nothing changes where signals are not this thread's, or Ctrl-C is ignored, as in the
    background of a shell.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        yield
        return
    ears, mouth = socket.socketpair()
    mouth.setblocking(False)
    seen = threading.Event()
    earlier = signal.signal(signal.SIGINT, _raise_once(seen))
    earlier_mouth = signal.set_wakeup_fd(mouth.fileno(), warn_on_full_buffer=False)
    watcher = threading.Thread(target=_watch, args=(ears,), daemon=True)
    watcher.start()
    _MOUTHS.append(mouth)
    try:
        yield
    finally:
        if not seen.is_set():  # else the watcher guards the rest of the process
            signal.set_wakeup_fd(earlier_mouth)
            signal.signal(signal.SIGINT, earlier)
            _MOUTHS.remove(mouth)
            mouth.close()
            watcher.join()
            ears.close()


def _raise_once(seen: threading.Event) -> Callable[[int, FrameType | None], None]:
    """Return a handler that raises `KeyboardInterrupt` at the first signal alone."""

    def handle(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        if not seen.is_set():
            seen.set()
            raise KeyboardInterrupt

    return handle


def _watch(ears: socket.socket) -> None:
    """Wait for a signal, then for a second one or the end of the grace."""
    while True:
        heard = ears.recv(1)
        if not heard:  # the block is over
            return
        if heard[0] == signal.SIGINT:
            break
    select.select([ears], [], [], GRACE)
    end_at_once()


def end_at_once() -> None:
    """Remove unfinished files and helpers, and end this process with status 130."""
    PLACING.acquire(timeout=1.0)  # a result that is finished is put in its place
    for child in multiprocessing.active_children():
        child.kill()
    remove_unfinished()
    with contextlib.suppress(Exception):
        sys.stdout.flush()
    say_interrupted()
    os._exit(INTERRUPTED)


def say_interrupted() -> None:
    """Print once that the program was interrupted."""
    if _SAID.is_set():
        return
    _SAID.set()
    text = f"{SENTENCE}\n"
    if os.isatty(2):
        text = f"\r{SHOW_CURSOR}{text}"  # a bar of progress had hidden it
    with contextlib.suppress(OSError):
        os.write(2, text.encode())
