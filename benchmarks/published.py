"""Compute D(l,k) by the published algorithm, written plainly.

It takes one draw at a time, and reads the words from the start for every l.
"""

import numpy as np


def logistic(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def vanilla(size: int, random: np.random.Generator):
    U, W = random.standard_normal((size, 2)), random.standard_normal((size, size))
    return lambda x, h: logistic(U @ x + W @ h)


def gru(size: int, random: np.random.Generator):
    U, W = random.standard_normal((3, size, 2)), random.standard_normal((3, size, size))

    def step(x: np.ndarray, h: np.ndarray) -> np.ndarray:
        z = logistic(U[0] @ x + W[0] @ h)
        r = logistic(U[1] @ x + W[1] @ h)
        return (1 - z) * np.tanh(U[2] @ x + W[2] @ (h * r)) + z * h

    return step


DRAWN = {"Vanilla": vanilla, "GRU": gru}


def discrepancy(
    cell: str, length: int, size: int, num_draws: int, random: np.random.Generator
) -> float:
    """D(l,k) at one l and one k."""
    zero, one = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    total = 0.0
    for _ in range(num_draws):
        step = DRAWN[cell](size, random)
        states = []
        for first in (zero, one):
            h = np.zeros(size)
            for x in [first] + [zero] * (length - 1):
                h = step(x, h)
            states.append(h)
        total += float(np.linalg.norm(states[0] - states[1]))
    return total / num_draws


def discrepancy_of_part(
    cell: str, *, lengths: range, sizes: range, num_draws: int
) -> list[float]:
    """D(l,k) at every l and k given."""
    random = np.random.default_rng(0)
    return [
        discrepancy(cell, length, size, num_draws, random)
        for length in lengths
        for size in sizes
    ]
