"""Where compiled programs are kept: a folder for each JAX, options and processor.

A program of another processor may crash, so each kind has a folder of its own. All of
them together have a largest size.
"""

import contextlib
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from firstbit.errors import OutputError
from firstbit.files import PREFIX, write_whole
from firstbit.processors import processor_features, processor_name

ABOUT = "firstbit.json"
"""In each folder: which programs it holds."""

ENDING = "-cache"
"""Of the files of programs, as JAX names them."""

MOST_BYTES = 1_000_000_000
"""Of all programs; what was not used for longest is removed."""

MOST_VARIABLE = "JAX_COMPILATION_CACHE_MAX_SIZE"
"""JAX's own name for another size."""

ROOM = 0.9
"""Share of the largest size that is left after a removal."""

ABANDONED = 3600.0
"""Seconds after which an unfinished file belongs to nobody."""


class Held(NamedTuple):
    """What one folder holds.

    Attributes:
        folder: where.
        about: JAX, options of XLA and processor, by name; empty where nothing is said.
        num_programs: how many, at least one.
        num_bytes: of all of them.
        last_used: seconds since the epoch.
    """

    folder: Path
    about: dict[str, str]
    num_programs: int
    num_bytes: int
    last_used: float


def root() -> Path | None:
    """Return the folder of all programs; None for a user without a home."""
    caches = os.environ.get("XDG_CACHE_HOME")
    if caches:
        return Path(caches) / "firstbit"
    try:
        return Path.home() / ".cache" / "firstbit"
    except RuntimeError:
        return None


def begun(parent: Path | None) -> Path | None:
    """Return the folder for programs of this process; it is made where it misses.

    Args:
        parent: of all folders.

    Returns:
        The folder; None where nothing can be written.
    """
    if parent is None:
        return None
    about = _about()
    text = json.dumps(about, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    folder = parent / f"jax-{about['jax']}-{digest}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not is_ours(folder):
            write_whole(folder / ABOUT, lambda path: path.write_text(text, "utf-8"))
    except (OSError, OutputError):
        return None
    return folder if os.access(folder, os.W_OK) else None


def is_ours(folder: Path) -> bool:
    """Return whether a folder was made by `begun`."""
    return (folder / ABOUT).is_file()


def held(parent: Path) -> list[Held]:
    """Return what the folders hold, the last one used first.

    Programs that an older firstbit kept beside the folders count as one more.
    """
    found = []
    for folder in [parent, *_folders(parent)]:
        programs = list(_programs(folder))
        if not programs:
            continue
        sizes = sum(program.size for program in programs)
        used = max(program.used for program in programs)
        found.append(Held(folder, _read(folder), len(programs), sizes, used))
    return sorted(found, key=lambda one: -one.last_used)


def clear(parent: Path) -> None:
    """Remove all programs; a process that uses them compiles anew.

    Raises:
        OutputError: something can't be removed.
    """
    for folder in _folders(parent):
        shutil.rmtree(folder, ignore_errors=True)
    for path in _files(parent):
        if path.name.endswith((ENDING, "-atime")):
            path.unlink(missing_ok=True)
    shutil.rmtree(parent / "firstbit-trials", ignore_errors=True)
    left = held(parent)
    if left:
        raise OutputError(
            f"expected to remove the compiled programs in '{left[0].folder}', got some "
            "that stay; ask their owner, or remove the folder."
        )


def trim(parent: Path) -> None:
    """Remove the programs that were not used for longest, where all take too much.

    Two processes may do it at once.

    Args:
        parent: of all folders.
    """
    most = most_bytes()
    programs = []
    for folder in [parent, *_folders(parent)]:
        programs += _programs(folder)
        _drop_unfinished(folder)
    total = sum(program.size for program in programs)
    if total <= most:
        return
    for program in sorted(programs, key=lambda one: one.used):
        if total <= ROOM * most:
            return
        with contextlib.suppress(OSError):
            program.path.unlink(missing_ok=True)
        total -= program.size


def most_bytes() -> int:
    """Return the largest size of all programs; see `MOST_BYTES`, `MOST_VARIABLE`."""
    try:
        asked = int(os.environ.get(MOST_VARIABLE, ""))
    except ValueError:
        return MOST_BYTES
    return asked if asked >= 0 else MOST_BYTES


class _Program(NamedTuple):
    path: Path
    size: int
    used: float


def _programs(folder: Path) -> Iterator[_Program]:
    for path in _files(folder):
        if not path.name.endswith(ENDING):
            continue
        with contextlib.suppress(OSError):  # another process has removed it
            known = path.stat()
            yield _Program(path, known.st_size, known.st_mtime)


def _drop_unfinished(folder: Path) -> None:
    """Remove what killed processes left."""
    long_ago = time.time() - ABANDONED
    for path in _files(folder):
        if path.name.startswith(PREFIX):
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < long_ago:
                    path.unlink()


def _folders(parent: Path) -> list[Path]:
    return sorted(path.parent for path in parent.glob(f"jax-*/{ABOUT}"))


def _files(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _about() -> dict[str, str]:
    """Return what a compiled program depends on beside itself."""
    features = hashlib.sha256(processor_features().encode()).hexdigest()[:12]
    return {
        "jax": version("jax"),
        "jaxlib": version("jaxlib"),
        "options": os.environ.get("XLA_FLAGS", ""),
        "processor": processor_name(),
        "features": features,
    }


def _read(folder: Path) -> dict[str, str]:
    try:
        found = json.loads((folder / ABOUT).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
