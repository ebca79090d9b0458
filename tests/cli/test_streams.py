"""Output of any encoding, a closed pipe, a full disk: in order, in a line at most."""

import io
import os
import sys
from pathlib import Path

import pytest

from firstbit import process
from firstbit.cli import main


def printed(encoding, command, monkeypatch):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    assert main(command.split()) == 0
    stream.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "utf-8"])
@pytest.mark.parametrize("command", ["language --list", "--help", "language a|b"])
def test_any_encoding_will_do(encoding, command, monkeypatch):
    assert len(printed(encoding, command, monkeypatch).splitlines()) > 5


@pytest.mark.slow
def test_plus_or_minus_is_spelt_in_letters(monkeypatch):
    command = "discrepancy --cell gru:2 --length 2 --num-draws 8"
    text = printed("ascii", command, monkeypatch)
    assert "\\x" not in text
    assert "\\u" not in text


class Full(io.StringIO):
    """An output whose disk is full, or whose reader has gone."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def flush(self):
        raise self.error

    def fileno(self):
        raise OSError


def test_a_full_disk_is_one_line(monkeypatch, capsys):
    full = OSError(28, os.strerror(28))
    monkeypatch.setattr(sys, "stdout", Full(full))
    assert main(["language", "a|b", "--json"]) == 2
    assert capsys.readouterr().err == (
        "firstbit: can't go on: No space left on device.\n"
    )


def test_a_closed_pipe_is_no_error_of_the_user(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdout", Full(BrokenPipeError(32, "Broken pipe")))
    assert main(["language", "a|b", "--json"]) == 141
    assert capsys.readouterr().err == ""


def test_a_full_disk_leaves_no_half_of_a_result(monkeypatch, tmp_path, capsys):
    import xarray as xr

    def full(*_, **__):
        raise RuntimeError("NetCDF: HDF error")

    monkeypatch.setattr(xr.Dataset, "to_netcdf", full)
    out = tmp_path / "d.nc"
    command = f"language a|b --demand --windows 2 --out {out}"
    assert main(command.split()) == 2
    assert "can't write" in capsys.readouterr().err
    assert not any(tmp_path.iterdir())


def test_without_a_home_folder_nothing_is_kept(monkeypatch):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    process.prepare()
    assert "JAX_COMPILATION_CACHE_DIR" not in os.environ


def test_an_error_line_is_short_and_shows_control_characters(capsys):
    assert main(["language", "\x1b[31m" + "q" * 1_000_000]) == 2
    line = capsys.readouterr().err
    assert len(line) < 1100
    assert line.rstrip("\n").isprintable()
