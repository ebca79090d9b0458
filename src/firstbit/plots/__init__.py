"""Figures: Dataset -> Figure; nothing is computed here.

The figures of the 2017 paper are in `firstbit.plots.paper`.
"""

from firstbit.plots.automata import automaton
from firstbit.plots.by_lag import gradients_by_lag
from firstbit.plots.capacity import capacity
from firstbit.plots.comparison import comparison
from firstbit.plots.decodability import decodability
from firstbit.plots.demand_and_supply import demand_and_supply
from firstbit.plots.draws import draws
from firstbit.plots.far_apart import far_apart
from firstbit.plots.fates import fate_shares
from firstbit.plots.lengths import lengths
from firstbit.plots.phases import phase_diagram
from firstbit.plots.saving import PlannedFigure, figure_bytes, save
from firstbit.plots.several_cells import several_cells
from firstbit.plots.styles import style
from firstbit.plots.success import success_rates
from firstbit.plots.surfaces import surface
from firstbit.plots.theory import theory_overlay
from firstbit.plots.trainings import seeds

__all__ = [
    "PlannedFigure",
    "automaton",
    "capacity",
    "comparison",
    "decodability",
    "demand_and_supply",
    "draws",
    "far_apart",
    "fate_shares",
    "figure_bytes",
    "gradients_by_lag",
    "lengths",
    "phase_diagram",
    "save",
    "seeds",
    "several_cells",
    "style",
    "success_rates",
    "surface",
    "theory_overlay",
]
