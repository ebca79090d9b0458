"""Outcomes of trials, kept beside the compiled programs: nothing is tried twice.

A trial depends on the programs that it runs, on the numbers that it gives them, on this
library and on JAX. Where JAX keeps no compiled programs, no outcome is kept.
"""

import contextlib
import hashlib
import os
from functools import lru_cache
from pathlib import Path

import jax

from firstbit.errors import OutputError
from firstbit.files import write_whole
from firstbit.processors import processor_kind

FOLDER = "firstbit-trials"
"""In JAX's folder of compiled programs."""

CODE = ("cells", "memory/ensemble", "programs", "weights")
"""Parts of this library whose code a trial depends on."""


def key_of(*parts: object) -> str:
    """Return a digest of all that the outcome of a trial depends on.

    Args:
        *parts: values whose text says all of them.

    Example:
        >>> key_of("step", 1) == key_of("step", 1), key_of("step", 1) == key_of("step")
        (True, False)
    """
    found = hashlib.sha256(_surroundings().encode())
    for part in parts:
        text = part if isinstance(part, bytes) else repr(part).encode()
        found.update(text)
        found.update(b"\0")
    return found.hexdigest()


def recalled(key: str) -> str:
    """Return the outcome of a trial; "" if none is kept."""
    path = _path(key)
    if path is None:
        return ""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def keep(key: str, outcome: str) -> None:
    """Keep the outcome of a trial, where that can be done."""
    path = _path(key)
    if path is None:
        return

    def write(unfinished: Path) -> None:
        unfinished.write_text(outcome, "utf-8")

    with contextlib.suppress(OSError, OutputError):
        write_whole(path, write)


def _path(key: str) -> Path | None:
    """Return the file of an outcome; None where nothing is kept."""
    folder = jax.config.values["jax_compilation_cache_dir"]
    if not folder or "://" in folder:  # a bucket is no folder
        return None
    return Path(folder) / FOLDER / key


@lru_cache(maxsize=1)
def _surroundings() -> str:
    """Return what every trial of this process depends on."""
    flags = os.environ.get("XLA_FLAGS", "")
    found = [jax.__version__, flags, processor_kind()]
    here = Path(__file__).parents[2]
    for part in CODE:
        for path in sorted(here.joinpath(part).rglob("*.py")):
            known = path.stat()
            found.append(f"{path} {known.st_size} {known.st_mtime_ns}")
    return "\n".join(found)
