"""Before any work: steps and their gradients against those of PyTorch itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import torch

from firstbit.cells.bridges.torch.convention import Tensors
from firstbit.cells.bridges.torch.forward import run_by_torch
from firstbit.cells.bridges.torch.parts import put, tensors_of
from firstbit.cells.bridges.torch.program import TorchProgram
from firstbit.cells.bridges.torch.refusal import fails_itself, is_out_of_range
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

NUMBER = 6
"""Of steps from the first state: zeros, ties and a later clock are there."""

Arrays = Mapping[str, np.ndarray]


class Point(NamedTuple):
    """Where a step is compared.

    Attributes:
        arrays: the module's numbers.
        input: one vector.
        state: of one sequence.
        pull: a direction for each leaf of the state after the step.
        name: of the step, for messages.
    """

    arrays: Arrays
    input: np.ndarray
    state: State
    pull: State
    name: str = "one step"


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
    """Compare steps and their gradients with PyTorch's own.

    They are made at two points, again at the first, and from the first state on.

    Args:
        program: the step under JAX.
        own: another module of the same kind, in float64, which PyTorch runs itself.
        others: the module's numbers at each of the two points; the steps from the first
            state take the last ones.

    Raises:
        CellError: a step differs, or PyTorch's own differs when it is repeated.
    """
    points = []
    for seed, arrays in enumerate(others):
        points.append(point_of(arrays, program.input_size, program.zeros, seed))
    with jax.enable_x64(True):
        is_single = _is_single(program, points[0])  # what can't be traced says where
    seen = [_by_torch(program, own, point) for point in points]
    again = _by_torch(program, own, points[0])
    require_repeated(program.name, seen[0], again)
    for point, outcome in _way(program, own, points[-1]):
        points.append(point)
        seen.append(outcome)
    with jax.enable_x64(True):
        got = _by_jax(program, points)
    off = 0.0
    for point, one, expected in zip(points, got, seen, strict=True):
        error = error_of_slopes(program.name, point, one, expected, is_single)
        off = max(off, error)
    if off > 0:
        program.own_gradient = f"which differs from that of its step by {off:.1e}"


def _way(
    program: TorchProgram, own: torch.nn.Module, like: Point
) -> Iterator[tuple[Point, Outcome]]:
    """Yield PyTorch's own steps from the first state on, over two words.

    A table that is read at a clock may end: then the word does, and later states have
    no numbers under JAX.

    Args:
        program: the step under JAX.
        own: makes the steps.
        like: a point with the module's numbers, and directions for the slopes.
    """
    first = _first(program, own, like.arrays)
    one_hot = np.eye(max(program.input_size, 2), program.input_size)
    for symbols in ([0] * NUMBER, [0, 1] * (NUMBER // 2)):
        state = first
        for number, symbol in enumerate(symbols, 1):
            name = f"step {number} from the first state"
            point = like._replace(input=one_hot[symbol], state=state, name=name)
            try:
                outcome = _by_torch(program, own, point)
            except CellError as error:
                if number > 1 and is_out_of_range(error.__cause__):
                    break
                raise
            yield point, outcome
            state = _like(program.zeros, outcome.after)


def _first(program: TorchProgram, own: torch.nn.Module, arrays: Arrays) -> State:
    """Return PyTorch's own first state.

    Raises:
        CellError: under JAX it is another.
    """
    if program.convention.start is None:
        return program.zeros
    for name, array in arrays.items():
        put(own, name, array)
    with torch.no_grad():
        leaves = jax.tree.leaves(run_by_torch(own, program.convention.first))
    expected = [_copied(leaf) for leaf in leaves]
    with jax.enable_x64(True):
        got = list(map(np.asarray, jax.tree.leaves(program.start(arrays))))
    error = largest_error(got, expected)
    if error > SINGLE:
        raise CellError(_differs(program.name, "the first state", error))
    return _like(program.zeros, expected)


def _like(zeros: State, leaves: Sequence[np.ndarray]) -> State:
    """Return leaves in the form of a state, their numbers of its types."""
    found = []
    for zero, leaf in zip(jax.tree.leaves(zeros), leaves, strict=True):
        same = leaf if zero.dtype.kind == "c" else np.real(leaf)
        found.append(same.astype(zero.dtype))
    return jax.tree.unflatten(jax.tree.structure(zeros), found)


def require_repeated(name: str, first: Outcome, second: Outcome) -> None:
    """Raise `CellError` unless a step at one point is the same twice."""
    again = largest_error(first.after, second.after)
    if again > 0:
        raise CellError(
            f"{name} gives another state when its first step is repeated (by "
            f"{again:.1e}): it draws random numbers or keeps something between steps; "
            "expected a function of parameters, input and state."
        )


def error_of_slopes(
    name: str, point: Point, got: Outcome, own: Outcome, is_single: bool
) -> float:
    """Return the error of the gradient of a step under JAX, 0 if it is rounding.

    Args:
        name: of the cell, for messages.
        point: where.
        got: under JAX.
        own: by PyTorch itself.
        is_single: whether the step computes in single precision.

    Raises:
        CellError: the state after the step differs.
    """
    limit, slope_limit = (SINGLE, SINGLE) if is_single else (STEP, GRADIENT)
    room = _largest(point.state)
    error = largest_error(got.after, own.after)
    if error > limit * room:
        raise CellError(_differs(name, point.name, error))
    off = largest_error(got.slopes, own.slopes)
    return off if off > slope_limit * room else 0.0


def _largest(state: State) -> float:
    """Return the largest finite number of a state, at least 1: it sets the rounding."""
    largest = 1.0
    for leaf in jax.tree.leaves(state):
        sizes = np.abs(leaf[np.isfinite(leaf)])
        largest = max(largest, float(sizes.max(initial=0)))
    return largest


def _differs(name: str, what: str, error: float) -> str:
    return (
        f"expected {what} of {name} under JAX to be PyTorch's own, got "
        f"an error of {error:.1e} of 1 + |value|; it depends on more than "
        "parameters, input and state, or an operation is translated wrongly."
    )


def _is_single(program: TorchProgram, point: Point) -> bool:
    """Return whether the step computes anything in single precision."""

    def step(input: Array, state: State) -> State:
        return program.step(dict(point.arrays), input, state, stops=True)

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
        raise fails_itself(program.name, point.name, error) from error


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


def _by_jax(program: TorchProgram, points: Sequence[Point]) -> list[Outcome]:
    step = partial(program.step, stops=True)
    return pulled_by_jax(step, program.parts.trained, points)


def pulled_by_jax(
    step: Callable[[Mapping[str, Array], Array, State], State],
    trained: Sequence[str],
    points: Sequence[Point],
) -> list[Outcome]:
    """Return a step and its slopes under JAX at each point, by one program.

    Args:
        step: `(arrays, input, state) -> state`.
        trained: names of the arrays with respect to which slopes are taken.
        points: where; all of one form.
    """

    def total(moving: _Moving, rest: _Rest) -> tuple[Array, list[Array]]:
        state = eqx.combine(moving.state, rest.state)
        arrays = {**moving.arrays, **rest.arrays}
        after = jax.tree.leaves(step(arrays, moving.input, state))
        summed = jnp.zeros(())
        pulls = jax.tree.leaves(rest.pull)
        for leaf, pull in zip(after, pulls, strict=True):
            if jnp.issubdtype(leaf.dtype, jnp.floating):
                summed = summed + jnp.sum(leaf.astype(float) * pull)
        return summed, after

    both = [_parted(point, trained) for point in points]
    slope = jax.jit(
        jax.value_and_grad(total, has_aux=True), compiler_options=FAST_TO_COMPILE
    )
    compiled = slope.lower(*both[0]).compile()  # it runs even while JAX traces
    outcomes = []
    for moving, rest in both:
        (_, after), slopes = compiled(moving, rest)
        of_arrays = [slopes.arrays[name] for name in trained]
        found = [*of_arrays, slopes.input, *jax.tree.leaves(slopes.state)]
        state = list(map(np.asarray, after))
        pulled = list(map(np.asarray, found))
        outcomes.append(Outcome(state, pulled))
    return outcomes


class _Moving(NamedTuple):
    """The numbers of a point with respect to which slopes are taken."""

    arrays: Mapping[str, Array]
    input: Array
    state: State


class _Rest(NamedTuple):
    """The other numbers of a point."""

    arrays: Mapping[str, Array]
    state: State
    pull: State


def _parted(point: Point, trained: Sequence[str]) -> tuple[_Moving, _Rest]:
    """Return the numbers with respect to which slopes are taken, and the others."""
    arrays = {name: point.arrays[name] for name in trained}
    others = {name: point.arrays[name] for name in point.arrays if name not in arrays}
    state, still = eqx.partition(point.state, lambda leaf: leaf.dtype.kind == "f")
    return _Moving(arrays, point.input, state), _Rest(others, still, point.pull)


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
