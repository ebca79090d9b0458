"""One logistic unit that is right on Reber's grammar at every length.

Its states keep to intervals that the step maps into each other, so it is right on all
words, and no limit of one unit shows on this grammar. No training is known to find it.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from firstbit.cells import Network
from firstbit.errors import CellError
from firstbit.languages import Language
from firstbit.languages.automaton.validity import NO_STATE
from firstbit.languages.demand.rows import NO_ROW, RESOLUTION, Rows
from firstbit.studies.verdicts.by_hand import vanilla
from firstbit.studies.verdicts.readouts import Points, nearest_row_readout

RECURRENT = -4.9384
INPUTS: Mapping[str, float] = {
    "B": -1.2217,
    "T": 0.1434,
    "S": 0.3629,
    "X": 1.153,
    "V": -1.9059,
    "P": 0.0197,
    "E": 0.0,
}
"""Symbol -> its weight. Nothing is asked after E."""

ROUNDS = 200
WIDER = 1e-9
"""By which each image is widened; rounding is a million times less."""


class Interval(NamedTuple):
    """The two ends of an interval of hidden states."""

    low: float
    high: float


def reber_unit(
    language: Language,
    *,
    readout_bias: bool = True,
    is_softmax: bool = False,
    resolution: float = RESOLUTION,
) -> Network:
    """Return the unit with its read-out.

    Args:
        language: Reber's grammar, under any name.
        readout_bias: whether the read-out has a bias.
        is_softmax: whether a softmax follows the read-out.
        resolution: distance up to which a row passes for the true one.

    Raises:
        CellError: the language has another alphabet, the intervals are not invariant,
            or no read-out gives the true rows on them.

    Example:
        >>> from firstbit.languages import reber
        >>> reber_unit(reber()).cell.hidden_size
        1
    """
    if set(language.alphabet) != set(INPUTS):
        raise CellError(
            f"expected the alphabet {', '.join(INPUTS)}, got that of {language.name}."
        )
    intervals = invariant_intervals(language)
    rows = Rows.of(language)
    ends = []
    of_ends = []
    for state, interval in intervals.items():
        if rows.of_state[state] != NO_ROW:
            ends += [[interval.low], [interval.high]]
            of_ends += [rows.of_state[state]] * 2
    readout = nearest_row_readout(
        Points(np.array(ends), np.array(of_ends)),
        rows,
        has_bias=readout_bias,
        is_softmax=is_softmax,
        resolution=resolution,
    )
    U = np.array([[INPUTS[symbol] for symbol in language.alphabet]])
    W = np.array([[RECURRENT]])
    return Network(vanilla(U, W, "logistic"), readout)


def invariant_intervals(language: Language) -> dict[int, Interval]:
    """Return an interval for each state such that every edge maps into the next one.

    The unit is at 0 before the first symbol. The step falls in the state, so it maps an
    interval to the interval of its ends' images.

    Raises:
        CellError: the intervals that were found are not invariant.
    """
    found = {0: Interval(0.0, 0.0)}
    for _ in range(ROUNDS):
        found = _one_step(language, found, WIDER)
    for state, interval in _one_step(language, found, 0.0).items():
        if interval != found[state]:
            raise CellError(
                f"the intervals of one unit are not invariant on {language.name}."
            )
    return found


def _one_step(
    language: Language, found: Mapping[int, Interval], wider: float
) -> dict[int, Interval]:
    """Add the images of all edges, a little wider, to the intervals."""
    after = dict(found)
    for state, interval in found.items():
        for number, target in enumerate(language.transition[state].tolist()):
            if target == NO_STATE:
                continue
            input = INPUTS[language.alphabet[number]]
            low = _step(interval.high, input) - wider
            high = _step(interval.low, input) + wider
            known = after.get(target, Interval(low, high))
            lowest = min(known.low, low)
            highest = max(known.high, high)
            after[target] = Interval(lowest, highest)
    return after


def _step(hidden: float, input: float) -> float:
    field = RECURRENT * hidden + input
    return 1 / (1 + float(np.exp(-field)))
