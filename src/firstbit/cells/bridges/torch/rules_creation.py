"""Operations that make arrays like another."""

from collections.abc import Sequence

import jax.numpy as jnp
import numpy as np

from firstbit.cells.bridges.torch.registry import Array, Dtype, rule
from firstbit.cells.bridges.torch.tensor import numpy_dtype


def _dtype(x: Array, dtype: Dtype) -> np.dtype:
    return np.dtype(x.dtype) if dtype is None else numpy_dtype(dtype)


@rule("zeros_like", "empty_like")
def _zeros_like(x: Array, *, dtype: Dtype = None, **_: object) -> Array:
    return np.zeros(x.shape, _dtype(x, dtype))


@rule("ones_like")
def _ones_like(x: Array, *, dtype: Dtype = None, **_: object) -> Array:
    return np.ones(x.shape, _dtype(x, dtype))


@rule("full_like")
def _full_like(x: Array, value: Array, *, dtype: Dtype = None, **_: object) -> Array:
    return np.full(x.shape, value, _dtype(x, dtype))


@rule("new_zeros", "new_empty", "new_empty_strided")
def _new_zeros(
    x: Array, size: Sequence[int], *_: object, dtype: Dtype = None, **__: object
):
    return np.zeros(tuple(size), _dtype(x, dtype))


@rule("new_ones")
def _new_ones(
    x: Array, size: Sequence[int], *, dtype: Dtype = None, **_: object
) -> Array:
    return np.ones(tuple(size), _dtype(x, dtype))


@rule("new_full")
def _new_full(
    x: Array, size: Sequence[int], value: Array, *, dtype: Dtype = None, **_: object
) -> Array:
    return np.full(tuple(size), value, _dtype(x, dtype))


@rule("fill")
def _fill(x: Array, value: Array) -> Array:
    entry = jnp.asarray(value).astype(x.dtype)
    return jnp.broadcast_to(entry, x.shape)


@rule("zero")
def _zero(x: Array) -> Array:
    return np.zeros(x.shape, x.dtype)
