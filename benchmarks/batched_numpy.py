"""Compute D(l,k) in NumPy, all draws of one k in a batch and all l in one pass.

Draws go last, so that every loop inside NumPy is over contiguous draws: `einsum` is
then as fast as `matmul` on small matrices on one thread, and nearly twice as fast with
two sizes at a time on two threads.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

NUM_GATES = {"Vanilla": 1, "GRU": 3}


def draw(
    cell: str, size: int, num_draws: int, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw N(0,1) weights: U (gate, unit, symbol, draw) and W (gate, unit, unit, draw).

    The gates of the GRU are z, r and the candidate.
    """
    gates = NUM_GATES[cell]
    return random.standard_normal((gates, size, 2, num_draws)), random.standard_normal(
        (gates, size, size, num_draws)
    )


def distances(cell: str, U: np.ndarray, W: np.ndarray, length: int) -> np.ndarray:
    """Return || h_u - h_v || after each symbol, (length, draw).

    The words u = 0 0...0 and v = 1 0...0 are read side by side.
    """
    return {"Vanilla": _vanilla, "GRU": _gru}[cell](U, W, length)


def discrepancy(
    cell: str, length: int, size: int, num_draws: int, random: np.random.Generator
) -> np.ndarray:
    """D(l,k) for l = 1..length at one k."""
    return distances(cell, *draw(cell, size, num_draws, random), length).mean(axis=1)


def surface(
    cell: str, length: int, sizes: Iterable[int], num_draws: int, *, threads: int
) -> list[np.ndarray]:
    """D(l,k) for every k given, the largest first, so many sizes at a time."""
    with ThreadPoolExecutor(threads) as pool:
        return list(
            pool.map(
                lambda size: discrepancy(
                    cell, length, size, num_draws, np.random.default_rng(size)
                ),
                sorted(sizes, reverse=True),
            )
        )


def _vanilla(U: np.ndarray, W: np.ndarray, length: int) -> np.ndarray:
    U, W = U[0], W[0]
    out = np.empty((length, U.shape[-1]))
    h, new = _logistic(U.copy()), np.empty_like(U)
    out[0] = _distance(h)
    for t in range(1, length):
        np.einsum("ijn,jwn->iwn", W, h, out=new)
        new += U[:, :1]
        h, new = _logistic(new), h
        out[t] = _distance(h)
    return out


def _gru(U: np.ndarray, W: np.ndarray, length: int) -> np.ndarray:
    size, num_draws = W.shape[2:]
    out = np.empty((length, num_draws))
    U_gates, W_gates = (
        U[:2].reshape(2 * size, 2, num_draws),
        W[:2].reshape(2 * size, size, num_draws),
    )
    h, gates, candidate = (
        np.zeros((size, 2, num_draws)),
        np.empty_like(U_gates),
        np.empty_like(U[2]),
    )
    z, r = gates[:size], gates[size:]
    for t in range(length):
        symbol = slice(0, 1 if t else 2)
        np.einsum("ijn,jwn->iwn", W_gates, h, out=gates)
        gates += U_gates[:, symbol]
        _logistic(gates)
        r *= h
        np.einsum("ijn,jwn->iwn", W[2], r, out=candidate)
        candidate += U[2][:, symbol]
        np.tanh(candidate, out=candidate)
        h -= candidate
        h *= z
        h += candidate
        out[t] = _distance(h)
    return out


def _logistic(x: np.ndarray) -> np.ndarray:
    """Overwrite x by its logistic.

    Through tanh it takes fewer passes over memory than through exp and a division.
    """
    x *= 0.5
    np.tanh(x, out=x)
    x *= 0.5
    x += 0.5
    return x


def _distance(h: np.ndarray) -> np.ndarray:
    difference = h[:, 0] - h[:, 1]
    return np.sqrt(np.einsum("in,in->n", difference, difference))
