"""Pictures: Dataset -> Figure; nothing is computed here."""

from firstbit.plots.automata import automaton
from firstbit.plots.by_lag import gradients_by_lag
from firstbit.plots.demand_and_supply import demand_and_supply
from firstbit.plots.draws import draws
from firstbit.plots.fates import fate_shares
from firstbit.plots.lengths import lengths
from firstbit.plots.paper.confusion import confusion
from firstbit.plots.paper.figure_nine import figure_nine
from firstbit.plots.paper.heatmaps import hidden, outputs
from firstbit.plots.paper.network import network
from firstbit.plots.paper.three_trainings import training_curves
from firstbit.plots.saving import Drawing, picture_bytes, save
from firstbit.plots.success import success_rates
from firstbit.plots.surfaces import surface
from firstbit.plots.theory import phase_diagram, theory_overlay
from firstbit.plots.trainings import seeds

__all__ = [
    "Drawing",
    "automaton",
    "confusion",
    "demand_and_supply",
    "draws",
    "fate_shares",
    "figure_nine",
    "gradients_by_lag",
    "hidden",
    "lengths",
    "network",
    "outputs",
    "phase_diagram",
    "picture_bytes",
    "save",
    "seeds",
    "success_rates",
    "surface",
    "theory_overlay",
    "training_curves",
]
