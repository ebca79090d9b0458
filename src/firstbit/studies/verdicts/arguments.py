r"""Three arguments that a failure is intrinsic, each for a stated set of parameters.

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
from firstbit.studies.verdicts.texts import ARGUMENTS


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
    language: Language, hidden_size: int, *, readout_bias: bool = True
) -> Argument | None:
    """Return the argument from rank, or None where k units are enough for the table.

    It excludes the exact probabilities, not the order of the outputs: Hochreiter and
    Schmidhuber's test may still be passed. And it is about outputs that are the
    probabilities: a softmax of outputs of low rank can have any rank, and come as near
    to the table as one likes.
    """
    needed = next_symbol_rank(language, readout_bias=readout_bias)
    if hidden_size >= needed:
        return None
    excess = excess_loss(language, hidden_size, readout_bias=readout_bias)
    return Argument(
        "rank",
        ARGUMENTS("rank_set", hidden_size=hidden_size, has_bias=readout_bias),
        ARGUMENTS(
            "rank_excludes",
            language=language.name,
            needed=needed,
            excess=f"{excess:.6g}",
        ),
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
    r"""Return the argument from contraction; None unless slope times norm is below 1.

    It holds for a stated set of Vanilla networks.

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
        >>> nets = {"slope": 0.25, "recurrent_norm": 2.0}
        >>> scale = {"diameter": 1.0, "readout_norm": 1.0}
        >>> contraction_argument(**nets, **scale, margin=0.1).numbers["lag"]
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
    lag = _least_lag(readout_norm * diameter, rate, margin)
    return Argument(
        "contraction",
        ARGUMENTS(
            "contraction_set",
            recurrent_norm=f"{recurrent_norm:g}",
            slope=f"{slope:g}",
            readout_norm=f"{readout_norm:g}",
        ),
        ARGUMENTS("contraction_excludes", margin=f"{margin:g}", lag=lag),
        {**given, "rate": rate, "lag": lag},
    )


def _least_lag(reach: float, rate: float, margin: float) -> int:
    """Return the least n with reach * rate**n below the margin."""
    lag = max(0, ceil(log(margin / reach) / log(rate)))
    while reach * rate**lag >= margin:  # the ceiling may be off by one, or exact
        lag += 1
    return lag


def positive_eigenvalues_argument(
    language: Language, hidden_size: int
) -> Argument | None:
    r"""Return the cited theorem, where it applies to the language.

    A linear recurrence with only positive eigenvalues can't do parity at finite
    precision.

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
    found = _cycle_of_outputs(language)
    if found is None:
        return None
    symbol, cycle = found
    return Argument(
        "theorem",
        ARGUMENTS("theorem_set", hidden_size=hidden_size),
        ARGUMENTS(
            "theorem_excludes",
            language=language.name,
            symbol=symbol,
            hidden_size=hidden_size,
        ),
        {
            "symbol": symbol,
            "cycle": [language.states[state] for state in cycle],
            "sign_changes": hidden_size,
        },
    )


def _cycle_of_outputs(language: Language) -> tuple[str, list[int]] | None:
    """Return a symbol whose repetition cycles through different legal outputs."""
    for number, symbol in enumerate(language.alphabet):
        for start in range(len(language.states)):
            cycle = _cycle(language.transition[:, number], start)
            legal = {tuple(row) for row in language.next_output[cycle] > 0}
            if len(legal) > 1:
                return symbol, cycle
    return None


def _cycle(following: np.ndarray, start: int) -> list[int]:
    """Return the cycle of states from `start` when one symbol repeats; [] if none."""
    found = [start]
    state = int(following[start])
    while state != NO_STATE and state not in found:
        found.append(state)
        state = int(following[state])
    return found if state == start else []
