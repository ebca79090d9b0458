"""Operations that read or write at places."""

from collections.abc import Sequence

import jax.numpy as jnp

from firstbit.cells.bridges.torch.registry import Array, rule
from firstbit.cells.bridges.torch.tensor import cast


def _key(indices: Sequence[Array | None]) -> tuple[Array, ...]:
    """Return an index: where there is none, all entries are meant."""
    return tuple(slice(None) if one is None else one for one in indices)


def _along(x: Array, dim: int, place: Array) -> tuple[Array, ...]:
    """Return an index that is at a place of one axis."""
    before = (slice(None),) * (dim % x.ndim)
    return (*before, place)


@rule("index", "_unsafe_index")
def _index(x: Array, indices: Sequence[Array | None]) -> Array:
    return jnp.asarray(x)[_key(indices)]


@rule("index_put", "_unsafe_index_put", "_index_put_impl")
def _index_put(
    x: Array,
    indices: Sequence[Array | None],
    values: Array,
    accumulate: bool = False,
    unsafe: bool = False,
) -> Array:
    key = _key(indices)
    new = cast(values, x.dtype)
    is_mask = len(key) == 1 and key[0].dtype == bool
    if is_mask and values.ndim == 0:
        mask = key[0]
        behind = (1,) * (x.ndim - mask.ndim)
        mask = mask.reshape(*mask.shape, *behind)
        return jnp.where(mask, new, x)
    at = jnp.asarray(x).at[key]
    return at.add(new) if accumulate else at.set(new)


@rule("index_select")
def _index_select(x: Array, dim: int, index: Array) -> Array:
    return jnp.take(x, jnp.atleast_1d(index), axis=dim)


@rule("gather")
def _gather(x: Array, dim: int, index: Array, *, sparse_grad: bool = False) -> Array:
    return jnp.take_along_axis(x, index, axis=dim)


@rule("take")
def _take(x: Array, index: Array) -> Array:
    entries = jnp.reshape(jnp.asarray(x), -1)
    return entries[jnp.asarray(index)]


@rule("scatter")
def _scatter(x: Array, dim: int, index: Array, source: Array, **_: object) -> Array:
    new = jnp.broadcast_to(cast(source, x.dtype), index.shape)
    return jnp.put_along_axis(x, index, new, axis=dim, inplace=False)


@rule("scatter_add")
def _scatter_add(x: Array, dim: int, index: Array, source: Array) -> Array:
    key = list(jnp.indices(index.shape, sparse=True))
    key[dim] = index
    return jnp.asarray(x).at[tuple(key)].add(source)


@rule("index_add")
def _index_add(
    x: Array, dim: int, index: Array, source: Array, *, alpha: Array = 1
) -> Array:
    key = _along(x, dim, index)
    factor = jnp.asarray(alpha, x.dtype)
    added = source * factor
    return jnp.asarray(x).at[key].add(added)


@rule("index_copy")
def _index_copy(x: Array, dim: int, index: Array, source: Array) -> Array:
    key = _along(x, dim, index)
    return jnp.asarray(x).at[key].set(source)


@rule("index_fill")
def _index_fill(x: Array, dim: int, index: Array, value: Array) -> Array:
    key = _along(x, dim, index)
    new = cast(value, x.dtype)
    return jnp.asarray(x).at[key].set(new)


@rule("embedding")
def _embedding(weight: Array, indices: Array, *_: object, **__: object) -> Array:
    return jnp.asarray(weight)[jnp.asarray(indices)]


@rule("select_scatter")
def _select_scatter(x: Array, source: Array, dim: int, index: int) -> Array:
    key = _along(x, dim, index)
    return jnp.asarray(x).at[key].set(source)


@rule("slice_scatter")
def _slice_scatter(
    x: Array,
    source: Array,
    dim: int = 0,
    start: int | None = None,
    end: int | None = None,
    step: int = 1,
) -> Array:
    part = slice(start, end, step)
    key = _along(x, dim, part)
    return jnp.asarray(x).at[key].set(source)


@rule("sort")
def _sort(
    x: Array, dim: int = -1, descending: bool = False, **_: object
) -> tuple[Array, ...]:
    order = jnp.argsort(x, axis=dim, descending=descending, stable=True)
    values = jnp.take_along_axis(x, order, axis=dim)
    return values, cast(order, "int64")


@rule("argsort")
def _argsort(x: Array, dim: int = -1, descending: bool = False, **_: object) -> Array:
    order = jnp.argsort(x, axis=dim, descending=descending, stable=True)
    return cast(order, "int64")


@rule("topk")
def _topk(
    x: Array, k: int, dim: int = -1, largest: bool = True, sorted: bool = True
) -> tuple[Array, ...]:
    values, order = _sort(x, dim, largest)
    first = jnp.arange(k)
    top = jnp.take(values, first, dim)
    places = jnp.take(order, first, dim)
    return top, places
