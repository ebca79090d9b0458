"""Classes of click, which Typer has inside it, or beside it, by its version."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from typer import Context
else:
    Context = typer.Context.__base__

UsageError: type[Exception] = next(
    kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "UsageError"
)

__all__ = ["Context", "UsageError"]
