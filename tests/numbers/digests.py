"""Numbers as they were: what is kept of an array, and how another one compares."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

BEFORE = Path(__file__).parent / "before.json"

SAMPLED = 4
"""Values of an array that are kept beside its digest."""

TWELVE_DIGITS = 1e-12
"""Largest relative difference that still counts as equal."""

BITS, DIGITS, MISSING = "equal to the bit", "equal to 12 digits", "missing"

TIMINGS = {"time_ratio", "training_ms_an_epoch"}
"""Numbers of a claim that are seconds: they differ in every run."""

GRID_VARIABLES = ("discrepancy", "retained")


class Entry(NamedTuple):
    """What is kept of an array or of a text.

    Attributes:
        digest: of the float64 bytes, or of the text.
        shape: of the array; None of a text.
        sample: some values, evenly spread.
    """

    digest: str
    shape: tuple[int, ...] | None = None
    sample: tuple[float, ...] = ()

    def as_json(self) -> list[Any]:
        """Return plain values; numbers in hexadecimal, to the last bit."""
        if self.shape is None:
            return [self.digest]
        return [self.digest, list(self.shape), *(value.hex() for value in self.sample)]

    @classmethod
    def from_json(cls, plain: list[Any]) -> "Entry":
        """Return the entry that `as_json` gave."""
        if len(plain) == 1:
            return cls(plain[0])
        digest, shape, *sample = plain
        return cls(digest, tuple(shape), tuple(map(float.fromhex, sample)))


def entry(value: Any) -> Entry:
    """Return what is kept of an array or of a text."""
    if isinstance(value, str):
        return Entry(_digest(value.encode()))
    array = np.ascontiguousarray(value, float)
    step = max(1, -(-array.size // SAMPLED))
    return Entry(
        _digest(array.tobytes()), array.shape, tuple(array.ravel()[::step].tolist())
    )


def compared(value: Any, before: Entry) -> str:
    """Compare a value with the one kept: `BITS`, `DIGITS`, or how it differs."""
    now = entry(value)
    if now.digest == before.digest and now.shape == before.shape:
        return BITS
    if before.shape is None:
        return "differs"
    if now.shape != before.shape:
        return f"differs: shape {now.shape}, before {before.shape}"
    gap = _largest_difference(np.array(now.sample), np.array(before.sample))
    return DIGITS if gap <= TWELVE_DIGITS else f"differs by {gap:.1e}"


def read_before() -> dict[str, Entry]:
    """Return all that was kept, by name."""
    kept = json.loads(BEFORE.read_text(encoding="utf-8"))
    return {name: Entry.from_json(plain) for name, plain in kept.items()}


def write_before(entries: Mapping[str, Entry]) -> None:
    """Write entries, one a line."""
    lines = []
    for name in sorted(entries):
        lines.append(f"{json.dumps(name)}: {json.dumps(entries[name].as_json())}")
    BEFORE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def arrays(name: str, result: xr.Dataset) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the numbers of a result; an interval as its two ends."""
    for variable, array in result.data_vars.items():
        if array.dtype.kind not in "biuf":
            continue
        if "ci_bound" not in array.dims:
            yield f"{name}/{variable}", array.values
            continue
        for bound in ("lower", "upper"):
            yield f"{name}/{variable}/{bound}", array.sel(ci_bound=bound).values


def paper_numbers(name: str, folder: Path) -> Iterator[tuple[str, Any]]:
    """Yield the logs, the claims and the grids of a folder of `firstbit paper`."""
    paper = json.loads((folder / "paper.json").read_text(encoding="utf-8"))
    for run, found in paper["runs"].items():
        log = [[line["mean_error"], line["learning_rate"]] for line in found["log"]]
        yield f"{name}/log/{run}", np.array(log)
        counts = [found["num_parameters"], len(found["log"])]
        yield f"{name}/counts/{run}", np.array(counts)
    for claim in paper["claims"]:
        numbers = {
            key: value for key, value in claim["numbers"].items() if key not in TIMINGS
        }
        yield f"{name}/claim/{claim['id']}", np.array(list(_leaves(numbers)))
        yield f"{name}/verdict/{claim['id']}", claim["verdict"]
    for path in sorted((folder / "data").glob("discrepancy_*.nc")):
        with xr.open_dataset(path) as grid:
            for variable in GRID_VARIABLES:
                yield f"{name}/grid/{path.stem}/{variable}", grid[variable].values


def _leaves(tree: Any) -> Iterator[float]:
    """Yield the numbers of nested lists and mappings, in their order."""
    if isinstance(tree, Mapping):
        tree = list(tree.values())
    if isinstance(tree, list):
        for part in tree:
            yield from _leaves(part)
    elif isinstance(tree, int | float):
        yield float(tree)


def _largest_difference(now: np.ndarray, before: np.ndarray) -> float:
    """Return the largest relative difference; infinite where only one is finite."""
    same = (now == before) | (np.isnan(now) & np.isnan(before))
    if same.all():
        return 0.0
    now, before = now[~same], before[~same]
    if not (np.isfinite(now).all() and np.isfinite(before).all()):
        return np.inf
    return float((np.abs(now - before) / np.maximum(np.abs(before), 1e-300)).max())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
