"""The program as a whole: its help, and its progress."""

from firstbit.cli import main
from firstbit.cli.output import progress


def test_help_names_every_command(capsys):
    assert main([]) == 0
    out = capsys.readouterr().out
    assert all(
        name in out for name in ("paper", "discrepancy", "language", "--version")
    )


def test_progress_shows_on_a_terminal_only(monkeypatch, capsys):
    with progress() as report:
        report("work", 1, 2)
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("FORCE_COLOR", "1")
    with progress() as report:
        report("work", 1, 2)
        report("work", 2, 2)
    assert "work" in capsys.readouterr().err
