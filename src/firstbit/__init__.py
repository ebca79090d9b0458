"""Measure what a recurrent neural network can remember, before and after training.

Two words differ only in their first bit; many symbols later, does the network still
know?
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from firstbit.cells import GRU, LSTM, Network, Readout, Vanilla, redraw
    from firstbit.errors import (
        CellError,
        FirstbitError,
        LanguageError,
        OutputError,
        SettingError,
        WordError,
    )
    from firstbit.languages import Language, memory_demand
    from firstbit.memory import discrepancy, fates, gradients_by_lag, lyapunov_exponents
    from firstbit.studies import (
        Standard,
        demand_and_supply,
        phase_diagram,
        study,
        verdict,
    )
    from firstbit.training import Modern, Published, train

__version__ = "0.2.0"

_HOME = {
    "firstbit.cells": ("GRU", "LSTM", "Network", "Readout", "Vanilla", "redraw"),
    "firstbit.errors": (
        "CellError",
        "FirstbitError",
        "LanguageError",
        "OutputError",
        "SettingError",
        "WordError",
    ),
    "firstbit.languages": ("Language", "memory_demand"),
    "firstbit.memory": (
        "discrepancy",
        "fates",
        "gradients_by_lag",
        "lyapunov_exponents",
    ),
    "firstbit.studies": (
        "Standard",
        "demand_and_supply",
        "phase_diagram",
        "study",
        "verdict",
    ),
    "firstbit.training": ("Modern", "Published", "train"),
}
_MODULE = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "GRU",
    "LSTM",
    "CellError",
    "FirstbitError",
    "Language",
    "LanguageError",
    "Modern",
    "Network",
    "OutputError",
    "Published",
    "Readout",
    "SettingError",
    "Standard",
    "Vanilla",
    "WordError",
    "demand_and_supply",
    "discrepancy",
    "fates",
    "gradients_by_lag",
    "lyapunov_exponents",
    "memory_demand",
    "phase_diagram",
    "redraw",
    "study",
    "train",
    "verdict",
]


def __getattr__(name: str) -> Any:
    """Load a part of the library when it is first asked for: languages need no JAX, and JAX takes seconds to load."""
    if name not in _MODULE:
        raise AttributeError(f"module 'firstbit' has no attribute '{name}'")
    return getattr(import_module(_MODULE[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
