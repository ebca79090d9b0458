"""Read-outs that put the true row nearest, for given points of a hidden state."""

from typing import NamedTuple

import numpy as np
import scipy
from jaxtyping import Float, Int

from firstbit.cells import Readout
from firstbit.errors import CellError
from firstbit.languages.demand.rows import RESOLUTION, Rows

LARGEST = 1000.0
"""Of a weight of a read-out without softmax."""

LEAST_MARGIN = 1e-6
"""Of the squared distances of the true row and of any other."""

LEAST_PROBABILITY = 1e-6
"""To which a softmax is fitted where a symbol is illegal."""

ROUNDING = 1e-12
"""Directions of the points that are smaller than this share are none."""


class Points(NamedTuple):
    """Hidden states, and the row that each must give.

    Attributes:
        hidden: the states.
        row: number of the true row.
    """

    hidden: Float[np.ndarray, "point hidden"]
    row: Int[np.ndarray, " point"]


def nearest_row_readout(
    points: Points,
    rows: Rows,
    *,
    has_bias: bool = True,
    is_softmax: bool = False,
    resolution: float = RESOLUTION,
) -> Readout:
    r"""Return a read-out whose nearest row is the true one at every point.

    Without softmax it is a linear programme: the largest m with

    $$ \lVert y - r' \rVert^2 - \lVert y - r \rVert^2 \ge m $$

    for the output y of each point, its row r and every row r' that doesn't pass for it.
    With a softmax it is the read-out of least divergence from the rows.

    Raises:
        CellError: there is none, or none was found.
    """
    features = points.hidden
    if has_bias:
        ones = np.ones((len(features), 1))
        features = np.hstack([features, ones])
    if is_softmax:
        table = _by_softmax(features, rows.table[points.row])
        given = scipy.special.softmax(features @ table, axis=1)
    else:
        table = _by_distance(features, points.row, rows, resolution)
        given = features @ table
    if not rows.right(given, points.row, resolution=resolution).all():
        raise CellError(
            "no read-out of these hidden states was found that gives the true rows; "
            "try another code."
        )
    weights, bias = np.split(table, [points.hidden.shape[1]])
    return Readout(weights.T, bias[0]) if has_bias else Readout(weights.T)


def _by_distance(
    features: Float[np.ndarray, "point feature"],
    row: Int[np.ndarray, " point"],
    rows: Rows,
    resolution: float,
) -> Float[np.ndarray, "feature output"]:
    """Return the solution of the linear programme; zeros where there is none."""
    passes = rows.distances <= resolution
    num_features = features.shape[1]
    num_outputs = rows.table.shape[1]
    size = num_features * num_outputs
    left = []
    right = []
    for seen, true in zip(features, row.tolist(), strict=True):
        for other in np.flatnonzero(~passes[true]).tolist():
            apart = rows.table[true] - rows.table[other]
            products = -2 * np.outer(seen, apart)
            left.append([*products.ravel(), 1.0])
            square = (rows.table[true] ** 2).sum()
            other_square = (rows.table[other] ** 2).sum()
            right.append(-(square - other_square))
    if not left:
        return np.zeros((num_features, num_outputs))
    objective = np.zeros(size + 1)
    objective[-1] = -1
    bounds = [(-LARGEST, LARGEST)] * size + [(LEAST_MARGIN, 1.0)]
    answer = scipy.optimize.linprog(
        objective, A_ub=np.array(left), b_ub=np.array(right), bounds=bounds
    )
    if not answer.success:
        return np.zeros((num_features, num_outputs))
    return answer.x[:size].reshape(num_features, num_outputs)


def _by_softmax(
    features: Float[np.ndarray, "point feature"],
    wanted: Float[np.ndarray, "point output"],
) -> Float[np.ndarray, "feature output"]:
    """Return the weights of least divergence from the rows, by descent."""
    raised = np.maximum(wanted, LEAST_PROBABILITY)
    target = raised / raised.sum(axis=1, keepdims=True)
    left, scales, right = np.linalg.svd(features, full_matrices=False)
    kept = scales > ROUNDING * scales.max()
    left = left[:, kept]  # orthonormal: else close points would be told apart late
    shape = left.shape[1], wanted.shape[1]

    def divergence(flat: np.ndarray) -> tuple[float, np.ndarray]:
        logits = left @ flat.reshape(shape)
        log_given = scipy.special.log_softmax(logits, axis=1)
        slope = left.T @ (np.exp(log_given) - target)
        return float(-(target * log_given).sum()), slope.ravel()

    answer = scipy.optimize.minimize(
        divergence,
        np.zeros(shape).ravel(),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 5000, "maxfun": 10_000, "ftol": 1e-14, "gtol": 1e-9},
    )
    weights = answer.x.reshape(shape) / scales[kept, None]
    return right[kept].T @ weights
