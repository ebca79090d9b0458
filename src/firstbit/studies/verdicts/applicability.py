"""Which argument holds for every net that training may reach, and why the others don't.

Training may take the weights anywhere, so the set of parameters is all of them. An
argument about a smaller set, such as `contraction_argument` where |W_h| is bounded, is
for those who state that set.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from firstbit.cells import ACTIVATIONS, GRU, LSTM, Vanilla
from firstbit.cells.given import CellLike, Given
from firstbit.languages import Language, next_symbol_rank
from firstbit.memory.forgetting.slope_bounds import CURVES, Interval
from firstbit.studies.verdicts.arguments import (
    Argument,
    positive_eigenvalues_argument,
    rank_argument,
)
from firstbit.studies.verdicts.texts import ARGUMENTS


class Gates(NamedTuple):
    """How a gated cell may keep its state for ever.

    Attributes:
        name: its name.
        cell: its name with an article.
        open: the gates that keep the state, and their values.
        identity: the equation that then holds.
    """

    name: str
    cell: str
    open: str
    identity: str


GATES: Mapping[object, Gates] = {
    GRU: Gates("GRU", "a GRU", "z near 1", "keeps its state, h_t = h_(t-1)"),
    LSTM: Gates("LSTM", "an LSTM", "f near 1 and i near 0", "keeps its c_t = c_(t-1)"),
}
"""Cell -> how its gates keep the state; of other cells nothing is known."""


@dataclass(frozen=True)
class Inapplicable:
    """An argument that does not hold for every net of a configuration.

    Attributes:
        name: `rank`, `contraction` or `theorem`.
        why: what it lacks.
    """

    name: str
    why: str

    @property
    def statement(self) -> str:
        """In one clause."""
        return f"{self.name} does not apply: {self.why}"


def arguments_on(
    cell: CellLike, language: Language, *, is_softmax: bool
) -> list[Argument | Inapplicable]:
    """Consider rank, contraction and the cited theorem, in this order.

    Args:
        cell: a cell with one hidden size.
        language: the task.
        is_softmax: whether the read-out's outputs become probabilities by a softmax.

    Example:
        >>> from firstbit.languages import reber
        >>> found = arguments_on("vanilla:4", reber(), is_softmax=False)
        >>> [one.name for one in found], found[0].why[:24]
        (['rank', 'contraction', 'theorem'], 'size 4 is not below the ')
    """
    given = Given.of(cell)
    return [
        _rank(given, language, is_softmax),
        Inapplicable("contraction", _why_no_contraction(given, language)),
        Inapplicable("theorem", _why_no_theorem(given, language)),
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


def _rank(
    given: Given, language: Language, is_softmax: bool
) -> Argument | Inapplicable:
    if is_softmax:
        return Inapplicable("rank", ARGUMENTS("no_rank_softmax"))
    size, has_bias = given.hidden_size, given.readout_bias
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


def _why_no_contraction(given: Given, language: Language) -> str:
    activation = activation_of(given, language)
    if activation is not None:
        slope = float(f"{_slopes(activation).largest[0]:.6g}")
        return ARGUMENTS(
            "no_contraction_slope",
            norm=f"{1 / slope:.4g}",
            activation=activation,
            slope=f"{slope:.4g}",
        )
    if given.factory is Vanilla:
        return ARGUMENTS("no_contraction_activation")
    gates = _gates_of(given)
    if gates is None:
        return ARGUMENTS("no_contraction_cell", cell=given.name)
    return ARGUMENTS(
        "no_contraction_gates",
        cell=gates.cell,
        gates=gates.open,
        identity=gates.identity,
    )


def _why_no_theorem(given: Given, language: Language) -> str:
    found = positive_eigenvalues_argument(language, given.hidden_size)
    if found is None:
        return ARGUMENTS("no_theorem_cycle", language=language.name)
    return ARGUMENTS(
        "no_theorem_class",
        language=language.name,
        symbol=found.numbers["symbol"],
        cycle=", ".join(found.numbers["cycle"]),
        why=_why_not_of_its_class(given, language),
    )


def _why_not_of_its_class(given: Given, language: Language) -> str:
    """Return why it is no linear recurrence with only positive eigenvalues."""
    gates = _gates_of(given)
    if gates is not None:
        return ARGUMENTS("not_linear_gates", cell=gates.name)
    activation = activation_of(given, language)
    if activation is None:
        return ARGUMENTS("not_known", cell=given.name)
    slopes = _slopes(activation)
    if slopes.low[0] == slopes.high[0]:
        return ARGUMENTS("not_positive")
    return ARGUMENTS("not_linear_activation", activation=activation)


def _gates_of(given: Given) -> Gates | None:
    for cell, gates in GATES.items():
        if cell is given.factory:
            return gates
    return None


def _slopes(activation: str) -> Interval:
    """Return the range of an activation's slopes over all real numbers."""
    everywhere = Interval(np.array([-np.inf]), np.array([np.inf]))
    return CURVES[activation].slopes(everywhere)
