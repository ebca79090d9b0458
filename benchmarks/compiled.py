"""Read the words by kernels written by hand and compiled with numba.

They show how fast the cores can read the words once the weights are there.

Blocks of draws go over the cores, draws go last and fill the vector registers, both
words are read in one pass. With the C library's exp the compiler cannot vectorise the
logistic; the polynomial does vectorise, and is the nearest thing here to the limit of
the hardware.
"""

import math
from collections.abc import Callable
from decimal import Decimal
from functools import cache

import batched_numpy
import numpy as np
from numba import config, njit, prange

# OpenMP's threads spin while they wait: ruinous where a core is shared, and for the
# next way
config.THREADING_LAYER = "workqueue"

WIDTH = 64
"""Draws in a block."""

FAST = {"nnan", "ninf", "nsz", "arcp", "contract", "afn"}
"""All of fast-math but reassociation, which could undo the reduction of the
exponential's argument in two steps."""

LOG2_E = 1 / math.log(2)
LN2_HIGH = round(math.log(2) * 2**32) / 2**32  # so few digits that n times it is exact
LN2_LOW = float(Decimal(2).ln() - Decimal(LN2_HIGH))
C0, C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11, C12 = (
    1 / math.factorial(n) for n in range(13)
)

Kernel = Callable[[np.ndarray, np.ndarray, int], np.ndarray]
"""From U (block, gate, unit, symbol, draw), W (block, gate, unit, unit, draw) and l to
distances (block, l, draw)."""


@njit(fastmath=FAST)
def polynomial_exp(x):
    """Return e^x = 2^n e^r with |r| <= ln(2) / 2.

    e^r comes from Taylor's polynomial; 2^n is written into the bits of the exponent.
    """
    x = min(max(x, -708.0), 708.0)
    n = np.floor(x * LOG2_E + 0.5)
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    p = C8 + r * (C9 + r * (C10 + r * (C11 + r * C12)))
    p = C4 + r * (C5 + r * (C6 + r * (C7 + r * p)))
    p = C0 + r * (C1 + r * (C2 + r * (C3 + r * p)))
    return p * np.int64((np.int64(n) + 1023) << 52).view(np.float64)


@njit(fastmath=FAST, inline="always")
def affine(out, U, W, h, t):
    """Set out = U x_t + W h for both words, four products a pass.

    The words differ in their first symbol.
    """
    size = len(h)
    whole = size - size % 4
    other = 0 if t else 1
    for i in range(len(out)):
        for n in range(WIDTH):
            out[i, 0, n] = U[i, 0, n]
            out[i, 1, n] = U[i, other, n]
        for j in range(0, whole, 4):
            for n in range(WIDTH):
                a, b, c, d = W[i, j, n], W[i, j + 1, n], W[i, j + 2, n], W[i, j + 3, n]
                out[i, 0, n] += (
                    a * h[j, 0, n]
                    + b * h[j + 1, 0, n]
                    + c * h[j + 2, 0, n]
                    + d * h[j + 3, 0, n]
                )
                out[i, 1, n] += (
                    a * h[j, 1, n]
                    + b * h[j + 1, 1, n]
                    + c * h[j + 2, 1, n]
                    + d * h[j + 3, 1, n]
                )
        for j in range(whole, size):
            for n in range(WIDTH):
                out[i, 0, n] += W[i, j, n] * h[j, 0, n]
                out[i, 1, n] += W[i, j, n] * h[j, 1, n]


@njit(fastmath=FAST, inline="always")
def distance(out, h):
    """Set out = || h_u - h_v ||."""
    out[:] = 0.0
    for i in range(len(h)):
        for n in range(WIDTH):
            out[n] += (h[i, 0, n] - h[i, 1, n]) ** 2
    for n in range(WIDTH):
        out[n] = math.sqrt(out[n])


@cache
def vanilla(exp: Callable) -> Kernel:
    @njit(fastmath=FAST, error_model="numpy")
    def one_block(U, W, out):
        h, new = np.zeros(U[0].shape), np.empty(U[0].shape)
        for t in range(len(out)):
            affine(new, U[0], W[0], h, t)
            for i in range(len(h)):
                for n in range(WIDTH):
                    h[i, 0, n] = 1 / (1 + exp(-new[i, 0, n]))
                    h[i, 1, n] = 1 / (1 + exp(-new[i, 1, n]))
            distance(out[t], h)

    return over_blocks(one_block)


@cache
def gru(exp: Callable) -> Kernel:
    @njit(fastmath=FAST, error_model="numpy")
    def one_block(U, W, out):
        h, z, r, candidate = (
            np.zeros(U[0].shape),
            np.empty(U[0].shape),
            np.empty(U[0].shape),
            np.empty(U[0].shape),
        )
        for t in range(len(out)):
            affine(z, U[0], W[0], h, t)
            affine(r, U[1], W[1], h, t)
            for i in range(len(h)):
                for w in range(2):
                    for n in range(WIDTH):
                        z[i, w, n] = 1 / (1 + exp(-z[i, w, n]))
                        r[i, w, n] = h[i, w, n] / (1 + exp(-r[i, w, n]))
            affine(candidate, U[2], W[2], r, t)
            for i in range(len(h)):
                for w in range(2):
                    for n in range(WIDTH):
                        tanh = 1 - 2 / (1 + exp(2 * candidate[i, w, n]))
                        h[i, w, n] = tanh + z[i, w, n] * (h[i, w, n] - tanh)
            distance(out[t], h)

    return over_blocks(one_block)


def over_blocks(one_block: Callable) -> Kernel:
    """Blocks of draws over the cores."""

    @njit(parallel=True)
    def kernel(U, W, length):
        out = np.empty((len(W), length, WIDTH))
        for block in prange(len(W)):
            one_block(U[block], W[block], out[block])
        return out

    return kernel


def kernels(cell: str) -> dict[str, Kernel]:
    """By how they compute e^x: plain, the C library's; polynomial."""
    of_exp = {"Vanilla": vanilla, "GRU": gru}[cell]
    return {"plain": of_exp(math.exp), "polynomial": of_exp(polynomial_exp)}


def draw_blocks(
    cell: str, size: int, num_draws: int, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """N(0,1) weights in blocks, the last one filled up."""
    U, W = batched_numpy.draw(cell, size, -(-num_draws // WIDTH) * WIDTH, random)
    return in_blocks(U), in_blocks(W)


def in_blocks(weights: np.ndarray) -> np.ndarray:
    """Rearrange (..., draw) to (block, ..., draw in block).

    The result starts at an address where no vector crosses two lines of the cache.
    """
    blocks = np.moveaxis(weights.reshape(*weights.shape[:-1], -1, WIDTH), -2, 0)
    memory = np.empty(blocks.size + 8)
    start = -memory.ctypes.data // 8 % 8
    aligned = memory[start : start + blocks.size].reshape(blocks.shape)
    aligned[:] = blocks
    return aligned


def check(cell: str, sizes: range = range(1, 21), length: int = 10) -> None:
    """Compile, and compare with `batched_numpy` on shared weights.

    Ten symbols are few enough that chaos doesn't yet amplify rounding.
    """
    for size in sizes:
        U, W = batched_numpy.draw(cell, size, 2 * WIDTH, np.random.default_rng(size))
        expected = batched_numpy.distances(cell, U, W, length)
        for name, kernel in kernels(cell).items():
            found = np.concatenate(
                list(kernel(in_blocks(U), in_blocks(W), length)), axis=1
            )
            error = abs(found - expected).max()
            if not error < 1e-12:
                raise ArithmeticError(
                    f"{cell}, {name}, k = {size}: expected the distances of "
                    f"batched NumPy, got {error:.1e} off."
                )
