"""The law of a cell's arrays beside that of the catalogue's, from draws of both."""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from firstbit.cells.as_built import built_arrays
from firstbit.cells.check.matching import Match, Term
from firstbit.cells.check.stepping import Stepping
from firstbit.programs.in_turn import in_turn
from firstbit.weights.redraw import (
    AS_BUILT,
    AS_IT_IS,
    KEEP,
    Initializer,
    Leaf,
    draw_leaf,
    plan_of,
)

NUM_DRAWS = 400

SEED = 17
"""First word of the keys of the draws."""

ERRORS = 5.0
"""Standard errors that chance may explain: one comparison in two million."""

STATISTICS = ("mean", "mean square", "mean fourth power", "spread of the rows' norms")


def law_of(cell: Stepping) -> Initializer:
    """Return the law or laws under which a cell is drawn."""
    given = cell.given
    if given.initializer is not None:
        return given.initializer
    return AS_IT_IS if given.is_built else given.own_law


def plan(cell: Stepping) -> list[Leaf]:
    """Return how each array of a cell is drawn."""
    return plan_of(cell.made, law_of(cell), cell.roles.arrays)


def drawn_arrays(cell: Stepping, num_draws: int) -> list[np.ndarray]:
    """Draw the arrays of many cells by their law, the draw as last axis."""
    leaves = plan(cell)
    numbers = np.arange(num_draws, dtype="uint32")
    words = np.full_like(numbers, SEED), numbers
    built: Sequence[np.ndarray] = []
    if any(leaf.law == AS_BUILT for leaf in leaves):
        built = built_arrays(cell.given, *cell.sizes, *words)

    pairs = list(zip(leaves, cell.arrays, strict=True))

    @jax.jit
    @in_turn
    def drawn(high: Array, low: Array) -> list[Array]:
        found = []
        for number, (leaf, like) in enumerate(pairs):
            if leaf.law not in (AS_BUILT, KEEP):
                array = jnp.asarray(like)
                found.append(draw_leaf(leaf, number, array, (high, low)))
        return found

    of_law = iter(drawn(*map(jnp.asarray, words)))
    found = []
    for number, (leaf, like) in enumerate(pairs):
        if leaf.law == AS_BUILT:
            found.append(np.asarray(built[number], float))
        elif leaf.law == KEEP:
            found.append(np.repeat(like[..., None], num_draws, axis=-1))
        else:
            found.append(np.asarray(next(of_law)))
    return found


class Moments(NamedTuple):
    """What is compared of one array: over draws, means and their standard errors."""

    means: Float[np.ndarray, " statistic"]
    errors: Float[np.ndarray, " statistic"]


def _moments(arrays: Float[np.ndarray, "... draw"]) -> Moments:
    """Summarise each draw of an array by four numbers."""
    matrix = arrays.reshape(arrays.shape[0], -1, arrays.shape[-1])
    entries = matrix.reshape(-1, matrix.shape[-1])
    rows = (matrix**2).mean(axis=1)
    each = np.stack(
        [
            entries.mean(axis=0),
            (entries**2).mean(axis=0),
            (entries**4).mean(axis=0),
            rows.std(axis=0),
        ]
    )
    num_draws = each.shape[1]
    errors = each.std(axis=1, ddof=1) / np.sqrt(num_draws)
    return Moments(each.mean(axis=1), errors)


class LawDifference(NamedTuple):
    """How the laws of one array differ.

    Attributes:
        difference: of the root mean squares, as a share of the larger.
        where: the first statistic that differs by more than chance; "" if none does.
    """

    difference: float
    where: str


def compare_laws(found: Match) -> dict[str, LawDifference]:
    """Compare the laws of two cells by draws of both.

    Returns:
        For each array of the catalogue's cell, how its law differs.
    """
    own = drawn_arrays(found.cell, NUM_DRAWS)
    theirs = drawn_arrays(found.other, NUM_DRAWS)
    differences = {}
    for number, terms in sorted(found.terms.items()):
        mine = _sum(terms, own, theirs[number])
        expected = _moments(theirs[number])
        where = _first(mine, expected)
        name = found.other.names[number]
        differences[name] = LawDifference(_relative(mine, expected), where)
    return differences


def _sum(terms: Sequence[Term], own: Sequence[np.ndarray], like: np.ndarray) -> Moments:
    """Return the moments of the array that is a sum of blocks."""
    total = np.zeros_like(like)
    for term in terms:
        block = own[term.block.array][term.block.part]
        if term.block.is_turned:
            block = block.swapaxes(0, 1)
        total = total + term.sign * block
    return _moments(total)


def _relative(own: Moments, other: Moments) -> float:
    """Return how far apart the root mean squares are, as a share of the larger."""
    squares = np.array([own.means[1], other.means[1]])
    roots = np.sqrt(squares)
    largest = roots.max()
    return float(np.ptp(roots) / largest) if largest > 0 else 0.0


def _first(own: Moments, other: Moments) -> str:
    """Return the first statistic that differs by more than chance; "" if none does."""
    off = np.abs(own.means - other.means)
    sizes = np.abs(own.means) + np.abs(other.means)
    rounding = 1e-12 * sizes
    allowed = ERRORS * np.hypot(own.errors, other.errors) + rounding
    for name, apart, most, mine, expected in zip(
        STATISTICS, off, allowed, own.means, other.means, strict=True
    ):
        if apart > most:
            return f"{name} {mine:.3g}, expected {expected:.3g}"
    return ""
