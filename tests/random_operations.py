"""Operations on vectors of several dtypes: what random cells are put together from."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

SIZE = 4
MATRIX = np.random.default_rng(7).normal(size=(SIZE, SIZE)) / 2
ORDER = np.array([2, 0, 3, 1])

REAL, COMPLEX, WHOLE, TRUTH, SHORT = "float64", "complex128", "int32", "bool", "float32"
KINDS = (REAL, COMPLEX, WHOLE, TRUTH, SHORT, "int64", "uint32")


class Operation(NamedTuple):
    """An operation on vectors: the dtypes that it takes, and what it does.

    `is_smooth` is false where its derivative is not the limit of its differences: where
    JAX sets it to zero, or shorter floats round.
    """

    name: str
    takes: tuple[str, ...]
    function: Callable[..., Any]
    is_smooth: bool = True


OPERATIONS: list[Operation] = []


def add(name: str, takes: str, function: Callable[..., Any], *, smooth=True) -> None:
    kinds = {"r": REAL, "c": COMPLEX, "i": WHOLE, "b": TRUTH, "s": SHORT}
    kinds |= {"l": "int64", "u": "uint32"}
    dtypes = tuple(kinds[letter] for letter in takes)
    OPERATIONS.append(Operation(name, dtypes, function, smooth))


def _while(x, n):
    def goes(state):
        return (state[0] > 0.2) & (state[1] < 9)

    def turn(state):
        size, count, v = state
        return size * 0.6, count + 1, jnp.tanh(v + 0.1 * size)

    _, count, v = lax.while_loop(goes, turn, (jnp.abs(x[0]), 0 * n[0], x))
    return v * (1 + count.astype(float) / 9)


def _scan(x, b):
    def turn(carry, row):
        v, count = carry
        v = jnp.tanh(MATRIX @ v + row)
        count = count + (v[0] > 0).astype(jnp.int32)
        return (v, count), v * count.astype(float)

    (v, count), rows = lax.scan(turn, (x, jnp.int32(0)), jnp.outer(x, x))
    return v + rows.sum(0) / 9 + count.astype(float) * b.astype(float)


def _joining(x):
    """A carry that begins alike at both points."""

    def turn(i, v):
        return v.at[i].set(jnp.sin(x[i]) + v[i - 1])

    return lax.fori_loop(0, SIZE, turn, jnp.zeros(SIZE))


def _solved(x):
    matrix = MATRIX + 3 * jnp.eye(SIZE) + jnp.outer(x, x)
    return jnp.linalg.solve(matrix, x)


def _spread(x):
    return 3 * jnp.eye(SIZE) + jnp.outer(x, x[::-1]) + MATRIX


def _window(f, start):
    return lambda x: lax.reduce_window(x, start, f, (2,), (1,), "SAME")


def _raw_key(u):
    key = jax.random.wrap_key_data(u[:2])
    return jax.random.key_data(key)[0] + u


def _key(i):
    return jax.random.fold_in(jax.random.key(0), i[0])


_UNARY = {
    "logistic": jax.nn.sigmoid,
    "exp": jnp.exp,
    "exp2": jnp.exp2,
    "expm1": jnp.expm1,
    "log": lambda x: jnp.log(jnp.abs(x) + 0.1),
    "log1p": lambda x: jnp.log1p(x / 2),
    "sqrt": lambda x: jnp.sqrt(x + 1.5),
    "root of zero": lambda x: jnp.sqrt(jnp.maximum(x, 0.0)),
    "rsqrt": lambda x: lax.rsqrt(x + 1.5),
    "cbrt": lambda x: jnp.cbrt(x + 1.5),
    "sin": lambda x: jnp.sin(3 * x),
    "cos": lambda x: jnp.cos(3 * x),
    "tan": jnp.tan,
    "asin": lambda x: jnp.arcsin(x / 2),
    "acos": lambda x: jnp.arccos(x / 2),
    "atan": lambda x: jnp.arctan(4 * x),
    "sinh": jnp.sinh,
    "cosh": jnp.cosh,
    "asinh": jnp.arcsinh,
    "acosh": lambda x: jnp.arccosh(x + 3),
    "atanh": lambda x: jnp.arctanh(x / 2),
    "erf": jax.scipy.special.erf,
    "erfc": jax.scipy.special.erfc,
    "erf_inv": lambda x: jax.scipy.special.erfinv(x / 2),
    "lgamma": lambda x: lax.lgamma(x + 2),
    "digamma": lambda x: lax.digamma(x + 2),
    "polygamma": lambda x: jax.scipy.special.polygamma(1, x + 2),
    "igamma": lambda x: jax.scipy.special.gammainc(1.5, x + 2),
    "igammac": lambda x: jax.scipy.special.gammaincc(1.5, x + 2),
    "beta": lambda x: jax.scipy.special.betainc(1.5, 2.0, (x + 2) / 4),
    "bessel": lambda x: lax.bessel_i0e(x) + lax.bessel_i1e(x),
    "abs": jnp.abs,
    "neg": jnp.negative,
    "square": jnp.square,
    "cube": lambda x: x**3,
    "inverse square": lambda x: (x + 1.5) ** -2,
    "relu": jax.nn.relu,
    "gelu": jax.nn.gelu,
    "softmax": lambda x: jax.nn.softmax(3 * x),
    "logsumexp": lambda x: x * jax.nn.logsumexp(x),
    "norm": lambda x: x / (jnp.linalg.norm(x) + 0.1),
    "layer norm": lambda x: (x - x.mean()) * lax.rsqrt(x.var() + 0.1),
    "cumsum": jnp.cumsum,
    "cumprod": lambda x: jnp.cumprod(1 + x),
    "cumprod back": lambda x: lax.cumprod(1 + x, reverse=True),
    "prod": lambda x: x * jnp.prod(1 + x),
    "cummax": lambda x: lax.cummax(x) + lax.cummin(x[::-1]),
    "cumlogsumexp": lax.cumlogsumexp,
    "max": lambda x: x + jnp.max(x) * jnp.min(x),
    "pool": _window(lax.max, -jnp.inf),
    "pool down": _window(lax.min, jnp.inf),
    "mean pool": _window(lax.add, 0.0),
    "sort": lambda x: jnp.sort(x) * x,
    "median": lambda x: x * jnp.median(x),
    "top": lambda x: x + lax.top_k(x, 2)[0].sum(),
    "clip": lambda x: jnp.clip(x, -0.4, 0.3),
    "product": lambda x: jnp.asarray(MATRIX) @ x,
    "outer": lambda x: jnp.outer(x, x)[1] + jnp.outer(x, x) @ x,
    "convolution": lambda x: jnp.convolve(x, x[:2], mode="same"),
    # By halves: of entries that are equal but for rounding, none is the first.
    "reverse": lambda x: x[::-1] + jnp.roll(x, 1) / 2,
    "pad": lambda x: jnp.pad(x[1:3], 1),
    "fixed gather": lambda x: x[jnp.asarray(ORDER)],
    "split": lambda x: jnp.concatenate(jnp.split(x, 2)[::-1]),
    "stack": lambda x: jnp.stack([x, 2 * x]).sum(0) + jnp.tile(x[:2], 2),
    "solve": _solved,
    "triangular": lambda x: jax.scipy.linalg.solve_triangular(
        _spread(x), x, lower=True, trans=1
    ),
    "qr": lambda x: jnp.linalg.qr(_spread(x))[1] @ x / 4,
    "cholesky": lambda x: jnp.linalg.cholesky(jnp.eye(SIZE) + jnp.outer(x, x)) @ x,
    "eigh": lambda x: jnp.linalg.eigh(MATRIX + MATRIX.T + jnp.outer(x, x))[0],
    "svd": lambda x: jnp.linalg.svd(_spread(x), compute_uv=False),
    "lu": lambda x: jax.scipy.linalg.lu(_spread(x))[2] @ x / 4,
    "shapes": lambda x: jnp.repeat(sum(jnp.unstack(x.reshape(2, 2).T)), 2),
    "copy": jnp.copy,
    "fft": lambda x: jnp.abs(jnp.fft.fft(x) + 3),
    "remat": lambda x: jax.checkpoint(lambda v: jnp.tanh(v) * v)(x),
    "map": lambda x: lax.map(lambda v: jnp.where(v > 0, v * v, -v), x),
    "associative": lambda x: lax.associative_scan(jnp.multiply, 1 + x),
    "joining": _joining,
    "barrier": lambda x: lax.optimization_barrier(2 * x),
    "log where": lambda x: jnp.where(x > 0, x * jnp.log(x), 0.0),
    "cond": lambda x: lax.cond(jnp.any(x > 0.5), jnp.sin, jnp.cos, x),
    "cond log": lambda x: lax.cond(
        x[0] > 0, lambda v: v + jnp.log(v[0] + 0.01), lambda v: -v, x
    ),
    "switch": lambda x: lax.switch(
        jnp.argmax(x), [jnp.sin, jnp.cos, jnp.tanh, jnp.negative], x
    ),
    "turns": lambda x: lax.fori_loop(
        0, jnp.argmax(x) + 1, lambda _, v: jnp.tanh(jnp.asarray(MATRIX) @ v), x
    ),
    "straight through": lambda x: x + lax.stop_gradient(jnp.round(2 * x) - x),
    "to short": lambda x: x.astype(jnp.float32),
    "to whole": lambda x: jnp.floor(3 * x).astype(jnp.int32),
    "to long": lambda x: jnp.round(4 * x).astype(jnp.int64),
    "to truth": lambda x: x > 0.1,
    "steps": lambda x: jnp.floor(3 * x) + jnp.ceil(2 * x) + jnp.sign(x) + jnp.round(x),
    "precision": lambda x: lax.reduce_precision(x, 11, 8),
    "place of largest": lambda x: jnp.arange(SIZE) == jnp.argmax(x),
    "ranks": lambda x: jnp.argsort(x).astype(jnp.int32),
    "finite": jnp.isfinite,
    "place of least": lambda x: jnp.argmin(x) + jnp.arange(SIZE, dtype=jnp.int32),
}
ROUGH = {"root of zero", "straight through", "to short", "precision"}
for _name, _function in _UNARY.items():
    add(_name, "r", _function, smooth=_name not in ROUGH)

add("add", "rr", jnp.add)
add("subtract", "rr", jnp.subtract)
add("multiply", "rr", jnp.multiply)
add("divide", "rr", lambda x, y: x / (y + 1.5))
add("remainder", "rr", lambda x, y: jnp.mod(3 * x, y + 1.5) + lax.rem(2 * x, y + 1.2))
add("power", "rr", lambda x, y: (x + 1.5) ** y)
# Not at zero: the difference of -0.0 and 0.0 is 0, and their angles are pi apart.
add("angle", "rr", lambda x, y: jnp.arctan2(x + 0.1, y))
add("larger", "rr", lambda x, y: jnp.maximum(x, y) * jnp.minimum(x, y))
add("clamp", "rrr", lambda x, y, z: lax.clamp(x - 0.5, y, z * z + 0.5))
add("next", "rr", lambda x, y: x * jnp.nextafter(x, y), smooth=False)
add("hypot", "rr", lambda x, y: jnp.hypot(x, y + 0.3))
add("logaddexp", "rr", jnp.logaddexp)
add("order", "rrb", lambda x, y, b: x < y * b)
add("equal", "rr", lambda x, y: (x == y) | (x != x[::-1]) & (x >= y) & (x <= y + 1))
add("search", "rr", lambda x, y: jnp.searchsorted(jnp.sort(x), y).astype(jnp.int32))
add("sort by", "rr", lambda x, y: lax.sort((x, y), num_keys=1)[1])
add("sort with", "ri", lambda x, i: lax.sort((x, i), num_keys=1)[1])
add("sort whole", "ir", lambda i, x: lax.sort((i, x), num_keys=1)[1])

add("choose", "brr", jnp.where)
add("choose complex", "bcr", lambda b, z, x: jnp.where(b, z, x))
add("choose whole", "bii", jnp.where)
add("of truth", "rb", lambda x, b: x * b)
add("of whole", "ri", lambda x, i: x * i)
add("of whole count", "rb", lambda x, b: x * jnp.sum(b.astype(jnp.int32)))
add("whole power", "ri", lambda x, i: lax.pow(x + 1.5, i % 4))
add("gather", "ri", lambda x, i: x[jnp.clip(i, 0, SIZE - 1)])
add("entry", "ri", lambda x, i: x * x[i[0] % SIZE])
add("slice", "ri", lambda x, i: jnp.tile(lax.dynamic_slice(x, (i[0] % 3,), (2,)), 2))
add("put", "rri", lambda x, y, i: lax.dynamic_update_slice(x, y[:2], (i[0] % 3,)))
add("set", "rri", lambda x, y, i: x.at[i[0] % SIZE].set(y[0]))
add(
    "add at",
    "rri",
    lambda x, y, i: x.at[jnp.clip(i, 0, 3)].add(y).at[i[1] % 4].add(-x[0]),
)
add("subtract at", "rri", lambda x, y, i: x.at[i[0] % SIZE].subtract(y[0]))
add("cond by truth", "rb", lambda x, b: lax.cond(b[0], jnp.sin, lambda v: v * v, x))
add("while", "ri", _while)
add("scan", "rb", _scan)
add("noise", "ri", lambda x, i: x + jax.random.normal(_key(i), (SIZE,)) / 4)
add("coins", "ib", lambda i, b: jax.random.bernoulli(_key(i), 0.5, (SIZE,)) ^ b)
add(
    "split key",
    "iu",
    lambda i, u: jax.random.bits(jax.random.split(_key(i))[1], (4,), "uint32") ^ u,
)

add("whole sum", "ii", lambda i, j: (i + j) % 7 - i * j)
add("whole bits", "ii", lambda i, j: (i ^ j) | (~i & 5))
add(
    "shift",
    "ii",
    lambda i, j: (i << 1) + (j >> 1) + lax.shift_right_logical(i, jnp.int32(28)),
)
add("whole quotient", "ii", lambda i, j: i // (j * j + 1) + jnp.abs(i) - jnp.sign(j))
add("whole order", "ii", lambda i, j: i < j)
add(
    "whole largest",
    "i",
    lambda i: jnp.max(i) - jnp.min(i) + jnp.cumsum(i).astype(jnp.int32),
)
add("raw key", "u", _raw_key)
add("count of bits", "u", lambda u: lax.population_count(u) + lax.clz(u))
add("unsigned", "i", lambda i: i.astype(jnp.uint32) * jnp.uint32(7))
add("from unsigned", "u", lambda u: (u % 5).astype(jnp.int32))
add("hash", "uu", lambda u, v: u * jnp.uint32(5) ^ (v >> 3))
add("long", "i", lambda i: i.astype(jnp.int64) * 3)
add("long part", "l", lambda n: (n % 5).astype(jnp.int32))
add("long to real", "l", lambda n: (n % 5).astype(float) / 5)
add("whole to real", "i", lambda i: (i % 5).astype(float) / 5)
add("whole to short", "i", lambda i: (i % 5).astype(jnp.float32) / 5)
add("whole to complex", "i", lambda i: (i % 3).astype(complex) * 1j)
add("whole to truth", "i", lambda i: i.astype(bool))
add("long to complex", "l", lambda n: (n % 3).astype(complex))
add("long to short", "l", lambda n: (n % 3).astype(jnp.float32))
add("long to truth", "l", lambda n: n > 1)
add("unsigned to real", "u", lambda u: (u % 5).astype(float) / 5)
add("unsigned to complex", "u", lambda u: (u % 3).astype(complex))
add("unsigned to short", "u", lambda u: (u % 3).astype(jnp.float32))
add("unsigned to truth", "u", lambda u: (u & 1).astype(bool))
add("unsigned to long", "u", lambda u: (u % 7).astype(jnp.int64))
add("real to unsigned", "r", lambda x: jnp.floor(3 + 2 * x).astype(jnp.uint32))

add("not", "bb", lambda b, c: ~b | (b & c))
add("all", "bb", lambda b, c: jnp.all(b) ^ jnp.any(c) ^ (b != c))
add(
    "parity",
    "b",
    lambda b: (
        lax.reduce_xor(b.astype(jnp.int32), (0,)) + jnp.arange(SIZE, dtype=jnp.int32)
    ),
)
add("truth to real", "b", lambda b: b.astype(float))
add("truth to whole", "b", lambda b: b.astype(jnp.int32) * 2)
add("truth to long", "b", lambda b: b.astype(jnp.int64))
add("truth to unsigned", "b", lambda b: b.astype(jnp.uint32))
add("truth to complex", "b", lambda b: b.astype(complex) * 1j)
add("truth to short", "b", lambda b: b.astype(jnp.float32))
add("truth sum", "b", lambda b: jnp.cumsum(b.astype(jnp.int32)))

add("short tanh", "s", lambda s: jnp.tanh(2 * s) + s)
add("short product", "ss", lambda s, t: s * t + jnp.sum(s))
add("short to real", "s", lambda s: s.astype(float), smooth=False)
add("short to complex", "s", lambda s: s.astype(complex), smooth=False)
add("short to whole", "s", lambda s: jnp.floor(2 * s).astype(jnp.int32))
add("short order", "ss", lambda s, t: s < t)
add("short bits", "s", lambda s: lax.bitcast_convert_type(s, jnp.int32) >> 22)
add(
    "from bits",
    "i",
    lambda i: lax.bitcast_convert_type((i & 3) + 1065353216, jnp.float32),
)

add("to complex", "rr", lambda x, y: lax.complex(x, y))
add("turn", "r", lambda x: jnp.exp(1j * x) * (0.3 + 0.2j))
add("complex exp", "c", lambda z: jnp.exp(z) + jnp.expm1(z / 2))
add("complex log", "c", lambda z: jnp.log(z + 2) + jnp.log1p(z / 2))
add("complex cut", "c", lambda z: jnp.log(z + 0.01) + jnp.sqrt(z))
add("complex root", "c", lambda z: jnp.sqrt(z + 2) + lax.rsqrt(z + 2))
add("complex tanh", "c", lambda z: jnp.tanh(z / 2) + jax.nn.sigmoid(z))
add("complex sine", "c", lambda z: jnp.sin(z) + jnp.cos(z))
add("complex hyperbolic", "c", lambda z: jnp.sinh(z) + jnp.cosh(z))
add("complex tangent", "c", lambda z: jnp.tan(z / 3) + jnp.arctan(z / 3))
add("complex power", "c", lambda z: z**3 + jnp.square(z) + (z + 3) ** 0.5)
add("complex product", "cc", lambda z, w: z * jnp.conj(w))
add("complex quotient", "cc", lambda z, w: z / (w + 3))
add("complex sum", "cc", lambda z, w: z + w - z * jnp.sum(w))
add("complex matrix", "c", lambda z: jnp.asarray(MATRIX + 0.3j * MATRIX.T) @ z)
add("complex fft", "c", lambda z: jnp.fft.ifft(jnp.fft.fft(z) + 1))
add("complex solve", "c", lambda z: jnp.linalg.solve(_spread(z), z))
add("complex prod", "c", lambda z: jnp.cumprod(1 + z / 3) + jnp.prod(1 + z / 3))
add("complex entry", "ci", lambda z, i: z * z[i[0] % SIZE])
add("complex of truth", "cb", lambda z, b: z * b)
add("complex scan", "c", lambda z: lax.fori_loop(0, 3, lambda _, w: w * z / 2 + z, z))
add("parts", "c", lambda z: jnp.real(z) * jnp.imag(z))
add("modulus", "c", jnp.abs)
add("argument", "c", lambda z: jnp.angle(z + (0.3 + 0.01j)))
add("complex order", "cc", lambda z, w: (jnp.real(z) > jnp.imag(w)) | (z == w))
add("complex to whole", "c", lambda z: jnp.floor(3 * jnp.real(z)).astype(jnp.int32))
add("complex to truth", "c", lambda z: (z + 0.1).astype(bool))
add("complex to short", "c", lambda z: jnp.imag(z).astype(jnp.float32), smooth=False)
add("complex to long", "c", lambda z: jnp.round(4 * jnp.imag(z)).astype(jnp.int64))
add("complex to unsigned", "c", lambda z: jnp.round(abs(z)).astype(jnp.uint32))
add("complex sign", "c", lambda z: jnp.sign(z + 0.5), smooth=False)
add("short long", "s", lambda s: jnp.round(4 * s).astype(jnp.int64))
add("short unsigned", "s", lambda s: jnp.round(abs(4 * s)).astype(jnp.uint32))

REFUSED = {
    "scatter-max": lambda x: x.at[0].max(x[1] ** 2),
    "scatter-mul": lambda x: x.at[0].multiply(x[1]),
    "reduce": lambda x: x * lax.reduce(x, 1.0, lambda a, b: a * b + a, (0,)),
    "schur": lambda x: x + jax.scipy.linalg.schur(_spread(x))[0][0],
}
"""Steps that have no difference, by the operation that the refusal names."""
