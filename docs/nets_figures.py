"""Make two figures of random nets again: `python docs/nets_figures.py`, a minute.

They are that of docs/discrepancy.md (what the mean hides) and that of docs/languages.md
(demand and supply).
"""

from functools import partial

import jax
from pictures import save

from firstbit import demand_and_supply, discrepancy, plots
from firstbit.languages import embedded_reber
from firstbit.process import prepare

KEY = jax.random.key(0)
NETS = 2000


def what_the_mean_hides() -> None:
    """Draw quantiles and shares of the Vanilla nets of the paper's grid."""
    sizes = range(1, 21)
    found = discrepancy(
        "vanilla", hidden_sizes=sizes, length=50, num_draws=NETS, key=KEY
    )
    save("what_the_mean_hides", partial(plots.draws, found))


def demand_embedded_reber() -> None:
    """Draw what embedded Reber demands, above what two kinds of nets supply."""
    cells = ["vanilla:10", "gru:10"]
    found = demand_and_supply(
        embedded_reber(), cells, longest=30, num_draws=NETS, key=KEY
    )
    save("demand_embedded_reber", partial(plots.demand_and_supply, found), phone={})


if __name__ == "__main__":
    prepare()
    what_the_mean_hides()
    demand_embedded_reber()
