"""A page of what long runs found: a row for every test, when, and at which commit.

A run that was interrupted goes on: what passed at the same commit is not run again.
Rows of other runs stay until their test is run anew.
"""

import platform
import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("jax", "jaxlib", "numpy", "scipy", "equinox", "hypothesis")

HEAD = """\
# Proof

`make proof` wrote this page: long simulations, killed processes, and new examples for
every property. Each row is one test, as it was last run;
a test of the proof that has no row was not run yet.
"""

TABLE = """\
| test | result | seconds | date | commit | found |
|---|---|---:|---|---|---|
"""

ROW = re.compile(
    r"^\| `(?P<title>.+)` \| (?P<outcome>\w+) \| (?P<seconds>[\d.]+) "
    r"\| (?P<date>[\d-]+) \| (?P<commit>[^|]+) \| (?P<found>.*) \|$"
)


@dataclass(frozen=True)
class Row:
    """What came of one test."""

    title: str
    outcome: str
    seconds: str
    date: str
    commit: str
    found: str

    def __str__(self) -> str:
        place = f"{self.date} | {self.commit}"
        return (
            f"| `{self.title}` | {self.outcome} | {self.seconds} | {place} "
            f"| {self.found} |"
        )


def rows_of(path: Path) -> dict[str, Row]:
    """Return the rows of a page by the tests they are of; none, if it isn't there."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    found = [ROW.match(line) for line in text.splitlines()]
    rows = [Row(**one.groupdict()) for one in found if one]
    return {row.title: row for row in rows}


def title_of(nodeid: str) -> str:
    """Return how a test is called on the page."""
    name = nodeid.removeprefix("tests/")
    return name.replace("|", r"\|").replace("\n", r"\n")


def has_passed(nodeid: str, rows: dict[str, Row], at: str) -> bool:
    """Return whether a test passed at this very commit, without changes."""
    row = rows.get(title_of(nodeid))
    is_exact = at == at.split(",", maxsplit=1)[0]
    return is_exact and row is not None and (row.outcome, row.commit) == ("passed", at)


class Resumed:
    """Leave out what passed at this commit, as the page says."""

    def __init__(self, path: Path) -> None:
        self.rows = rows_of(path)
        self.commit = commit()

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Run the others alone."""
        done = [i for i in items if has_passed(i.nodeid, self.rows, self.commit)]
        items[:] = [item for item in items if item not in done]
        config.hook.pytest_deselected(items=done)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Call it a success if nothing was left to run."""
        if session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            session.exitstatus = pytest.ExitCode.OK


class Recorder:
    """Write each test into the page as soon as it has ended."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = {t: row for t, row in rows_of(path).items() if is_there(t)}
        self.reports: dict[str, list[pytest.TestReport]] = {}
        self.commit = commit()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a report; with several workers this process hears of all of them."""
        reports = self.reports.setdefault(report.nodeid, [])
        reports.append(report)
        if report.when != "teardown":
            return
        row = self.row(report.nodeid, reports)
        if row.outcome == "skipped" and row.title in self.rows:
            return  # it wasn't run: what it needs isn't here
        self.rows[row.title] = row
        self.path.write_text(self.page(), encoding="utf-8")

    def row(self, nodeid: str, reports: list[pytest.TestReport]) -> Row:
        """Return the row of a test, with the numbers that it recorded."""
        found = [f"{key} {value}" for key, value in reports[-1].user_properties]
        return Row(
            title=title_of(nodeid),
            outcome=outcome_of(reports),
            seconds=f"{sum(report.duration for report in reports):.1f}",
            date=f"{datetime.now(UTC):%Y-%m-%d}",
            commit=self.commit,
            found=", ".join(found),
        )

    def page(self) -> str:
        """Return the page."""
        rows = [self.rows[title] for title in sorted(self.rows)]
        passed = sum(row.outcome == "passed" for row in rows)
        here = sum(row.commit == self.commit for row in rows)
        packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
        lines = [
            HEAD,
            f"- last run: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            f"- its machine: {platform.system()} {platform.machine()}, "
            f"Python {platform.python_version()}",
            f"- its packages: {packages}",
            f"- result: {passed} of {len(rows)} tests passed; "
            f"{here} were run at its commit, {self.commit}",
            "",
        ]
        return "\n".join(lines) + "\n" + TABLE + "".join(f"{row}\n" for row in rows)


def outcome_of(reports: list[pytest.TestReport]) -> str:
    """Return `passed`, or how the first part that did not pass ended."""
    for report in reports:
        if report.outcome != "passed":
            return report.outcome
    return "passed"


def is_there(title: str) -> bool:
    """Return whether a test of this name still stands in its file."""
    name, _, rest = title.partition("::")
    for file in (ROOT / "tests" / name, ROOT / name):
        if file.exists():
            function = rest.partition("[")[0]
            is_doctest = name.startswith("src/")
            return is_doctest or f"def {function}(" in file.read_text(encoding="utf-8")
    return False


def commit() -> str:
    """Return the last commit of code or tests, and whether these differ from it."""
    try:
        head = _git("log", "-1", "--format=%h", "--abbrev=10", "--", "src", "tests")
        changes = _git("status", "--porcelain", "src", "tests")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{head}, with changes" if changes else head


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip()
