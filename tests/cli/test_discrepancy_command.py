"""`firstbit discrepancy`: a table, JSON, a file and figures."""

import json

import pytest
import xarray as xr

from firstbit.cli import main

FEW = ["discrepancy", "--cell", "gru:1,3", "--length", "4", "--num-draws", "50"]


@pytest.mark.slow
def test_it_prints_a_table_or_json_and_saves(tmp_path, capsys):
    assert main([*FEW, "--out", str(tmp_path / "d.nc")]) == 0
    table = capsys.readouterr().out
    assert "l = 4" in table
    assert "both 95 %" in table
    assert "at most" in table
    assert all(len(line) <= 80 for line in table.splitlines())
    with xr.open_dataset(tmp_path / "d.nc") as d:
        saved = d["discrepancy"].values.tolist()
    assert main([*FEW, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["discrepancy"] == saved
    assert (printed["hidden_size"], printed["length"]) == ([1, 3], [1, 2, 3, 4])


@pytest.mark.slow
@pytest.mark.parametrize(
    "cell",
    [
        ["--cell", "gru", "--hidden-size", "1,3"],
        ["--cell", "gru:1,3"],
        ["--cell", "gru:1,3,initializer=normal"],
        ["--cell", "gru:1,3,reset=before"],
    ],
)
def test_one_cell_in_several_spellings_has_one_discrepancy(cell, capsys):
    few = ["--length", "4", "--num-draws", "50", "--json"]
    assert main(["discrepancy", *cell, *few]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert main([*FEW, "--json"]) == 0
    assert printed["discrepancy"] == json.loads(capsys.readouterr().out)["discrepancy"]


@pytest.mark.slow
def test_half_a_width_stands_where_there_is_an_interval(capsys):
    few = ["discrepancy", "--cell", "vanilla:2,activation=relu", "--length", "2"]
    assert main([*few, "--num-draws", "40", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    (((low, high),),) = [row[-1:] for row in printed["retained_ci"]]
    assert main([*few, "--num-draws", "40"]) == 0
    table = capsys.readouterr().out
    assert f"{printed['retained'][0][-1]:.3g} ± {(high - low) / 2:.1g}" in table
    says = "so D has no interval. If each of its numbers stays between -1 and 1, add"
    assert f"{says} --state-bound 1." in " ".join(table.split())
    assert main([*few, "--num-draws", "40", "--state-bound", "0,100"]) == 0
    assert "no interval" not in capsys.readouterr().out
    assert main([*few, "--state-bound", "a"]) == 2
    assert "expected --state-bound like 1 or 0,1, got 'a'" in capsys.readouterr().err


@pytest.mark.slow
def test_it_draws_figures(tmp_path):
    figure, quantiles = tmp_path / "d.svg", tmp_path / "q.png"
    asked = ["--figure", str(figure), "--quantiles", str(quantiles)]
    assert main([*FEW, *asked, "--confidence", "0.9"]) == 0
    assert "D(l,k), GRU, weights normal" in figure.read_text()
    assert quantiles.read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_blocks_are_kept_until_the_result_is_whole(tmp_path):
    out = tmp_path / "d.nc"
    assert main([*FEW, "--out", str(out), "--resume"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["d.nc"]
