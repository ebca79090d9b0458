"""One call of a module of a framework, and the names of its arrays."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.tree_util import tree_flatten_with_path

from firstbit.cells.bridges.adapter import Adapter, Arrays, Held, Module, OwnState
from firstbit.cells.bridges.adapting import Adapting
from firstbit.cells.bridges.foreign import Array
from firstbit.cells.bridges.place import said, users_place
from firstbit.cells.state_roles import plain_path
from firstbit.errors import CellError, FirstbitError
from firstbit.weights.numbers import is_real

ASK = (
    "say it: firstbit.adapt(cell, initial_state=lambda module: ..., "
    "step=lambda module, input, state: ...)"
)


class Parts(NamedTuple):
    """The names of a module's real numbers.

    Attributes:
        trained: parameters.
        kept: the others: buffers.
    """

    trained: tuple[str, ...]
    kept: tuple[str, ...]


def parts_of(held: Held) -> Parts:
    """Return the names of a module's real numbers.

    Example:
        >>> held = Held({"rnn": {"w": np.ones(2), "b": np.ones(2)}}, {"n": np.ones(1)})
        >>> parts_of(held)
        Parts(trained=('b', 'w'), kept=('n',))
    """
    return Parts(_names(held.trained), _names(held.kept))


def _names(arrays: Arrays) -> tuple[str, ...]:
    """Return the paths of real numbers, without a first part that all share."""
    found = []
    for path, leaf in tree_flatten_with_path(arrays)[0]:
        if is_real(leaf):
            name = plain_path(jax.tree_util.keystr(path))
            name = name.replace("/", ".")
            name = name.removesuffix(".value")
            found.append(name.split("."))
    while _share_first(found):
        found = [one[1:] for one in found]
    return tuple(map(".".join, found))


def _share_first(paths: Sequence[Sequence[str]]) -> bool:
    """Return whether all paths have one first part, and more after it."""
    if not paths:
        return False
    shortest = min(map(len, paths))
    firsts = {path[0] for path in paths}
    return shortest > 1 and len(firsts) == 1


def reals_of(held: Held) -> list[Array]:
    """Return a module's real numbers, those that are trained first."""
    return [leaf for leaf in jax.tree.leaves(held) if is_real(leaf)]


class Stepped(NamedTuple):
    """What a call of a module gives.

    Attributes:
        state: after the step, one sequence's.
        output: of the step, one sequence's.
        is_state: whether the output is a leaf of the state.
    """

    state: OwnState
    output: Arrays
    is_state: bool


def one_step(
    adapter: Adapter, name: str, module: Module, input: Array, state: OwnState
) -> Stepped:
    """Call a module with one sequence: batch axes are put on and taken off.

    Raises:
        CellError: it doesn't return two things.
    """
    if adapter.batched:
        input, state = jax.tree.map(lambda leaf: leaf[None], (input, state))
    given = (state, input) if adapter.state_first else (input, state)
    result = module(*given)
    if not isinstance(result, tuple | list) or len(result) != 2:
        order = "(state, output)" if adapter.state_first else "(output, state)"
        raise CellError(
            f"expected {name} to return {order}, got {type(result).__name__}; {ASK}."
        )
    after, output = result if adapter.state_first else reversed(result)
    leaves = jax.tree.leaves(after)
    is_state = any(output is leaf for leaf in leaves)
    return Stepped(_alone(adapter, after), _alone(adapter, output), is_state)


def first_state(
    adapter: Adapter, name: str, module: Module, input_size: int, adapting: Adapting
) -> OwnState:
    """Return the state before the first symbol, one sequence's.

    Raises:
        CellError: the module doesn't say it.
    """
    if adapting.initial_state is not None:
        return adapting.initial_state(module)
    try:
        started = adapter.start(module, input_size)
        return _alone(adapter, started)
    except (AttributeError, NotImplementedError) as error:
        raise CellError(
            f"how {name} begins can't be known{users_place(error)}: {said(error)}; "
            f"{ASK}."
        ) from error


def _alone(adapter: Adapter, state: OwnState) -> OwnState:
    """Take off the axis of a batch of one."""
    if not adapter.batched:
        return state
    return jax.tree.map(lambda leaf: leaf[0], state)


def form_of(state: OwnState) -> str:
    """Return the form of a state as text.

    Example:
        >>> form_of((np.ones(2), np.ones((2, 3))))
        'PyTreeDef((*, *)) of [2], [2, 3]'
    """
    leaves, tree = jax.tree.flatten(state)
    shapes = []
    for leaf in leaves:
        shape = list(np.shape(leaf))
        shapes.append(str(shape))
    return f"{tree} of {', '.join(shapes)}"


def all_equal(first: Arrays, second: Arrays) -> bool:
    """Return whether all arrays are the same, but for their types; keys always are."""
    leaves = jax.tree.leaves(first)
    others = jax.tree.leaves(second)
    return all(map(_equal, leaves, others))


def _equal(first: Array, second: Array) -> bool:
    """Return whether two arrays are the same, or keys."""
    if jnp.issubdtype(jnp.result_type(first), jax.dtypes.prng_key):
        return True
    return bool(np.allclose(first, second, rtol=1e-6, atol=0, equal_nan=True))


@contextmanager
def promoting() -> Iterator[None]:
    """Let types and axes be promoted, as frameworks expect it."""
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        yield


@contextmanager
def stepping(name: str) -> Iterator[None]:
    """Turn whatever a user's own code raises into one line that says where."""
    try:
        with promoting():
            yield
    except FirstbitError:
        raise
    except Exception as error:  # a user's own code may raise anything
        place = users_place(error)
        raise CellError(f"{name} can't be traced{place}: {said(error)}.") from error
