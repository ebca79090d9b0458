"""Finished parts of a long run, on disk: what is there need not be computed again."""

import json
import os
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np

from firstbit.errors import OutputError
from firstbit.files import write_whole
from firstbit.provenance import plain

Job = TypeVar("Job")

_SETTINGS = "settings.json"


class Store(NamedTuple):
    """A folder of blocks that belong to one configuration.

    Processes may share it: each takes the blocks that are missing.

    Attributes:
        folder: where the blocks are.
    """

    folder: Path

    @classmethod
    def of(cls, folder: Path, settings: Mapping[str, Any]) -> "Store":
        """Open a store, or begin one.

        Raises:
            OutputError: the folder holds something else, or parts of another
                configuration (says what differs).
        """
        path = folder / _SETTINGS
        text = json.dumps(settings, sort_keys=True, default=plain)
        if folder.exists() and any(folder.iterdir()) and not path.is_file():
            raise OutputError(
                f"'{folder}' is no folder of an unfinished run: it has no "
                f"{_SETTINGS}; name another."
            )
        if not path.is_file():
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, lambda target: target.write_text(text, encoding="utf-8"))
        _require_same(folder, _settings(path), json.loads(text))
        return cls(folder)

    def read(self, name: str) -> dict[str, np.ndarray] | None:
        """A finished block; None if it is not there, or not whole."""
        try:
            with (
                (self.folder / f"{name}.npz").open("rb") as file,
                np.load(file, allow_pickle=False) as arrays,
            ):
                return {key: arrays[key] for key in arrays.files}
        except Exception:  # a damaged archive raises whatever its bytes say
            return None

    def has(self, name: str) -> bool:
        """Whether a block of that name is there, whole or not."""
        return (self.folder / f"{name}.npz").is_file()

    def write(self, name: str, arrays: Mapping[str, np.ndarray]) -> None:
        """Keep a finished block, whole or not at all."""

        def save(target: Path) -> None:
            with target.open("wb") as file:
                np.savez(file, **arrays)  # pyright: ignore[reportArgumentType]

        write_whole(self.folder / f"{name}.npz", save)

    def shuffled(self, jobs: Sequence[Job]) -> list[Job]:
        """Return the jobs in an order of this process's own.

        So processes that share the store rarely meet.
        """
        return random.Random(os.getpid()).sample(list(jobs), len(jobs))

    def remove(self) -> None:
        """Remove the blocks; the measurement is complete."""
        for path in self.folder.iterdir():
            path.unlink(missing_ok=True)
        self.folder.rmdir()


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
    folder: Path, found: Mapping[str, Any], wanted: Mapping[str, Any]
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
