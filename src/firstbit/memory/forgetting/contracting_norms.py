r"""Norms in which a matrix times unknown slopes contracts.

In the norm |T d| the step d -> S W d, with S diagonal and each slope anywhere in its
interval, grows d by the rate

$$ \sup_S \lVert T S W T^{-1} \rVert_2 . $$

With T diagonal the largest slopes are the worst. With any T the slopes are split into
middle and reach, S = C + R E with E diagonal and |E| <= 1, so that for any positive
diagonal Q the rate is at most

$$ \lVert T C W T^{-1} \rVert_2
   + \lVert T R^{1/2} Q \rVert_2 \lVert Q^{-1} R^{1/2} W T^{-1} \rVert_2 . $$

Any T gives a true bound. Descent searches for a good one, and the norms are then
rounded up.
"""

from collections.abc import Callable
from functools import partial
from operator import itemgetter
from typing import NamedTuple

import numpy as np
import scipy
from jaxtyping import Float

from firstbit.memory.forgetting.slope_bounds import Interval

MOST_STEPS = 100
MOST_DENSE = 300
"""Numbers up to which descent keeps a full matrix, which is better at kinks."""

SLACK = 1.004
"""The quadratic start is the exact solution for a rate this much above the spectral
radius of the middle."""


Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]
"""A function of a point: value and gradient."""


class Metric(NamedTuple):
    """A norm |T d| and how it contracts.

    Attributes:
        rate: |T d| after a symbol, over |T d| before, at most.
        factor: condition number of T, the cost of the change of norm at most.
    """

    rate: float
    factor: float


def euclidean(W: Float[np.ndarray, "k k"], slope: float) -> Metric:
    """Return the plain norm: the largest slope of all units times the spectral norm."""
    rate = slope * float(np.linalg.norm(W, 2))
    unit = np.eye(len(W))
    above = _rounded_up(rate, unit, slope * W)
    return Metric(above, factor=1.0)


def diagonal(
    W: Float[np.ndarray, "k k"], slopes: Interval
) -> tuple[Metric, np.ndarray]:
    """Return the norm of the best diagonal T that descent finds, and T.

    Args:
        W: recurrent matrix.
        slopes: (symbol, unit); the worst symbol counts.
    """
    scaled = slopes.largest[:, :, None] * W

    def worst(logs: np.ndarray) -> tuple[float, np.ndarray]:
        balance = np.exp(logs[:, None] - logs)
        left, size, right = np.linalg.svd(scaled * balance)
        a = int(size[:, 0].argmax())
        rate = size[a, 0]
        of_left = left[a, :, 0] ** 2
        of_right = right[a, 0] ** 2
        gradient = rate * (of_left - of_right)
        return float(rate), gradient

    largest = np.abs(scaled).max(axis=0)
    starts = (
        np.zeros(len(W)),
        _perron_balance(largest),
    )
    found = []
    for start in starts:
        logs = _descended(worst, start)
        rate, _ = worst(logs)
        found.append((rate, logs))
    rate, logs = min(found, key=itemgetter(0))
    T = np.diag(np.exp(logs - logs.mean()))
    factor = float(np.linalg.cond(T))
    return Metric(_rounded_up(rate, T, scaled), factor), T


def quadratic(
    W: Float[np.ndarray, "k k"], slopes: Interval, diagonal: tuple[Metric, np.ndarray]
) -> Metric:
    """Return the norm of the best full T that descent finds.

    It starts from the diagonal T, and from the solution of the Lyapunov equation of the
    slopes' middle.
    """
    middle = (slopes.low + slopes.high) / 2
    reach = (slopes.high - slopes.low) / 2 * (1 + 1e-12)
    root = np.sqrt(reach)
    worst = partial(_rate_and_slope, W=W, middle=middle, root=root)
    largest = slopes.largest.max() * W
    best, of_diagonal = diagonal
    mean_step = middle.mean(axis=0)[:, None] * W
    size = len(W)
    for T in (of_diagonal, *_lyapunov(mean_step)):
        log_Q = -np.log(np.linalg.norm(T, axis=0))
        start = np.concatenate([T.ravel(), log_Q])
        for x in (start, _descended(worst, start)):
            rate, _ = worst(x)
            if not rate < best.rate:
                continue
            full = x[:-size].reshape(size, size)
            rate = _rounded_up(rate, full, largest)
            factor = float(np.linalg.cond(full))
            best = min(best, Metric(rate, factor))
    return best


def _rate_and_slope(
    x: np.ndarray, *, W: np.ndarray, middle: np.ndarray, root: np.ndarray
) -> tuple[float, np.ndarray]:
    """Return the bound for T and log Q, one vector, and its gradient.

    The worst symbol counts.
    """
    size = len(W)
    T = x[:-size].reshape(size, size)
    Q = np.exp(x[-size:])
    inverse = _inverse(T)
    if inverse is None or not np.isfinite(Q).all():
        return np.inf, np.zeros_like(x)
    of_middle = T @ (middle[:, :, None] * W) @ inverse
    before = T * (root * Q)[:, None, :]
    after = (root / Q)[:, :, None] * (W @ inverse)
    rates = _norms(of_middle) + _norms(before) * _norms(after)
    a = int(rates.argmax())
    # Of a norm |A(T)| the gradient is that of u A v, with u and v the singular vectors.
    u, m, v = _first(of_middle[a])
    s, p, t = _first(before[a])
    y, n, z = _first(after[a])
    of_left = np.outer(u, inverse @ u)
    of_right = np.outer(v, inverse @ v)
    at_T = m * (of_left - of_right)
    of_before = n * np.outer(s, root[a] * Q * t)
    of_after = p * n * np.outer(z, inverse @ z)
    at_T += of_before - of_after
    at_log_Q = p * n * (t**2 - y**2)
    gradient = np.concatenate([at_T.ravel(), at_log_Q])
    return float(m + p * n), gradient


def _inverse(matrix: np.ndarray) -> np.ndarray | None:
    """Return the inverse; None where it isn't finite."""
    try:
        inverse = np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        return None
    if not np.isfinite(inverse).all():
        return None
    return inverse


def _norms(matrices: np.ndarray) -> np.ndarray:
    return np.linalg.norm(matrices, 2, axis=(1, 2))


def _first(matrix: np.ndarray) -> tuple[np.ndarray, float, np.ndarray]:
    """Return the largest singular value between its vectors."""
    left, size, right = np.linalg.svd(matrix)
    return left[:, 0], size[0], right[0]


def _descended(worst: Objective, start: np.ndarray) -> np.ndarray:
    """Return a point near a minimum; kinks may keep it from being one exactly."""
    method = "BFGS" if len(start) < MOST_DENSE else "L-BFGS-B"
    options = {"maxiter": MOST_STEPS}
    with np.errstate(over="ignore", invalid="ignore"):  # a trial step may go far out
        found = scipy.optimize.minimize(
            worst, start, jac=True, method=method, options=options
        )
    return found.x


def _perron_balance(matrix: np.ndarray) -> np.ndarray:
    """Return log T of the diagonal T in which a positive matrix is best balanced.

    There the norm of the matrix is its spectral radius.
    """
    positive = matrix + 1e-9 * max(matrix.max(), 1e-300)
    left = _perron_vector(positive.T)
    right = _perron_vector(positive)
    return 0.5 * np.log(left / right)


def _perron_vector(matrix: np.ndarray) -> np.ndarray:
    """Return the eigenvector of the largest eigenvalue, above zero."""
    values, vectors = np.linalg.eig(matrix)
    largest = np.abs(values).argmax()
    vector = np.abs(vectors[:, largest])
    return np.maximum(vector, 1e-300)


def _lyapunov(A: np.ndarray) -> list[np.ndarray]:
    """Return T with |T A T^-1| <= SLACK times the spectral radius of A.

    The list is empty where T can't be computed.
    """
    values = np.linalg.eigvals(A)
    radius = float(np.abs(values).max())
    if not radius > 0:
        return []
    scaled = A / (SLACK * radius)
    unit = np.eye(len(A))
    P = scipy.linalg.solve_discrete_lyapunov(scaled.T, unit)
    symmetric = (P + P.T) / 2
    try:
        return [np.linalg.cholesky(symmetric).T]
    except np.linalg.LinAlgError:
        return []


def _rounded_up(rate: float, T: np.ndarray, A: np.ndarray) -> float:
    """Add to a computed norm more than its products and inverses can have lost."""
    eps = np.finfo(float).eps
    unit = 16 * A.shape[-1] ** 2 * eps
    sizes = np.linalg.norm(A, axis=(-2, -1))
    largest = sizes.max()
    lost = unit * np.linalg.cond(T) * largest
    return float(rate * (1 + 1e-12) + lost)
