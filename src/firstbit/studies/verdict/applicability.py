"""The three arguments, each considered for one configuration: it holds for every net that training may reach, or why not.

Training may take the weights anywhere, so the set of parameters is all of them. An
argument about a smaller set, such as `contraction_argument` where |W_h| is bounded, is
for whoever states that set.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from firstbit.cells import ACTIVATIONS, GRU, LSTM, Vanilla
from firstbit.cells.given import CellLike, name_of
from firstbit.languages import Language, next_symbol_rank
from firstbit.memory.forgetting.slope_bounds import CURVES, Interval
from firstbit.studies.verdict.arguments import (
    Argument,
    positive_eigenvalues_argument,
    rank_argument,
)

THEOREM = "the theorem (Grazzi et al., arXiv 2411.12537)"


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
    cell: CellLike,
    language: Language,
    *,
    hidden_size: int,
    is_softmax: bool,
    output_bias: bool = True,
) -> list[Argument | Inapplicable]:
    """Rank, contraction and the cited theorem, in this order.

    Args:
        cell: a factory of cells, or a built cell.
        language: the task.
        hidden_size: k, at least 1.
        is_softmax: whether the read-out's outputs become probabilities by a softmax.
        output_bias: whether the read-out has a bias.

    Example:
        >>> from firstbit.languages import reber
        >>> for one in arguments_on(Vanilla, reber(), hidden_size=4, is_softmax=False)[:2]:
        ...     print(one.statement)
        rank does not apply: size 4 is not below the 4 that the next-output table of reber needs
        contraction does not apply: it needs |W_h| below 4 (slopes of logistic are at most 0.25), and training bounds no weight
    """
    return [
        _rank(language, hidden_size, is_softmax, output_bias),
        Inapplicable("contraction", _why_no_contraction(cell)),
        Inapplicable("theorem", _why_no_theorem(cell, language, hidden_size)),
    ]


def _rank(
    language: Language, hidden_size: int, is_softmax: bool, output_bias: bool
) -> Argument | Inapplicable:
    if is_softmax:
        return Inapplicable(
            "rank",
            "the outputs go through a softmax, which may give a table of higher "
            "rank than they have",
        )
    needed = next_symbol_rank(language, readout_bias=output_bias)
    enough = (
        f"size {hidden_size} is not below the {needed} that the next-output table "
        f"of {language.name} needs"
    )
    return rank_argument(language, hidden_size, use_bias=output_bias) or Inapplicable(
        "rank", enough
    )


def _why_no_contraction(cell: CellLike) -> str:
    unbounded, kind = "training bounds no weight", _class_of(cell)
    if kind is Vanilla:
        name = _activation_of(cell)
        if name is None:
            return f"no bound of the activation's slopes is known, and {unbounded}"
        slope = float(f"{_slopes(name).largest[0]:.6g}")
        return (
            f"it needs |W_h| below {1 / slope:.4g} (slopes of {name} are at most "
            f"{slope:.4g}), and {unbounded}"
        )
    if kind is GRU:
        return (
            f"{unbounded}, and with z near 1 a GRU keeps its state, h_t = h_(t-1): "
            "no rate below 1 holds for all of them"
        )
    if kind is LSTM:
        return (
            f"{unbounded}, and with f near 1 and i near 0 an LSTM keeps its c_t = "
            "c_(t-1): no rate below 1 holds for all of them"
        )
    return f"{unbounded}, and no bound of slope times norm is known for {name_of(cell)}"


def _why_no_theorem(cell: CellLike, language: Language, hidden_size: int) -> str:
    found = positive_eigenvalues_argument(language, hidden_size)
    if found is None:
        return (
            f"{THEOREM} needs a symbol that, repeated, goes through a cycle of "
            "states with different legal outputs, as in parity; "
            f"{language.name} has none"
        )
    told = (
        f"{language.name} has its cycle ('{found.numbers['symbol']}' repeated: "
        f"{', '.join(found.numbers['cycle'])}), but {THEOREM}"
    )
    return (
        f"{told} is about linear recurrences with only positive eigenvalues, and "
        f"{_why_not_of_its_class(cell)}"
    )


def _why_not_of_its_class(cell: CellLike) -> str:
    kind = _class_of(cell)
    if kind in (GRU, LSTM):
        return f"the gates of {kind.__name__} are not linear"
    name = _activation_of(cell) if kind is Vanilla else None
    if name is None:
        return f"it is not known that {name_of(cell)} is one"
    slopes = _slopes(name)
    if slopes.low[0] == slopes.high[0]:
        return "the eigenvalues of W_h may be negative"
    return f"{name} is not linear"


def _slopes(activation: str) -> Interval:
    """Between which numbers the slopes of an activation lie, over all real numbers."""
    return CURVES[activation].slopes(Interval(np.array([-np.inf]), np.array([np.inf])))


def _class_of(cell: CellLike) -> type:
    inner = getattr(cell, "func", cell)
    return inner if isinstance(inner, type) else type(inner)


def _activation_of(cell: CellLike) -> str | None:
    """Name of a Vanilla cell's activation; None for a function of the user's own."""
    given: str | Callable[[Any], Any] = getattr(cell, "keywords", {}).get(
        "activation", getattr(cell, "activation", "logistic")
    )
    return next(
        (name for name, function in ACTIVATIONS.items() if given in (name, function)),
        None,
    )
