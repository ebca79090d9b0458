"""The program as a whole: its help, and its progress."""

import importlib

import pytest

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


def test_work_that_is_too_large_for_jax_ends_in_one_line(monkeypatch, capsys):
    program = importlib.import_module("firstbit.cli.main")

    def fail(_):
        raise RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 80 bytes.")

    monkeypatch.setattr(program, "_run", fail)
    assert main(["cache"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("firstbit: expected work that fits in memory; try fewer")
    assert said.count("\n") == 1


def test_other_errors_of_jax_are_not_taken_for_it(monkeypatch):
    program = importlib.import_module("firstbit.cli.main")

    def fail(_):
        raise RuntimeError("INTERNAL: a fault of our own")

    monkeypatch.setattr(program, "_run", fail)
    with pytest.raises(RuntimeError, match="fault of our own"):
        main(["cache"])
