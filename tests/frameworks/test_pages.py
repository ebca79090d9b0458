"""The programs of the page on cells of other frameworks run, and print what it says."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest
from matplotlib.figure import Figure

DOCS = Path(__file__).parents[2] / "docs"
FRAMEWORKS = ("torch", "equinox", "nnx", "linen", "haiku", "keras")
PACKAGES = {"nnx": "flax", "linen": "flax"}


def script():
    sys.path.append(str(DOCS))  # its neighbour is imported
    path = DOCS / "your_own_cell_figures.py"
    spec = importlib.util.spec_from_file_location("your_own_cell_figures", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PROGRAMS = script().programs()


def test_every_framework_has_a_program_and_a_figure_light_and_dark():
    assert list(PROGRAMS) == list(FRAMEWORKS)
    for name in FRAMEWORKS:
        for look in ("", "_dark"):
            picture = DOCS / "figures" / f"own_cell_{name}{look}.png"
            assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_programs_run_and_print_what_is_shown(framework, capsys):
    pytest.importorskip(PACKAGES.get(framework, framework))
    program = PROGRAMS[framework]
    names = {"__name__": "example"}
    exec(compile(program, "your_own_cell.md", "exec"), names)
    (shown,) = re.findall(r"^print\(.*\)  # (.+)$", program, flags=re.MULTILINE)
    assert shown in capsys.readouterr().out
    assert isinstance(names["figure"], Figure)


def lines_of(program):
    """Return the lines of a program that are neither imports nor a class."""
    found = []
    for line in program.splitlines():
        if line and not line.startswith((" ", "import", "from", "class", "os.")):
            found.append(line)
    return found


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_program_is_five_lines(framework):
    assert len(lines_of(PROGRAMS[framework])) == 5
