"""The first step of a cell that may be anybody's, tried before the work."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PRNGKeyArray

from firstbit.cells.given import Given
from firstbit.cells.state import State, in_float, initial_state
from firstbit.errors import CellError, FirstbitError
from firstbit.programs.in_turn import in_turn
from firstbit.weights.numbers import in_current_float
from firstbit.weights.redraw import Initializer, redraw
from firstbit.weights.roles import Roles


def require_step(
    given: Given,
    input_size: int,
    hidden_size: int,
    *,
    initializer: Initializer | None,
    key: PRNGKeyArray,
    must_read: bool = True,
) -> None:
    """Try one step, with drawn weights or, without an initializer, with its own.

    A cell of the catalogue needs no trial.

    Raises:
        CellError: the state's form or dtype changes, it is not finite, or, if it must
            read, it does not depend on the input.
    """
    if given.is_of_catalogue:
        return
    with jax.enable_x64(True):
        state, after = _two_steps(given, input_size, hidden_size, initializer, key)
    _require_same_form(given, state, after[0])
    first, last = (_numbers(one) for one in after)
    for numbers in (first, last):
        strange = numbers[~np.isfinite(numbers)]
        if strange.size:
            raise CellError(
                f"expected {given.name} to give finite numbers, got {strange[0]} in "
                "its first step."
            )
    if must_read and input_size > 1 and np.array_equal(first, last):
        raise CellError(
            f"expected {given.name} to read its input, but its first step is the same "
            "for two symbols; D would be 0."
        )


def require_form(given: Given, input_size: int, hidden_size: int) -> None:
    """Trace one step, without computing it.

    Where k is the number of symbols, a factory that takes its sizes in the other order
    goes unnoticed; then other sizes are traced too.

    Raises:
        CellError: it fails, or the state's form or dtype changes.
    """
    with jax.enable_x64(True):
        shell = given.shell(input_size, hidden_size)
        state, after = _traced_step(given, shell, input_size)
        _require_same_form(given, state, after)
        if hidden_size != input_size or given.is_built:
            return
        others = [hidden_size + 1, 2 * hidden_size, 3 * hidden_size]
        for other in others:
            if _fits(given, input_size, other) is not False:
                return
    raise CellError(
        f"expected {given.name} to be a factory (input_size, hidden_size, *, key), got "
        f"one whose step fails for {input_size} inputs and any other number of units; "
        "its sizes may be in the other order."
    )


def _fits(given: Given, input_size: int, hidden_size: int) -> bool | None:
    """Return whether a step of that size fits; None if there is no such size."""
    try:
        shell = given.shell(input_size, hidden_size)
    except FirstbitError:
        return None
    try:
        state, after = _traced_step(given, shell, input_size)
    except FirstbitError:
        return False
    return _form(state) == _form(after)


def _traced_step(given: Given, shell: Any, input_size: int) -> tuple[State, State]:
    """Return the shapes of a cell's first state, and of that after one symbol."""

    def start(cell: object) -> State:
        return in_float(given.initial(cell))

    def step(cell: Any) -> State:
        return cell(jnp.zeros(input_size), start(cell))

    try:
        state = eqx.filter_eval_shape(start, shell)
        return state, eqx.filter_eval_shape(step, shell)
    except FirstbitError:
        raise
    except Exception as error:  # a user's own code may raise anything
        raise _failure(given, input_size, error) from error


def _require_same_form(given: Given, before: State, after: State) -> None:
    expected = _form(before)
    got = _form(after)
    if expected != got:
        raise CellError(
            f"expected {given.name} to give a state like the one it gets, {expected}; "
            f"got {got}; see `initial_state=`."
        )


def _failure(given: Given, input_size: int, error: Exception) -> CellError:
    return CellError(
        f"{given.name} fails in its first step: {type(error).__name__}: {error}; "
        f"expected cell(input, hidden) -> hidden, input of shape ({input_size},)."
    )


def _two_steps(
    given: Given,
    input_size: int,
    hidden_size: int,
    initializer: Initializer | None,
    key: PRNGKeyArray,
) -> tuple[State, list[State]]:
    """Return the initial state, and the states after the first and the last symbol."""
    roles: Roles = {}
    if initializer is not None:
        shell = given.shell(input_size, hidden_size)
        roles = given.roles_of(shell, input_size, hidden_size).arrays
    try:
        return _first_steps(
            given.built if given.is_built else given.factory,
            dict(given.options),
            (input_size, hidden_size),
            initializer,
            given.initial_state,
            key,
            roles,
            is_built=given.is_built,
        )
    except FirstbitError:
        raise
    except Exception as error:  # a user's own code may raise anything
        raise _failure(given, input_size, error) from error


@eqx.filter_jit
@in_turn
def _first_steps(
    cell: Any,
    options: dict[str, Any],
    sizes: tuple[int, int],
    initializer: Initializer | None,
    start: Callable[[Any], State] | None,
    key: PRNGKeyArray,
    roles: Roles,
    *,
    is_built: bool,
) -> tuple[State, list[State]]:
    """One program with the factory: what it draws in vain is never computed."""
    made = in_current_float(cell if is_built else cell(*sizes, key=key, **options))
    if initializer is not None:
        made = redraw(made, initializer, key, roles)
    state = in_float(initial_state(made, start))
    letters = jnp.eye(sizes[0])
    first = made(letters[0], state)
    last = made(letters[-1], state)
    return state, [first, last]


def _numbers(state: State) -> np.ndarray:
    leaves = jax.tree.leaves(state)
    return np.concatenate([np.ravel(leaf) for leaf in leaves])


def _form(state: State) -> str:
    leaves, structure = jax.tree.flatten(state)
    leaves = [jax.typeof(leaf) for leaf in leaves]
    shapes = ", ".join(f"{leaf.dtype}{list(leaf.shape)}" for leaf in leaves)
    if structure == jax.tree.structure(0):
        return shapes
    return f"{structure} of {shapes}"
