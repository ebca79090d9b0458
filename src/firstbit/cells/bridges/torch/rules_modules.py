"""Activations and normalisations of torch.nn.

Where a number is cut off, what is cut is asked for: NaN is neither below nor above, and
stays NaN.
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from firstbit.cells.bridges.torch.refusal import RefusedError
from firstbit.cells.bridges.torch.registry import Array, rule


def _n(value: float, like: Array) -> Array:
    return jnp.asarray(value, like.dtype)


@rule("softplus")
def _softplus(x: Array, beta: float = 1, threshold: float = 20) -> Array:
    scaled = x * _n(beta, x)
    is_large = scaled > _n(threshold, x)
    inside = jnp.where(is_large, _n(0, x), scaled)
    curved = jnp.log1p(jnp.exp(inside)) / _n(beta, x)
    return jnp.where(is_large, x, curved)


@rule("hardsigmoid")
def _hardsigmoid(x: Array) -> Array:
    raised = x + _n(3, x)
    most = _n(6, x)
    low = jnp.where(raised <= 0, _n(0, x), raised)
    inside = jnp.where(low >= 6, most, low)
    return inside / most


@rule("hardtanh")
def _hardtanh(x: Array, low: float = -1, high: float = 1) -> Array:
    least = _n(low, x)
    most = _n(high, x)
    raised = jnp.where(x <= least, least, x)
    return jnp.where(raised >= most, most, raised)


@rule("relu6")
def _relu6(x: Array) -> Array:
    return _hardtanh(x, 0, 6)


@rule("hardswish")
def _hardswish(x: Array) -> Array:
    return x * _hardsigmoid(x)


@rule("leaky_relu")
def _leaky_relu(x: Array, slope: float = 0.01) -> Array:
    is_positive = x > 0
    negative = x * _n(slope, x)
    return jnp.where(is_positive, x, negative)


@rule("_prelu_kernel", "prelu")
def _prelu(x: Array, weight: Array) -> Array:
    is_positive = x > 0
    slope = jnp.broadcast_to(weight, x.shape)
    negative = x * slope
    return jnp.where(is_positive, x, negative)


@rule("elu")
def _elu(x: Array, alpha: float = 1, scale: float = 1, input_scale: float = 1):
    inside = jnp.where(x > 0, _n(0, x), x)
    curved = jnp.expm1(inside * _n(input_scale, x))
    negative = curved * _n(alpha, x)
    unscaled = jnp.where(x > 0, x, negative)
    return unscaled * _n(scale, x)


@rule("celu")
def _celu(x: Array, alpha: float = 1) -> Array:
    return _elu(x, alpha, 1, 1 / alpha)


@rule("selu")
def _selu(x: Array) -> Array:
    return _elu(x, 1.6732632423543772848170429916717, 1.0507009873554804934193349852946)


@rule("silu")
def _silu(x: Array) -> Array:
    return x * jax.nn.sigmoid(x)


@rule("gelu")
def _gelu(x: Array, *, approximate: str = "none") -> Array:
    return jax.nn.gelu(x, approximate=approximate == "tanh")


@rule("mish")
def _mish(x: Array) -> Array:
    return x * jnp.tanh(_softplus(x))


@rule("log_sigmoid", "log_sigmoid_forward")
def _log_sigmoid(x: Array) -> tuple[Array, ...]:
    found = jax.nn.log_sigmoid(x)
    buffer = jnp.zeros((0,), x.dtype)
    return found, buffer


@rule("threshold")
def _threshold(x: Array, threshold: float, value: float) -> Array:
    is_below = x <= _n(threshold, x)
    return jnp.where(is_below, _n(value, x), x)


@rule("_trilinear")
def _trilinear(
    a: Array,
    b: Array,
    c: Array,
    expand_a: Sequence[int],
    expand_b: Sequence[int],
    expand_c: Sequence[int],
    summed: Sequence[int],
    unroll_dim: int = 1,
) -> Array:
    for axis in expand_a:
        a = jnp.expand_dims(a, axis)
    for axis in expand_b:
        b = jnp.expand_dims(b, axis)
    for axis in expand_c:
        c = jnp.expand_dims(c, axis)
    shape = jnp.broadcast_shapes(a.shape, b.shape, c.shape)
    a = jnp.broadcast_to(a, shape)
    b = jnp.broadcast_to(b, shape)
    c = jnp.broadcast_to(c, shape)
    products = a * b * c
    return jnp.sum(products, tuple(summed))


@rule("dropout", "alpha_dropout", "feature_dropout")
def _dropout(x: Array, p: float, train: bool) -> Array:
    if train and p > 0:
        raise RefusedError(
            "dropout in a step makes it another every time; call .eval() of the "
            "module, or leave `training` to it."
        )
    return x


@rule("native_dropout")
def _native_dropout(x: Array, p: float, train: bool | None) -> tuple[Array, ...]:
    kept = _dropout(x, p, bool(train))
    mask = jnp.ones(x.shape, bool)
    return kept, mask


@rule("native_layer_norm")
def _layer_norm(
    x: Array, shape: Sequence[int], weight: Array | None, bias: Array | None, eps: float
) -> tuple[Array, ...]:
    first = x.ndim - len(shape)
    axes = tuple(range(first, x.ndim))
    mean = jnp.mean(x, axes, keepdims=True)
    off = x - mean
    spread = jnp.mean(off * off, axes, keepdims=True)
    scale = jax.lax.rsqrt(spread + _n(eps, x))
    plain = off * scale
    whole = _affine(plain, weight, bias, x.shape)
    return whole, mean, scale


def _affine(
    x: Array, weight: Array | None, bias: Array | None, shape: Sequence[int]
) -> Array:
    if weight is not None:
        x = x * jnp.broadcast_to(weight, shape)
    if bias is not None:
        x = x + jnp.broadcast_to(bias, shape)
    return x


@rule("native_group_norm")
def _group_norm(
    x: Array,
    weight: Array | None,
    bias: Array | None,
    batch: int,
    channels: int,
    places: int,
    groups: int,
    eps: float,
) -> tuple[Array, ...]:
    rows = jnp.reshape(x, (batch, groups, -1))
    mean = jnp.mean(rows, 2, keepdims=True)
    off = rows - mean
    spread = jnp.mean(off * off, 2, keepdims=True)
    scale = jax.lax.rsqrt(spread + _n(eps, x))
    plain = jnp.reshape(off * scale, x.shape)
    weight = _by_channel(weight, channels, x.ndim)
    bias = _by_channel(bias, channels, x.ndim)
    whole = _affine(plain, weight, bias, x.shape)
    return whole, mean[..., 0], scale[..., 0]


def _by_channel(numbers: Array, channels: int, rank: int) -> Array:
    """Return numbers, one a channel, along the second axis; None stays None."""
    if numbers is None:
        return None
    behind = (1,) * (rank - 2)
    return jnp.reshape(numbers, (1, channels, *behind))


@rule(
    "native_batch_norm",
    "_native_batch_norm_legit",
    "_native_batch_norm_legit_no_training",
    "cudnn_batch_norm",
)
def _batch_norm(
    x: Array,
    weight: Array | None,
    bias: Array | None,
    mean: Array | None,
    variance: Array | None,
    *more: Array,
) -> tuple[Array, ...]:
    is_training = bool(more[0]) if len(more) == 3 else False
    eps = more[-1]
    if is_training or mean is None or variance is None:
        raise RefusedError(
            "batch normalisation by the batch itself makes a state depend on others; "
            "expected the running numbers, as after .eval()."
        )
    scale = jax.lax.rsqrt(variance + _n(eps, variance))
    middle = _by_channel(mean, -1, x.ndim)
    off = x - jnp.broadcast_to(middle, x.shape)
    factor = _by_channel(scale, -1, x.ndim)
    plain = off * jnp.broadcast_to(factor, x.shape)
    weight = _by_channel(weight, -1, x.ndim)
    bias = _by_channel(bias, -1, x.ndim)
    nothing = jnp.zeros((0,), x.dtype)
    whole = _affine(plain, weight, bias, x.shape)
    return whole, nothing, nothing


@rule("_batch_norm_impl_index")
def _batch_norm_index(x: Array, *more: Array) -> tuple[Array, ...]:
    *arguments, _ = more  # the last says whether cuDNN may be used
    found = _batch_norm(x, *arguments)
    kept = jnp.zeros((0,), "uint8")
    return (*found, kept, 0)


@rule("batch_norm")
def _whole_batch_norm(*arguments: Array) -> Array:
    return _batch_norm_index(*arguments)[0]
