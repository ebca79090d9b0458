"""Bad input ends in one line that helps, before any work, and leaves nothing behind."""

import os
import sys

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


@pytest.mark.parametrize("command", COMMANDS)
def test_a_bad_command_line_is_one_line(command, folder, capsys, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # Python's own files
    before = sorted(folder.rglob("*"))
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
    assert sorted(folder.rglob("*")) == before
