"""What each test costs: which are quick, and what a long run found.

A test costs its own seconds and those of every fixture that it shares with others: on
its own it would pay for them too.
"""

import json
import os
import platform
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import pytest

ROOT = Path(__file__).parent.parent
DURATIONS = Path(__file__).parent / "durations.json"

LIMIT = 0.5
"""Seconds; a test that costs more is not quick."""

_SHARED = ("package", "module", "session")
_SECONDS = "seconds"

_costs: dict[str, float] = {}
"""Seconds of the shared fixtures of this process, by file and name."""


def mark_quick(items: Iterable[pytest.Item]) -> None:
    """Mark the cheap tests `quick`, and at least one test of every file.

    A test that was never measured is quick.
    """
    seconds: dict[str, float] = json.loads(DURATIONS.read_text(encoding="utf-8"))
    cheapest: dict[Path, pytest.Item] = {}
    for item in items:
        if any(item.get_closest_marker(name) for name in ("slow", "proof")):
            continue
        cost = seconds.get(item.nodeid, 0.0)
        if cost <= LIMIT:
            item.add_marker("quick")
        other = cheapest.get(item.path)
        if other is None or cost < seconds.get(other.nodeid, 0.0):
            cheapest[item.path] = item
    for item in cheapest.values():
        item.add_marker("quick")


def group_by_shared_fixtures(items: Iterable[pytest.Item], but: set[str]) -> None:
    """Send all tests of a shared fixture to one worker, so that it is made once.

    Args:
        items: the tests.
        but: fixtures that cost nothing; their tests may be spread.
    """
    for item in items:
        for name in sorted(set(_shared_fixtures(item)) - but):
            item.add_marker(pytest.mark.xdist_group(name))
            break


def note_fixture(fixturedef: pytest.FixtureDef[object], seconds: float) -> None:
    """Keep the seconds that a shared fixture took the first time."""
    if fixturedef.scope in _SHARED:
        _costs.setdefault(_name(fixturedef), seconds)


@contextmanager
def seconds_noted(item: pytest.Item) -> Iterator[None]:
    """Note the seconds of a test's setup or call, without those of shared fixtures."""
    start, made_before = clock(), sum(_costs.values())
    yield
    made = sum(_costs.values()) - made_before
    item.user_properties.append((_SECONDS, clock() - start - made))


def note_shared(item: pytest.Item) -> None:
    """Note what the shared fixtures of a test cost, whoever made them."""
    shared = sum(_costs.get(name, 0.0) for name in set(_shared_fixtures(item)))
    item.user_properties.append((_SECONDS, shared))


def clock() -> float:
    """Return seconds of the processor, in this process and in those that it waited for.

    Unlike time on the wall they don't depend on what else the machine does.
    """
    return sum(os.times()[:4])


def _shared_fixtures(item: pytest.Item) -> list[str]:
    if not isinstance(item, pytest.Function):
        return []
    found = []
    for definitions in item._fixtureinfo.name2fixturedefs.values():
        if definitions[-1].scope in _SHARED:
            found.append(_name(definitions[-1]))
    return found


def _name(fixturedef: pytest.FixtureDef[object]) -> str:
    return f"{fixturedef.baseid}::{fixturedef.argname}"


class Recorder:
    """Collect what every test cost and found, and write it when the run ends."""

    def __init__(self) -> None:
        self.reports: dict[str, list[pytest.TestReport]] = {}
        self.start = perf_counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a report; with several workers this is the process that hears of all."""
        name = report.nodeid.partition("@")[0]  # the group that xdist appends
        self.reports.setdefault(name, []).append(report)

    def seconds(self, name: str) -> float:
        """Return what a test costs on its own."""
        noted = self.reports[name][-1].user_properties
        return sum(float(str(value)) for key, value in noted if key == _SECONDS)

    def outcome(self, name: str) -> str:
        """Return `passed` if all parts passed, else the first other outcome."""
        for report in self.reports[name]:
            if report.outcome != "passed":
                return report.outcome
        return "passed"

    def write_durations(self, path: Path) -> None:
        """Write the seconds of every test that passed, one a line."""
        found = {}
        for name in sorted(self.reports):
            if self.outcome(name) == "passed":
                found[name] = round(self.seconds(name), 2)
        path.write_text(json.dumps(found, indent=0) + "\n", encoding="utf-8")

    def write_record(self, path: Path) -> None:
        """Write a page: when, where, which commit, and a row for every test."""
        names = sorted(self.reports)
        failed = [name for name in names if self.outcome(name) == "failed"]
        minutes = (perf_counter() - self.start) / 60
        packages = ("jax", "jaxlib", "numpy", "scipy", "equinox", "hypothesis")
        versions = [f"{package} {version(package)}" for package in packages]
        lines = [
            "# Proof",
            "",
            "`make proof` wrote this page: long simulations, killed processes, and new",
            "examples for every property. Each row is one test.",
            "",
            f"- date: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            f"- commit: {_commit()}",
            f"- machine: {platform.system()} {platform.machine()}, "
            f"Python {platform.python_version()}",
            f"- packages: {', '.join(versions)}",
            f"- result: {len(names) - len(failed)} of {len(names)} tests passed "
            f"in {minutes:.0f} minutes",
            "",
            "| test | result | seconds | found |",
            "|---|---|---:|---|",
        ]
        for name in names:
            cells = (
                f"`{name.removeprefix('tests/')}`".replace("|", r"\|"),
                self.outcome(name),
                f"{self.seconds(name):.1f}",
                self._found(name),
            )
            lines.append(f"| {' | '.join(cells)} |")
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _found(self, name: str) -> str:
        """Return the numbers that a test wrote down by `record_property`."""
        found = []
        for report in self.reports[name]:
            if report.when != "call":
                continue
            for key, value in report.user_properties:
                if key != _SECONDS:
                    found.append(f"{key} {value}")
        return ", ".join(found)


def _commit() -> str:
    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", "-C", str(ROOT), *arguments],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    try:
        commit, changes = git("rev-parse", "HEAD"), git("status", "--porcelain", "src")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{commit}, with changes" if changes else commit
