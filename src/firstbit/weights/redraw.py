"""Random parameters as a function of the cell: one law, or a law for each weight."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import partial
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from firstbit.errors import SettingError, shown_value
from firstbit.weights.initializers import (
    NORMAL,
    Blocks,
    Entrywise,
    Law,
    initializer_by_name,
    matrix_shape,
    scaled,
    standard_entries,
)
from firstbit.weights.numbers import CellType, is_real
from firstbit.weights.recognised import recognised
from firstbit.weights.roles import (
    BIAS,
    FIXED,
    RECURRENT,
    WEIGHT,
    Role,
    Roles,
    role_by_name,
)
from firstbit.weights.threefry import (
    GENERATOR,
    Counters,
    Words,
    counters,
    fold_in,
    hashed_bits,
    key_words,
)

Initializer = str | Law | Mapping[str, str | Law]
"""A law, or its name; or laws by the weights' names, with wildcards (`"W_*"`), where
other weights are N(0,1)."""


class Leaf(NamedTuple):
    """The name of one array of a cell, and how the array is drawn.

    Attributes:
        name: its path, such as `W_h` or `layers[0].weight`.
        law: a law; None where the array is set to zero (a bias); `KEEP` where it stays
            as the cell was built.
        summed: the axes of the array that are summed over; () of a vector.
    """

    name: str
    law: Law | str | None
    summed: tuple[int, ...] = ()


KEEP = "keep"
"""Stands for the law of an array that stays as it is."""

AS_BUILT = "as-built"
"""Stands for the law of a cell's own constructor: draw i is what it gives with the i-th
key, biases and fixed arrays too. In one cell, the array stays as it was built."""

AS_IT_IS = "as it is"
"""Stands for the laws of a built cell of which every array stays as it is."""


def redraw(
    cell: CellType,
    initializer: Initializer,
    key: PRNGKeyArray,
    roles: Roles | None = None,
) -> CellType:
    """Return the same cell with every array drawn by its law; see `firstbit.redraw`.

    Args:
        cell: any pytree.
        initializer: a law or laws by the arrays' names, or `AS_IT_IS`.
        key: the random key; the same key gives the same cell.
        roles: of the arrays; see `plan_of`.
    """
    arrays, others = eqx.partition(cell, is_real)
    leaves, structure = jax.tree.flatten(arrays)
    plan = plan_of(cell, initializer, roles)
    words = key_words(key)
    drawn = []
    for number, leaf in enumerate(plan):
        own = leaves[number]
        like = np.asarray(own) if isinstance(own, np.floating) else own
        array = draw_leaf(leaf, number, like, words)
        drawn.append(array)
    redrawn = structure.unflatten(drawn)
    return eqx.combine(redrawn, others)


def described(initializer: Initializer) -> str | dict[str, str]:
    """Describe an initializer, or each one of a mapping, by its name and its gain.

    Example:
        >>> described({"W_*": initializer_by_name("orthogonal", 0.9)})
        {'W_*': 'orthogonal, gain 0.9'}
    """
    if isinstance(initializer, Mapping):
        return {name: _described(law) for name, law in initializer.items()}
    return _described(initializer)


def _described(law: str | Law) -> str:
    if isinstance(law, str):
        return law
    if not isinstance(law, Entrywise | Blocks):
        return getattr(law, "__qualname__", repr(law))
    if law.gain == 1.0:
        return law.name
    return f"{law.name}, gain {law.gain:g}"


def plan_of(
    cell: object, initializer: Initializer, roles: Roles | None = None
) -> list[Leaf]:
    """Decide how each array of a cell is drawn, in the order of the pytree.

    Args:
        cell: any pytree.
        initializer: a law or laws by the arrays' names, or `AS_IT_IS`.
        roles: of the arrays; those that it lacks are taken from name and shape.

    Raises:
        SettingError: an initializer is unknown, or a name fits no array.
    """
    rank_of = ranks(cell)
    if isinstance(initializer, str) and initializer == AS_IT_IS:
        return [Leaf(name, KEEP) for name in rank_of]
    if not rank_of:
        _require_as_built(initializer)
        return []
    laws = initializer
    if not isinstance(laws, Mapping):
        laws = {"*": laws}
    _require_laws(laws)
    _require_known(laws, rank_of)
    arrays = jax.tree.leaves(eqx.filter(cell, is_real))
    shapes = [array.shape for array in arrays]
    plan = []
    pairs = zip(rank_of.items(), shapes, strict=True)
    for (name, rank), shape in pairs:
        role = (roles or {}).get(name) or role_by_name(name, rank)
        law = _law(name, role, laws)
        leaf = Leaf(name, law, role.axes(rank))
        plan.append(_with_known_law(leaf, shape))
    return plan


def _with_known_law(leaf: Leaf, shape: tuple[int, ...]) -> Leaf:
    """Return a leaf whose law is ours, where a law of others is just that."""
    law = leaf.law
    if not callable(law) or isinstance(law, Entrywise | Blocks):
        return leaf
    asked = _asked_shape(leaf, shape)
    found = recognised(law, asked, fan_in(leaf, shape))
    return leaf if found is None else leaf._replace(law=found)


def _require_as_built(initializer: Initializer) -> None:
    """Raise `SettingError` for another law where no array is real."""
    if not is_as_built(initializer):
        raise SettingError(
            f"expected arrays of real numbers for the law {described(initializer)}, "
            f"got complex ones alone; take the cell's own law, '{AS_BUILT}'."
        )


def _require_known(laws: Mapping[str, str | Law], names: Iterable[str]) -> None:
    """Raise `SettingError` unless each pattern of the laws fits a name."""
    for pattern in laws:
        if not any(fnmatchcase(name, pattern) for name in names):
            raise SettingError(
                f"expected a name among the cell's arrays, {', '.join(names)}; got "
                f"'{pattern}'."
            )


def _require_laws(laws: Mapping[str, str | Law]) -> None:
    """Raise `SettingError` unless every law is a name, or a function of a key."""
    for law in laws.values():
        is_function = callable(law) and not isinstance(law, type)
        if not isinstance(law, str) and not is_function:
            raise SettingError(
                f"expected a law of the weights, got {shown_value(law)}; try 'normal', "
                "or one of jax.nn.initializers."
            )


def ranks(cell: object) -> dict[str, int]:
    """Return the number of axes of each real array, by the array's path.

    Example:
        >>> ranks({"W": np.ones((2, 2)), "n": np.ones(2, int)})
        {"['W']": 2}
    """
    arrays = named_arrays(cell, is_real)
    return {name: array.ndim for name, array in arrays.items()}


def named_arrays(cell: object, is_wanted: Callable[[object], bool]) -> dict[str, Any]:
    """Return the arrays of one kind, by path.

    Example:
        >>> list(named_arrays({"W": np.ones((2, 2)), "n": np.ones(2, int)}, is_real))
        ["['W']"]
    """
    arrays = eqx.filter(cell, is_wanted)
    paths, _ = jax.tree_util.tree_flatten_with_path(arrays)
    found = {}
    for path, array in paths:
        name = jax.tree_util.keystr(path).lstrip(".")
        found[name] = array
    return found


def _law(name: str, role: Role, laws: Mapping[str, str | Law]) -> Law | str | None:
    """Return the first law that fits a name, else the default of its role."""
    for pattern, law in laws.items():
        in_full = pattern == name
        if is_as_built(law) and fnmatchcase(name, pattern):
            return AS_BUILT
        if not in_full and not (role.is_weight and fnmatchcase(name, pattern)):
            continue
        found = initializer_by_name(law) if isinstance(law, str) else law
        return _for_role(found, role, in_full=in_full)
    defaults = {BIAS: None, FIXED: KEEP}
    return defaults.get(role.kind, NORMAL)


def is_as_built(law: object) -> bool:
    """Return whether a law is that of the cell's own constructor.

    Example:
        >>> is_as_built("as-built"), is_as_built({"*": "as-built"})
        (True, False)
    """
    return isinstance(law, str) and law == AS_BUILT


def _for_role(law: Law, role: Role, *, in_full: bool) -> Law:
    """Return a law as an array of that role takes it: squares are for recurrent ones.

    Where the role is unknown, or the array was named in full, its shape decides.
    """
    if not isinstance(law, Blocks):
        return law
    if role.kind == RECURRENT:
        return replace(law, squares=True)
    if in_full or role.kind == WEIGHT:
        return law
    return replace(law, squares=False)


Like = Array | np.ndarray | jax.ShapeDtypeStruct
"""An array, or its shape and dtype."""


def draw_leaf(leaf: Leaf, number: int, like: Like, key: Words) -> Array:
    """Draw one array of a cell, for one key or for many.

    The axes of the key's words become the array's last axes.

    Args:
        leaf: how it is drawn.
        number: of the array in its cell.
        like: an array, or its shape and dtype.
        key: of the draw.

    Raises:
        SettingError: the law doesn't fit the array's shape.
    """
    law = leaf.law
    shape = (*like.shape, *key[0].shape)
    if law in (KEEP, AS_BUILT):
        return _repeated(like, shape)
    if law is None:
        return jnp.zeros(shape, like.dtype)
    if not isinstance(law, Entrywise):
        of_array = fold_in(key, number)
        return _by_law(leaf, like, of_array)
    rows, columns = matrix_shape(like.shape)
    counted = counters(rows, columns, number)
    entries = _entries((rows, columns), law.is_normal, key, counted)
    size = fan_in(leaf, like.shape)
    matrix = scaled(entries, law.by_fan_in, law.gain, size)
    return matrix.reshape(shape)


@partial(jax.jit, static_argnums=(0, 1), inline=True)
def _entries(
    sizes: tuple[int, int],
    is_normal: bool,
    key: Words,
    counted: Counters,
) -> Float[Array, "rows columns ..."]:
    """Draw the standard entries of a matrix in one program."""
    bits = hashed_bits(key, counted, *sizes)
    return standard_entries(bits, is_normal)


def fan_in(leaf: Leaf, shape: tuple[int, ...]) -> int:
    """Return the numbers that each entry of the product sums over.

    Example:
        >>> fan_in(Leaf("kernel", NORMAL, (0,)), (2, 12))
        2
    """
    if not leaf.summed:
        return matrix_shape(shape)[1]
    return math.prod(shape[axis] for axis in leaf.summed)


def _repeated(array: Like, shape: tuple[int, ...]) -> Array:
    """Return the same array for every key, along the last axes of `shape`."""
    assert not isinstance(array, jax.ShapeDtypeStruct), "an array has no numbers"
    behind = (1,) * (len(shape) - array.ndim)
    once = array.reshape((*array.shape, *behind))
    return jnp.broadcast_to(once, shape)


def _by_law(leaf: Leaf, like: Like, key: Words) -> Array:
    """Draw by a law of whole arrays, one key at a time.

    It is drawn as a matrix (outputs, inputs), and turned to the array's own axes. The
    laws of JAX take the shape (inputs, outputs).
    """
    assert callable(leaf.law)
    law = leaf.law
    order = _outputs_first(leaf, len(like.shape))
    shape = tuple(like.shape[axis] for axis in order)
    back = tuple(np.argsort(order))
    is_turned = not isinstance(law, Blocks) and len(shape) > 1

    def one(high: Array, low: Array) -> Array:
        words = jnp.stack([high, low])
        one_key = jax.random.wrap_key_data(words, impl=GENERATOR)
        if is_turned:
            return law(one_key, shape[::-1], like.dtype).T
        return law(one_key, shape, like.dtype)

    def turned(high: Array, low: Array) -> Array:
        return one(high, low).transpose(back)

    _require_fit(leaf.name, one, shape)
    if not key[0].ndim:
        return turned(*key)
    of_all = jax.vmap(turned, out_axes=-1)
    return of_all(*key)


def _outputs_first(leaf: Leaf, rank: int) -> tuple[int, ...]:
    """Return the axes of an array, those that are summed over last."""
    outputs = [axis for axis in range(rank) if axis not in leaf.summed]
    return (*outputs, *leaf.summed)


def _asked_shape(leaf: Leaf, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape that a law of JAX is asked for: (inputs, outputs)."""
    order = _outputs_first(leaf, len(shape))
    return tuple(shape[axis] for axis in reversed(order))


def _require_fit(
    name: str, draw: Callable[[Array, Array], Array], shape: tuple[int, ...]
) -> None:
    """Raise `SettingError` unless a law draws an array of that shape."""
    word = jax.ShapeDtypeStruct((), jnp.uint32)
    try:
        drawn = jax.eval_shape(draw, word, word)
    except (TypeError, ValueError, IndexError, ZeroDivisionError) as error:
        raise SettingError(
            f"the initializer doesn't fit `{name}` of shape {shape}: {error}; "
            "name another for it."
        ) from error
    if drawn.shape != shape:
        raise SettingError(
            f"expected the initializer to give `{name}` the shape {shape}, "
            f"got {drawn.shape}; name another for it."
        )
