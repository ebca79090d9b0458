"""The class of a cell's step as a function of the state: declared, and checked.

A cell declares it as `transition = "..."`. No declaration is believed: it is checked at
random weights, states and inputs.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from firstbit.cells import redraw
from firstbit.cells.given import Given
from firstbit.cells.state import as_numbers, from_numbers, in_float
from firstbit.cells.transition import NON_NEGATIVE, transition_of
from firstbit.errors import CellError

NUM_NETS = 4
"""Random nets of a check; every other one has large weights."""

GAIN = 4.0
"""Factor of the large weights."""

ROUNDING = 1e-9
"""An eigenvalue as far below 0, relative to the largest, is taken for 0."""

SEED = 0
"""Of the random weights, states and inputs of a check."""


class _Step(NamedTuple):
    """One step of one net: derivatives by the state, at two states and one input."""

    at_one: Float[np.ndarray, "state state"]
    at_other: Float[np.ndarray, "state state"]


def declared_transition(given: Given) -> str:
    """Return the class that a cell declares; "" if it declares none.

    Raises:
        CellError: the class is unknown.

    Example:
        >>> declared_transition(Given.of("mingru:4"))
        'gated, real, non-negative'
    """
    source = given.built if given.is_built else given.factory
    return transition_of(source, given.name)


def require_transition(given: Given, input_size: int) -> None:
    """Check the class that a cell declares, at random weights, states and inputs.

    A check can refute a declaration; it can't prove it.

    Args:
        given: a cell with one hidden size.
        input_size: number of symbols.

    Raises:
        CellError: the step isn't of its class; the text has the eigenvalue, or the
            change of the derivative, that contradicts.
    """
    if not declared_transition(given):
        return
    random = np.random.default_rng(SEED)
    with jax.enable_x64(True):
        for number in range(NUM_NETS):
            cell = _net(given, input_size, number)
            inputs = [*np.eye(input_size), random.standard_normal(input_size)]
            for input in inputs:
                _require_non_negative(given, _derivatives(given, cell, input, random))


def _net(given: Given, input_size: int, number: int) -> Any:
    """Return a random net: as its factory makes it, or with large weights."""
    key = jax.random.key(number)
    cell = given.make(input_size, given.hidden_size, key)
    if number % 2 == 0 or given.is_built:
        return cell
    return jax.tree.map(_larger, redraw(cell, "normal", key))


def _larger(leaf: object) -> Any:
    is_array = isinstance(leaf, jax.Array)
    if is_array and jnp.issubdtype(leaf.dtype, jnp.floating):
        return GAIN * leaf
    return leaf


def _derivatives(
    given: Given,
    cell: object,
    input: Float[np.ndarray, " input"],
    random: np.random.Generator,
) -> _Step:
    """Return the derivative of the step by the state, at two random states."""
    size = as_numbers(given.initial(cell)).size
    found = []
    for _ in range(2):
        state = jnp.asarray(random.standard_normal(size))
        derivative = _derivative(given.initial, cell, jnp.asarray(input), state)
        found.append(np.asarray(derivative))
    return _Step(*found)


@eqx.filter_jit
def _derivative(
    initial: Callable[[Any], Any],
    cell: Any,
    input: Float[Array, " input"],
    state: Float[Array, " state"],
) -> Float[Array, "state state"]:
    like = in_float(initial(cell))

    def step(flat: Float[Array, " state"]) -> Float[Array, " state"]:
        return as_numbers(cell(input, from_numbers(flat, like)))

    return jax.jacfwd(step)(state)


def _require_non_negative(given: Given, step: _Step) -> None:
    largest = np.abs(step.at_one).max(initial=0.0)
    scale = max(1.0, float(largest))
    apart = np.abs(step.at_one - step.at_other)
    change = float(apart.max(initial=0.0))
    beginning = f"{given.name} declares the transition '{NON_NEGATIVE}', but"
    if change > ROUNDING * scale:
        raise CellError(
            f"{beginning} its step isn't linear in the state: at two random states a "
            f"derivative differs by {change:.3g}; leave the declaration out."
        )
    eigenvalues = np.linalg.eigvals(step.at_one)
    tolerance = ROUNDING * scale
    is_complex = np.abs(eigenvalues.imag) > tolerance
    is_negative = eigenvalues.real < -tolerance
    is_wrong = is_complex | is_negative
    if is_wrong.any():
        raise CellError(
            f"{beginning} at a random input its step has the eigenvalue "
            f"{_text(eigenvalues[is_wrong][0])}; leave the declaration out."
        )


def _text(eigenvalue: complex) -> str:
    if eigenvalue.imag == 0:
        return f"{eigenvalue.real:.3g}"
    return f"{eigenvalue:.3g}"
