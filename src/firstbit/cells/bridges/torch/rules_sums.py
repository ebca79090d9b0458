"""Sums, largest entries, and other reductions."""

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp

from firstbit.cells.bridges.torch.dtypes import in_real, kind_of
from firstbit.cells.bridges.torch.registry import Array, Axes, Dtype, Rule, rule
from firstbit.cells.bridges.torch.tensor import cast, numpy_dtype


def axes_of(dim: Axes) -> tuple[int, ...] | None:
    """Return axes as JAX takes them; None stands for all."""
    if dim is None:
        return None
    if isinstance(dim, int):
        return (dim,)
    return tuple(dim) or None


def _wide(x: Array, dtype: Dtype) -> Array:
    """Return what a sum is taken of: whole numbers are summed as int64."""
    if dtype is not None:
        return cast(x, numpy_dtype(dtype))
    return cast(x, "int64") if kind_of(x.dtype) < 2 else x


@rule("sum")
def _sum(x: Array, dim: Axes = None, keepdim: bool = False, *, dtype: Dtype = None):
    return jnp.sum(_wide(x, dtype), axes_of(dim), keepdims=keepdim)


@rule("mean")
def _mean(x: Array, dim: Axes = None, keepdim: bool = False, *, dtype: Dtype = None):
    total = jnp.sum(_wide(x, dtype), axes_of(dim), keepdims=keepdim)
    number = x.size // max(total.size, 1)
    return total / jnp.asarray(number, total.dtype)


@rule("prod")
def _prod(x: Array, dim: Axes = None, keepdim: bool = False, *, dtype: Dtype = None):
    return jnp.prod(_wide(x, dtype), axes_of(dim), keepdims=keepdim)


@rule("cumsum")
def _cumsum(x: Array, dim: int, *, dtype: Dtype = None) -> Array:
    return jnp.cumsum(_wide(x, dtype), dim) if x.ndim else _wide(x, dtype)


@rule("cumprod")
def _cumprod(x: Array, dim: int, *, dtype: Dtype = None) -> Array:
    return jnp.cumprod(_wide(x, dtype), dim)


@rule("var")
def _var(
    x: Array, dim: Axes = None, unbiased: bool = True, keepdim: bool = False, **more
):
    correction = more.get("correction", 1 if unbiased else 0)
    keep = more.get("keepdim", keepdim)
    axes = axes_of(dim)
    middle = jnp.sum(x, axes, keepdims=True)
    number = x.size // max(middle.size, 1)
    off = x - middle / jnp.asarray(number, x.dtype)
    spread = jnp.sum(off * off, axes, keepdims=keep)
    left = number - (1 if correction is None else correction)
    return spread / jnp.asarray(left, x.dtype)


@rule("std")
def _std(x: Array, *args: Array, **kwargs: Array) -> Array:
    return jnp.sqrt(_var(x, *args, **kwargs))


@rule("var_mean")
def _var_mean(
    x: Array, dim: Axes = None, *args: Array, **kwargs: Array
) -> tuple[Array, ...]:
    keep = kwargs.get("keepdim", False)
    return _var(x, dim, *args, **kwargs), _mean(x, dim, keep)


def _extreme(function: Callable[..., Array], place: Callable[..., Array]) -> Rule:
    def of(x: Array, dim: int | None = None, keepdim: bool = False) -> Array:
        if dim is None:
            return function(x)
        where = place(x, axis=dim, keepdims=True)
        found = jnp.take_along_axis(x, where, axis=dim)
        where = cast(where, "int64")
        if not keepdim:
            found = jnp.squeeze(found, dim)
            where = jnp.squeeze(where, dim)
        return found, where

    return of


rule("max")(_extreme(jnp.max, jnp.argmax))
rule("min")(_extreme(jnp.min, jnp.argmin))


@rule("amax")
def _amax(x: Array, dim: Axes = (), keepdim: bool = False) -> Array:
    return jnp.max(x, axes_of(dim), keepdims=keepdim)


@rule("amin")
def _amin(x: Array, dim: Axes = (), keepdim: bool = False) -> Array:
    return jnp.min(x, axes_of(dim), keepdims=keepdim)


@rule("argmax")
def _argmax(x: Array, dim: int | None = None, keepdim: bool = False) -> Array:
    return cast(jnp.argmax(x, dim, keepdims=keepdim), "int64")


@rule("argmin")
def _argmin(x: Array, dim: int | None = None, keepdim: bool = False) -> Array:
    return cast(jnp.argmin(x, dim, keepdims=keepdim), "int64")


@rule("all")
def _all(x: Array, dim: Axes = None, keepdim: bool = False) -> Array:
    return jnp.all(cast(x, bool), axes_of(dim), keepdims=keepdim)


@rule("any")
def _any(x: Array, dim: Axes = None, keepdim: bool = False) -> Array:
    return jnp.any(cast(x, bool), axes_of(dim), keepdims=keepdim)


@rule("logsumexp")
def _logsumexp(x: Array, dim: Axes, keepdim: bool = False) -> Array:
    return jax.nn.logsumexp(x, axes_of(dim), keepdims=keepdim)


@rule("linalg_vector_norm", "norm")
def _vector_norm(
    x: Array,
    ord: float | None = 2,
    dim: Axes = None,
    keepdim: bool = False,
    *,
    dtype: Dtype = None,
) -> Array:
    x = x if dtype is None else cast(x, numpy_dtype(dtype))
    axes = axes_of(dim)
    order = 2 if ord is None else ord
    size = jnp.abs(x)
    if order == float("inf"):
        return jnp.max(size, axes, keepdims=keepdim)
    if order == 1:
        return jnp.sum(size, axes, keepdims=keepdim)
    if order == 2:
        return _root(jnp.sum(size * size, axes, keepdims=keepdim))
    power = jnp.asarray(order, size.dtype)
    total = jnp.sum(jnp.power(size, power), axes, keepdims=keepdim)
    return jnp.power(total, jnp.asarray(1 / order, size.dtype))


def _root(square: Array) -> Array:
    """Return the root, whose slope at zero is zero, as in PyTorch's norm."""
    is_zero = square == jnp.zeros((), square.dtype)
    one = jnp.ones((), square.dtype)
    root = jnp.sqrt(jnp.where(is_zero, one, square))
    return jnp.where(is_zero, jnp.zeros((), square.dtype), root)


@rule("count_nonzero")
def _count_nonzero(x: Array, dim: Axes = None) -> Array:
    return jnp.sum(cast(cast(x, bool), "int64"), axes_of(dim))


@rule("_softmax", "softmax")
def _softmax(x: Array, dim: int, *_: object) -> Array:
    return jax.nn.softmax(cast(x, in_real(x.dtype)), dim)


@rule("_log_softmax", "log_softmax")
def _log_softmax(x: Array, dim: int, *_: object) -> Array:
    return jax.nn.log_softmax(cast(x, in_real(x.dtype)), dim)


@rule("trace")
def _trace(x: Array) -> Array:
    return jnp.trace(x)


@rule("einsum")
def _einsum(text: str, arrays: Sequence[Array], **_: object) -> Array:
    return jnp.einsum(text, *arrays)
