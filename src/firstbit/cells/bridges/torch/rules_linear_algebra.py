"""Linear algebra: what parametrised weights need."""

import jax
import jax.numpy as jnp

from firstbit.cells.bridges.torch.registry import Array, rule
from firstbit.cells.bridges.torch.rules_entries import together


@rule("linalg_inv_ex", "linalg_inv")
def _inv_ex(x: Array, *, check_errors: bool = False) -> tuple[Array, ...]:
    inverse = jnp.linalg.inv(x)
    info = jnp.zeros(x.shape[:-2], "int32")
    return inverse, info


@rule("_linalg_check_errors")
def _check_errors(info: Array, name: str, *, is_matrix: bool) -> None:
    """Let it pass: what has no inverse gives no finite number, which is refused."""


@rule("inverse")
def _inverse(x: Array) -> Array:
    return jnp.linalg.inv(x)


@rule("_linalg_solve_ex")
def _solve_ex(
    a: Array, b: Array, *, left: bool = True, check_errors: bool = False
) -> tuple[Array, ...]:
    rank = b.ndim
    if not left:
        a = jnp.swapaxes(a, -1, -2)
        b = jnp.swapaxes(b, -1, -2)
    columns = b if rank > 1 else b[..., None]
    found = jnp.linalg.solve(a, columns)
    if rank == 1:
        found = found[..., 0]
    if not left:
        found = jnp.swapaxes(found, -1, -2)
    pivots = jnp.zeros((0,), "int32")
    info = jnp.zeros((), "int32")
    return found, a, pivots, info


@rule("linalg_solve_triangular")
def _solve_triangular(
    a: Array, b: Array, *, upper: bool, left: bool = True, unitriangular: bool = False
) -> Array:
    return jax.lax.linalg.triangular_solve(
        a, b, left_side=left, lower=not upper, unit_diagonal=unitriangular
    )


@rule("linalg_matrix_exp", "matrix_exp")
def _matrix_exp(x: Array) -> Array:
    return jax.scipy.linalg.expm(x)


@rule("linalg_qr")
def _qr(x: Array, mode: str = "reduced") -> Array:
    known = "complete" if mode == "complete" else "reduced"
    factors = jnp.linalg.qr(x, mode=known)
    return tuple(factors)


@rule("linalg_cholesky_ex")
def _cholesky_ex(
    x: Array, *, upper: bool = False, check_errors: bool = False
) -> tuple[Array, ...]:
    found = jnp.linalg.cholesky(x)
    if upper:
        found = jnp.swapaxes(found, -1, -2)
    info = jnp.zeros(x.shape[:-2], "int32")
    return found, info


@rule("linalg_eigh", "_linalg_eigh")
def _eigh(x: Array, *_: object, **__: object) -> tuple[Array, ...]:
    return tuple(jnp.linalg.eigh(x))


@rule("_linalg_svd")
def _svd(x: Array, full_matrices: bool = False, compute_uv: bool = True, **_: object):
    factors = jnp.linalg.svd(x, full_matrices=full_matrices)
    return tuple(factors)


@rule("_linalg_det")
def _det(x: Array) -> tuple[Array, ...]:
    found = jnp.linalg.det(x)
    pivots = jnp.zeros(x.shape[:-1], "int32")
    return found, x, pivots


@rule("linalg_householder_product")
def _householder_product(x: Array, tau: Array) -> Array:
    """Return the product of reflections, written out: JAX has no gradient of it."""
    rows, columns = x.shape[-2:]
    eye = jnp.eye(rows, columns, dtype=x.dtype)
    found = jnp.broadcast_to(eye, x.shape)
    places = jnp.arange(rows)
    one = jnp.ones((), x.dtype)
    zero = jnp.zeros((), x.dtype)
    for number in reversed(range(tau.shape[-1])):
        below = places > number
        vector = jnp.where(below, x[..., number], zero)
        vector = jnp.where(places == number, one, vector)
        column = vector[..., :, None]
        along = jnp.sum(column * found, -2, keepdims=True)
        factor = tau[..., number, None, None]
        found = found - factor * column * along
    return found


@rule("linalg_cross")
def _cross(a: Array, b: Array, *, dim: int = -1) -> Array:
    return jnp.cross(*together(a, b), axis=dim)


@rule("kron")
def _kron(a: Array, b: Array) -> Array:
    return jnp.kron(a, b)
