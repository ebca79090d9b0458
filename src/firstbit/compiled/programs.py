"""Compiled programs in a folder that many processes read and write at once.

Whoever misses a program first compiles it, and holds a lock meanwhile; the others wait
for the program. The system drops the lock of a process that dies, and nobody waits
longer than `PATIENCE`: then a program is compiled twice, no worse.
"""

import contextlib
import hashlib
import os
import time
from pathlib import Path
from threading import Lock, local

from firstbit.compiled.folders import ENDING, trim
from firstbit.errors import OutputError
from firstbit.files import write_whole

try:
    import fcntl
except ImportError:  # as on Windows: all compile for themselves
    fcntl = None

PATIENCE = 120.0
"""Seconds that a process waits for the program of another."""

PAUSE = 0.02
"""Seconds between two looks."""

LOCKS = "locks"
"""Folder of the locks; a lock is there only while a program is compiled."""

PUTS = 16
"""Programs that a process keeps between two looks at the size of all."""


class Programs:
    """The programs in a folder: what JAX asks of a cache.

    Files are named as by JAX itself, which can read them.
    """

    def __init__(self, folder: Path, patience: float = PATIENCE) -> None:
        """Open a folder.

        Args:
            folder: of the programs.
            patience: seconds of waiting for another process.
        """
        self._path = folder
        self._patience = patience
        self._claims: dict[str, int] = {}
        self._mutex = Lock()
        self._mine = local()
        self._puts = 0

    def get(self, key: str) -> bytes | None:
        """Return a program; None if the caller shall compile it.

        It waits while another compiles the same.
        """
        self._let_go(getattr(self._mine, "key", ""))  # compiling it has failed
        end = time.monotonic() + self._patience
        while True:
            found = self._read(key)
            if found is not None:
                return found
            if self._claim(key):
                break
            if time.monotonic() > end:
                return None
            time.sleep(PAUSE)
        found = self._read(key)  # it may have come before the lock
        if found is not None:
            self._let_go(key)
        return found

    def put(self, key: str, value: bytes) -> None:
        """Keep a program, whole or not at all, and wake those that wait for it."""
        try:
            with contextlib.suppress(OSError, OutputError):  # a full disk
                write_whole(self._file(key), lambda path: path.write_bytes(value))
        finally:
            self._let_go(key)
        self._puts += 1
        if self._puts % PUTS == 1:
            trim(self._path.parent)

    def _read(self, key: str) -> bytes | None:
        path = self._file(key)
        try:
            value = path.read_bytes()
        except OSError:
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # it was used now
        return value

    def _file(self, key: str) -> Path:
        return self._path / f"{key}{ENDING}"

    def _claim(self, key: str) -> bool:
        """Return whether this thread compiles a program: nobody else does."""
        path = self._lock_file(key)
        try:
            path.parent.mkdir(exist_ok=True)
            opened = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError:
            return True  # without locks all compile
        state = _locked(opened, path)
        if state is None:
            os.close(opened)
            return True
        if not state:
            os.close(opened)
            return False
        with self._mutex:
            self._claims[key] = opened
        self._mine.key = key
        return True

    def _let_go(self, key: str) -> None:
        """Drop the lock of a program, if this process has it."""
        with self._mutex:
            opened = self._claims.pop(key, None)
        if opened is None:
            return
        with contextlib.suppress(OSError):
            self._lock_file(key).unlink()
        os.close(opened)

    def _lock_file(self, key: str) -> Path:
        name = hashlib.sha256(key.encode()).hexdigest()[:32]
        return self._path / LOCKS / name


def _locked(opened: int, path: Path) -> bool | None:
    """Lock an open file; return whether it could be done, None where nothing can lock.

    A file that was removed meanwhile is none: others lock a new one.
    """
    if fcntl is None:
        return None
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return None
    try:
        return os.path.samestat(os.fstat(opened), path.stat())
    except OSError:
        return False
