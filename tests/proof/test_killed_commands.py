"""A command that is killed and resumed gives the same bits as an undisturbed one.

One kill is part of `make test`, many are part of `make proof`.
"""

import json
import random
import time

import pytest
import xarray as xr

import stepwise

MOST_STEPS = 9
COMMANDS = {
    "verdict": "verdict --language reber --cell vanilla:3 --cell gru:2 --num-seeds 8 "
    "--max-epochs 12 --num-guesses 0",
    "train": "train --language reber --cell gru:2 --rule modern --fixed "
    "--num-words 64 --num-seeds 4 --max-epochs 12",
}
"""MOST_STEPS epochs a time leave some of its 96 or 48 to do after ten or five kills,
however fast the machine is."""


def results(folder):
    """Every array and every number of a result, by file."""
    found = {
        path.relative_to(folder): json.loads(path.read_text())
        for path in folder.rglob("*.json")
    }
    for path in folder.rglob("*.nc"):
        with xr.open_dataset(path) as d:
            found[path.relative_to(folder)] = {
                name: d[name].values.tobytes()
                for name in d.variables
                if d[name].dtype != object
            }
    return found


@pytest.mark.proof
@pytest.mark.parametrize(("name", "kills"), [("train", 5), ("verdict", 10)])
def test_killed_at_random_moments_and_resumed(name, kills, start, finish, tmp_path):
    moments = random.Random(7)
    out, whole = tmp_path / "out", tmp_path / "whole"
    command = COMMANDS[name]

    def to(folder):
        return start(stepwise.run, [*command.split(), "--out", str(folder), "--resume"])

    meanwhile, unheard = to(whole)
    unheard.close()
    for _ in range(kills):
        process, pipe = to(out)
        for _ in range(moments.randint(1, MOST_STEPS)):
            assert pipe.recv() == "an epoch"
            pipe.send("go on")
        time.sleep(
            moments.uniform(0, 0.03)
        )  # so that it is in an epoch, in a checkpoint, or waiting
        process.kill()
        process.join()
    assert any(tmp_path.glob("out.*/**/seed-*.npz"))
    assert not out.exists()
    finish(*to(out))
    finish(meanwhile, unheard)
    assert not any(tmp_path.rglob("seed-*.npz"))
    assert len(results(whole)) >= 2
    assert results(out) == results(whole)
