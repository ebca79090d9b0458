"""Tests that need programs compiled as the program does get them."""

from pathlib import Path

import pytest

from long_tests import LONG as NAMED_AS_LONG
from long_tests import is_long
from sharing import APART, AS_THE_PROGRAM, LONG, PAPER, scope_of, units_for

ROOT = Path(__file__).parent.parent
SCOPES = ["tests/test_files.py", "tests/memory/test_resume.py::", "tests/test_face.py"]


def test_a_hasty_process_runs_no_test_that_compares_bits():
    assert units_for(SCOPES, "hasty") == [SCOPES[0], SCOPES[2]]
    assert units_for(SCOPES, "exact") == [SCOPES[1], SCOPES[0], SCOPES[2]]
    assert units_for(SCOPES, "all") == SCOPES
    assert units_for(SCOPES[1:2], "hasty") == []
    assert units_for(SCOPES[:1], "exact") == SCOPES[:1]


@pytest.mark.parametrize("name", [*AS_THE_PROGRAM, *LONG])
def test_what_is_named_is_there(name):
    file, _, test = name.partition("::")
    assert (ROOT / file).exists()
    if test:
        assert f"def {test}" in (ROOT / file).read_text(encoding="utf-8")


def test_files_stay_whole_but_for_the_tests_that_are_named():
    file = "tests/memory/test_resume.py"
    assert scope_of(f"{file}::test_blocks_in_any_order") == f"{file}::"
    assert scope_of(f"{file}::test_blocks_of_another_version_are_refused") == file
    assert scope_of("tests/test_files.py::test_any") == "tests/test_files.py"
    assert len({scope_of(f"{file}::test_any") for file in PAPER}) == 1


@pytest.mark.parametrize("file", APART)
def test_each_test_of_the_longest_files_stands_alone(file):
    assert scope_of(f"{file}::test_any[1]") == f"{file}::test_any[1]"


@pytest.mark.parametrize("file", NAMED_AS_LONG)
def test_every_long_test_is_there(file):
    text = (ROOT / "tests" / file).read_text(encoding="utf-8")
    for name in NAMED_AS_LONG[file]:
        function = name.partition("[")[0]
        assert f"def {function}" in text


def test_a_test_is_long_by_how_its_name_begins():
    file, names = next(iter(NAMED_AS_LONG.items()))
    assert is_long(f"tests/{file}::{names[0]}")
    assert not is_long(f"tests/{file}::test_another")
    assert not is_long(f"tests/languages/{file}::{names[0]}")
