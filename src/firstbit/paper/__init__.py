"""The 2017 paper, figure by figure and claim by claim: `replay` is the whole of it."""

from typing import TYPE_CHECKING

from firstbit.later import loader

if TYPE_CHECKING:
    from firstbit.paper.settings import Settings
    from firstbit.paper.whole import Paper, replay

_HOME = {
    "Paper": "whole",
    "Settings": "settings",
    "replay": "whole",
}

__all__ = ["Paper", "Settings", "replay"]

__getattr__ = loader(__name__, _HOME)
