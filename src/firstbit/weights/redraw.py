"""Random parameters as a function of the cell: one law, or a law for each weight."""

import re
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from firstbit.errors import SettingError
from firstbit.weights.initializers import (
    NORMAL,
    Blocks,
    Entrywise,
    Law,
    initializer_by_name,
    matrix_shape,
    standard_entries,
)
from firstbit.weights.threefry import GENERATOR, Words, fold_in, key_words, random_bits

Initializer = str | Law | Mapping[str, str | Law]
"""A law, or its name; or laws by the weights' names, with wildcards (`"W_*"`), where
other weights are N(0,1)."""

CellType = TypeVar("CellType")

_BIAS = re.compile(r"(^|[._\]])(b|bias)(_\w+|\d*)$")


class Leaf(NamedTuple):
    """The name of one array of a cell, and how the array is drawn.

    Attributes:
        name: its path, such as `W_h` or `layers[0].weight`.
        law: a law; None where the array is set to zero (a bias); `KEEP` where it stays
            as the cell was built.
    """

    name: str
    law: Law | str | None


KEEP = "keep"
"""Stands for the law of an array that stays as it is."""


def redraw(cell: CellType, initializer: Initializer, key: PRNGKeyArray) -> CellType:
    """Return the same cell with every weight drawn afresh, and biases zero.

    A weight is an array of real numbers with two or more axes, of which the last is the
    input's. A vector named `b`, `b_...` or `bias...` is a bias. Other arrays stay as
    they are.

    Args:
        cell: any pytree, such as one of this library's cells or one of `eqx.nn`.
        initializer: a law, as in `jax.nn.initializers` (called with the shape (inputs,
            outputs), as these expect), or `normal`, `fan-in-normal`, `fan-in-uniform`,
            `orthogonal`, `identity`; or a mapping from names or patterns of weights to
            laws. A bias is drawn if it is named in full.
        key: the random key; the same key gives the same cell.

    Raises:
        SettingError: an initializer is unknown or doesn't fit an array, or a name fits
            no array of the cell.

    Example:
        >>> import jax
        >>> from firstbit.cells.vanilla import Vanilla
        >>> cell = Vanilla(2, 3, key=jax.random.key(0))
        >>> redraw(cell, {"W_h": "identity"}, jax.random.key(1)).W_h.tolist()
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    arrays, others = eqx.partition(cell, is_real)
    leaves, structure = jax.tree.flatten(arrays)
    plan = plan_of(cell, initializer)
    words = key_words(key)
    drawn = []
    for number, leaf in enumerate(plan):
        array = draw_leaf(leaf, number, leaves[number], words)
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


def is_real(leaf: object) -> bool:
    """Return whether a leaf is an array of real numbers, or the shape of one."""
    if not isinstance(leaf, jax.Array | np.ndarray | jax.ShapeDtypeStruct):
        return False
    return jnp.issubdtype(leaf.dtype, jnp.floating)


def in_current_float(cell: CellType) -> CellType:
    """Return the cell with its real arrays in JAX's current float type."""

    def converted(leaf: Any) -> Any:
        if not eqx.is_inexact_array(leaf):
            return leaf
        return jnp.asarray(leaf, float)

    return jax.tree.map(converted, cell)


def plan_of(cell: object, initializer: Initializer) -> list[Leaf]:
    """Decide how each array of a cell is drawn, in the order of the pytree.

    Raises:
        SettingError: an initializer is unknown, or a name fits no array.
    """
    laws = initializer
    if not isinstance(laws, Mapping):
        laws = {"*": laws}
    ndim_of = _dimensions(cell)
    for pattern in laws:
        if not any(fnmatchcase(name, pattern) for name in ndim_of):
            raise SettingError(
                f"expected a name among the cell's arrays, {', '.join(ndim_of)}; got "
                f"'{pattern}'."
            )
    plan = []
    for name, ndim in ndim_of.items():
        law = _law(name, ndim, laws)
        plan.append(Leaf(name, law))
    return plan


def _dimensions(cell: object) -> dict[str, int]:
    """Return the number of axes of each real array, by the array's path."""
    arrays = eqx.filter(cell, is_real)
    paths, _ = jax.tree_util.tree_flatten_with_path(arrays)
    found = {}
    for path, array in paths:
        name = jax.tree_util.keystr(path).lstrip(".")
        found[name] = array.ndim
    return found


def _law(name: str, ndim: int, laws: Mapping[str, str | Law]) -> Law | str | None:
    """Return the first law that fits a name, else the default of its kind of array."""
    is_weight = ndim > 1
    for pattern, law in laws.items():
        if pattern == name or (is_weight and fnmatchcase(name, pattern)):
            return initializer_by_name(law) if isinstance(law, str) else law
    if is_weight:
        return NORMAL
    if _BIAS.search(name):
        return None
    return KEEP


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
    if law == KEEP:
        return _repeated(like, shape)
    if law is None:
        return jnp.zeros(shape, like.dtype)
    if not isinstance(law, Entrywise):
        of_array = fold_in(key, number)
        return _by_law(leaf, like, of_array)
    rows, columns = matrix_shape(like.shape)
    bits = random_bits(key, rows, columns, number)
    entries = standard_entries(bits, law.is_normal)
    matrix = scaled(entries, law.by_fan_in, law.gain)
    return matrix.reshape(shape)


def _repeated(array: Like, shape: tuple[int, ...]) -> Array:
    """Return the same array for every key, along the last axes of `shape`."""
    assert not isinstance(array, jax.ShapeDtypeStruct), "an array has no numbers"
    behind = (1,) * (len(shape) - array.ndim)
    once = array.reshape(*array.shape, *behind)
    return jnp.broadcast_to(once, shape)


def scaled(
    entries: Float[Array, "rows columns ..."],
    by_fan_in: Array | bool,
    gain: Array | float,
    true_shape: Sequence[Array | int] | None = None,
) -> Float[Array, "rows columns ..."]:
    """Scale standard entries to those of an entrywise law. All arguments may be traced.

    Args:
        entries: of mean zero, as `standard_entries` returns them.
        by_fan_in: whether to divide by the square root of the number of columns.
        gain: a further factor.
        true_shape: rows and columns beyond which entries are zero; by default all stay.
    """
    num_rows, num_columns, *behind = entries.shape
    rows, columns = true_shape or (num_rows, num_columns)
    fan_in = jnp.asarray(columns, float)
    shrink = jnp.where(by_fan_in, 1 / jnp.sqrt(fan_in), 1.0)
    scale = gain * shrink
    is_row = jnp.arange(num_rows, dtype=float) < rows
    is_column = jnp.arange(num_columns, dtype=float) < columns
    is_inside = is_row[:, None] & is_column
    factors = is_inside.astype(scale.dtype) * scale
    axes = (1,) * len(behind)
    return entries * factors.reshape(num_rows, num_columns, *axes)


def _by_law(leaf: Leaf, like: Like, key: Words) -> Array:
    """Draw by a law of whole arrays, one key at a time.

    The laws of JAX take the shape (inputs, outputs), which is ours turned around.
    """
    assert callable(leaf.law)
    law = leaf.law
    shape = tuple(like.shape)
    is_turned = not isinstance(law, Blocks) and len(shape) > 1

    def one(high: Array, low: Array) -> Array:
        words = jnp.stack([high, low])
        one_key = jax.random.wrap_key_data(words, impl=GENERATOR)
        if is_turned:
            return law(one_key, shape[::-1], like.dtype).T
        return law(one_key, shape, like.dtype)

    _require_fit(leaf.name, one, shape)
    if not key[0].ndim:
        return one(*key)
    of_all = jax.vmap(one, out_axes=-1)
    return of_all(*key)


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
