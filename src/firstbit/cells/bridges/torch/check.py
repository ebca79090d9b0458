"""Before any work: one step and its gradient against those of PyTorch itself."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import torch

from firstbit.cells.bridges.torch.convention import Tensors
from firstbit.cells.bridges.torch.forward import run_by_torch
from firstbit.cells.bridges.torch.parts import put, tensors_of
from firstbit.cells.bridges.torch.program import TorchProgram
from firstbit.cells.bridges.torch.refusal import refused
from firstbit.cells.bridges.torch.tensor import Array
from firstbit.cells.state import State
from firstbit.errors import CellError
from firstbit.programs.bounded import FAST_TO_COMPILE

STEP = 1e-12
"""Largest error of a step, as a share of 1 + |value|."""

GRADIENT = 1e-7
"""The same of its gradient: PyTorch's own of hardsigmoid is off by 5e-9."""

SINGLE = 1e-5
"""Both where the step itself computes in single precision."""

Arrays = Mapping[str, np.ndarray]


class Point(NamedTuple):
    """Where a step is compared.

    Attributes:
        arrays: the module's numbers.
        input: one vector.
        state: of one sequence.
        pull: a direction for each leaf of the state after the step.
    """

    arrays: Arrays
    input: np.ndarray
    state: State
    pull: State


class Outcome(NamedTuple):
    """A step at a point.

    Attributes:
        after: the leaves of the state after the step.
        slopes: of the pull with respect to what is trained, input and state.
    """

    after: list[np.ndarray]
    slopes: list[np.ndarray]


def require_same_step(
    program: TorchProgram, own: torch.nn.Module, others: Sequence[Arrays]
) -> None:
    """Compare a step and its gradient with PyTorch's own, at two points and again.

    Args:
        program: the step under JAX.
        own: another module of the same kind, in float64, which PyTorch runs itself.
        others: the module's numbers at each of the two points.

    Raises:
        CellError: a step differs, or PyTorch's own differs when it is repeated.
    """
    points = []
    for seed, arrays in enumerate(others):
        points.append(point_of(arrays, program.input_size, program.zeros, seed))
    with jax.ensure_compile_time_eval(), jax.enable_x64(True):
        is_single = _is_single(program, points[0])  # what can't be traced says where
    seen = []
    for point in [*points, points[0]]:
        seen.append(_by_torch(program, own, point))
    require_repeated(program.name, seen[0], seen[-1])
    off = 0.0
    with jax.ensure_compile_time_eval(), jax.enable_x64(True):
        for point, expected in zip(points, seen, strict=False):
            got = _by_jax(program, point)
            off = max(off, error_of_slopes(program.name, got, expected, is_single))
    if off > 0:
        program.own_gradient = f"which differs from that of its step by {off:.1e}"


def require_repeated(name: str, first: Outcome, second: Outcome) -> None:
    """Raise `CellError` unless a step at one point is the same twice."""
    again = largest_error(first.after, second.after)
    if again > 0:
        raise CellError(
            f"{name} gives another state when its first step is repeated (by "
            f"{again:.1e}): it draws random numbers or keeps something between steps; "
            "expected a function of parameters, input and state."
        )


def error_of_slopes(name: str, got: Outcome, own: Outcome, is_single: bool) -> float:
    """Return the error of the gradient of a step under JAX, 0 if it is rounding.

    Args:
        name: of the cell, for messages.
        got: under JAX.
        own: by PyTorch itself.
        is_single: whether the step computes in single precision.

    Raises:
        CellError: the state after the step differs.
    """
    limit, slope_limit = (SINGLE, SINGLE) if is_single else (STEP, GRADIENT)
    error = largest_error(got.after, own.after)
    if error > limit:
        raise CellError(
            f"expected one step of {name} under JAX to be PyTorch's own, got "
            f"an error of {error:.1e} of 1 + |value|; its step depends on more than "
            "parameters, input and state, or an operation is translated wrongly."
        )
    off = largest_error(got.slopes, own.slopes)
    return off if off > slope_limit else 0.0


def _is_single(program: TorchProgram, point: Point) -> bool:
    """Return whether the step computes anything in single precision."""

    def step(input: Array, state: State) -> State:
        return program.step(dict(point.arrays), input, state, stops=False)

    text = str(jax.make_jaxpr(step)(point.input, point.state))
    return ":f32[" in text or ":c64[" in text


def point_of(arrays: Arrays, input_size: int, zeros: State, seed: int) -> Point:
    """Return a point with these numbers of a module; all else is drawn."""
    generator = np.random.default_rng(seed)

    def normal(leaf: np.ndarray) -> np.ndarray:
        if leaf.dtype.kind not in "fc":
            return leaf
        return generator.normal(size=leaf.shape, scale=0.5).astype(leaf.dtype)

    input = generator.normal(size=input_size)
    state = jax.tree.map(normal, zeros)
    return Point(arrays, input, state, jax.tree.map(normal, zeros))


def _by_torch(program: TorchProgram, own: torch.nn.Module, point: Point) -> Outcome:
    for name, array in point.arrays.items():
        put(own, name, array)
    step = program.convention.one_step
    trained = tensors_of(own, program.parts.trained)
    try:
        return run_by_torch(own, lambda module: pulled(step, module, point, trained))
    except Exception as error:  # a user's own code may raise anything
        raise refused(program.name, error) from error


def pulled(
    step: Callable[..., Tensors],
    module: torch.nn.Module,
    point: Point,
    trained: Sequence[torch.Tensor],
) -> Outcome:
    """Return a step and its slopes by PyTorch itself.

    Args:
        step: `(module, input, state) -> state`.
        module: with the numbers of the point.
        point: where.
        trained: the module's tensors with respect to which slopes are taken.
    """
    input = torch.tensor(point.input, requires_grad=True)
    state = jax.tree.map(_variable, point.state)
    after = step(module, input, state)
    total = torch.zeros((), dtype=torch.float64)
    pulls = jax.tree.leaves(point.pull)
    pairs = zip(jax.tree.leaves(after), pulls, strict=True)
    for leaf, pull in pairs:
        if leaf.is_floating_point():
            total = total + (leaf * torch.tensor(pull)).sum()
    variables = [*trained, input]
    for leaf in jax.tree.leaves(state):
        if leaf.requires_grad:
            variables.append(leaf)
    slopes: Sequence[torch.Tensor | None] = [None] * len(variables)
    if total.requires_grad:
        slopes = torch.autograd.grad(total, variables, allow_unused=True)
    found = []
    for slope, variable in zip(slopes, variables, strict=True):
        known = torch.zeros_like(variable) if slope is None else slope
        found.append(_copied(known))
    leaves = [_copied(leaf) for leaf in jax.tree.leaves(after)]
    return Outcome(leaves, found)


def _copied(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().numpy().copy()


def _variable(leaf: np.ndarray) -> torch.Tensor:
    return torch.tensor(leaf, requires_grad=leaf.dtype.kind == "f")


def _by_jax(program: TorchProgram, point: Point) -> Outcome:
    trained = {name: point.arrays[name] for name in program.parts.trained}
    kept = {name: point.arrays[name] for name in point.arrays if name not in trained}

    def step(trained: Mapping[str, Array], input: Array, state: State) -> State:
        return program.step({**trained, **kept}, input, state, stops=True)

    return pulled_by_jax(step, trained, point)


def pulled_by_jax(step: Callable[..., State], trained: Arrays, point: Point) -> Outcome:
    """Return a step and its slopes under JAX.

    Args:
        step: `(trained, input, state) -> state`.
        trained: numbers with respect to which slopes are taken.
        point: where.
    """
    leaves, shape = jax.tree.flatten(point.state)
    moves = [leaf.dtype.kind == "f" for leaf in leaves]
    pulls = jax.tree.leaves(point.pull)

    def total(
        trained: Mapping[str, Array], input: Array, moving: Sequence[Array]
    ) -> tuple[Array, list[Array]]:
        left = iter(moving)
        merged = []
        for moved, leaf in zip(moves, leaves, strict=True):
            merged.append(next(left) if moved else leaf)
        state = shape.unflatten(merged)
        after = step(trained, input, state)
        summed = jnp.zeros(())
        pairs = zip(jax.tree.leaves(after), pulls, strict=True)
        for leaf, pull in pairs:
            if jnp.issubdtype(leaf.dtype, jnp.floating):
                summed = summed + jnp.sum(leaf.astype(float) * pull)
        return summed, jax.tree.leaves(after)

    moving = [leaf for leaf, moved in zip(leaves, moves, strict=True) if moved]
    slope = jax.value_and_grad(total, argnums=(0, 1, 2), has_aux=True)
    compiled = jax.jit(slope, compiler_options=FAST_TO_COMPILE)
    found = compiled(trained, jnp.asarray(point.input), moving)
    (_, after), (of_trained, of_input, of_state) = found
    ordered = [of_trained[name] for name in trained]
    slopes = [*ordered, of_input, *of_state]
    return Outcome(
        list(map(np.asarray, after)),
        list(map(np.asarray, slopes)),
    )


def largest_error(first: Sequence[np.ndarray], second: Sequence[np.ndarray]) -> float:
    """Return the largest difference, as a share of 1 + |value|."""
    largest = 0.0
    for one, other in zip(first, second, strict=True):
        if one.shape != other.shape:
            return np.inf
        if not one.size:
            continue
        are_nan = np.isnan(one) & np.isnan(other)
        are_alike = are_nan | (one == other)
        with np.errstate(invalid="ignore"):
            apart = np.abs(one.astype(complex) - other)
            off = apart / (1 + np.abs(other))
        off = np.where(np.isnan(off), np.inf, off)
        off = np.where(are_alike, 0.0, off)
        largest = max(largest, float(off.max()))
    return largest
