"""Make the figure of docs/fates.md again (two to four minutes)."""

from functools import partial

import jax
from pictures import save

from firstbit import GRU, Vanilla, fates
from firstbit.plots import fate_shares

CELLS = {
    "Vanilla, logistic": Vanilla,
    "Vanilla, tanh": partial(Vanilla, activation="tanh"),
    "GRU": GRU,
}

TITLE = "What becomes of the pairs of words behind D(50,k), weights N(0,1)"


def main() -> None:
    """Draw the shares of fates of three cells.

    They are the paper's two on its grid of sizes, and the Vanilla cell with tanh.
    """
    by_cell = {
        name: fates(
            cell, hidden_sizes=range(1, 21), num_draws=500, key=jax.random.key(0)
        )
        for name, cell in CELLS.items()
    }
    # A panel for each cell: they do not fit a phone.
    save("fates", partial(fate_shares, by_cell, title=TITLE), phone={})


if __name__ == "__main__":
    main()
