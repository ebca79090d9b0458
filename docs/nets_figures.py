"""Make two figures of random nets again: `python docs/nets_figures.py`, a minute.

They are that of docs/discrepancy.md (what the mean hides) and that of docs/languages.md
(demand and supply).
"""

from pathlib import Path

import jax
from matplotlib.figure import Figure

from firstbit import demand_and_supply, discrepancy, plots
from firstbit.languages import embedded_reber
from firstbit.process import prepare

FOLDER = Path(__file__).parent / "figures"
KEY = jax.random.key(0)
NETS = 2000


def what_the_mean_hides() -> Figure:
    """Quantiles and shares of the Vanilla nets of the paper's grid."""
    sizes = range(1, 21)
    found = discrepancy(
        "vanilla", hidden_sizes=sizes, length=50, num_draws=NETS, key=KEY
    )
    return plots.draws(found, width="720 px")


def demand_embedded_reber() -> Figure:
    """What the embedded Reber grammar demands, above what two kinds of nets supply."""
    cells = ["vanilla:10", "gru:10"]
    found = demand_and_supply(
        embedded_reber(), cells, longest=30, num_draws=NETS, key=KEY
    )
    return plots.demand_and_supply(found, width="720 px")


if __name__ == "__main__":
    prepare()
    for draw in (what_the_mean_hides, demand_embedded_reber):
        picture = plots.figure_bytes(draw(), "png")
        (FOLDER / f"{draw.__name__}.png").write_bytes(picture)
