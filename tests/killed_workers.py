"""Dask workers that are killed while a measurement runs: for tests of two sizes."""

import os
import random
import signal
import time
from contextlib import contextmanager
from functools import partial
from threading import Thread

import jax
import pytest

import errands
from firstbit import discrepancy
from firstbit.cells import GRU
from firstbit.cli.dask import local_client
from firstbit.engines import crew
from firstbit.errands import Errand
from firstbit.execution import Execution

D = partial(
    discrepancy,
    GRU,
    hidden_sizes=[2, 3],
    length=4,
    num_draws=8000,
    key=jax.random.key(3),
)
"""Some 32 blocks."""


def notes(client, folder, kills, jobs):
    """Compute squares while workers are killed; return them, and how often each was."""
    errand = Errand(errands.note, folder, "Mine", str)
    with (
        crew(Execution(executor=client)) as workers,
        killing(client, kills, lambda: len(list(folder.iterdir())), jobs),
    ):
        found = dict(workers.completed(errand, range(jobs)))
    return found, len(list(folder.iterdir()))


class killing:  # noqa: N801
    """Kill a worker at each of some random moments while a block of code runs.

    Attributes:
        killed: the processes.
    """

    def __init__(self, client, kills, done, of):
        self.killed = []
        moments = random.Random(7)
        first = range(of // 20, of - of // 10)
        self._when = sorted(moments.sample(first, kills))
        self._client, self._done, self._moments = client, done, moments
        self._ended = False
        self._thread = Thread(target=self._kill)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended = True
        self._thread.join()

    def _kill(self):
        for moment in self._when:
            while self._done() < moment and not self._ended:
                time.sleep(0.005)
            time.sleep(self._moments.uniform(0, 0.03))
            if self._ended:
                return
            alive = []
            while not alive and not self._ended:  # all may just begin anew
                alive = sorted(set(pids(self._client)) - set(self.killed))
                time.sleep(0.05)
            if self._ended:
                return
            self.killed.append(self._moments.choice(alive))
            os.kill(self.killed[-1], signal.SIGKILL)


def pids(client):
    """Return the processes of the workers that have begun to work."""
    cluster = client.cluster
    found = []
    for nanny in list(cluster.workers.values()):
        if nanny.worker_address in cluster.scheduler.workers:
            found.append(nanny.pid)
    return [pid for pid in found if pid is not None]


@contextmanager
def local_workers(number, compiled):
    """Start workers that begin again when they are killed, and find programs."""
    with pytest.MonkeyPatch.context() as changed:
        changed.setenv("JAX_COMPILATION_CACHE_DIR", str(compiled))
        changed.setenv("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
        changed.setenv("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")
        with local_client(number) as client:
            yield client
