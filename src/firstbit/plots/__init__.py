"""Pictures: Dataset -> Figure; nothing is computed here."""

from firstbit.plots.automata import automaton
from firstbit.plots.confusion import confusion
from firstbit.plots.gradients import figure_nine
from firstbit.plots.heatmaps import hidden, outputs
from firstbit.plots.network import network
from firstbit.plots.saving import Drawing, picture_bytes, save
from firstbit.plots.success import success_rates
from firstbit.plots.surfaces import surface
from firstbit.plots.theory import phase_diagram, theory_overlay
from firstbit.plots.training import training_curves

__all__ = [
    "Drawing",
    "automaton",
    "confusion",
    "figure_nine",
    "hidden",
    "network",
    "outputs",
    "phase_diagram",
    "picture_bytes",
    "save",
    "success_rates",
    "surface",
    "theory_overlay",
    "training_curves",
]
