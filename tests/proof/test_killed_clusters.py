"""Dask workers killed twenty times, and a scheduler killed once: the bits stay."""

import os
import shlex
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
import xarray as xr

from firstbit import Execution
from killed_workers import D, killing, local_workers

pytest.importorskip("distributed")

COMMAND = "discrepancy --cell gru:2 --num-draws 400000 --length 60 --resume"
NUM_BLOCKS = 782
"""So many that a scheduler is killed before the last."""

PLACE = "tcp://127.0.0.1:18786"


@pytest.mark.proof
def test_twenty_killed_workers_change_no_bit(compiled):
    reports = []
    whole = D(num_draws=40000)
    with local_workers(2, compiled) as client:
        how = Execution(executor=client, progress=lambda *now: reports.append(now))
        with killing(client, 20, lambda: len(reports), 120) as killer:
            found = D(num_draws=40000, execution=how)
    assert len(killer.killed) == 20
    assert found.identical(whole)


def quietly(command):
    """Start a program that nobody listens to."""
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@contextmanager
def cluster():
    """Start a scheduler and a worker, each in a process of its own."""
    server = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", PLACE]
    one = ["--nworkers", "1", "--nthreads", "1", "--no-dashboard"]
    place = ["--host", "127.0.0.1", "--port", PLACE.rpartition(":")[2]]
    with (
        quietly([*server, *place, "--no-dashboard"]) as scheduler,
        quietly([*worker, *one]) as working,
    ):
        yield scheduler
        working.kill()
        scheduler.kill()


def firstbit(folder, arguments):
    """Start the program in a folder."""
    return subprocess.Popen(
        [sys.executable, "-m", "firstbit", *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "XLA_FLAGS": ""},
    )


@pytest.mark.proof
@pytest.mark.parametrize("victim", ["scheduler", "caller"])
def test_a_killed_scheduler_or_caller_loses_no_block(victim, tmp_path):
    asked = shlex.split(f"{COMMAND} --out d.nc --dask {PLACE}")
    blocks = tmp_path / "d.nc.blocks"
    with cluster() as scheduler:
        caller = firstbit(tmp_path, asked)
        while len(list(blocks.glob("*.npz"))) < 5:
            assert caller.poll() is None, caller.stderr.read()
            time.sleep(0.02)
        killed = scheduler if victim == "scheduler" else caller
        killed.send_signal(signal.SIGKILL)
        _, said = caller.communicate(timeout=200)
        way_on = f"firstbit {shlex.join(asked)}\n"
        if victim == "scheduler":
            assert caller.returncode == 2
            assert said.count("\n") == 1
            assert said.endswith(f"go on by: {way_on}")
    kept = {path: path.stat().st_mtime_ns for path in blocks.glob("*.npz")}
    assert 5 <= len(kept) < NUM_BLOCKS
    with cluster():
        again = firstbit(tmp_path, shlex.split(way_on)[1:])
        seen = dict.fromkeys(kept)
        while again.poll() is None:
            for path in kept:
                if path.exists():
                    seen[path] = path.stat().st_mtime_ns
            time.sleep(0.05)
        _, said = again.communicate()
        assert again.returncode == 0, said
    assert seen == kept  # no block is computed again
    alone = firstbit(tmp_path, shlex.split(f"{COMMAND} --out whole.nc"))
    _, said = alone.communicate()
    assert alone.returncode == 0, said
    found, whole = map(xr.load_dataset, (tmp_path / "d.nc", tmp_path / "whole.nc"))
    assert found.identical(whole)
