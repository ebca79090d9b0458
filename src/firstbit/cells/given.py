"""From a factory or a built cell to a cell of one size that is fit to be measured."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PRNGKeyArray

from firstbit.cells.cell import Cell
from firstbit.cells.state import State, initial_state
from firstbit.errors import CellError, FirstbitError
from firstbit.weights.redraw import Initializer, is_real, redraw

CellLike = Any
"""A factory `(input_size, hidden_size, *, key) -> cell`, such as a class; or one built
cell."""


def name_of(cell: CellLike) -> str:
    """What to call a cell in results: its class, and what a partial application fixes.

    Example:
        >>> from functools import partial
        >>> from firstbit.cells.vanilla import Vanilla
        >>> name_of(partial(Vanilla, activation="tanh"))
        'Vanilla(activation=tanh)'
    """
    inner = getattr(cell, "func", None)
    if inner is not None:
        given = ", ".join(
            f"{option}={getattr(value, '__name__', value)}"
            for option, value in cell.keywords.items()
        )
        return f"{name_of(inner)}({given})"
    return getattr(cell, "__name__", type(cell).__name__)


def is_built(cell: CellLike) -> bool:
    """Whether it is a cell already, not something that makes cells."""
    return isinstance(cell, eqx.Module) or (
        hasattr(cell, "input_size") and not isinstance(cell, type)
    )


def is_own(cell: CellLike) -> bool:
    """Whether it makes cells of this library, which need no trial."""
    return isinstance(getattr(cell, "func", cell), type) and issubclass(
        getattr(cell, "func", cell), Cell
    )


def skeleton(cell: CellLike, input_size: int, hidden_size: int) -> Any:
    """A cell of that size whose arrays are shapes only, of JAX's current float type; a built cell keeps its arrays.

    Raises:
        CellError: the factory refuses the size, what it gives is no pytree of arrays,
            or a built cell has another size.
    """
    if is_built(cell):
        sizes = (
            getattr(cell, "input_size", input_size),
            getattr(cell, "hidden_size", hidden_size),
        )
        if sizes != (input_size, hidden_size):
            raise CellError(
                f"expected a cell of {input_size} inputs and {hidden_size} units, "
                f"got one of {sizes[0]} and {sizes[1]};"
                " ask for its own size, or give its class."
            )
        made = jax.tree.map(
            lambda leaf: (
                jnp.asarray(leaf, float) if eqx.is_inexact_array(leaf) else leaf
            ),
            cell,
        )
    else:
        inner, options = getattr(cell, "func", cell), getattr(cell, "keywords", {})
        made = _remembered(
            inner,
            tuple(sorted(options.items())),
            input_size,
            hidden_size,
            jnp.result_type(float),
        )
    if not any(is_real(leaf) for leaf in jax.tree.leaves(made)):
        raise CellError(
            f"expected {name_of(cell)} to be a pytree that holds arrays of real "
            "numbers; got none in it; derive it from eqx.Module."
        )
    return made


def built(cell: CellLike, input_size: int, hidden_size: int, key: PRNGKeyArray) -> Any:
    """A cell of that size with the arrays that its factory gives it."""
    made = cell if is_built(cell) else cell(input_size, hidden_size, key=key)
    return jax.tree.map(
        lambda leaf: jnp.asarray(leaf, float) if eqx.is_inexact_array(leaf) else leaf,
        made,
    )


def _remembered(
    cell: CellLike, options: tuple, input_size: int, hidden_size: int, dtype: Any
) -> Any:
    """Shapes of a factory's cells: to trace a factory takes longer than to measure its cells."""
    try:
        return _traced(cell, options, input_size, hidden_size, dtype)
    except TypeError:  # what can't be hashed can't be remembered
        return _traced.__wrapped__(cell, options, input_size, hidden_size, dtype)


@lru_cache(maxsize=512)
def _traced(
    cell: CellLike,
    options: tuple,
    input_size: int,
    hidden_size: int,
    dtype: Any,  # noqa: ARG001
) -> Any:
    """`dtype` is JAX's current float type, a part of what is remembered."""
    shapes = _shapes(
        partial(cell, **dict(options)) if options else cell, input_size, hidden_size
    )
    return jax.tree.map(_in_current_float, shapes)


def _shapes(cell: CellLike, input_size: int, hidden_size: int) -> Any:
    if not callable(cell):
        raise CellError(
            "expected a cell or a factory (input_size, hidden_size, *, key), got "
            f"{type(cell).__name__}."
        )
    try:
        return eqx.filter_eval_shape(
            cell, input_size, hidden_size, key=jax.random.key(0)
        )
    except FirstbitError:
        raise
    except Exception as error:  # a user's own code may raise anything
        raise CellError(
            f"{name_of(cell)} refuses {input_size} inputs and {hidden_size} units: "
            f"{type(error).__name__}: {error};"
            " expected a factory (input_size, hidden_size, *, key)."
        ) from error


def _in_current_float(leaf: Any) -> Any:
    return (
        jax.ShapeDtypeStruct(leaf.shape, jnp.result_type(float))
        if is_real(leaf)
        else leaf
    )


def require_step(
    cell: CellLike,
    *,
    name: str,
    input_size: int,
    hidden_size: int | None = None,
    initializer: Initializer,
    start: Callable[[Any], State] | None,
    key: PRNGKeyArray,
    must_read: bool = True,
) -> None:
    """Try one step of a cell with drawn weights: of a factory's cell of `hidden_size`; without a size, of a cell that is made.

    Raises:
        CellError: the state's form or dtype changes, it is not finite, or, if it must
            read, it does not depend on the input.
    """
    try:
        inner, options = (
            (cell, {})
            if hidden_size is None
            else (getattr(cell, "func", cell), getattr(cell, "keywords", {}))
        )
        state, after = _two_steps(
            inner, options, input_size, hidden_size, initializer, start, key
        )
    except FirstbitError:
        raise
    except Exception as error:  # a user's own code may raise anything
        raise CellError(
            f"{name} fails in its first step: {type(error).__name__}: {error}; "
            "expected cell(input, hidden) -> hidden,"
            f" input of shape ({input_size},)."
        ) from error
    expected, got = _form(state), _form(after[0])
    if expected != got:
        raise CellError(
            f"expected {name} to give a state like the one it gets, {expected}; "
            f"got {got}; see `initial_state=`."
        )
    leaves = [
        np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(s)]) for s in after
    ]
    if not np.isfinite(leaves).all():
        raise CellError(
            f"expected {name} to give finite numbers, got "
            f"{leaves[0][~np.isfinite(leaves[0])][0]} in its first step."
        )
    if must_read and input_size > 1 and np.array_equal(leaves[0], leaves[1]):
        raise CellError(
            f"expected {name} to read its input, but its first step is the same "
            "for two symbols; D would be 0."
        )


@eqx.filter_jit
def _two_steps(
    cell: CellLike,
    options: dict[str, Any],
    input_size: int,
    hidden_size: int | None,
    initializer: Initializer,
    start: Callable[[Any], State] | None,
    key: PRNGKeyArray,
) -> tuple[State, list[State]]:
    """In one program with the factory: what it draws in vain is never computed, nor compiled."""
    made = (
        cell
        if hidden_size is None
        else built(
            partial(cell, **options) if options else cell, input_size, hidden_size, key
        )
    )
    drawn = redraw(made, initializer, key)
    state = jax.tree.map(
        lambda leaf: jnp.asarray(leaf, float), initial_state(drawn, start)
    )
    return state, [drawn(x, state) for x in jnp.eye(input_size)[jnp.array([0, -1])]]


def _form(state: State) -> str:
    leaves, structure = jax.tree.flatten(state)
    shapes = ", ".join(f"{leaf.dtype}{list(leaf.shape)}" for leaf in leaves)
    return shapes if structure == jax.tree.structure(0) else f"{structure} of {shapes}"
