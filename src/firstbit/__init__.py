"""Measure what a recurrent neural network can remember, before and after training.

Two words differ only in their first bit; many symbols later, does the network still
know?
"""

from typing import TYPE_CHECKING

from firstbit.later import loader as _loader

if TYPE_CHECKING:
    from firstbit.cells import (
        GRU,
        LSTM,
        Given,
        Network,
        Readout,
        SequenceModel,
        SequenceModels,
        Vanilla,
        adapt,
        check,
        cost,
        redraw,
    )
    from firstbit.errors import (
        CellError,
        FirstbitError,
        LanguageError,
        OutputError,
        SettingError,
        WordError,
    )
    from firstbit.execution import Execution
    from firstbit.languages import Language, export_language, memory_demand
    from firstbit.memory import (
        Drive,
        Reading,
        decodability,
        discrepancy,
        fates,
        gradients_by_lag,
        lyapunov_exponents,
        memory_capacity,
    )
    from firstbit.play import playground
    from firstbit.process import prepare
    from firstbit.studies import (
        Standard,
        compare,
        demand_and_supply,
        judge,
        learnt_automaton,
        phase_diagram,
        study,
        verdict,
    )
    from firstbit.training import Modern, Published, train
    from firstbit.workers import AllowMixed

__version__ = "0.3.0"

_HOMES = {
    "cells": (
        "GRU",
        "LSTM",
        "Given",
        "Network",
        "Readout",
        "SequenceModel",
        "SequenceModels",
        "Vanilla",
        "adapt",
        "check",
        "cost",
        "redraw",
    ),
    "errors": (
        "CellError",
        "FirstbitError",
        "LanguageError",
        "OutputError",
        "SettingError",
        "WordError",
    ),
    "execution": ("Execution",),
    "languages": ("Language", "export_language", "memory_demand"),
    "memory": (
        "Drive",
        "Reading",
        "decodability",
        "discrepancy",
        "fates",
        "gradients_by_lag",
        "lyapunov_exponents",
        "memory_capacity",
    ),
    "process": ("prepare",),
    "play": ("playground",),
    "studies": (
        "Standard",
        "compare",
        "demand_and_supply",
        "judge",
        "learnt_automaton",
        "phase_diagram",
        "study",
        "verdict",
    ),
    "training": ("Modern", "Published", "train"),
    "workers": ("AllowMixed",),
}
_MODULES = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "GRU",
    "LSTM",
    "AllowMixed",
    "CellError",
    "Drive",
    "Execution",
    "FirstbitError",
    "Given",
    "Language",
    "LanguageError",
    "Modern",
    "Network",
    "OutputError",
    "Published",
    "Reading",
    "Readout",
    "SequenceModel",
    "SequenceModels",
    "SettingError",
    "Standard",
    "Vanilla",
    "WordError",
    "adapt",
    "check",
    "compare",
    "cost",
    "decodability",
    "demand_and_supply",
    "discrepancy",
    "export_language",
    "fates",
    "gradients_by_lag",
    "judge",
    "learnt_automaton",
    "lyapunov_exponents",
    "memory_capacity",
    "memory_demand",
    "phase_diagram",
    "playground",
    "prepare",
    "redraw",
    "study",
    "train",
    "verdict",
]

__getattr__ = _loader(__name__, _MODULES)
"""Parts load at their first use: languages need no JAX, which takes seconds to load."""


def __dir__() -> list[str]:
    return __all__
