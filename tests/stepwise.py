"""The command line, one epoch at a time: for tests that kill it."""

import sys
from contextlib import contextmanager
from importlib import import_module
from multiprocessing.connection import Connection

import firstbit.studies.trial
import firstbit.training.seeds
from firstbit.cli import main


def run(arguments: list[str], pipe: Connection) -> None:
    """Run a command that keeps every epoch; it tells of each, and goes on when it is told to, or when nobody listens."""

    @contextmanager
    def progress():
        def report(*_):
            try:
                pipe.send("an epoch")
                pipe.recv()
            except (OSError, EOFError):
                pass

        yield report

    import_module(f"firstbit.cli.{arguments[0]}").progress = progress
    firstbit.training.seeds.SECONDS_BETWEEN_CHECKPOINTS = 0
    sys.exit(main(arguments))
