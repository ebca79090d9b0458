"""Completion in shells: commands and options are those of the program."""

import sys

import pytest

from firstbit.cli import main


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("firstbit dis", {"discrepancy"}),
        ("firstbit fates --num", {"--num-draws"}),
        ("firstbit language reber --fl", {"--floors"}),
    ],
)
def test_a_shell_completes_what_is_typed(typed, completed, monkeypatch, capsys):
    monkeypatch.setattr(sys.modules["__main__"], "__package__", "", raising=False)
    monkeypatch.setattr(sys, "argv", ["firstbit"])
    monkeypatch.setenv("_FIRSTBIT_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(len(typed.split()) - 1))
    with pytest.raises(SystemExit):
        main([])
    assert set(capsys.readouterr().out.split()) == completed
