"""Several `--cell`: each is measured, its cost beside it; and the endings of --out."""

import json

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from covering import few
from firstbit import cost
from firstbit.cli import main
from firstbit.cli.costs import COUNTS

FEW = "--length 3 --num-draws 8"
COMMANDS = {
    "discrepancy": f"discrepancy {FEW}",
    "decodability": f"decodability {FEW} --num-words 40",
    "capacity": "capacity --num-draws 8 --num-steps 100 --lags 3",
    "fates": f"fates {FEW} --transient 10 --horizon 100",
}

NUMBERS = {
    "discrepancy": "discrepancy",
    "decodability": "accuracy",
    "capacity": "capacity",
    "fates": "share",
}
"""Command -> the variable that is looked at."""


def run(command, capsys):
    assert main(command.split()) == 0
    return capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("command", few([*COMMANDS], kept=[0, 1]))
def test_each_cell_has_the_numbers_that_it_has_alone_beside_its_cost(command, capsys):
    cells = ["vanilla:2", "mingru:2"]
    of_one = COMMANDS[command]
    both = f"{of_one} --cell VANILLA:2 --cell mingru:2"
    documents = json.loads(run(f"{both} --json", capsys))
    num_inputs = 1 if command == "capacity" else 2
    for cell, document in zip(cells, documents, strict=True):
        counted = cost(cell, input_size=num_inputs, timed=False)
        for name in COUNTS:
            assert document.pop(name) == counted[name].values.tolist()
        assert document == json.loads(run(f"{of_one} --cell {cell} --json", capsys))
    text = run(both, capsys)
    for head in COUNTS.values():
        assert text.count(head) == len(cells)
    assert "parameters" not in run(f"{of_one} --cell mingru:2", capsys)


@pytest.mark.slow
def test_cells_of_different_laws_are_named(capsys):
    both = f"{COMMANDS['discrepancy']} --cell vanilla:2 --cell"
    law = "vanilla:2,initializer=orthogonal"
    said = f"The weights have different laws: vanilla:2: normal; {law}: orthogonal."
    assert said in run(f"{both} {law}", capsys).replace("\n", " ")
    assert "different laws" not in run(f"{both} mingru:2", capsys)


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_the_ending_says_what_is_written(command, capsys, tmp_path):
    shown = json.loads(run(f"{COMMANDS[command]} --cell vanilla:2 --json", capsys))
    for ending in ("nc", "csv", "json"):
        out = tmp_path / f"d.{ending}"
        run(f"{COMMANDS[command]} --cell vanilla:2 --out {out}", capsys)
    name = NUMBERS[command]
    with xr.open_dataset(tmp_path / "d.nc") as file:
        assert file[name].values.tolist() == shown[name]
    written = json.loads((tmp_path / "d.json").read_text())
    assert written[name] == shown[name]
    table = pd.read_csv(tmp_path / "d.csv", index_col=None)
    assert table[name].tolist() == pytest.approx(np.ravel(shown[name]), rel=1e-15)
