"""Run the published training in PyTensor, the successor of Theano.

It uses `scan` along a word, PyTensor's own gradient, and one update a word.

Numba mode: where C mode finds no BLAS, as with pip's package, it takes five to ten
times as long.
"""

import os
import tempfile
from collections.abc import Callable

import numpy as np
from published_task import Task

_EMPTY = (
    tempfile.TemporaryDirectory()
)  # compile times are those without programs kept from before
os.environ["PYTENSOR_FLAGS"] = f"base_compiledir={_EMPTY.name}"

import pytensor  # noqa: E402
import pytensor.tensor as pt  # noqa: E402

Step = Callable[[np.ndarray], np.ndarray]


def compiled_step(task: Task) -> Step:
    """Return one word's gradient step, compiled and at the first weights.

    The step returns the loss.
    """
    start = LAYOUT[task.cell](task.parameters)
    parameters = [pytensor.shared(array) for array in start]
    word = pt.matrix("word", dtype="float64")
    loss = pt.sum((OUTPUTS[task.cell](word[:-1], *parameters) - word[1:]) ** 2)
    updates = [
        (p, p - task.rate * g)
        for p, g in zip(parameters, pt.grad(loss, parameters), strict=True)
    ]
    step = pytensor.function(
        [word], loss, updates=updates, mode="NUMBA", trust_input=True
    )
    step(task.one_hot[0])  # numba compiles at the first call
    for parameter, array in zip(parameters, start, strict=True):
        parameter.set_value(array)
    return step


def train(task: Task, step: Step, num_epochs: int) -> np.ndarray:
    """Mean error of each epoch."""
    return np.array(
        [np.mean([step(word) for word in task.one_hot]) for _ in range(num_epochs)]
    )


def _vanilla_layout(p: dict[str, np.ndarray]) -> list[np.ndarray]:
    return [p["U_h"], p["b_h"], p["W_h"], p["O"], p["b_O"]]


def _vanilla(inputs, U, b, W, O, b_O):
    hidden = pytensor.scan(
        lambda a, h, W: pt.sigmoid(a + W @ h),
        sequences=[inputs @ U.T + b],
        outputs_info=[pt.zeros_like(b)],
        non_sequences=[W],
        strict=True,
        return_updates=False,
    )
    return hidden @ O.T + b_O


def _gru_layout(p: dict[str, np.ndarray]) -> list[np.ndarray]:
    """The gates z and r in one product; the candidate's in another, for it needs r."""
    U, b = (
        np.concatenate([p["U_z"], p["U_r"], p["U_h"]]),
        np.concatenate([p["b_z"], p["b_r"], p["b_h"]]),
    )
    return [U, b, np.concatenate([p["W_z"], p["W_r"]]), p["W_h"], p["O"]]


def _gru(inputs, U, b, W, W_h, O):
    size = W_h.shape[0]

    def step(a, h, W, W_h):
        size = W_h.shape[0]
        gates = pt.sigmoid(a[: 2 * size] + W @ h)
        z, r = gates[:size], gates[size:]
        return (1 - z) * pt.tanh(a[2 * size :] + W_h @ (r * h)) + z * h

    hidden = pytensor.scan(
        step,
        sequences=[inputs @ U.T + b],
        outputs_info=[pt.zeros_like(b[:size])],
        non_sequences=[W, W_h],
        strict=True,
        return_updates=False,
    )
    return hidden @ O.T


LAYOUT = {"Vanilla": _vanilla_layout, "GRU": _gru_layout}
OUTPUTS = {"Vanilla": _vanilla, "GRU": _gru}
