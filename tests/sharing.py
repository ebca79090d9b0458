"""Which process runs which tests: files stay whole, long ones begin first."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from xdist.scheduler import Scheduling

PAPER = {
    "tests/numbers/test_numbers.py",
    "tests/paper/test_claims.py",
    "tests/paper/test_paper.py",
}
"""Files that ask for the quick replay of the paper: one process replays it for all."""

LONG = (
    "tests/proof/test_random_cells.py",
    *sorted(PAPER),
    "tests/memory/test_fates.py",
    "tests/memory/test_discrepancy.py",
    "tests/memory/test_built_cells.py",
    "tests/test_readme.py",
    "tests/memory/test_any_cell.py",
    "tests/training/test_fit.py",
    "tests/memory/test_resume.py",
    "tests/cells/test_padding.py",
    "tests/test_contributing.py",
    "tests/programs/test_differences.py",
    "tests/programs/test_kinds_of_numbers.py",
    "tests/memory/test_mean_field.py",
    "tests/languages/test_demand.py",
)
"""Files that take 20 seconds of computing and more, the longest first."""


class Sharing:
    """A plugin of pytest that orders the files, and keeps some of them together."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Put long files first: at the end no process waits long for another."""
        places = {path: place for place, path in enumerate(LONG)}
        items.sort(key=lambda item: places.get(file_of(item.nodeid), len(LONG)))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(
        self, config: pytest.Config, log
    ) -> "Scheduling | None":
        """With `--dist loadfile`: share out by file, and those of the paper as one."""
        if config.getoption("dist") != "loadfile":
            return None
        from xdist.scheduler import LoadFileScheduling

        class ByFile(LoadFileScheduling):
            def _split_scope(self, nodeid: str) -> str:
                file = file_of(nodeid)
                return "paper" if file in PAPER else file

        config.option.loadscopereorder = False  # by number of tests
        return ByFile(config, log)


def file_of(nodeid: str) -> str:
    """Return the file of a test."""
    return nodeid.partition("::")[0]
