"""Bad input: one line on stderr, status 2, and nothing left behind."""

import os
import subprocess
import sys

import pytest

from firstbit.cli import main

REFUSALS = {
    "discrepancy --cell gro": "unknown cell 'gro': expected one of vanilla, gru, lstm, "
    "mingru; "
    "did you mean 'gru'?",
    "discrepancy --hidden-size 0": "`hidden_size` must be at least 1; got 0.",
    "discrepancy --cell gru:0": "must be at least 1; got 0 in 'gru:0'.",
    "discrepancy --hidden-size 5:1": "try 1:5",
    "discrepancy --hidden-size 1,1": "each hidden size once",
    "discrepancy --hidden-size a": "like 5, 1,2,5 or 1:20",
    "discrepancy --length 0": "`length` must be at least 1; got 0.",
    "discrepancy --length x": "Invalid value for '--length'",
    "discrepancy --num-draws 1": "`num_draws` must be at least 2; got 1.",
    "discrepancy --seed -1": "`seed` must be at least 0; got -1.",
    "discrepancy --cell vanilla,initializer=norm": "did you mean 'normal'?",
    "discrepancy --out FOLDER": "expected a file name, got the folder",
    "discrepancy --out WORDS/d.nc": "is a file; choose another place",
    "discrepancy --cell gru:3 --hidden-size 4": "hidden sizes once, got 'gru:3'",
    "discrepancy --cell gru,reest=after": "did you mean `reset`?",
    "discrepancy --cell gru:2,W_x=normal": "W_x",
    "discrepancy --confidence 95": "expected a confidence between 0 and 1, got 95",
    "discrepancy --resume": "expected --out FILE with --resume",
    "discrepancy --quantiles a.gif": "ends in .svg, .png or .pdf",
    "capacity --burn-in 1000000000": "`burn_in` must be at most 134217728; got 100",
    "echo --num-steps 1000000000": "`num_steps` must be at most 134217728; got 1000",
    "echo --apart 0": "expected `apart`, a distance, above 0, got 0; try 0.001.",
    "judge --language reber --scores logits --model net.py:lod": "file.py:load.",
    "fates --horizon 5": "`horizon` must be at least 100; got 5.",
    "language reber --demand --cell gru:3 --cell gru:3": "cells with different names",
    "verdict --language reber --cell gru:3 --cell gru:3": "cells with different names",
    "verdict --language reber --cell gru:3 --num-seeds 7": "too few seeds: expected at",
    "verdict --language reber --cell gru:3 --num-seeds 0": "must be at least 1; got 0.",
    "study --out S --questions sise": "the questions cells, factors, lags, sizes",
    "language rebr": "did you mean 'reber'? For an expression: --regex 'rebr'.",
    "language abc": "no-triple. For an expression: --regex 'abc'.",
    "language reber --alphabet BTSXVPE": "expected an expression beside --alphabet",
    "language WORDS.toml --alphabet ab": "expected an expression beside --alphabet",
    "language ab+ --alphabet a": "letter 'b' is not in the alphabet",
    "language --regex ab --list": "expected --list alone, or with --json, --csv",
    "language reber --list": "expected --list alone, or with --json, --csv",
    "language --list --seed 0": "expected --list alone, or with --json, --csv",
    "language reber --length 5 --count 6": "--split or --export beside --length",
    "language reber --demand --seed 0": "--export or --cell beside --seed",
    "language nested-reber:x": "nested-reber:DEPTH, whole numbers, got 'nested-reber:x",
    "language nested-reber:99": "expected a depth of at most 10",
    "language a(b|c": "position 6: expected ) or |, got its end.",
    "language nothing.toml": "No such file",
    "language WORDS.toml": "expected TOML",
    "language reber --sample 2 --length 3": "no word of 'reber' has 3 symbols; "
    "the nearest length with words is 5.",
    "language reber --sample 2 --length 5:3": "try 3:5",
    "language reber --sample 2 --length x": "expected a length like 12 or 10:20",
    "language reber --sample 2 --uniform": "expected one --length beside --uniform",
    "language reber --out words.txt": "expected --sample N or --split N,N beside --out",
    "language reber --out words.gif": "ends in .txt, .jsonl, .toml or .nc",
    "language reber --demand --figure a.svg --cell gro:3": "did you mean 'gru'?",
    "language reber --demand --cell gru": "expected a `hidden_size` for GRU",
    "language reber --cell gru:3": "expected --demand beside --cell",
    "language reber --demand --num-draws 3": "expected --cell beside --num-draws",
    "language reber --uniform --length 5": "--split or --export beside --length",
    "language reber --windows 3": "expected --demand or --floors beside --windows",
    "language reber --out a.nc": "expected --demand beside --out a.nc",
    "language reber --demand --count 3 --figure a.svg": "got both",
    "language reber --windows -1 --floors": "`windows` must be at least 0; got -1.",
    "language reber --count -1": "`count` must be at least 0; got -1.",
    "language reber --floors --windows 100000": "at most 5,000 symbols, got 100000.",
    "language reber --count 1000000": "more than 1 GB; 44,466 would fit",
    "language reber --sample 1000000000": "5,555,555 words would fit",
    "language first-bit:200 --figure a.svg": "expected at most 300 states to draw, "
    "got 404; try --count or --floors.",
    "language": "expected a name or an expression",
    "language reber --regex a": "not both",
    "language FOLDER/thesis.txt": "got the file 'FOLDER/thesis.txt': "
    "languages are read from files that end in .toml",
    "language (a": "expected a regular expression",
    "language reber --next BTZ": "position 3: letter 'Z' is not in the alphabet; "
    "expected one of B T S X V P E.",
    "language reber --check WORDS": "'WORDS': line 2: 'BTSSE', position 5: "
    "letter 'E' is not legal in state q1;",
    "language reber --check NOTHING": "No such file",
    "language reber --sample 0": "`sample` must be at least 1; got 0.",
    "language reber --figure a.gif": "ends in .svg, .png or .pdf",
    "paper --out WORDS": "expected a folder, got the file",
    "paper --out FOLDER": "which has files but no paper.json",
    "paper --num-words 0": "`num_words` must be at least 1; got 0.",
    "paper --quik": "No such option: --quik",
    "papper": "No such command 'papper'.",
}


@pytest.mark.slow
@pytest.mark.parametrize("command", REFUSALS)
def test_refusals_are_one_line_and_leave_nothing(
    command, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "FOLDER").mkdir()
    (tmp_path / "FOLDER" / "thesis.txt").write_text("mine")
    (tmp_path / "WORDS").write_text("BTXSE\nBTSSE\n")
    (tmp_path / "WORDS.toml").write_text("BTXSE\n")
    before = sorted(tmp_path.rglob("*"))
    assert main(command.split()) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert REFUSALS[command] in told.err
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "command",
    [
        "discrepancy --out d.nc",
        "discrepancy --figure d.svg",
        "fates --out new/d.nc",
        "language reber --sample 2 --out words.txt",
    ],
)
def test_a_place_that_cannot_be_written_is_refused_before_the_work(
    command, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        os, "access", lambda folder, _: tmp_path not in (folder, *folder.parents)
    )  # root may write anywhere
    assert main(command.split()) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert f"no permission in '{tmp_path}'; choose another place" in told.err
    assert not any(tmp_path.iterdir())


def test_spaced_union_gets_a_hint(capsys):
    assert main(["language", "a + b"]) == 2
    assert "union is |, try 'a|b'" in capsys.readouterr().err


WITHOUT_JAX = """
import sys
from firstbit.cli import main
for command in sys.argv[1:]:
    assert main(command.split()) == 2, command
    assert "jax" not in sys.modules, command
"""
WRONG_SETTINGS = (
    "paper --num-words 0",
    "discrepancy --length 0",
    "discrepancy --figure a.gif",
    "fates --num-draws 1",
    "phase --gains 0",
    "language rebr",
    "train --num-seeds 0",
    "verdict --language reber --cell gru:3 --num-seeds 0",
    "study --out /proc/cpuinfo",
)


@pytest.mark.slow
def test_wrong_settings_are_refused_before_jax_is_loaded(tmp_path):
    program = [sys.executable, "-c", WITHOUT_JAX, *WRONG_SETTINGS]
    subprocess.run(program, check=True, cwd=tmp_path)
