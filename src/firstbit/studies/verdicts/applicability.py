"""Which argument holds for every net that training may reach, and why the others don't.

Training may take the weights anywhere, so the set of parameters is all of them. An
argument about a smaller set, such as `contraction_argument` where |W_h| is bounded, is
for those who state that set.
"""

from dataclasses import dataclass

import jax
import numpy as np

from firstbit.cells import ACTIVATIONS, Vanilla
from firstbit.cells.given import Given
from firstbit.cells.given_model import GivenModel
from firstbit.cells.learnable import LearnableLike, learnable
from firstbit.languages import Language, next_symbol_rank
from firstbit.languages.demand.rows import RESOLUTION, Rows
from firstbit.languages.judging.cycles import alternating_cycle
from firstbit.memory.forgetting.slope_bounds import CURVES, whole_line
from firstbit.studies.verdicts.arguments import (
    Argument,
    order_argument,
    rank_argument,
)
from firstbit.studies.verdicts.order import MOST_STATES, Edges
from firstbit.studies.verdicts.texts import ARGUMENTS
from firstbit.studies.verdicts.theorem import (
    Cycle,
    theorem_at_a_given_length,
    theorem_at_unbounded_length,
)
from firstbit.studies.verdicts.transitions import declared_transition

NAMES = ("order", "theorem", "theorem at a given length", "rank")


@dataclass(frozen=True)
class Inapplicable:
    """An argument that does not hold for every net of a configuration.

    Attributes:
        name: one of `NAMES`.
        why: what it lacks.
    """

    name: str
    why: str

    @property
    def statement(self) -> str:
        """In one clause."""
        return f"{self.name} does not apply: {self.why}"


def arguments_on(
    cell: LearnableLike,
    language: Language,
    *,
    is_softmax: bool,
    resolution: float = RESOLUTION,
) -> list[Argument | Inapplicable]:
    """Consider order, the theorem in its two kinds, and rank, in this order.

    Args:
        cell: a cell with one hidden size. What it declares of its transition is taken
            as true here; see `require_transition`. Of a model of sequences none holds:
            each is about states, or about the units of a read-out.
        language: the task.
        is_softmax: whether the read-out's outputs become probabilities by a softmax.
        resolution: distance up to which a row passes for another one.

    Example:
        >>> from firstbit.languages import reber
        >>> found = arguments_on("vanilla:4", reber(), is_softmax=False)
        >>> [one.name for one in found][:2], found[0].why
        (['order', 'theorem'], 'it is about one unit, and Vanilla:4 has 4')
    """
    given = learnable(cell, is_trained=False)
    if isinstance(given, GivenModel):
        why = ARGUMENTS("no_state", cell=given.name)
        return [Inapplicable(name, why) for name in NAMES]
    return [
        _order(given, language, is_softmax, resolution),
        *_theorems(given, language, is_softmax, resolution),
        _rank(given, language, is_softmax),
    ]


def activation_of(given: Given, language: Language) -> str | None:
    """Return the name of a Vanilla cell's activation.

    None for other cells, and for a function of the user's own.
    """
    if given.factory is not Vanilla:
        return None
    function = given.shell(len(language.alphabet), given.hidden_size).activation
    for name, known in ACTIVATIONS.items():
        if known is function:
            return name
    return None


# ---- order


def _order(
    given: Given, language: Language, is_softmax: bool, resolution: float
) -> Argument | Inapplicable:
    why = _why_no_order(given, language, is_softmax, resolution)
    if why:
        return Inapplicable("order", why)
    found = order_argument(language, cell=given.architecture)
    if found is None:
        why = ARGUMENTS("no_order_passes", language=language.name)
        return Inapplicable("order", why)
    return found


def _why_no_order(
    given: Given, language: Language, is_softmax: bool, resolution: float
) -> str:
    """Return what the argument lacks; "" where it may be tried."""
    cell = given.architecture
    if given.hidden_size != 1:
        return ARGUMENTS("no_order_units", cell=cell, hidden_size=given.hidden_size)
    if not _is_increasing(activation_of(given, language)):
        return ARGUMENTS("no_order_slope", cell=cell)
    if is_softmax:
        return ARGUMENTS("no_order_softmax")
    if Rows.of(language).closer_than(resolution):
        return ARGUMENTS("no_order_rows", resolution=f"{resolution:g}")
    number = len(Edges.of(language).names)
    if number > MOST_STATES:
        return ARGUMENTS("no_order_states", number=number, most=MOST_STATES)
    return ""


def _is_increasing(activation: str | None) -> bool:
    """Return whether an activation of the catalogue never falls."""
    if activation is None:
        return False
    slopes = CURVES[activation].slopes(whole_line((1,)))
    return bool(slopes.low[0] >= -ROUNDING)


ROUNDING = 1e-12
"""Bounds of slopes are rounded outward by less than this."""


# ---- theorem


def _theorems(
    given: Given, language: Language, is_softmax: bool, resolution: float
) -> list[Argument | Inapplicable]:
    kinds = NAMES[1:3]
    cycle = alternating_cycle(language, resolution=resolution)
    why = _why_no_theorem(given, language, cycle)
    if cycle is None or why:
        return [Inapplicable(kind, why) for kind in kinds]
    cell = given.architecture
    unbounded = theorem_at_unbounded_length(cycle, language, cell=cell)
    if is_softmax:
        why = ARGUMENTS("no_given_length_softmax")
        return [unbounded, Inapplicable(kinds[1], why)]
    state_size = _state_size(given, language)
    bounded = theorem_at_a_given_length(
        cycle, language, cell=cell, state_size=state_size
    )
    if bounded is None:
        why = ARGUMENTS("no_given_length_rows", resolution=f"{resolution:g}")
        return [unbounded, Inapplicable(kinds[1], why)]
    return [unbounded, bounded]


def _why_no_theorem(given: Given, language: Language, cycle: Cycle | None) -> str:
    if cycle is None:
        return ARGUMENTS("no_theorem_cycle", language=language.name)
    if declared_transition(given):
        return ""
    return ARGUMENTS(
        "no_theorem_class",
        language=language.name,
        symbol=cycle.symbol,
        cycle=", ".join(language.states[state] for state in cycle.states),
        cell=given.name,
    )


def _state_size(given: Given, language: Language) -> int:
    """Return how many numbers the cell's state has."""
    input_size = len(language.alphabet)
    key = jax.random.key(0)
    made = given.make(input_size, given.hidden_size, key)
    leaves = jax.tree.leaves(given.initial(made))
    return sum(int(np.size(leaf)) for leaf in leaves)


# ---- rank


def _rank(
    given: Given, language: Language, is_softmax: bool
) -> Argument | Inapplicable:
    if is_softmax:
        return Inapplicable("rank", ARGUMENTS("no_rank_softmax"))
    size = given.hidden_size
    has_bias = given.readout_bias
    found = rank_argument(language, size, readout_bias=has_bias)
    if found is not None:
        return found
    why = ARGUMENTS(
        "no_rank_enough",
        hidden_size=size,
        needed=next_symbol_rank(language, readout_bias=has_bias),
        language=language.name,
    )
    return Inapplicable("rank", why)
