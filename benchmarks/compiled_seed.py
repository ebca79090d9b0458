"""Run the published training of one net on one core, compiled with numba.

The gradient is written by hand.

Every inner loop runs over contiguous units: weights lie transposed, with the unit that
they lead to last. A step back stores its deltas, times the learning rate; when the word
is done each weight moves once, by the word's sum of delta times what came in. That is
the published step, summed in another order.
"""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit
from published_task import Task

from firstbit.threads import num_workers


@njit(fastmath=True, error_model="numpy", inline="always")
def add_product(out, W, h):
    """Add h W to out, two rows a pass."""
    for j in range(0, len(h) - len(h) % 2, 2):
        for i in range(len(out)):
            out[i] += W[j, i] * h[j] + W[j + 1, i] * h[j + 1]
    if len(h) % 2:
        for i in range(len(out)):
            out[i] += W[len(h) - 1, i] * h[len(h) - 1]


@njit(fastmath=True, inline="always")
def add_transposed_product(out, W, delta):
    """Add W delta to out."""
    for j in range(len(out)):
        total = 0.0
        for i in range(len(delta)):
            total += W[j, i] * delta[i]
        out[j] += total


@njit(fastmath=True, inline="always")
def error(e, h, symbol, O):
    """Add O h minus the next symbol's one-hot vector to e, and return the loss.

    On entry e holds the bias.
    """
    loss = 0.0
    for o in range(len(e)):
        apart = e[o] - (1.0 if o == symbol else 0.0)
        for i in range(len(h)):
            apart += O[o, i] * h[i]
        e[o] = apart
        loss += apart * apart
    return loss


@njit(fastmath=True, inline="always")
def move(W, deltas, came_in, num_steps):
    """Subtract the sum over time of what came in times delta, four times a pass."""
    whole = num_steps - num_steps % 4
    for t in range(0, whole, 4):
        for j in range(len(W)):
            u, v, w, x = (
                came_in[t, j],
                came_in[t + 1, j],
                came_in[t + 2, j],
                came_in[t + 3, j],
            )
            for i in range(W.shape[1]):
                W[j, i] -= (
                    u * deltas[t, i]
                    + v * deltas[t + 1, i]
                    + w * deltas[t + 2, i]
                    + x * deltas[t + 3, i]
                )
    for t in range(whole, num_steps):
        for j in range(len(W)):
            for i in range(W.shape[1]):
                W[j, i] -= came_in[t, j] * deltas[t, i]


@njit(fastmath=True, inline="always")
def move_input(U, b, deltas, word, num_steps):
    """The same for the input's weights, where one symbol came in, and for the bias."""
    for t in range(num_steps):
        for i in range(len(b)):
            U[word[t], i] -= deltas[t, i]
            b[i] -= deltas[t, i]


@njit(fastmath=True, error_model="numpy", nogil=True)
def vanilla(parameters, symbols, lengths, rate):
    """Run one epoch, and return the mean error.

    U (symbol, unit), W (from, to) and O (output, unit) change in place.
    """
    U, b, W, O, b_O = parameters
    longest, size = symbols.shape[1], len(b)
    h, deltas = (
        np.zeros((longest, size)),
        np.empty((longest, size)),
    )  # h[t + 1] is the state after symbol t
    e, back = np.empty((longest, len(O))), np.empty(size)
    total = 0.0
    for row in range(len(symbols)):
        word, num_steps = symbols[row], lengths[row] - 1
        for t in range(num_steps):
            a = h[t + 1]
            for i in range(size):
                a[i] = U[word[t], i] + b[i]
            add_product(a, W, h[t])
            for i in range(size):
                a[i] = 1 / (1 + math.exp(-a[i]))
            e[t] = b_O
            total += error(e[t], a, word[t + 1], O)
        for t in range(num_steps - 1, -1, -1):
            e[t] *= 2 * rate
            back[:] = 0.0
            if t + 1 < num_steps:
                add_transposed_product(back, W, deltas[t + 1])
            add_product(back, O, e[t])
            for i in range(size):
                deltas[t, i] = back[i] * h[t + 1, i] * (1 - h[t + 1, i])
        move(W, deltas, h, num_steps)
        move_input(U, b, deltas, word, num_steps)
        move(O, h[1:], e, num_steps)
        for t in range(num_steps):
            b_O -= e[t]
    return total / len(symbols)


@njit(fastmath=True, error_model="numpy", nogil=True)
def gru(parameters, symbols, lengths, rate):
    """One epoch; the mean error. The gates z and r lie side by side in U, b and W."""
    U, b, W, U_h, b_h, W_h, O = parameters
    longest, size = symbols.shape[1], len(b_h)
    h, kept = np.zeros((longest, size)), np.empty((longest, size))
    candidate, delta_h = np.empty((longest, size)), np.empty((longest, size))
    gates, deltas = np.empty((longest, 2 * size)), np.empty((longest, 2 * size))
    e, back, at_kept = np.empty((longest, len(O))), np.empty(size), np.empty(size)
    total = 0.0
    for row in range(len(symbols)):
        word, num_steps = symbols[row], lengths[row] - 1
        for t in range(num_steps):
            a, c = gates[t], candidate[t]
            for i in range(2 * size):
                a[i] = U[word[t], i] + b[i]
            add_product(a, W, h[t])
            for i in range(2 * size):
                a[i] = 1 / (1 + math.exp(-a[i]))
            for i in range(size):
                kept[t, i] = a[size + i] * h[t, i]
                c[i] = U_h[word[t], i] + b_h[i]
            add_product(c, W_h, kept[t])
            for i in range(size):
                c[i] = 1 - 2 / (1 + math.exp(2 * c[i]))
                h[t + 1, i] = c[i] + a[i] * (h[t, i] - c[i])
            e[t] = 0.0
            total += error(e[t], h[t + 1], word[t + 1], O)
        back[:] = 0.0
        for t in range(num_steps - 1, -1, -1):
            e[t] *= 2 * rate
            add_product(back, O, e[t])
            for i in range(size):
                z, c = gates[t, i], candidate[t, i]
                deltas[t, i] = back[i] * (h[t, i] - c) * z * (1 - z)
                delta_h[t, i] = back[i] * (1 - z) * (1 - c * c)
            at_kept[:] = 0.0
            add_transposed_product(at_kept, W_h, delta_h[t])
            for i in range(size):
                r = gates[t, size + i]
                deltas[t, size + i] = at_kept[i] * h[t, i] * r * (1 - r)
                back[i] = back[i] * gates[t, i] + at_kept[i] * r
            add_transposed_product(back, W, deltas[t])
        move(W, deltas, h, num_steps)
        move(W_h, delta_h, kept, num_steps)
        move_input(U, b, deltas, word, num_steps)
        move_input(U_h, b_h, delta_h, word, num_steps)
        move(O, h[1:], e, num_steps)
    return total / len(symbols)


def laid_out(task: Task) -> tuple[np.ndarray, ...]:
    """Copies of the parameters as the kernel takes them."""
    p = task.parameters
    if task.cell == "Vanilla":
        arrays = [p["U_h"].T, p["b_h"], p["W_h"].T, p["O"], p["b_O"]]
    else:
        arrays = [np.concatenate([p[f"{name}_z"], p[f"{name}_r"]]).T for name in "UbW"]
        arrays += [p["U_h"].T, p["b_h"], p["W_h"].T, p["O"]]
    return tuple(np.array(array, order="C") for array in arrays)


KERNELS = {"Vanilla": vanilla, "GRU": gru}


def train(task: Task, num_epochs: int, *, num_seeds: int = 1) -> np.ndarray:
    """Return the mean error of each epoch, (epoch, seed).

    All seeds start from the same weights. They go over the cores, one at a time on
    each.
    """

    def one_seed(_: int) -> list[float]:
        parameters = laid_out(task)
        return [
            KERNELS[task.cell](parameters, *task.symbols, task.rate)
            for _ in range(num_epochs)
        ]

    with ThreadPoolExecutor(num_workers()) as pool:
        return np.array(list(pool.map(one_seed, range(num_seeds)))).T
