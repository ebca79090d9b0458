"""Random parameters as a function of the cell: any pytree, one law, or a law for each weight."""

import re
from collections.abc import Mapping, Sequence
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
from firstbit.weights.threefry import Words, fold_in, key_words, random_bits

Initializer = str | Law | Mapping[str, str | Law]
"""A law, or its name; or laws by the weights' names, with wildcards (`"W_*"`), where
other weights are N(0,1)."""

CellType = TypeVar("CellType")

_BIAS = re.compile(r"(^|[._\]])(b|bias)(_\w+|\d*)$")


class Leaf(NamedTuple):
    """One array of a cell, and how it is drawn.

    Attributes:
        name: its path, such as `W_h` or `layers[0].weight`.
        law: a law; None where it is set to zero (a bias); `KEEP` where it stays as the
            cell was built.
    """

    name: str
    law: Law | str | None


KEEP = "keep"


def redraw(cell: CellType, initializer: Initializer, key: PRNGKeyArray) -> CellType:
    """The same cell with every weight drawn afresh, and biases zero.

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
        >>> cell = redraw(Vanilla(2, 3, key=jax.random.key(0)), {"W_h": "identity"}, jax.random.key(1))
        >>> cell.W_h.tolist()
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    arrays, others = eqx.partition(cell, is_real)
    leaves, structure = jax.tree.flatten(arrays)
    drawn = [
        draw_leaf(plan, number, leaf, key_words(key))
        for number, (plan, leaf) in enumerate(
            zip(plan_of(cell, initializer), leaves, strict=True)
        )
    ]
    return eqx.combine(structure.unflatten(drawn), others)


def described(initializer: Initializer) -> Any:
    """An initializer as JSON tells it.

    Example:
        >>> described({"W_*": initializer_by_name("orthogonal", 0.9)})
        {'W_*': 'orthogonal, gain 0.9'}
    """
    if isinstance(initializer, Mapping):
        return {name: described(law) for name, law in initializer.items()}
    if isinstance(initializer, str):
        return initializer
    name, gain = (
        getattr(initializer, "name", None)
        or getattr(initializer, "__qualname__", repr(initializer)),
        getattr(initializer, "gain", 1.0),
    )
    return name if gain == 1.0 else f"{name}, gain {gain:g}"


def is_real(leaf: Any) -> bool:
    """Whether a leaf is an array of real numbers, or the shape of one."""
    return isinstance(
        leaf, jax.Array | np.ndarray | jax.ShapeDtypeStruct
    ) and jnp.issubdtype(leaf.dtype, jnp.floating)


def in_current_float(cell: CellType) -> CellType:
    """Return the cell with its real arrays in JAX's current float type."""

    def converted(leaf: Any) -> Any:
        return jnp.asarray(leaf, float) if eqx.is_inexact_array(leaf) else leaf

    return jax.tree.map(converted, cell)


def plan_of(cell: Any, initializer: Initializer) -> list[Leaf]:
    """How each array of a cell is drawn, in the order of the pytree.

    Raises:
        SettingError: an initializer is unknown, or a name fits no array.
    """
    paths, _ = jax.tree_util.tree_flatten_with_path(eqx.filter(cell, is_real))
    named = [
        (jax.tree_util.keystr(path).lstrip("."), array.ndim) for path, array in paths
    ]
    laws = (
        {"*": initializer}
        if isinstance(initializer, str) or callable(initializer)
        else dict(initializer)
    )
    for pattern in laws:
        if not any(fnmatchcase(name, pattern) for name, _ in named):
            raise SettingError(
                "expected a name among the cell's arrays, "
                f"{', '.join(n for n, _ in named)}; got '{pattern}'."
            )
    return [Leaf(name, _law(name, ndim, laws)) for name, ndim in named]


def _law(name: str, ndim: int, laws: Mapping[str, str | Law]) -> Law | str | None:
    fitting = [
        law
        for pattern, law in laws.items()
        if pattern == name or (ndim > 1 and fnmatchcase(name, pattern))
    ]
    if fitting:
        return (
            initializer_by_name(fitting[0])
            if isinstance(fitting[0], str)
            else fitting[0]
        )
    if ndim > 1:
        return NORMAL
    return None if _BIAS.search(name) else KEEP


def draw_leaf(leaf: Leaf, number: int, like: Any, key: Words) -> Array:
    """One array of a cell, for one key or for many: the axes of the key's words become its last axes.

    Args:
        leaf: how it is drawn.
        number: of the array in its cell.
        like: an array, or its shape and dtype.
        key: of the draw.

    Raises:
        SettingError: the law doesn't fit the array's shape.
    """
    behind = key[0].shape
    if leaf.law == KEEP:
        return jnp.broadcast_to(
            like.reshape(*like.shape, *[1] * len(behind)), (*like.shape, *behind)
        )
    if leaf.law is None:
        return jnp.zeros((*like.shape, *behind), like.dtype)
    if isinstance(leaf.law, Entrywise):
        rows, columns = matrix_shape(like.shape)
        bits = random_bits(key, rows, columns, number)
        entries = standard_entries(bits, leaf.law.is_normal)
        return scaled(entries, leaf.law.by_fan_in, leaf.law.gain).reshape(
            *like.shape, *behind
        )
    return _by_law(leaf, like, fold_in(key, number))


def scaled(
    entries: Float[Array, "rows columns ..."],
    by_fan_in: Array | bool,
    gain: Array | float,
    true_shape: Sequence[Array | int] | None = None,
) -> Float[Array, "rows columns ..."]:
    """Entries of an entrywise law from standard ones; zero beyond the true rows and columns. All may be traced."""
    num_rows, num_columns, *behind = entries.shape
    rows, columns = (num_rows, num_columns) if true_shape is None else true_shape
    scale = gain * jnp.where(by_fan_in, 1 / jnp.sqrt(jnp.asarray(columns, float)), 1.0)
    inside = (jnp.arange(num_rows) < rows)[:, None] & (
        jnp.arange(num_columns) < columns
    )
    return entries * (inside * scale).reshape(num_rows, num_columns, *[1] * len(behind))


def _by_law(leaf: Leaf, like: Any, key: Words) -> Array:
    """By a law that draws whole arrays, one key at a time. Those of JAX take (inputs, outputs)."""
    assert callable(leaf.law)
    law, shape = leaf.law, tuple(like.shape)
    turned = not isinstance(law, Blocks) and len(shape) > 1

    def one(high: Array, low: Array) -> Array:
        drawn = law(
            jax.random.wrap_key_data(jnp.stack([high, low])),
            shape[::-1] if turned else shape,
            like.dtype,
        )
        return drawn.T if turned else drawn

    try:
        drawn = jax.eval_shape(one, *[jax.ShapeDtypeStruct((), jnp.uint32)] * 2)
    except (TypeError, ValueError, IndexError, ZeroDivisionError) as error:
        raise SettingError(
            f"the initializer doesn't fit `{leaf.name}` of shape {shape}: {error}; "
            "name another for it."
        ) from error
    if drawn.shape != shape:
        raise SettingError(
            f"expected the initializer to give `{leaf.name}` the shape {shape}, "
            f"got {drawn.shape}; name another for it."
        )
    return jax.vmap(one, out_axes=-1)(*key) if key[0].ndim else one(*key)
