"""Compute D(l,k) in PyTorch, in float64, all draws of one k in a batch.

It uses `baddbmm` under inference mode.

States are rows, (draw, word, unit): a product of rows with the transposed weights is
faster than one with columns.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import batched_numpy
import numpy as np
import torch


def draw(
    cell: str, size: int, num_draws: int, random: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Draw N(0,1) weights.

    Their shapes are U (draw, symbol, gate and unit) and W (draw, unit, gate and unit).
    """
    units = batched_numpy.NUM_GATES[cell] * size
    shapes = (num_draws, 2, units), (num_draws, size, units)
    U, W = (
        torch.randn(shape, dtype=torch.float64, generator=random) for shape in shapes
    )
    return U, W


def weights_of(U: np.ndarray, W: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """The weights of `batched_numpy` in this file's layout."""
    num_draws, size = U.shape[3], U.shape[1]
    return (
        torch.from_numpy(U.transpose(3, 2, 0, 1).reshape(num_draws, 2, -1)),
        torch.from_numpy(W.transpose(3, 2, 0, 1).reshape(num_draws, size, -1)),
    )


@torch.inference_mode()
def distances(cell: str, U: torch.Tensor, W: torch.Tensor, length: int) -> torch.Tensor:
    """|| h_u - h_v || after each symbol, (length, draw)."""
    return {"Vanilla": _vanilla, "GRU": _gru}[cell](U, W, length)


def discrepancy(
    cell: str, length: int, size: int, num_draws: int, random: torch.Generator
) -> torch.Tensor:
    """D(l,k) for l = 1..length at one k."""
    with torch.inference_mode():
        return distances(cell, *draw(cell, size, num_draws, random), length).mean(dim=1)


def surface(
    cell: str,
    length: int,
    sizes: Iterable[int],
    num_draws: int,
    *,
    threads: int,
    inside: int,
) -> list[torch.Tensor]:
    """Compute D(l,k) for every k given.

    Args:
        cell: `Vanilla` or `GRU`.
        length: the number of symbols.
        sizes: the hidden sizes k.
        num_draws: the number of draws for each k.
        threads: how many sizes at a time.
        inside: how many threads inside each operation.
    """
    torch.set_num_threads(inside)
    with ThreadPoolExecutor(threads) as pool:
        return list(
            pool.map(
                lambda size: discrepancy(
                    cell, length, size, num_draws, torch.Generator().manual_seed(size)
                ),
                sorted(sizes, reverse=True),
            )
        )


def check(cell: str, sizes: Iterable[int] = range(1, 21), length: int = 10) -> None:
    """Compare with `batched_numpy` on shared weights.

    Ten symbols are few enough that chaos doesn't yet amplify rounding.
    """
    for size in sizes:
        U, W = batched_numpy.draw(cell, size, 100, np.random.default_rng(size))
        error = abs(
            distances(cell, *weights_of(U, W), length).numpy()
            - batched_numpy.distances(cell, U, W, length)
        ).max()
        if not error < 1e-12:
            raise ArithmeticError(
                f"{cell}, k = {size}: expected the distances of batched NumPy, got "
                f"{error:.1e} off."
            )


def _vanilla(U: torch.Tensor, W: torch.Tensor, length: int) -> torch.Tensor:
    out = W.new_empty(length, len(W))
    h = torch.sigmoid(U)
    out[0] = _distance(h)
    for t in range(1, length):
        h = torch.baddbmm(U[:, :1], h, W).sigmoid_()
        out[t] = _distance(h)
    return out


def _gru(U: torch.Tensor, W: torch.Tensor, length: int) -> torch.Tensor:
    num_draws, size = W.shape[:2]
    out = W.new_empty(length, num_draws)
    (U_gates, U_candidate), (W_gates, W_candidate) = (
        [x.contiguous() for x in y.split((2 * size, size), -1)] for y in (U, W)
    )
    h = W.new_zeros(num_draws, 2, size)
    for t in range(length):
        symbol = slice(0, 1 if t else 2)
        z, r = torch.baddbmm(U_gates[:, symbol], h, W_gates).sigmoid_().chunk(2, dim=-1)
        candidate = torch.baddbmm(U_candidate[:, symbol], r * h, W_candidate).tanh_()
        h = torch.lerp(candidate, h, z)
        out[t] = _distance(h)
    return out


def _distance(h: torch.Tensor) -> torch.Tensor:
    return torch.linalg.vector_norm(h[:, 0] - h[:, 1], dim=1)
