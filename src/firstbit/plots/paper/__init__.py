"""The figures of the 2017 paper: Dataset -> Figure.

Figs. 2 and 5 are `firstbit.plots.automaton`, Figs. 10 and 11 `firstbit.plots.surface`.
"""

from firstbit.plots.paper.confusion import confusion
from firstbit.plots.paper.figure_nine import figure_nine
from firstbit.plots.paper.gradients_each import gradients_each
from firstbit.plots.paper.gradients_published import gradients_as_published
from firstbit.plots.paper.heatmaps import hidden, outputs
from firstbit.plots.paper.network import network
from firstbit.plots.paper.three_trainings import training_curves

__all__ = [
    "confusion",
    "figure_nine",
    "gradients_as_published",
    "gradients_each",
    "hidden",
    "network",
    "outputs",
    "training_curves",
]
