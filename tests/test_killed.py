"""A study that is killed and resumed gives the same bits as an undisturbed one."""

import json
import random
import time
from multiprocessing import get_context

import pytest
import xarray as xr

import stepwise

KILLS, MOST_STEPS = 10, 9
COMMAND = "verdict --language reber --cell vanilla:3 --cell gru:2 --seeds 4 --epochs 12 --guesses 0"
"""96 epochs in all: KILLS * MOST_STEPS of them leave some to do, however fast the machine is."""


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """Starts the command in a process of its own; the library is loaded once, and compiled programs are kept."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["stepwise"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAX_COMPILATION_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))  # JAX reads these when it is loaded
        patch.setenv("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
        patch.setenv("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")

        def begin(out):
            ours, its = context.Pipe()
            process = context.Process(target=stepwise.run, args=([*COMMAND.split(), "--out", str(out), "--resume"], its))
            process.start()
            its.close()
            return process, ours

        yield begin


def finished(process, pipe):
    pipe.close()
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
def test_killed_at_ten_random_moments_and_resumed(start, tmp_path):
    moments = random.Random(7)
    out, whole = tmp_path / "out", tmp_path / "whole"
    for _ in range(KILLS):
        process, pipe = start(out)
        for _ in range(moments.randint(1, MOST_STEPS)):
            assert pipe.recv() == "an epoch"
            pipe.send("go on")
        time.sleep(moments.uniform(0, 0.03))  # so that it is in an epoch, in a checkpoint, or waiting
        process.kill()
        process.join()
    assert any(tmp_path.rglob("seed-*.npz"))
    assert not out.exists()
    finished(*start(out))
    finished(*start(whole))
    assert not any(tmp_path.rglob("seed-*.npz"))
    assert len(results(whole)) >= 2
    assert results(out) == results(whole)
