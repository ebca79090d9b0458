"""The command line: each command is a thin shell over one call of the library."""

from firstbit.cli.main import main

__all__ = ["main"]
