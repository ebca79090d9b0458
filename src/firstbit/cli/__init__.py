"""The command line: `firstbit paper`, `discrepancy`, `phase`, `language`, `verdict`."""

from firstbit.cli.main import main

__all__ = ["main"]
