"""Pictures: Dataset -> Figure; nothing is computed here."""

from firstbit.plots.automata import automaton
from firstbit.plots.network import network
from firstbit.plots.saving import save

__all__ = ["automaton", "network", "save"]
