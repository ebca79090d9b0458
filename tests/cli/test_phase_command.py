"""`firstbit phase`: what it asks for, what it writes, what it refuses."""

import json

import numpy as np
import pytest
import xarray as xr

from firstbit.cli import main
from firstbit.cli.phase import parse_gains
from firstbit.memory import critical_gain

FEW = ["phase", "--gains", "0.1,0.2:0.4:2", "--num-draws", "7"]


@pytest.mark.slow
def test_it_measures_every_gain_and_writes_all(tmp_path, capsys):
    figure, out = tmp_path / "phase.svg", tmp_path / "phase.nc"
    cell = ["--cell", "vanilla:10,40,activation=tanh", "--length", "3"]
    assert main([*FEW, *cell, "--figure", str(figure), "--out", str(out)]) == 0
    table = capsys.readouterr().out
    assert "Vanilla, tanh, 7 draws, seed 0" in " ".join(table.split())
    assert "±" not in table
    assert "critical, infinite k" in table
    assert f"{critical_gain('tanh', 40):.4g}" in table
    assert figure.read_bytes().startswith(b"<?xml")
    with xr.open_dataset(out) as saved:
        assert saved["gain"].values.tolist() == [0.1, 0.2, 0.4]
        ratios = saved["discrepancy_ratio"].values
        assert saved["discrepancy_ratio_ci"].attrs["ci_prob"] == 0.95
        lower, upper = saved["discrepancy_ratio_ci"].values.transpose(2, 0, 1)
        assert ((lower <= ratios) & (ratios <= upper)).all()
    assert main([*FEW, *cell, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert np.array(printed["discrepancy_ratio"]) == pytest.approx(ratios)
    assert printed["length"] == 3


@pytest.mark.slow
def test_what_is_not_finite_is_null(capsys):
    command = ["phase", "--cell", "vanilla:3,activation=identity", "--gains", "1e200"]
    assert main([*command, "--num-draws", "2", "--length", "3", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["discrepancy_ratio"] == [[None]]


def test_gains_are_read_as_lists_and_ranges():
    assert parse_gains("0.1, 0.5") == [0.1, 0.5]
    assert len(parse_gains("0.2:2")) == 12
    assert parse_gains("1:100:3") == [1.0, 10.0, 100.0]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ("--gains 0", "gains above 0 like"),
        ("--gains a:2", "gains above 0 like"),
        ("--gains 1:2:3:4", "gains above 0 like"),
        ("--gains nan", "gains above 0 like"),
        ("--gains 2:1", "the smaller gain first"),
        ("--gains 1:2:1", "at least 2 values"),
        ("--gains 1,1", "expected each gain once, got '1,1'"),
        ("--cell gru", "expected the cell vanilla, got 'gru'"),
        ("--cell vanilla,initializer=normal", "expected a cell without a law"),
        ("--cell vanilla,activation=tahn", "unknown activation 'tahn'"),
        ("--length 1", "`length` must be at least 2; got 1."),
        ("--num-draws 1", "`num_draws` must be at least 2; got 1."),
        ("--seed -1", "`seed` must be at least 0; got -1."),
        ("--figure a.gif", "ends in .svg, .png or .pdf"),
        ("--out .", "expected a file name, got the folder"),
        ("--hidden-size 0", "`hidden_size` must be at least 1; got 0."),
    ],
)
def test_refusals_are_one_line(arguments, text, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["phase", *arguments.split()]) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert text in printed.err
    assert not list(tmp_path.iterdir())
