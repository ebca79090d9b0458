"""A page of what a long run found: when, where, and a row for every test."""

import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("jax", "jaxlib", "numpy", "scipy", "equinox", "hypothesis")

HEAD = """\
# Proof

`make proof` wrote this page: long simulations, killed processes, and new examples for
every property. Each row is one test.
"""


class Recorder:
    """Collect the reports of all tests, and write a page when the run ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.reports: dict[str, list[pytest.TestReport]] = {}
        self.start = perf_counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a report; with several workers this process hears of all of them."""
        self.reports.setdefault(report.nodeid, []).append(report)

    def pytest_sessionfinish(self) -> None:
        """Write the page."""
        names = sorted(self.reports)
        passed = sum(self.outcome(name) == "passed" for name in names)
        minutes = (perf_counter() - self.start) / 60
        lines = [
            HEAD,
            f"- date: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            f"- commit: {commit()}",
            f"- machine: {platform.system()} {platform.machine()}, "
            f"Python {platform.python_version()}",
            f"- packages: {', '.join(f'{name} {version(name)}' for name in PACKAGES)}",
            f"- result: {passed} of {len(names)} tests passed in {minutes:.0f} minutes",
            "",
            "| test | result | seconds | found |",
            "|---|---|---:|---|",
            *[self.row(name) for name in names],
        ]
        self.path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def outcome(self, name: str) -> str:
        """Return `passed`, or how the first part that did not pass ended."""
        for report in self.reports[name]:
            if report.outcome != "passed":
                return report.outcome
        return "passed"

    def row(self, name: str) -> str:
        """Return the row of a test, with the numbers that it recorded."""
        reports = self.reports[name]
        seconds = sum(report.duration for report in reports)
        found = [f"{key} {value}" for key, value in reports[-1].user_properties]
        title = name.removeprefix("tests/").replace("|", r"\|")
        return (
            f"| `{title}` | {self.outcome(name)} | {seconds:.1f} | {', '.join(found)} |"
        )


def commit() -> str:
    """Return the commit, and whether the code differs from it."""
    try:
        head, changes = _git("rev-parse", "HEAD"), _git("status", "--porcelain", "src")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{head}, with changes" if changes else head


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip()
