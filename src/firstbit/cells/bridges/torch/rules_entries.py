"""Operations that treat each entry alone."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from firstbit.cells.bridges.torch.dtypes import in_real, kind_of, promoted
from firstbit.cells.bridges.torch.refusal import RefusedError
from firstbit.cells.bridges.torch.registry import RULES, Array, Dtype, rule
from firstbit.cells.bridges.torch.tensor import cast, numpy_dtype

_OF_REALS: dict[str, Callable[..., Array]] = {
    "tanh": jnp.tanh,
    "sigmoid": jax.nn.sigmoid,
    "exp": jnp.exp,
    "exp2": jnp.exp2,
    "expm1": jnp.expm1,
    "log": jnp.log,
    "log2": jnp.log2,
    "log10": jnp.log10,
    "log1p": jnp.log1p,
    "sqrt": jnp.sqrt,
    "rsqrt": jax.lax.rsqrt,
    "sin": jnp.sin,
    "cos": jnp.cos,
    "tan": jnp.tan,
    "asin": jnp.arcsin,
    "acos": jnp.arccos,
    "atan": jnp.arctan,
    "sinh": jnp.sinh,
    "cosh": jnp.cosh,
    "asinh": jnp.arcsinh,
    "acosh": jnp.arccosh,
    "atanh": jnp.arctanh,
    "erf": jax.lax.erf,
    "erfc": jax.lax.erfc,
    "erfinv": jax.lax.erf_inv,
    "lgamma": jax.lax.lgamma,
    "digamma": jax.lax.digamma,
    "reciprocal": lambda x: jnp.ones((), x.dtype) / x,
    "sinc": jnp.sinc,
    "special_expit": jax.nn.sigmoid,
    "special_erf": jax.lax.erf,
}
"""Functions whose results are real or complex numbers, also of whole ones."""

_SAME: dict[str, Callable[..., Array]] = {
    "neg": jnp.negative,
    "relu": lambda x: jnp.where(x <= 0, jnp.zeros((), x.dtype), x),
    "square": lambda x: x * x,
    "floor": jnp.floor,
    "ceil": jnp.ceil,
    "trunc": jnp.trunc,
    "frac": lambda x: x - jnp.trunc(x),
    "bitwise_not": jnp.bitwise_not,
    "conj": jnp.conj,
    "_conj": jnp.conj,
    "conj_physical": jnp.conj,
    "resolve_conj": lambda x: x,
    "resolve_neg": lambda x: x,
    "positive": lambda x: x,
    "clone": lambda x, **_: x,
    "alias": lambda x: x,
    "contiguous": lambda x, **_: x,
    "lift_fresh": lambda x: x,
    "lift_fresh_copy": lambda x: x,
    "lift": lambda x: x,
    "real": jnp.real,
    "imag": jnp.imag,
    "detach": lambda x: jax.lax.stop_gradient(x),
    "isnan": jnp.isnan,
    "isinf": jnp.isinf,
    "isfinite": jnp.isfinite,
    "signbit": jnp.signbit,
    "logical_not": jnp.logical_not,
}
"""Functions of one operand whose type of numbers JAX gives right."""


def _register() -> None:
    for name, function in _OF_REALS.items():
        RULES[name] = _of_real(function)
    for name, function in _SAME.items():
        RULES[name] = function
    for name, function in _BINARY.items():
        RULES[name] = _of_two(function)
    for name, function in _COMPARED.items():
        RULES[name] = _of_two(function)


def _of_real(function: Callable[..., Array]) -> Callable[..., Array]:
    def of_one(x: Array) -> Array:
        return function(cast(x, in_real(x.dtype)))

    return of_one


def _of_two(function: Callable[..., Array]) -> Callable[..., Array]:
    def of_two(a: Array, b: Array) -> Array:
        first, second = together(a, b)
        return function(first, second)

    return of_two


def together(*operands: Array, real: bool = False) -> list[Array]:
    """Return operands in one type of numbers and one shape, as PyTorch does."""
    dtype = promoted(*operands)
    if real:
        dtype = in_real(dtype)
    arrays = [cast(one, dtype) for one in operands]
    shape = jnp.broadcast_shapes(*(jnp.shape(one) for one in arrays))
    return [jnp.broadcast_to(one, shape) for one in arrays]


_BINARY: dict[str, Callable[..., Array]] = {
    "mul": lambda a, b: a & b if a.dtype == bool else a * b,
    "maximum": jnp.maximum,
    "minimum": jnp.minimum,
    "fmax": lambda a, b: jnp.where((a >= b) | jnp.isnan(b), a, b),
    "fmin": lambda a, b: jnp.where((a <= b) | jnp.isnan(b), a, b),
    "remainder": jnp.remainder,
    "fmod": jnp.fmod,
    "floor_divide": jnp.floor_divide,
    "hypot": jnp.hypot,
    "bitwise_and": jnp.bitwise_and,
    "bitwise_or": jnp.bitwise_or,
    "bitwise_xor": jnp.bitwise_xor,
    "__and__": jnp.bitwise_and,
    "__or__": jnp.bitwise_or,
    "__xor__": jnp.bitwise_xor,
    "copysign": jnp.copysign,
    "logaddexp": jnp.logaddexp,
}

_COMPARED: dict[str, Callable[..., Array]] = {
    "eq": jnp.equal,
    "ne": jnp.not_equal,
    "lt": jnp.less,
    "le": jnp.less_equal,
    "gt": jnp.greater,
    "ge": jnp.greater_equal,
    "logical_and": jnp.logical_and,
    "logical_or": jnp.logical_or,
    "logical_xor": jnp.logical_xor,
}

_register()


@rule("add")
def add(a: Array, b: Array, *, alpha: Array = 1) -> Array:
    """Return a + alpha b."""
    first, second = together(a, b)
    if first.dtype == bool:
        return first | second
    return first + _scaled(second, alpha)


@rule("sub")
def _sub(a: Array, b: Array, *, alpha: Array = 1) -> Array:
    first, second = together(a, b)
    return first - _scaled(second, alpha)


@rule("rsub")
def _rsub(a: Array, b: Array, alpha: Array = 1) -> Array:
    first, second = together(a, b)
    return second - _scaled(first, alpha)


def _scaled(array: Array, factor: Array) -> Array:
    if isinstance(factor, int | float) and factor == 1:
        return array
    return array * jnp.asarray(factor, array.dtype)


@rule("div", "true_divide")
def div(a: Array, b: Array, *, rounding_mode: str | None = None) -> Array:
    """Return a / b, rounded if asked for."""
    if rounding_mode is None:
        first, second = together(a, b, real=True)
        return first / second
    first, second = together(a, b)
    if rounding_mode == "floor":
        return jnp.floor_divide(first, second)
    if kind_of(first.dtype) == 1:
        return jax.lax.div(first, second)
    return jnp.trunc(first / second)


@rule("atan2")
def _atan2(a: Array, b: Array) -> Array:
    """Return the angle of (b, a); the slopes of that of (0, 0) are zero."""
    up, right = together(a, b, real=True)
    is_zero = (up == 0) & (right == 0)
    there = jax.lax.stop_gradient(jnp.arctan2(up, right))
    return jnp.where(is_zero, there, jnp.arctan2(up, jnp.where(is_zero, 1, right)))


@rule("pow")
def _pow(a: Array, b: Array) -> Array:
    if isinstance(b, int | float) and float(b).is_integer() and abs(b) <= 64:
        dtype = promoted(a, b)
        base = cast(a, dtype)
        if b == 0.5:
            return jnp.sqrt(base)
        return jax.lax.integer_pow(base, int(b))
    if isinstance(b, float) and b == 0.5:
        return jnp.sqrt(cast(a, promoted(a, b)))
    base, exponent = together(a, b)
    is_one = (base == 0) & (exponent == 0)  # without slopes
    return jnp.power(jnp.where(is_one, 1, base), exponent)


@rule("abs")
def size_of(x: Array) -> Array:
    """Return |x|; at zero its slope is zero."""
    return _real_size(x) if kind_of(x.dtype) == 2 else jnp.abs(x)


@jax.custom_jvp
def _real_size(x: Array) -> Array:
    return jnp.abs(x)


@_real_size.defjvp
def _(at: tuple[Array], along: tuple[Array]) -> tuple[Array, Array]:
    (x,), (move,) = at, along
    return jnp.abs(x), jnp.sign(x) * move


@rule("sign")
def _sign(x: Array) -> Array:
    if kind_of(x.dtype) != 2:
        return jnp.sign(x)
    zero = jnp.zeros((), x.dtype)
    return jnp.where(jnp.isnan(x), zero, jnp.sign(x))


@rule("sgn")
def _sgn(x: Array) -> Array:
    """Return complex numbers by their size, whose slope at zero is zero."""
    if kind_of(x.dtype) != 3:
        return _sign(x)
    some = jnp.where(x == 0, 1, x)
    return jnp.where(x == 0, 0, some / cast(jnp.abs(some), x.dtype))


@rule("angle")
def _angle(x: Array) -> Array:
    """Return the angle of numbers; that of zero is zero, whatever its sign."""
    real = cast(x, in_real(x.dtype))
    if kind_of(real.dtype) == 3:
        is_zero = real == jnp.zeros((), real.dtype)
        return jnp.angle(jnp.where(is_zero, jax.lax.stop_gradient(real), real))
    half_turn = jnp.asarray(np.pi, real.dtype)
    other = jnp.where(jnp.isnan(real), real, jnp.zeros((), real.dtype))
    return jnp.where(real < 0, half_turn, other)


@rule("addcmul")
def _addcmul(x: Array, a: Array, b: Array, *, value: Array = 1) -> Array:
    x, a, b = together(x, a, b)
    return x + _scaled(a * b, value)


@rule("addcdiv")
def _addcdiv(x: Array, a: Array, b: Array, *, value: Array = 1) -> Array:
    x, a, b = together(x, a, b)
    return x + _scaled(a / b, value)


@rule("lerp")
def _lerp(a: Array, b: Array, weight: Array) -> Array:
    a, b, weight = together(a, b, weight)
    return a + weight * (b - a)


@rule("where")
def _where(condition: Array, a: Array, b: Array) -> Array:
    first, second = together(a, b)
    shape = jnp.broadcast_shapes(condition.shape, first.shape)
    chosen = jnp.broadcast_to(condition, shape)
    return jnp.where(
        chosen, jnp.broadcast_to(first, shape), jnp.broadcast_to(second, shape)
    )


@rule("masked_fill")
def _masked_fill(x: Array, mask: Array, value: Array) -> Array:
    shape = jnp.broadcast_shapes(x.shape, mask.shape)
    filled = jnp.broadcast_to(cast(value, x.dtype), shape)
    is_filled = jnp.broadcast_to(mask, shape)
    kept = jnp.broadcast_to(x, shape)
    return jnp.where(is_filled, filled, kept)


@rule("clamp", "clip", "clamp_min")
def clamp(x: Array, min: Array | None = None, max: Array | None = None) -> Array:
    """Return entries cut off at both ends, where slopes are one; NaN where one is."""
    ends = [end for end in (min, max) if end is not None]
    dtype = promoted(x, *ends)
    x = cast(x, dtype)
    if min is not None:
        low = cast(min, dtype)
        x = jnp.where((x < low) | (low != low), low, x)
    if max is not None:
        high = cast(max, dtype)
        x = jnp.where((x > high) | (high != high), high, x)
    return x


@rule("clamp_max")
def _clamp_max(x: Array, max: Array) -> Array:
    return clamp(x, None, max)


@rule("round")
def _round(x: Array, *, decimals: int = 0) -> Array:
    return jnp.round(x, decimals)


@rule("nan_to_num")
def _nan_to_num(
    x: Array,
    nan: Array | None = None,
    posinf: Array | None = None,
    neginf: Array | None = None,
):
    return jnp.nan_to_num(x, nan=nan or 0.0, posinf=posinf, neginf=neginf)


@rule("complex")
def _complex(a: Array, b: Array) -> Array:
    return jax.lax.complex(*together(a, b))


@rule("polar")
def _polar(size: Array, angle: Array) -> Array:
    size, angle = together(size, angle)
    real = size * jnp.cos(angle)
    imaginary = size * jnp.sin(angle)
    return jax.lax.complex(real, imaginary)


@rule("view_as_real")
def _view_as_real(x: Array) -> Array:
    return jnp.stack([jnp.real(x), jnp.imag(x)], axis=-1)


@rule("view_as_complex")
def _view_as_complex(x: Array) -> Array:
    return jax.lax.complex(x[..., 0], x[..., 1])


@rule("_to_copy")
def _to_copy(
    x: Array, *, dtype: Dtype = None, device: object = None, **_: object
) -> Array:
    if device is not None and getattr(device, "type", str(device)) != "cpu":
        raise RefusedError(f"it moves numbers to {device} (CUDA or another device).")
    return x if dtype is None else cast(x, numpy_dtype(dtype))


@rule("copy")
def _copy(x: Array, source: Array, non_blocking: bool = False) -> Array:
    return jnp.broadcast_to(cast(source, x.dtype), x.shape)


@rule("_local_scalar_dense", "item")
def _item(x: Array) -> bool | int | float | complex:
    if isinstance(x, Tracer):
        raise RefusedError(
            "a Python number or a branch of a value; expected tensors all along: "
            "torch.where can be traced."
        )
    return np.asarray(x).item()


@rule("is_nonzero")
def _is_nonzero(x: Array) -> bool:
    return bool(_item(x))


@rule("is_same_size")
def _is_same_size(a: Array, b: Array) -> bool:
    return a.shape == b.shape


@rule("equal")
def _equal(a: Array, b: Array) -> bool:
    if a.shape != b.shape:
        return False
    is_same = jnp.equal(*together(a, b))
    return bool(_item(jnp.all(is_same)))
