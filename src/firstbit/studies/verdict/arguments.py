r"""Three arguments that a failure is intrinsic, each with the set of parameters it holds for.

Rank: a linear read-out of k units gives tables of rank k at most (k + 1 with an output
bias), whatever the cell. Contraction: where slope times recurrent norm is below 1,
states forget. A cited theorem: a linear recurrence with only positive eigenvalues
cannot go on alternating.
"""

from dataclasses import dataclass, field
from math import ceil, inf, log
from typing import Any

import numpy as np

from firstbit.errors import SettingError, require_at_least
from firstbit.languages import Language, excess_loss, next_symbol_rank
from firstbit.languages.automaton.validity import NO_STATE


@dataclass(frozen=True)
class Argument:
    """Why no parameters of a set can do a task.

    Attributes:
        name: `rank`, `contraction` or `theorem`.
        quantifies_over: the set of parameters.
        excludes: what none of them can do.
        numbers: those behind it.
    """

    name: str
    quantifies_over: str
    excludes: str
    numbers: dict[str, Any] = field(default_factory=dict)

    @property
    def statement(self) -> str:
        """The argument in one sentence."""
        return f"{self.name}: for {self.quantifies_over}, {self.excludes}"


def rank_argument(
    language: Language, hidden_size: int, *, use_bias: bool = True
) -> Argument | None:
    """The argument from rank, or None where k units are enough for the table.

    It excludes the exact probabilities, not the order of the outputs: Hochreiter and
    Schmidhuber's test may still be passed. And it is about outputs that are the
    probabilities: a softmax of outputs of low rank can have any rank, and come as near
    to the table as one likes.
    """
    needed, excess = (
        next_symbol_rank(language, readout_bias=use_bias),
        excess_loss(language, hidden_size, readout_bias=use_bias),
    )
    if hidden_size >= needed:
        return None
    kind = "a bias" if use_bias else "no bias"
    return Argument(
        "rank",
        f"every cell of {hidden_size} units, with any weights, and a linear "
        f"read-out with {kind} and without softmax",
        f"the next-output table of {language.name} is out of reach (it needs "
        f"{needed} units); the squared error per word "
        f"stays at least {excess:.6g} above the full floor",
        {"needed_units": needed, "hidden_size": hidden_size, "excess_loss": excess},
    )


def contraction_argument(
    *,
    slope: float,
    recurrent_norm: float,
    diameter: float,
    readout_norm: float,
    margin: float,
) -> Argument | None:
    r"""The argument from contraction, over a stated set of Vanilla networks; None where slope times norm isn't below 1.

    Two states that read the same n symbols are within $(s w)^n d$ of each other, so
    outputs within r times that. Beyond the n where this is below the margin, nothing
    read n symbols ago can decide an output by the margin.

    Args:
        slope: s, the activation's largest: 1/4 for the logistic function, 1 for tanh.
        recurrent_norm: w, the largest spectral norm of W_h in the set.
        diameter: d, the largest distance of two states: sqrt(k) for the logistic
            function, 2 sqrt(k) for tanh.
        readout_norm: r, the largest spectral norm of O in the set.
        margin: difference of outputs, in Euclidean norm, that a decision needs.

    Raises:
        SettingError: a number isn't above 0.

    Example:
        >>> contraction_argument(slope=0.25, recurrent_norm=2, diameter=1, readout_norm=1, margin=0.1).numbers["lag"]
        4
    """
    given = {
        "slope": slope,
        "recurrent_norm": recurrent_norm,
        "diameter": diameter,
        "readout_norm": readout_norm,
        "margin": margin,
    }
    for name, value in given.items():
        if not 0 < value < inf:
            raise SettingError(f"expected a `{name}` above 0, got {value:g}.")
    rate = slope * recurrent_norm
    if rate >= 1:
        return None
    lag = max(0, ceil(log(margin / (readout_norm * diameter)) / log(rate)))
    while (
        readout_norm * diameter * rate**lag >= margin
    ):  # the ceiling may be off by one, or exact
        lag += 1
    return Argument(
        "contraction",
        f"every Vanilla network with |W_h| <= {recurrent_norm:g}, slopes up to "
        f"{slope:g} and |O| <= {readout_norm:g}",
        f"no symbol moves the outputs by {margin:g} once {lag} common symbols have "
        "followed it",
        {**given, "rate": rate, "lag": lag},
    )


def positive_eigenvalues_argument(
    language: Language, hidden_size: int
) -> Argument | None:
    r"""The cited theorem: a linear recurrence with only positive eigenvalues can't do parity at finite precision.

    It applies where reading one symbol again and again leads through a cycle of states
    that differ in their legal next outputs, as parity does. In exact arithmetic too:
    along the repeated symbol every output is $\sum_i p_i(n) \lambda_i^n$ with k + 1
    terms at most, the constant counted, so a difference of two outputs changes its sign
    k times at most.

    Args:
        language: the task.
        hidden_size: k, of a cell $h_t = A(x_t) h_{t-1} + b(x_t)$ whose matrices have
            real eigenvalues above 0.

    Returns:
        The argument, or None where no symbol leads through such a cycle.

    Example:
        >>> from firstbit.languages import Language
        >>> parity = Language.from_regex("(0|10*1)*")
        >>> positive_eigenvalues_argument(parity, 4).numbers
        {'symbol': '1', 'cycle': ['s0', 's1'], 'sign_changes': 4}

    References:
        Grazzi et al., arXiv 2411.12537.
    """
    require_at_least("hidden_size", hidden_size, 1)
    for number, symbol in enumerate(language.alphabet):
        for start in range(len(language.states)):
            cycle = _cycle(language.transition[:, number], start)
            if len({tuple(row) for row in language.next_output[cycle] > 0}) > 1:
                return Argument(
                    "theorem",
                    f"every linear recurrence of {hidden_size} units whose "
                    "matrices have only positive eigenvalues "
                    "(Grazzi et al., arXiv 2411.12537), with any linear read-out",
                    f"words of {language.name} with '{symbol}' repeated without "
                    "end are out of reach: the legal outputs go "
                    "in a cycle, and a difference of outputs changes its sign at "
                    f"most {hidden_size} times",
                    {
                        "symbol": symbol,
                        "cycle": [language.states[q] for q in cycle],
                        "sign_changes": hidden_size,
                    },
                )
    return None


def _cycle(following: np.ndarray, start: int) -> list[int]:
    """The states of the cycle that `start` is on when one symbol repeats; none if it is on none."""
    found = [start]
    while (state := int(following[found[-1]])) not in (NO_STATE, *found):
        found.append(state)
    return found if state == start else []
