"""Compare D(l,k) with the accuracy of a linear read-out of the first bit.

The suffixes are random. It prints the table of docs/discrepancy.md.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from firstbit import GRU, Vanilla, discrepancy, redraw
from firstbit.cells import unroll
from firstbit.process import prepare

LENGTHS, NETS, WORDS, RIDGE = (10, 20, 50), 30, 4000, 1e-3
CELLS = {
    "Vanilla, logistic": (Vanilla, 20),
    "Vanilla, tanh": (partial(Vanilla, activation="tanh"), 20),
    "Vanilla, tanh, k = 100": (partial(Vanilla, activation="tanh"), 100),
    "GRU": (GRU, 20),
    "GRU, k = 100": (GRU, 100),
}


def accuracy(states: np.ndarray, bits: np.ndarray) -> float:
    """Return the accuracy of a ridge regression on held-out words."""
    half = len(states) // 2
    x = np.concatenate([states, np.ones((len(states), 1))], axis=1)
    gram = x[:half].T @ x[:half] + RIDGE * np.eye(x.shape[1])
    weights = np.linalg.solve(gram, x[:half].T @ (2.0 * bits[:half] - 1))
    return float((((x[half:] @ weights) > 0) == bits[half:]).mean())


def main() -> None:
    """Print the table."""
    random = np.random.default_rng(0)
    for name, (cell, k) in CELLS.items():
        key = jax.random.key(0)
        d = discrepancy(
            cell, hidden_sizes=[k], length=50, num_draws=200, words="random", key=key
        )
        read = jax.jit(jax.vmap(unroll, in_axes=(None, 0)))
        found = []
        for net in jax.random.split(key, NETS):
            symbols = random.integers(0, 2, (WORDS, max(LENGTHS)))
            states = np.asarray(
                read(redraw(cell(2, k, key=key), "normal", net), jnp.eye(2)[symbols]),
                dtype=float,
            )
            bits = symbols[:, 0] == 1
            found.append([accuracy(states[:, t - 1], bits) for t in LENGTHS])
        mean = np.mean(found, axis=0)
        error = np.std(found, axis=0, ddof=1) / np.sqrt(NETS)
        pairs = zip(mean, error, strict=True)
        accuracies = " ".join(f"{m:.3f} ({2 * e:.3f})" for m, e in pairs)
        print(
            f"{name} (k = {k}): D(50) = {float(d.discrepancy[0, -1]):.3g}; first "
            f"bit read at l = 10, 20, 50: {accuracies}"
        )


if __name__ == "__main__":
    prepare()
    main()
