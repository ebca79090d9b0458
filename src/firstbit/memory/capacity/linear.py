r"""What is exactly known of a net: a linear one, and one whose step is odd.

The capacity of a stable linear net is the rank of its controllability matrix,

$$ [b, A b, \dots, A^{N-1} b], \qquad h_t = A h_{t-1} + b u_t $$

float64 loses that rank: A^n b soon points along few directions. But its numbers are
whole numbers times powers of two. So they are taken modulo a prime, where nothing is
rounded. A rank modulo a prime is never too large, and is right but for a chance of some
N / 2^31; the largest of three primes counts.
"""

from collections.abc import Callable
from functools import partial
from math import frexp
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from firstbit.cells.state import as_numbers, from_numbers
from firstbit.memory.capacity.exact_profile import exact_profile
from firstbit.memory.ensemble.recipe import Recipe
from firstbit.programs.bounded import bounded
from firstbit.programs.in_turn import in_turn

PRIMES = (2147483647, 2147483629, 2147483587)
"""The three largest primes below 2^31: products of two residues fit in 64 bits."""

NUM_POINTS = 4

CLOSE = 1e-12
"""Share of the largest number by which sums of a linear step may be off."""

MANTISSA = 53

Points = Float[np.ndarray, "point number"]
States = Float[np.ndarray, "point unit"]

MOST_UNITS = 40
"""Up to so many numbers of state there is a profile: it takes half a second of one
net."""


class Form(NamedTuple):
    """What a few points say of a step.

    Attributes:
        is_linear: whether it is linear in state and input.
        is_odd: whether it changes its sign with both, and the first state is 0.
        rank: of the controllability matrix, where it is linear, stable, and read whole;
            else NaN.
        profile: its exact capacity at each lag, where there is a rank, and no more than
            `MOST_UNITS` numbers; else NaN.
    """

    is_linear: bool
    is_odd: bool
    rank: float
    profile: Float[np.ndarray, " lag"]


def form_of(
    recipe: Recipe, arrays: list[Array], input_size: int, num_lags: int
) -> Form:
    """Look at the step of one net, in float64.

    Args:
        recipe: of the cell.
        arrays: of the net.
        input_size: numbers in an input: 1, or 2 of which one is 1 and the other 0.
        num_lags: of the profile.
    """
    unknown = np.full(num_lags, np.nan)
    start = recipe.begin(arrays)
    leaves = jax.tree.leaves(start)
    if not all(map(eqx.is_inexact_array, leaves)):
        return Form(False, False, np.nan, unknown)
    flat = as_numbers(start)
    size = input_size + flat.size
    points = np.random.default_rng(0).normal(size=(NUM_POINTS, size))

    def after(points: Points) -> States:
        return np.asarray(_after_each(arrays, jnp.asarray(points), recipe=recipe))

    begins_at_zero = bool(jnp.all(flat == 0))
    is_odd = begins_at_zero and _is_odd(after, points)
    if not is_odd or not _is_additive(after, points):
        return Form(False, is_odd, np.nan, unknown)
    slope_at = jax.jacfwd(partial(_after, recipe, arrays))
    slopes = np.asarray(slope_at(jnp.zeros(size)))
    is_whole = len(leaves) == 1 and recipe.measured == (0,)
    matrix = slopes[:, input_size:]
    if not is_whole or np.abs(np.linalg.eigvals(matrix)).max() >= 1:
        return Form(True, True, np.nan, unknown)
    return _linear(matrix, slopes[:, :input_size], num_lags)


def _after(
    recipe: Recipe, arrays: list[Array], point: Float[Array, " number"]
) -> Float[Array, " unit"]:
    """Return the state of a net after one step, from its input and its state."""
    cell = recipe.cell(arrays)
    start = recipe.begin(arrays)
    num_inputs = point.size - as_numbers(start).size
    input, state = jnp.split(point, [num_inputs])
    return as_numbers(cell(input, from_numbers(state, start)))


@bounded(static="recipe")
@in_turn
def _after_each(
    arrays: list[Array], points: Float[Array, "point number"], *, recipe: Recipe
) -> Float[Array, "point unit"]:
    """Return the state after each point: one program for all nets of a recipe."""
    return jax.vmap(partial(_after, recipe, arrays))(points)


def _linear(matrix: np.ndarray, inputs: np.ndarray, num_lags: int) -> Form:
    """Return what is known of a stable linear net."""
    # Of two numbers, one is 1 less the other: they drive a net in one direction.
    column = np.diff(inputs, prepend=0.0)[:, -1]
    rank = controllable(matrix, column[:, None])
    profile = np.full(num_lags, np.nan)
    if len(matrix) <= MOST_UNITS:
        profile = exact_profile(matrix, column, rank, num_lags)
    return Form(True, True, float(rank), profile)


def _is_odd(after: Callable[[Points], States], points: Points) -> bool:
    there = after(points)
    return _are_close(there, -after(-points), size=np.abs(there))


def _is_additive(after: Callable[[Points], States], points: Points) -> bool:
    """Return whether an odd step is linear: it doubles, and adds up."""
    of_sums = after(points + 3 * points[::-1])
    of_each = after(points)
    thrice = 3 * of_each[::-1]
    size = np.abs(of_each) + np.abs(thrice)
    return _are_close(of_sums, of_each + thrice, size=size)


def _are_close(a: States, b: States, *, size: States) -> bool:
    """Return whether two states are equal at each point, but for rounding.

    It is a share of the largest number at the point, whatever the units of the state.
    """
    apart = np.abs(a - b)
    off = np.max(apart, axis=1, initial=0.0)
    largest = np.max(size, axis=1, initial=0.0)
    return bool((off <= CLOSE * largest).all())


def controllable(
    matrix: Float[np.ndarray, "unit unit"], inputs: Float[np.ndarray, "unit input"]
) -> int:
    """Return the exact rank of the controllability matrix of A and B.

    Example:
        >>> shift = np.eye(3, k=-1)
        >>> controllable(shift, np.eye(3)[:, :1]), controllable(shift, np.eye(3)[:, 2:])
        (3, 1)
    """
    ranks = [_rank_modulo(matrix, inputs, prime) for prime in PRIMES]
    return max(ranks)


def _rank_modulo(matrix: np.ndarray, inputs: np.ndarray, prime: int) -> int:
    own = _residues(matrix, prime)
    column = _residues(inputs, prime)
    found = []
    for _ in range(len(matrix)):
        found.append(column)
        column = _product(own, column, prime)
    return _rank(np.concatenate(found, axis=1), prime)


def _residues(numbers: np.ndarray, prime: int) -> Int[np.ndarray, "row column"]:
    """Return float64 numbers, which are fractions of powers of two, modulo a prime."""
    found = []
    for number in numbers.ravel().tolist():
        share, exponent = frexp(number)
        whole = int(share * 2**MANTISSA)
        found.append(whole * pow(2, exponent - MANTISSA, prime) % prime)
    return np.array(found, dtype=np.int64).reshape(numbers.shape)


def _product(left: np.ndarray, right: np.ndarray, prime: int) -> np.ndarray:
    """Multiply two matrices of residues; each product is below 2^62."""
    shape = (len(left), right.shape[1])
    total = np.zeros(shape, dtype=np.int64)
    for column, row in zip(left.T, right, strict=True):
        outer = column[:, None] * row[None]
        total += outer % prime
        total %= prime
    return total


def _rank(matrix: np.ndarray, prime: int) -> int:
    """Return the rank of a matrix of residues, by elimination."""
    left = matrix.copy()
    rank = 0
    for column in range(left.shape[1]):
        rows = np.flatnonzero(left[rank:, column])
        if not rows.size:
            continue
        pivot = rank + rows[0]
        left[[rank, pivot]] = left[[pivot, rank]]
        inverse = pow(int(left[rank, column]), -1, prime)
        left[rank] = left[rank] * inverse % prime
        factors = left[rank + 1 :, column].copy()
        below = left[rank + 1 :]
        outer = factors[:, None] * left[rank]
        below -= outer % prime
        below %= prime
        rank += 1
        if rank == len(left):
            break
    return rank
