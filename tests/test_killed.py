"""A command that is killed and resumed gives the same bits as an undisturbed one."""

import json
import random
import time
from multiprocessing import get_context

import pytest
import xarray as xr

import stepwise

MOST_STEPS = 9
COMMANDS = {
    "verdict": (10, "verdict --language reber --cell vanilla:3 --cell gru:2 --seeds 4 --epochs 12 --guesses 0"),
    "train": (5, "train --language reber --cell gru:2 --protocol modern --fixed --strings 64 --seeds 4 --epochs 12"),
}
"""How often each is killed: MOST_STEPS epochs a time leave some of its 96 or 48 to do, however fast the machine is."""


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """Starts the command in a process of its own; the library is loaded once, and compiled programs are kept."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["stepwise", "firstbit.report.training", "firstbit.studies.page"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAX_COMPILATION_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))  # JAX reads these when it is loaded
        patch.setenv("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
        patch.setenv("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")

        def begin(name, out):
            ours, its = context.Pipe()
            process = context.Process(target=stepwise.run, args=([*COMMANDS[name][1].split(), "--out", str(out), "--resume"], its))
            process.start()
            its.close()
            return process, ours

        yield begin


def undisturbed(process, pipe):
    pipe.close()
    return process


def finish(process):
    process.join(timeout=300)
    assert process.exitcode == 0


def results(folder):
    """Every array and every number of a result, by file."""
    found = {path.relative_to(folder): json.loads(path.read_text()) for path in folder.rglob("*.json")}
    for path in folder.rglob("*.nc"):
        with xr.open_dataset(path) as d:
            found[path.relative_to(folder)] = {name: d[name].values.tobytes() for name in d.variables if d[name].dtype != object}
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_killed_at_random_moments_and_resumed(name, start, tmp_path):
    moments = random.Random(7)
    out, whole = tmp_path / "out", tmp_path / "whole"
    meanwhile = undisturbed(*start(name, whole))
    for _ in range(COMMANDS[name][0]):
        process, pipe = start(name, out)
        for _ in range(moments.randint(1, MOST_STEPS)):
            assert pipe.recv() == "an epoch"
            pipe.send("go on")
        time.sleep(moments.uniform(0, 0.03))  # so that it is in an epoch, in a checkpoint, or waiting
        process.kill()
        process.join()
    assert any(tmp_path.glob("out.*/**/seed-*.npz"))
    assert not out.exists()
    finish(undisturbed(*start(name, out)))
    finish(meanwhile)
    assert not any(tmp_path.rglob("seed-*.npz"))
    assert len(results(whole)) >= 2
    assert results(out) == results(whole)
