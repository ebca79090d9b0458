"""Operations that move entries, on arrays with one more axis at the end.

Their parameters are those of the operation on one draw's arrays.
"""

from collections.abc import Callable, Mapping
from itertools import accumulate, pairwise
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array

Parameters = Mapping[str, Any]
"""An operation's parameters, of any kind, by name."""


def _split(params: Parameters, array: Array) -> list[Array]:
    axis = params["axis"]
    edges = accumulate(params["sizes"], initial=0)
    pieces = []
    for start, stop in pairwise(edges):
        piece = jax.lax.slice_in_dim(array, start, stop, axis=axis)
        pieces.append(piece)
    return pieces


def _slice(params: Parameters, array: Array) -> Array:
    length = array.shape[-1]
    start = (*params["start_indices"], 0)
    stop = (*params["limit_indices"], length)
    strides = params["strides"]
    if strides is None:
        strides = (1,) * (array.ndim - 1)
    return jax.lax.slice(array, start, stop, (*strides, 1))


def _reduce_sum(params: Parameters, array: Array) -> Array:
    axes = params["axes"]
    total = jnp.sum(array, axis=axes)
    return total.astype(array.dtype)  # jnp.sum makes int64 of int32


def _reduce_max(params: Parameters, array: Array) -> Array:
    axes = params["axes"]
    return jnp.max(array, axis=axes)


def _reduce_min(params: Parameters, array: Array) -> Array:
    axes = params["axes"]
    return jnp.min(array, axis=axes)


def _concatenate(params: Parameters, *arrays: Array) -> Array:
    axis = params["dimension"]
    return jnp.concatenate(arrays, axis=axis)


def _squeeze(params: Parameters, array: Array) -> Array:
    axes = params["dimensions"]
    return jnp.squeeze(array, axis=axes)


def _reshape(params: Parameters, array: Array) -> Array:
    shape = (*params["new_sizes"], array.shape[-1])
    return jnp.reshape(array, shape)


def _transpose(params: Parameters, array: Array) -> Array:
    last = array.ndim - 1
    axes = (*params["permutation"], last)
    return jnp.transpose(array, axes)


def _broadcast_in_dim(params: Parameters, array: Array) -> Array:
    of_one = params["shape"]
    last = len(of_one)
    shape = (*of_one, array.shape[-1])
    dimensions = (*params["broadcast_dimensions"], last)
    return jax.lax.broadcast_in_dim(array, shape, dimensions)


ONE_MORE_AXIS: Mapping[str, Callable[..., Array | list[Array]]] = {
    "split": _split,
    "slice": _slice,
    "reduce_sum": _reduce_sum,
    "reduce_max": _reduce_max,
    "reduce_min": _reduce_min,
    "concatenate": _concatenate,
    "squeeze": _squeeze,
    "reshape": _reshape,
    "transpose": _transpose,
    "broadcast_in_dim": _broadcast_in_dim,
}
"""Operation -> the same on arrays with one more axis at the end."""
