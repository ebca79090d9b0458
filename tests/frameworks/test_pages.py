"""The programs of the page on cells of other frameworks run, and print what it says."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "your_own_cell.md"
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), flags=re.DOTALL)
FRAMEWORKS = ("torch", "nnx", "linen", "haiku", "keras")


@pytest.mark.slow
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_programs_run_and_print_what_is_shown(framework, capsys):
    package = {"nnx": "flax", "linen": "flax"}.get(framework, framework)
    pytest.importorskip(package)
    (program,) = [one for one in PROGRAMS if f"{framework}." in one]
    exec(compile(program, PAGE.name, "exec"), {"__name__": "example"})
    (shown,) = re.findall(r"  # (\S+ .+|\(.+)$", program, flags=re.MULTILINE)[-1:]
    assert shown in capsys.readouterr().out
