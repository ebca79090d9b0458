"""The command line epoch by epoch, D(l,k) block by block: for tests that kill them."""

import logging
import os
import sys
from contextlib import contextmanager
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path

import jax

import firstbit.studies.verdicts.verdict
import firstbit.training.seeds
from firstbit.cells import GRU
from firstbit.cli import main
from firstbit.compiled.sharing import adopt, share
from firstbit.execution import Execution
from firstbit.files import save
from firstbit.memory import discrepancy
from firstbit.memory.ensemble.block import Block
from firstbit.memory.ensemble.ensemble import Ensemble, Job

BLOCKS = 94
"""Of `measure`."""


def run(arguments: list[str], pipe: Connection) -> None:
    """Run a command that keeps every epoch; before each, report and wait for an answer.

    It goes on, too, when nobody listens.
    """
    jax.config.update("jax_compilation_cache_dir", os.environ["XDG_CACHE_HOME"])
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)

    @contextmanager
    def progress(*, is_long=False):
        del is_long
        yield lambda *_: _tell(pipe, "an epoch")

    command = import_module(f"firstbit.cli.{arguments[0]}")
    setattr(command, "progress", progress)  # noqa: B010
    firstbit.training.seeds.SECONDS_BETWEEN_CHECKPOINTS = 0
    sys.exit(main(arguments))


def measure(folder: Path, out: Path, pipe: Connection) -> None:
    """Measure D(l,k) with programs compiled here, and wait before each block."""
    jax.config.update("jax_enable_compilation_cache", False)
    compute = Ensemble.block

    def when_told(self: Ensemble, job: Job) -> Block:
        _tell(pipe, "a block")
        return compute(self, job)

    Ensemble.block = when_told
    key = jax.random.key(5)
    save(
        discrepancy(
            GRU,
            hidden_sizes=[3, 6],
            length=20,
            num_draws=24000,
            key=key,
            execution=Execution(workers=1, resume=folder),
        ),
        out,
    )


def compile_programs(caches: str, pipe: Connection) -> None:
    """Measure D(l,k) with shared programs; tell which missed, and which were there."""
    found = {"MISS": [], "hit": []}

    class Notes(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            for word, keys in found.items():
                if f"cache {word} for".lower() in record.getMessage().lower():
                    keys.append(record.args[-1])

    of_jax = logging.getLogger("jax._src.compiler")
    of_jax.setLevel(logging.DEBUG)
    of_jax.addHandler(Notes())
    of_jax.propagate = False
    jax.config.update("jax_compilation_cache_dir", None)
    adopt(caches)
    share()
    discrepancy(GRU, hidden_sizes=[2], length=3, num_draws=4, key=jax.random.key(5))
    pipe.send((found["MISS"], found["hit"]))


def _tell(pipe: Connection, what: str) -> None:
    try:
        pipe.send(what)
        pipe.recv()
    except (OSError, EOFError):
        pass
