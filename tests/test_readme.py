"""What the README shows runs as shown."""

import re
import shlex
from pathlib import Path

import pytest

from firstbit.cli import main

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, flags=re.DOTALL)
PYTHON = [text for kind, text in BLOCKS if kind == "python"]
COMMANDS = [
    line.partition("  #")[0] for kind, text in BLOCKS if kind == "" for line in text.splitlines() if line.startswith("firstbit ")
]


def test_the_example_is_short_and_runs(capsys):
    (program,) = PYTHON
    assert len([line for line in program.splitlines() if line]) <= 10
    exec(compile(program, "README.md", "exec"), {})
    assert capsys.readouterr().out.count("\n") == 3


@pytest.mark.parametrize("command", [line for line in COMMANDS if "paper" not in line])
def test_the_commands_run(command, capsys):
    assert main(shlex.split(command)[1:]) == 0
    assert capsys.readouterr().out


def test_every_file_named_is_there():
    for target in re.findall(r"\]\((?!http)([^)]+)\)", README):
        assert (Path(__file__).parent.parent / target).exists(), target
