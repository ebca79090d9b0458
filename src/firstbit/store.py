"""Finished parts of a long run, on disk: what is there need not be computed again."""

import json
import os
import random
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np

from firstbit.errors import OutputError
from firstbit.files import PREFIX, write_whole
from firstbit.provenance import plain

Job = TypeVar("Job")

_SETTINGS = "settings.json"

ASKED = "asked.json"
"""What a command was asked for, so that its result can be made without it."""

_NAME = "block_name"
"""The array of a block that holds its own name: a renamed file is another block's."""

_CUT = "cut-"
"""Begins the names of files that say into how many parts the run was cut."""


class Store(NamedTuple):
    """A folder of blocks that belong to one configuration.

    Processes may share it: each takes the blocks that are missing.

    Attributes:
        folder: where the blocks are.
    """

    folder: Path

    @classmethod
    def of(cls, folder: Path, settings: Mapping[str, object]) -> "Store":
        """Open a store, or begin one.

        Raises:
            OutputError: the folder holds something else, or parts of another
                configuration (says what differs).
        """
        _require_ours(folder)
        _agree(folder / _SETTINGS, settings)
        return cls(folder)

    @classmethod
    def existing(
        cls, folder: Path, settings: Mapping[str, object], free: Collection[str] = ()
    ) -> "Store":
        """Open a store that is there.

        Args:
            folder: where.
            settings: of the run.
            free: names of those that the store alone decides.

        Raises:
            OutputError: there is none, or it holds parts of another configuration.
        """
        if not (folder / _SETTINGS).is_file():
            raise OutputError(
                f"expected a folder of kept blocks, got '{folder}', which has no "
                f"{_SETTINGS}; compute its parts first."
            )
        found = _settings(folder / _SETTINGS)
        decided = {name: found[name] for name in free if name in found}
        return cls.of(folder, {**settings, **decided})

    def is_there(self) -> bool:
        """Whether this process sees the folder."""
        return (self.folder / _SETTINGS).is_file()

    def read(self, name: str) -> dict[str, np.ndarray] | None:
        """A finished block; None if it is not there, not whole, or another's."""
        try:
            with (
                (self.folder / f"{name}.npz").open("rb") as file,
                np.load(file, allow_pickle=False) as arrays,
            ):
                found = {key: arrays[key] for key in arrays.files}
                return found if str(found.pop(_NAME)) == name else None
        except Exception:  # a damaged archive raises whatever its bytes say
            return None

    def has(self, name: str) -> bool:
        """Whether a block of that name is there, whole or not."""
        return (self.folder / f"{name}.npz").is_file()

    def write(self, name: str, arrays: Mapping[str, np.ndarray]) -> None:
        """Keep a finished block, whole or not at all."""
        named = {_NAME: np.array(name), **arrays}

        def save(target: Path) -> None:
            with target.open("wb") as file:
                np.savez(file, **named)  # pyright: ignore[reportArgumentType]

        write_whole(self.folder / f"{name}.npz", save)

    def note_cut(self, num_parts: int) -> None:
        """Keep into how many parts the run is cut."""
        (self.folder / f"{_CUT}{num_parts}").touch()

    def cuts(self) -> list[int]:
        """Return into how many parts the run was cut, each number that was used."""
        found = []
        for path in self.folder.glob(f"{_CUT}*"):
            number = path.name.removeprefix(_CUT)
            if number.isdigit() and int(number) > 0:
                found.append(int(number))
        return sorted(found)

    def shuffled(self, jobs: Sequence[Job]) -> list[Job]:
        """Return the jobs in an order of this process's own.

        So processes that share the store rarely meet.
        """
        own = random.Random(os.getpid())
        return own.sample(list(jobs), len(jobs))

    def remove(self) -> None:
        """Remove the blocks; the measurement is complete."""
        for path in self.folder.iterdir():
            path.unlink(missing_ok=True)
        self.folder.rmdir()


def require_asked(folder: Path, asked: Mapping[str, object]) -> None:
    """Raise `OutputError` if a folder isn't free for what a command was asked for.

    It holds something else, or what another command was asked for (says what differs).
    """
    _require_ours(folder)
    if (folder / ASKED).is_file():
        _agree(folder / ASKED, asked)


def keep_asked(folder: Path, asked: Mapping[str, object]) -> None:
    """Keep what a command was asked for, in the folder of its blocks.

    Raises:
        OutputError: another command's is there.
    """
    _agree(folder / ASKED, asked)


def asked_of(folder: Path) -> dict[str, Any]:
    """Return what the command was asked for that began a folder.

    Raises:
        OutputError: it says nothing of the kind.
    """
    path = folder / ASKED
    if not path.is_file():
        raise OutputError(
            f"expected a folder that parts were computed into, got '{folder}', which "
            f"has no {ASKED}; name that of --into."
        )
    return _settings(path)


def _require_ours(folder: Path) -> None:
    """Raise `OutputError` unless a folder is new, empty, or of an unfinished run."""
    if folder.exists() and not folder.is_dir():
        raise OutputError(
            f"expected a folder, got the file '{folder}'; name another place."
        )
    # Another process may be about to begin the folder: its unfinished file counts not.
    paths = folder.iterdir() if folder.exists() else ()
    is_used = any(not path.name.startswith(PREFIX) for path in paths)
    if is_used and not (folder / _SETTINGS).is_file():
        raise OutputError(
            f"'{folder}' is no folder of an unfinished run: it has no {_SETTINGS}; "
            "name another."
        )


def _agree(path: Path, settings: Mapping[str, object]) -> None:
    """Write settings where there are none yet; raise unless they are those."""
    text = json.dumps(settings, sort_keys=True, default=plain)
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, lambda target: target.write_text(text, encoding="utf-8"))
    _require_same(path.parent, _settings(path), json.loads(text))


def _settings(path: Path) -> dict[str, Any]:
    """Return the settings of the run that a folder belongs to."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise OutputError(
            f"expected the settings of an unfinished run in '{path}', got none; remove "
            "the folder or name another."
        )
    return found


def _require_same(
    folder: Path, found: Mapping[str, object], wanted: Mapping[str, object]
) -> None:
    """Raise `OutputError` where two runs differ in a setting."""
    differences = []
    for name in sorted({*found, *wanted}):
        if found.get(name) != wanted.get(name):
            expected, got = wanted.get(name), found.get(name)
            differences.append(f"{name} = {expected}, got {got}")
    if differences:
        raise OutputError(
            f"'{folder}' holds parts of another run: expected "
            f"{', '.join(differences)}; remove the folder or name another."
        )
