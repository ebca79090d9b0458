"""The published training of one Vanilla net with the gradient written by hand and compiled with numba, on one core.

Every inner loop runs over contiguous units: weights lie transposed, with the unit that they lead to last. A step back
stores its deltas; when the word is done each weight moves once, by the word's sum of delta times what came in. That is
the published step, summed in another order.
"""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit
from published_task import Task

from firstbit.threads import num_workers


@njit(fastmath=True, error_model="numpy", nogil=True)
def epoch(U, b, W, O, b_O, symbols, lengths, rate):
    """Train on all words; the mean error. U (symbol, unit), W (from, to), O (output, unit) change in place."""
    longest, size = symbols.shape[1], len(b)
    h, deltas = np.zeros((longest, size)), np.empty((longest, size))  # h[t + 1] is the state after symbol t
    e, a = np.empty((longest, len(b_O))), np.empty(size)
    total = 0.0
    for row in range(len(symbols)):
        word, num_steps = symbols[row], lengths[row] - 1
        for t in range(num_steps):
            forward(h[t], h[t + 1], a, U[word[t]], b, W)
            total += error(e[t], h[t + 1], word[t + 1], O, b_O)
        for t in range(num_steps - 1, -1, -1):
            a[:] = 0.0
            if t + 1 < num_steps:
                for j in range(size):
                    from_later = 0.0
                    for i in range(size):
                        from_later += W[j, i] * deltas[t + 1, i]
                    a[j] = from_later
            for o in range(len(b_O)):
                for i in range(size):
                    a[i] += 2 * e[t, o] * O[o, i]
            for i in range(size):
                deltas[t, i] = a[i] * h[t + 1, i] * (1 - h[t + 1, i])
        for t in range(num_steps):
            for i in range(size):
                deltas[t, i] *= rate
                U[word[t], i] -= deltas[t, i]
                b[i] -= deltas[t, i]
            for o in range(len(b_O)):
                delta = 2 * rate * e[t, o]
                b_O[o] -= delta
                for i in range(size):
                    O[o, i] -= delta * h[t + 1, i]
        move(W, deltas, h, num_steps)
    return total / len(symbols)


@njit(fastmath=True, error_model="numpy")
def forward(h, new, a, U, b, W):
    size = len(b)
    for i in range(size):
        a[i] = U[i] + b[i]
    for j in range(0, size - size % 2, 2):
        for i in range(size):
            a[i] += W[j, i] * h[j] + W[j + 1, i] * h[j + 1]
    if size % 2:
        for i in range(size):
            a[i] += W[size - 1, i] * h[size - 1]
    for i in range(size):
        new[i] = 1 / (1 + math.exp(-a[i]))


@njit(fastmath=True)
def error(e, h, symbol, O, b_O):
    """Set e to the output minus the next symbol's one-hot vector; the loss."""
    loss = 0.0
    for o in range(len(e)):
        apart = b_O[o] - (1.0 if o == symbol else 0.0)
        for i in range(len(h)):
            apart += O[o, i] * h[i]
        e[o] = apart
        loss += apart * apart
    return loss


@njit(fastmath=True)
def move(W, deltas, h, num_steps):
    """Subtract the sum over time of the state times delta, four times a pass."""
    whole = num_steps - num_steps % 4
    for t in range(0, whole, 4):
        for j in range(len(W)):
            u, v, w, x = h[t, j], h[t + 1, j], h[t + 2, j], h[t + 3, j]
            for i in range(len(W)):
                W[j, i] -= u * deltas[t, i] + v * deltas[t + 1, i] + w * deltas[t + 2, i] + x * deltas[t + 3, i]
    for t in range(whole, num_steps):
        for j in range(len(W)):
            for i in range(len(W)):
                W[j, i] -= h[t, j] * deltas[t, i]


def train(task: Task, num_epochs: int, *, num_seeds: int = 1) -> np.ndarray:
    """Mean error of each epoch, (epoch, seed); the seeds are alike and go over the cores, one at a time on each."""
    p = task.parameters

    def one_seed(_: int) -> list[float]:
        parameters = [np.array(array, order="C") for array in (p["U_h"].T, p["b_h"], p["W_h"].T, p["O"], p["b_O"])]
        return [epoch(*parameters, *task.symbols, task.rate) for _ in range(num_epochs)]

    with ThreadPoolExecutor(num_workers()) as pool:
        return np.array(list(pool.map(one_seed, range(num_seeds)))).T
