"""Sums, largest entries, and other reductions."""

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp

from firstbit.cells.bridges.torch.dtypes import in_real, kind_of
from firstbit.cells.bridges.torch.registry import Array, Axes, Dtype, Rule, rule
from firstbit.cells.bridges.torch.rules_entries import size_of
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
    is_whole = kind_of(x.dtype) < 2
    return cast(x, "int64") if is_whole else x


@rule("sum")
def _sum(x: Array, dim: Axes = None, keepdim: bool = False, *, dtype: Dtype = None):
    terms = _wide(x, dtype)
    return jnp.sum(terms, axes_of(dim), keepdims=keepdim)


@rule("mean")
def _mean(x: Array, dim: Axes = None, keepdim: bool = False, *, dtype: Dtype = None):
    terms = _wide(x, dtype)
    total = jnp.sum(terms, axes_of(dim), keepdims=keepdim)
    number = x.size // max(total.size, 1)
    return total / jnp.asarray(number, total.dtype)


@rule("prod")
def _prod(x: Array, dim: Axes = None, keepdim: bool = False, *, dtype: Dtype = None):
    factors = _wide(x, dtype)
    return jnp.prod(factors, axes_of(dim), keepdims=keepdim)


@rule("cumsum")
def _cumsum(x: Array, dim: int, *, dtype: Dtype = None) -> Array:
    terms = _wide(x, dtype)
    return jnp.cumsum(terms, dim) if x.ndim else terms


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
    total = jnp.sum(x, axes, keepdims=True)
    number = x.size // max(total.size, 1)
    mean = total / jnp.asarray(number, x.dtype)
    size = jnp.abs(x - mean)
    spread = jnp.sum(size * size, axes, keepdims=keep)
    if correction is None:
        correction = 1
    left = max(number - correction, 0)
    return spread / jnp.asarray(left, spread.dtype)


@rule("std")
def _std(x: Array, *args: Array, **kwargs: Array) -> Array:
    return _root(_var(x, *args, **kwargs))


@rule("var_mean")
def _var_mean(
    x: Array, dim: Axes = None, *args: Array, **kwargs: Array
) -> tuple[Array, ...]:
    keep = kwargs.get("keepdim", False)
    variance = _var(x, dim, *args, **kwargs)
    mean = _mean(x, dim, keep)
    return variance, mean


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
    place = jnp.argmax(x, dim, keepdims=keepdim)
    return cast(place, "int64")


@rule("argmin")
def _argmin(x: Array, dim: int | None = None, keepdim: bool = False) -> Array:
    place = jnp.argmin(x, dim, keepdims=keepdim)
    return cast(place, "int64")


@rule("all")
def _all(x: Array, dim: Axes = None, keepdim: bool = False) -> Array:
    is_true = cast(x, bool)
    return jnp.all(is_true, axes_of(dim), keepdims=keepdim)


@rule("any")
def _any(x: Array, dim: Axes = None, keepdim: bool = False) -> Array:
    is_true = cast(x, bool)
    return jnp.any(is_true, axes_of(dim), keepdims=keepdim)


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
    size = size_of(x)
    if order == float("inf"):
        return jnp.max(size, axes, keepdims=keepdim)
    if order == -float("inf"):
        return jnp.min(size, axes, keepdims=keepdim)
    if order == 0:
        is_there = cast(size != 0, size.dtype)
        return jnp.sum(is_there, axes, keepdims=keepdim)
    if order == 1:
        return jnp.sum(size, axes, keepdims=keepdim)
    if order == 2:
        square = jnp.sum(size * size, axes, keepdims=keepdim)
        return _root(square)
    powers = _power(size, order)
    total = jnp.sum(powers, axes, keepdims=keepdim)
    return _power(total, 1 / order)


def _power(size: Array, exponent: float) -> Array:
    """Return a power, whose slope at zero is zero, as in PyTorch's norms."""
    own = jnp.asarray(exponent, size.dtype)
    if exponent < 0:
        return jnp.power(size, own)
    return _flat_at_zero(lambda safe: jnp.power(safe, own), size)


def _root(square: Array) -> Array:
    """Return the root, whose slope at zero is zero, as in PyTorch's norm."""
    return _flat_at_zero(jnp.sqrt, square)


def _flat_at_zero(function: Callable[[Array], Array], x: Array) -> Array:
    """Return a function that is zero at zero, with no slope there."""
    zero = jnp.zeros((), x.dtype)
    one = jnp.ones((), x.dtype)
    is_zero = x == zero
    safe = jnp.where(is_zero, one, x)
    return jnp.where(is_zero, zero, function(safe))


@rule("count_nonzero")
def _count_nonzero(x: Array, dim: Axes = None) -> Array:
    is_there = cast(x, bool)
    counts = cast(is_there, "int64")
    return jnp.sum(counts, axes_of(dim))


@rule("_softmax", "softmax")
def _softmax(x: Array, dim: int, *_: object) -> Array:
    real = cast(x, in_real(x.dtype))
    return jax.nn.softmax(real, dim)


@rule("_log_softmax", "log_softmax")
def _log_softmax(x: Array, dim: int, *_: object) -> Array:
    real = cast(x, in_real(x.dtype))
    return jax.nn.log_softmax(real, dim)


@rule("trace")
def _trace(x: Array) -> Array:
    return jnp.trace(x)


@rule("einsum")
def _einsum(text: str, arrays: Sequence[Array], **_: object) -> Array:
    return jnp.einsum(text, *arrays)
