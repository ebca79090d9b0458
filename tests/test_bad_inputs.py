"""Bad input ends in one line that helps, before any work, and leaves nothing behind."""

import os

import pytest

from bad_inputs import COMMANDS, FILES
from firstbit.cli import main


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    for ending in ("nc", "svg"):
        os.mkfifo(tmp_path / f"PIPE.{ending}")
    (tmp_path / "LOOP.nc").symlink_to(tmp_path / "LOOP.nc")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files_in(folder):
    """All files, but what Python keeps of modules that it compiles."""
    every = sorted(folder.rglob("*"))
    return [path for path in every if "__pycache__" not in path.parts]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_bad_command_line_is_one_line(command, folder, capsys):
    before = files_in(folder)
    assert main(command.split(" ")) == 2
    said = capsys.readouterr()
    assert said.out == ""
    lines = [line for line in said.err.splitlines() if "is now" not in line]
    assert len(lines) == 1
    assert len(lines[0]) < 1100
    assert lines[0].isprintable()
    parts = COMMANDS[command]
    parts = [parts] if isinstance(parts, str) else parts
    assert any(part in lines[0] for part in parts)
    assert files_in(folder) == before
