"""Before any work: a step of a layer of Keras and its gradient, against its own."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import jax
import numpy as np
import torch

from firstbit.cells.bridges.adapter import Arrays, Call, Held, Made, Result, Trial
from firstbit.cells.bridges.in_double import is_short
from firstbit.cells.bridges.torch.check import (
    Outcome,
    Point,
    error_of_slopes,
    point_of,
    pulled,
    pulled_by_jax,
    require_repeated,
)
from firstbit.cells.bridges.torch.forward import LOCK
from firstbit.cells.bridges.torch.refusal import refused
from firstbit.cells.bridges.torch.tensor import Array
from firstbit.cells.state import State
from firstbit.errors import CellError

Run = Callable[[Made, Held, Call], tuple[Result, Arrays]]
"""Calls a layer with other numbers, under JAX."""

Tensors = Mapping[str, torch.Tensor]
"""By the names of variables."""

SPREAD = 0.5
"""Standard deviation of the numbers with which a step is compared."""


def require_same_layer(trial: Trial, run: Run, trained: Tensors) -> None:
    """Compare a step and its gradient with those that Keras on PyTorch has.

    Args:
        trial: the step.
        run: makes it under JAX.
        trained: the layer's parameters; they are as before afterwards.

    Raises:
        CellError: it differs, or its own does when it is repeated.
    """
    generator = np.random.default_rng(5)
    numbers = {}
    for name, tensor in trained.items():
        drawn = generator.normal(size=tuple(tensor.shape), scale=SPREAD)
        numbers[name] = drawn.astype(np.float32)
    point = point_of(numbers, trial.input_size, trial.zeros, 0)
    dtype = trial.made.module.compute_dtype
    point = point._replace(input=point.input.astype(dtype))
    own = _by_keras(trial, trained, point)
    require_repeated(trial.name, own, _by_keras(trial, trained, point))
    step = partial(_step, trial, run)
    with jax.enable_x64(True):
        program = jax.make_jaxpr(step)(numbers, point.input, point.state)
        is_single = is_short(program)
        (got,) = pulled_by_jax(step, list(numbers), [point])
    off = error_of_slopes(trial.name, point, got, own, is_single)
    if off > 0:
        raise CellError(
            f"{trial.name} has a gradient of its own, which differs from that of its "
            f"step by {off:.1e}; run Keras on JAX: set KERAS_BACKEND=jax."
        )


def _by_keras(trial: Trial, trained: Tensors, point: Point) -> Outcome:
    """Make the step by the layer itself."""
    layer = trial.made.module
    try:
        with LOCK, _holding(trained, point.arrays):
            return pulled(trial.step, layer, point, list(trained.values()))
    except Exception as error:  # a user's own code may raise anything
        raise refused(trial.name, error) from error


def _step(
    trial: Trial, run: Run, trained: Mapping[str, Array], input: Array, state: State
) -> State:
    """Make the step under JAX."""
    held = Held(trained, trial.made.held.kept)
    return run(trial.made, held, lambda layer: trial.step(layer, input, state))[0]


@contextmanager
def _holding(trained: Tensors, numbers: Mapping[str, np.ndarray]) -> Iterator[None]:
    """Let a layer have other numbers for a while."""
    before = {name: tensor.detach().clone() for name, tensor in trained.items()}
    try:
        given = {name: torch.tensor(one) for name, one in numbers.items()}
        _put(trained, given)
        yield
    finally:
        _put(trained, before)


def _put(trained: Tensors, numbers: Tensors) -> None:
    """Write numbers into tensors."""
    with torch.no_grad():
        for name, tensor in trained.items():
            tensor.copy_(numbers[name])
