"""The command line: `firstbit paper`, `firstbit discrepancy`, `firstbit language`."""

from firstbit.cli.main import main

__all__ = ["main"]
