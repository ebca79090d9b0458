"""Make the figures of docs/theory.md again: `python docs/theory_figures.py`.

It takes a minute or two.
"""

from functools import partial

import jax
from pictures import save

from firstbit import GRU, Vanilla, discrepancy, phase_diagram
from firstbit.cli.phase import parse_gains
from firstbit.memory import gru_mean_field, vanilla_mean_field
from firstbit.plots import phase_diagram as draw_phases
from firstbit.plots import theory_overlay

DESK = "540 px"
KEY = jax.random.key(0)


def vanilla() -> None:
    """The logistic Vanilla cell, from below its critical size (105.4) to above."""
    sizes = [20, 50, 100, 200, 400]
    measured = discrepancy(
        Vanilla, hidden_sizes=sizes, length=50, num_draws=400, key=KEY
    )
    predicted = vanilla_mean_field("logistic", hidden_sizes=sizes, length=50)
    both, title = measured.merge(predicted), "Vanilla, logistic, weights N(0,1)"
    save("theory_vanilla", partial(theory_overlay, both, title=title), DESK)


def gru() -> None:
    """The GRU: near the theory at 100 units, below it at 5 and 20."""
    sizes = [5, 20, 100, 400]
    measured = discrepancy(GRU, hidden_sizes=sizes, length=50, num_draws=200, key=KEY)
    predicted = gru_mean_field(hidden_sizes=sizes, length=50, num_sites=40_000, key=KEY)
    both, title = measured.merge(predicted), "GRU, weights N(0,1)"
    save("theory_gru", partial(theory_overlay, both, title=title), DESK)


def phases() -> None:
    """The Vanilla cell with tanh, over the scale of its weights and its size."""
    diagram = phase_diagram(
        "vanilla:5,10,20,50,100,200,activation=tanh",
        gains=parse_gains("0.05:1:16"),
        length=50,
        num_draws=100,
        key=KEY,
    )
    title = "Vanilla, tanh: what is left of the first difference"
    save("theory_phases", partial(draw_phases, diagram, title=title), DESK)


if __name__ == "__main__":
    for draw in (vanilla, gru, phases):
        draw()
