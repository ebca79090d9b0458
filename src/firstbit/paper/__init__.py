"""The 2017 paper, figure by figure and claim by claim: `replay` is the whole of it."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firstbit.paper.settings import Settings
    from firstbit.paper.whole import Paper, replay

_HOME = {
    "Paper": "firstbit.paper.whole",
    "Settings": "firstbit.paper.settings",
    "replay": "firstbit.paper.whole",
}

__all__ = ["Paper", "Settings", "replay"]


def __getattr__(name: str) -> object:
    """Load a part when it is first used: settings need no JAX."""
    if name not in _HOME:
        raise AttributeError(f"module 'firstbit.paper' has no attribute '{name}'")
    module = import_module(_HOME[name])
    return getattr(module, name)
