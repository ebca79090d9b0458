"""Run the published training of many seeds, compiled with numba.

The gradient is written by hand: this is the limit for many seeds.

Seeds go last and fill the vector registers, blocks of seeds go over the cores. A step
back stores its deltas, times the learning rate; when the word is done each weight moves
once, by the word's sum of delta times what came in. That is the published step, summed
in another order.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from compiled import FAST, polynomial_exp
from numba import njit
from published_task import Task

from firstbit.threads import num_workers

WIDTH = 16
"""Seeds in a block: so all weights of a block stay in a core's nearest cache."""


@njit(fastmath=FAST, inline="always")
def add_product(out, M, v):
    """Add M v to out, four columns a pass."""
    whole = M.shape[1] - M.shape[1] % 4
    for i in range(M.shape[0]):
        for j in range(0, whole, 4):
            for n in range(WIDTH):
                out[i, n] += (
                    M[i, j, n] * v[j, n]
                    + M[i, j + 1, n] * v[j + 1, n]
                    + M[i, j + 2, n] * v[j + 2, n]
                    + M[i, j + 3, n] * v[j + 3, n]
                )
        for j in range(whole, M.shape[1]):
            for n in range(WIDTH):
                out[i, n] += M[i, j, n] * v[j, n]


@njit(fastmath=FAST, inline="always")
def add_transposed_product(out, M, v):
    """Add M^T v to out, four rows a pass."""
    whole = M.shape[0] - M.shape[0] % 4
    for j in range(M.shape[1]):
        for i in range(0, whole, 4):
            for n in range(WIDTH):
                out[j, n] += (
                    M[i, j, n] * v[i, n]
                    + M[i + 1, j, n] * v[i + 1, n]
                    + M[i + 2, j, n] * v[i + 2, n]
                    + M[i + 3, j, n] * v[i + 3, n]
                )
        for i in range(whole, M.shape[0]):
            for n in range(WIDTH):
                out[j, n] += M[i, j, n] * v[i, n]


@njit(fastmath=FAST, inline="always")
def move(M, deltas, came_in, num_steps):
    """Subtract from M the sum over time of delta times what came in, four a pass."""
    whole = num_steps - num_steps % 4
    for i in range(M.shape[0]):
        for j in range(M.shape[1]):
            for t in range(0, whole, 4):
                for n in range(WIDTH):
                    M[i, j, n] -= (
                        deltas[t, i, n] * came_in[t, j, n]
                        + deltas[t + 1, i, n] * came_in[t + 1, j, n]
                        + deltas[t + 2, i, n] * came_in[t + 2, j, n]
                        + deltas[t + 3, i, n] * came_in[t + 3, j, n]
                    )
            for t in range(whole, num_steps):
                for n in range(WIDTH):
                    M[i, j, n] -= deltas[t, i, n] * came_in[t, j, n]


@njit(fastmath=FAST, inline="always")
def move_input(U, b, deltas, word, num_steps):
    """The same for the input's weights, where one symbol came in, and for the bias."""
    for t in range(num_steps):
        for i in range(len(b)):
            for n in range(WIDTH):
                U[i, word[t], n] -= deltas[t, i, n]
                b[i, n] -= deltas[t, i, n]


@njit(fastmath=FAST, inline="always")
def set_input(out, U, b, symbol):
    for i in range(len(b)):
        for n in range(WIDTH):
            out[i, n] = U[i, symbol, n] + b[i, n]


@njit(fastmath=FAST, inline="always")
def error(e, O, h, symbol, total):
    """Add O h minus the next symbol's one-hot vector to e, and the loss to total.

    On entry e holds the bias.
    """
    add_product(e, O, h)
    for o in range(len(e)):
        target = 1.0 if o == symbol else 0.0
        for n in range(WIDTH):
            e[o, n] -= target
            total[n] += e[o, n] ** 2


@njit(fastmath=FAST, error_model="numpy", nogil=True)
def vanilla(parameters, symbols, lengths, rate, total):
    """One epoch of a block of seeds."""
    U, b, W, O, b_O = parameters
    longest, size = symbols.shape[1], len(W)
    h, deltas = (
        np.zeros((longest, size, WIDTH)),
        np.empty((longest, size, WIDTH)),
    )  # h[t + 1] is the state after symbol t
    e, back = np.empty((longest, len(O), WIDTH)), np.empty((size, WIDTH))
    for row in range(len(symbols)):
        word, num_steps = symbols[row], lengths[row] - 1
        for t in range(num_steps):
            a = h[t + 1]
            set_input(a, U, b, word[t])
            add_product(a, W, h[t])
            for i in range(size):
                for n in range(WIDTH):
                    a[i, n] = 1 / (1 + polynomial_exp(-a[i, n]))
            e[t] = b_O
            error(e[t], O, a, word[t + 1], total)
        for t in range(num_steps - 1, -1, -1):
            e[t] *= 2 * rate
            back[:] = 0.0
            if t + 1 < num_steps:
                add_transposed_product(back, W, deltas[t + 1])
            add_transposed_product(back, O, e[t])
            for i in range(size):
                for n in range(WIDTH):
                    deltas[t, i, n] = back[i, n] * h[t + 1, i, n] * (1 - h[t + 1, i, n])
        move(W, deltas, h, num_steps)
        move_input(U, b, deltas, word, num_steps)
        move(O, e, h[1:], num_steps)
        for t in range(num_steps):
            b_O -= e[t]


@njit(fastmath=FAST, error_model="numpy", nogil=True)
def gru(parameters, symbols, lengths, rate, total):
    """One epoch of a block of seeds."""
    U_z, b_z, W_z, U_r, b_r, W_r, U_h, b_h, W_h, O = parameters
    longest, size = symbols.shape[1], len(W_h)
    shape = (longest, size, WIDTH)
    h, z, r, kept, candidate = (
        np.zeros(shape),
        np.empty(shape),
        np.empty(shape),
        np.empty(shape),
        np.empty(shape),
    )
    delta_z, delta_r, delta_h = np.empty(shape), np.empty(shape), np.empty(shape)
    e, back, at_kept = (
        np.empty((longest, len(O), WIDTH)),
        np.empty((size, WIDTH)),
        np.empty((size, WIDTH)),
    )
    for row in range(len(symbols)):
        word, num_steps = symbols[row], lengths[row] - 1
        for t in range(num_steps):
            set_input(z[t], U_z, b_z, word[t])
            set_input(r[t], U_r, b_r, word[t])
            set_input(candidate[t], U_h, b_h, word[t])
            add_product(z[t], W_z, h[t])
            add_product(r[t], W_r, h[t])
            for i in range(size):
                for n in range(WIDTH):
                    z[t, i, n] = 1 / (1 + polynomial_exp(-z[t, i, n]))
                    r[t, i, n] = 1 / (1 + polynomial_exp(-r[t, i, n]))
                    kept[t, i, n] = r[t, i, n] * h[t, i, n]
            add_product(candidate[t], W_h, kept[t])
            for i in range(size):
                for n in range(WIDTH):
                    tanh = 1 - 2 / (1 + polynomial_exp(2 * candidate[t, i, n]))
                    candidate[t, i, n] = tanh
                    h[t + 1, i, n] = tanh + z[t, i, n] * (h[t, i, n] - tanh)
            e[t] = 0.0
            error(e[t], O, h[t + 1], word[t + 1], total)
        back[:] = 0.0
        for t in range(num_steps - 1, -1, -1):
            e[t] *= 2 * rate
            add_transposed_product(back, O, e[t])
            for i in range(size):
                for n in range(WIDTH):
                    gate, new = z[t, i, n], candidate[t, i, n]
                    delta_z[t, i, n] = (
                        back[i, n] * (h[t, i, n] - new) * gate * (1 - gate)
                    )
                    delta_h[t, i, n] = back[i, n] * (1 - gate) * (1 - new * new)
            at_kept[:] = 0.0
            add_transposed_product(at_kept, W_h, delta_h[t])
            for i in range(size):
                for n in range(WIDTH):
                    reset = r[t, i, n]
                    delta_r[t, i, n] = at_kept[i, n] * h[t, i, n] * reset * (1 - reset)
                    back[i, n] = back[i, n] * z[t, i, n] + at_kept[i, n] * reset
            add_transposed_product(back, W_z, delta_z[t])
            add_transposed_product(back, W_r, delta_r[t])
        move(W_z, delta_z, h, num_steps)
        move(W_r, delta_r, h, num_steps)
        move(W_h, delta_h, kept, num_steps)
        move_input(U_z, b_z, delta_z, word, num_steps)
        move_input(U_r, b_r, delta_r, word, num_steps)
        move_input(U_h, b_h, delta_h, word, num_steps)
        move(O, e, h[1:], num_steps)


ORDER = {
    "Vanilla": ("U_h", "b_h", "W_h", "O", "b_O"),
    "GRU": ("U_z", "b_z", "W_z", "U_r", "b_r", "W_r", "U_h", "b_h", "W_h", "O"),
}
KERNELS = {"Vanilla": vanilla, "GRU": gru}


def train(task: Task, num_epochs: int, *, num_seeds: int) -> np.ndarray:
    """Return the mean error of each epoch, (epoch, seed).

    All seeds start from the same weights, and fill whole blocks.
    """

    def one_block(_: int) -> np.ndarray:
        parameters = tuple(
            np.repeat(task.parameters[name][..., None], WIDTH, axis=-1)
            for name in ORDER[task.cell]
        )
        totals = np.zeros((num_epochs, WIDTH))
        for total in totals:
            KERNELS[task.cell](parameters, *task.symbols, task.rate, total)
        return totals / len(task.words)

    with ThreadPoolExecutor(num_workers()) as pool:
        return np.concatenate(
            list(pool.map(one_block, range(-(-num_seeds // WIDTH)))), axis=1
        )
