"""What tests of executors have computed elsewhere: workers find it by its name."""

import os
import secrets
import signal
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock, Timer
from time import sleep
from types import SimpleNamespace

import jax.numpy as jnp


def forget_flags():
    """Begin a worker as one on another machine: without the caller's options."""
    os.environ.pop("XLA_FLAGS", None)


def begin_with_other_flags():
    """Begin a worker in which JAX has begun to work with options of its own."""
    os.environ["XLA_FLAGS"] = "--xla_cpu_enable_fast_math=true"
    jnp.ones(2).block_until_ready()


def seen(value, job):
    """Return what a job finds: process, options of XLA, width of numbers, arguments."""
    width = jnp.asarray(1.0).dtype.name
    return os.getpid(), os.environ.get("XLA_FLAGS", ""), width, value, job


def fail(value, job):
    """Fail at each attempt."""
    raise RuntimeError(f"{value} at {job}")


def fail_at(bad, job):
    """Fail at one job."""
    if job == bad:
        raise RuntimeError("no")
    return job


def rest(seconds, job):
    """Take long."""
    sleep(seconds)
    return job


def die(value, job):
    """End the process, as when the system kills it."""
    os.kill(os.getpid(), signal.SIGKILL)


def fail_at_first(folder, job):
    """Fail twice, then return the number of attempts."""
    attempts = len(list(folder.glob(f"{job}-*")))
    (folder / f"{job}-{attempts}").touch()
    if attempts < 2:
        raise RuntimeError("not yet")
    return attempts + 1


class Counting(ThreadPoolExecutor):
    """Counts the jobs that are under way."""

    def __init__(self, workers):
        super().__init__(workers)
        self.lock = Lock()
        self.now = self.most = self.jobs = 0
        self.futures = []

    def submit(self, fn, /, *args, **kwargs):
        with self.lock:
            self.now += 1
            self.jobs += 1
            self.most = max(self.most, self.now)
        future = super().submit(fn, *args, **kwargs)
        future.add_done_callback(self._ended)
        self.futures.append(future)
        return future

    def _ended(self, _):
        with self.lock:
            self.now -= 1


class Client:
    """Looks like a client of Dask: it has an executor, and threads by address."""

    def __init__(self, executor):
        self.executor = executor
        self.asked = {}
        self.threads = 3

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def submit(self, fn, /, *args):
        raise AssertionError("jobs go to the executor")

    def get_executor(self, **asked):
        self.asked = asked
        return self.executor

    def nthreads(self):
        return {"tcp://here:1": 1, "tcp://here:2": self.threads - 1}


class Lost:
    """Looks like the executor of a client of Dask that loses its scheduler."""

    _max_workers = 1

    def __init__(self):
        self.jobs = 0
        scheduler = SimpleNamespace(address="tcp://there:8786")
        self._client = SimpleNamespace(status="running", scheduler=scheduler)

    def submit(self, fn, /, *args):
        self.jobs += 1
        future = Future()
        if self.jobs == 2:
            self._client.status = "connecting"
            future.cancel()
            future.set_running_or_notify_cancel()
        return future


class Deserted:
    """Looks like the executor of a client of Dask that has no worker for a while.

    A tenth of a second after it was asked for its workers for the second time, one has
    come.
    """

    def __init__(self):
        self.asked = 0
        self._threads = {}
        self._waiting = []
        scheduler = SimpleNamespace(address="tcp://there:8786")
        self._client = SimpleNamespace(
            status="running", scheduler=scheduler, nthreads=self._nthreads
        )

    def submit(self, fn, /, *args):
        future = Future()
        self._waiting.append((future, fn))
        return future

    def _nthreads(self):
        self.asked += 1
        if self.asked == 2:
            Timer(0.1, self._come).start()
        return self._threads

    def _come(self):
        self._threads = {"tcp://here:1": 1}
        for future, call in self._waiting:
            future.set_result(call())


def note(folder, job):
    """Leave a file for each time that a job is computed."""
    (folder / f"{job}-{secrets.token_hex(8)}").touch()
    sleep(0.05)
    return job**2


def wait_for(folder, job):
    """Wait until a file is there."""
    while not (folder / "go").exists():
        sleep(0.01)
    return job
