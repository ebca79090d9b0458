"""Operations that read or write at places."""

from collections.abc import Sequence

import jax.numpy as jnp
from jax.core import Tracer

from firstbit.cells.bridges.torch.registry import Array, rule
from firstbit.cells.bridges.torch.tensor import cast


def _key(indices: Sequence[Array | None]) -> tuple[Array, ...]:
    """Return an index: where there is none, all entries are meant."""
    return tuple(slice(None) if one is None else one for one in indices)


def _along(x: Array, dim: int, place: Array) -> tuple[Array, ...]:
    """Return an index that is at a place of one axis."""
    before = (slice(None),) * (dim % x.ndim)
    return (*before, place)


def _from_first(index: Array, size: int) -> Array:
    """Return places counted from the first; one below it is no place.

    Places that are known are tried by PyTorch itself.
    """
    if not isinstance(index, Tracer):
        return jnp.asarray(index)
    outside = jnp.asarray(size, index.dtype)
    return jnp.where(index < 0, outside, index)


def _written(x: Array, new: Array, *places: tuple[Array, int]) -> Array:
    """Return what was written, and nothing but NaN if a place is out of range.

    Args:
        x: what was written to.
        new: it after that.
        places: along each axis where there are any, and the length of that axis.
    """
    for index, size in places:
        if not isinstance(index, Tracer):
            continue
        is_inside = jnp.all((index >= -size) & (index < size))
        lost = jnp.full(new.shape, _nothing(x), new.dtype)
        new = jnp.where(is_inside, new, lost)
    return new


def _nothing(x: Array) -> float | int:
    """Return what stands for no number."""
    if jnp.issubdtype(x.dtype, jnp.inexact):
        return float("nan")
    return 0 if x.dtype == bool else jnp.iinfo(x.dtype).min


def _places(x: Array, indices: Sequence[Array | None]) -> list[tuple[Array, int]]:
    """Return places along each axis that has any, and the length of that axis."""
    found = []
    axis = 0
    for one in indices:
        if one is not None and one.dtype == bool:
            axis += one.ndim
            continue
        if one is not None:
            found.append((one, x.shape[axis]))
        axis += 1
    return found


@rule("index", "_unsafe_index")
def _index(x: Array, indices: Sequence[Array | None]) -> Array:
    return _read(x, _key(indices))


def _read(x: Array, key: Array) -> Array:
    """Return entries; NaN where a place is out of range, at which PyTorch ends."""
    places = key if isinstance(key, tuple) else (key,)
    if any(isinstance(one, Tracer) for one in places):
        return jnp.asarray(x).at[key].get(mode="fill")
    return jnp.asarray(x)[key]


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
        new = x + new if accumulate else new
        mask = key[0]
        behind = (1,) * (x.ndim - mask.ndim)
        mask = mask.reshape(*mask.shape, *behind)
        return jnp.where(mask, new, x)
    at = jnp.asarray(x).at[key]
    put = at.add(new) if accumulate else at.set(new)
    return _written(x, put, *_places(x, indices))


@rule("index_select")
def _index_select(x: Array, dim: int, index: Array) -> Array:
    places = _from_first(index, x.shape[dim])
    return jnp.take(x, jnp.atleast_1d(places), axis=dim)


@rule("gather")
def _gather(x: Array, dim: int, index: Array, *, sparse_grad: bool = False) -> Array:
    """Return entries at places, of which there may be fewer along other axes."""
    places = _from_first(index, x.shape[dim])
    part = [slice(size) for size in jnp.shape(index)]
    if part:
        part[dim] = slice(None)
    return jnp.take_along_axis(jnp.asarray(x)[tuple(part)], places, axis=dim)


@rule("take")
def _take(x: Array, index: Array) -> Array:
    entries = jnp.reshape(jnp.asarray(x), -1)
    return _read(entries, jnp.asarray(index))


@rule("scatter")
def _scatter(x: Array, dim: int, index: Array, source: Array) -> Array:
    new = _first_of(cast(source, x.dtype), index)
    key = _key_of(x, dim, index)
    put = jnp.asarray(x).at[key].set(new)
    return _written(x, put, (key[dim], x.shape[dim]))


@rule("scatter_add")
def _scatter_add(x: Array, dim: int, index: Array, source: Array) -> Array:
    key = _key_of(x, dim, index)
    put = jnp.asarray(x).at[key].add(_first_of(source, index))
    return _written(x, put, (key[dim], x.shape[dim]))


def _key_of(x: Array, dim: int, index: Array) -> tuple[Array, ...]:
    """Return what an index along one axis means for all axes."""
    key = list(jnp.indices(index.shape, sparse=True))
    key[dim] = _from_first(index, x.shape[dim])
    return tuple(key)


def _first_of(source: Array, index: Array) -> Array:
    """Return as much of a source as an index has places; a number as it is."""
    if not jnp.ndim(source):
        return source
    return source[tuple(slice(size) for size in index.shape)]


@rule("index_add")
def _index_add(
    x: Array, dim: int, index: Array, source: Array, *, alpha: Array = 1
) -> Array:
    places = _from_first(index, x.shape[dim])
    key = _along(x, dim, places)
    factor = jnp.asarray(alpha, x.dtype)
    added = source * factor
    put = jnp.asarray(x).at[key].add(added)
    return _written(x, put, (places, x.shape[dim]))


@rule("index_copy")
def _index_copy(x: Array, dim: int, index: Array, source: Array) -> Array:
    places = _from_first(index, x.shape[dim])
    key = _along(x, dim, places)
    put = jnp.asarray(x).at[key].set(source)
    return _written(x, put, (places, x.shape[dim]))


@rule("index_fill")
def _index_fill(x: Array, dim: int, index: Array, value: Array) -> Array:
    key = _along(x, dim, index)
    new = cast(value, x.dtype)
    put = jnp.asarray(x).at[key].set(new)
    return _written(x, put, (index, x.shape[dim]))


@rule("embedding")
def _embedding(weight: Array, indices: Array, *_: object, **__: object) -> Array:
    return _read(weight, _from_first(indices, weight.shape[0]))


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
