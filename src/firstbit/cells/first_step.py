"""The first step of a cell that may be anybody's, tried before the work."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PRNGKeyArray

from firstbit.cells.given import Given
from firstbit.cells.state import State, initial_state
from firstbit.errors import CellError, FirstbitError
from firstbit.programs.in_turn import in_turn
from firstbit.weights.redraw import Initializer, in_current_float, redraw


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
    if given.catalogue_name and not given.is_built and given.initial_state is None:
        return
    with jax.enable_x64(True):
        state, after = _two_steps(given, input_size, hidden_size, initializer, key)
    expected, got = _form(state), _form(after[0])
    if expected != got:
        raise CellError(
            f"expected {given.name} to give a state like the one it gets, {expected}; "
            f"got {got}; see `initial_state=`."
        )
    first, last = (_numbers(one) for one in after)
    finite = np.isfinite(first)
    if not finite.all() or not np.isfinite(last).all():
        strange = first[~finite] if not finite.all() else last[~np.isfinite(last)]
        raise CellError(
            f"expected {given.name} to give finite numbers, got {strange[0]} in its "
            "first step."
        )
    if must_read and input_size > 1 and np.array_equal(first, last):
        raise CellError(
            f"expected {given.name} to read its input, but its first step is the same "
            "for two symbols; D would be 0."
        )


def _two_steps(
    given: Given,
    input_size: int,
    hidden_size: int,
    initializer: Initializer | None,
    key: PRNGKeyArray,
) -> tuple[State, list[State]]:
    """Return the initial state, and the states after the first and the last symbol."""
    try:
        return _first_steps(
            given.built if given.is_built else given.factory,
            dict(given.options),
            (input_size, hidden_size),
            initializer,
            given.initial_state,
            key,
            is_built=given.is_built,
        )
    except FirstbitError:
        raise
    except Exception as error:  # a user's own code may raise anything
        raise CellError(
            f"{given.name} fails in its first step: {type(error).__name__}: {error}; "
            "expected cell(input, hidden) -> hidden, input of shape "
            f"({input_size},)."
        ) from error


@eqx.filter_jit
@in_turn
def _first_steps(
    cell: Any,
    options: dict[str, Any],
    sizes: tuple[int, int],
    initializer: Initializer | None,
    start: Callable[[Any], State] | None,
    key: PRNGKeyArray,
    *,
    is_built: bool,
) -> tuple[State, list[State]]:
    """One program with the factory: what it draws in vain is never computed."""
    made = in_current_float(cell if is_built else cell(*sizes, key=key, **options))
    if initializer is not None:
        made = redraw(made, initializer, key)
    state = jax.tree.map(
        lambda leaf: jnp.asarray(leaf, float), initial_state(made, start)
    )
    letters = jnp.eye(sizes[0])
    return state, [made(letters[0], state), made(letters[-1], state)]


def _numbers(state: State) -> np.ndarray:
    return np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(state)])


def _form(state: State) -> str:
    leaves, structure = jax.tree.flatten(state)
    shapes = ", ".join(f"{leaf.dtype}{list(leaf.shape)}" for leaf in leaves)
    if structure == jax.tree.structure(0):
        return shapes
    return f"{structure} of {shapes}"
