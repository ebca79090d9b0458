"""A language given the length of its words, as a language of its own."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from firstbit.errors import LanguageError, SettingError, require_at_least, shown
from firstbit.languages.automaton.automaton import Automaton, given
from firstbit.languages.automaton.validity import NO_STATE
from firstbit.languages.language import Language
from firstbit.languages.words.counting import MOST_BYTES, require_words

Lengths = tuple[int, int]
"""The least and the greatest length of words, both included."""

MOST_STATES = 100_000
"""States of the automaton of a range of lengths, at most."""


class Conditioned(NamedTuple):
    """A language given the lengths of its words, and where its states come from.

    Attributes:
        language: the conditioned language, or the language itself.
        origin: for each state, the name of the state of the automaton.
        step: for each state, the number of symbols read; 0 without a condition.
    """

    language: Automaton
    origin: tuple[str, ...]
    step: tuple[int, ...]


class StepChoices(NamedTuple):
    """The choices of each state after some number of symbols, given the length."""

    going_on: Float[np.ndarray, "state symbol"]
    stopping: Float[np.ndarray, " state"]


def of_lengths(language: Automaton | str, shortest: int, longest: int) -> Language:
    """Return the language conditioned on the length of its words.

    A word w of `shortest` to `longest` symbols has the probability P(w) / P(a length in
    the range), all others have none. Exact, by linear algebra: a state of the result is
    a state of the automaton together with the number of symbols read. So all that holds
    for a language, such as its floors, is known for words of a range of lengths.

    The end stays an output of its own where it is one in the language, even if the
    number of symbols read would give it away: a window does not know that number.

    Args:
        language: the language.
        shortest: the least length.
        longest: the greatest length.

    Raises:
        SettingError: a length is out of range.
        LanguageError: no word has such a length, or the automaton is too large.

    Example:
        >>> from firstbit.languages.catalogue import parity
        >>> short = of_lengths(parity(), 1, 2)
        >>> [round(11 * short.probability_of(word)) for word in ("0", "00", "11")]
        [6, 2, 3]
    """
    found = conditioned(language, (shortest, longest)).language
    assert isinstance(found, Language)
    return found


def conditioned(language: Automaton | str, lengths: Lengths | None) -> Conditioned:
    """Return a language, conditioned on a range of lengths if there is one.

    Arguments and errors are those of `of_lengths`.

    Example:
        >>> conditioned("reber", None).language.name
        'reber'
    """
    language = given(language)
    if lengths is None:
        steps = (0,) * len(language.states)
        return Conditioned(language, language.states, steps)
    shortest, longest = two_lengths(lengths)
    require_words(language, shortest, longest)
    _require_few_states(language, longest)
    choices = list(choices_given_length(language, shortest, longest))
    number = {(0, 0): 0}
    rows: list[dict[int, tuple[int, float]]] = []
    stops: list[float] = []
    queue = [(0, 0)]
    for step, state in queue:
        going_on, stopping = choices[step]
        row = {}
        for column in np.flatnonzero(going_on[state]).tolist():
            after = (step + 1, int(language.transition[state, column]))
            if after not in number:
                number[after] = len(number)
                queue.append(after)
            row[column] = (number[after], float(going_on[state, column]))
        rows.append(row)
        stops.append(float(stopping[state]))
    shape = (len(rows), len(language.alphabet))
    transition = np.full(shape, NO_STATE)
    probability = np.zeros(shape)
    for q, row in enumerate(rows):
        for column, (target, share) in row.items():
            transition[q, column] = target
            probability[q, column] = share
    origin = tuple(language.states[state] for _, state in queue)
    steps = tuple(step for step, _ in queue)
    names = [f"{state} after {step}" for state, step in zip(origin, steps, strict=True)]
    found = Language(
        f"{language.name}, {shortest} to {longest} symbols",
        language.alphabet,
        tuple(names),
        transition,
        probability,
        np.array(stops),
        language.has_end_marker,
    )
    return Conditioned(found, origin, steps)


def two_lengths(lengths: object) -> Lengths:
    """Return a range of lengths as two whole numbers.

    Example:
        >>> two_lengths([3, 5])
        (3, 5)
    """
    if not isinstance(lengths, list | tuple) or len(lengths) != 2:
        raise SettingError(
            "expected lengths like (1, 20), the least and the greatest, got "
            f"{shown(repr(lengths))}."
        )
    shortest = require_at_least("shortest", lengths[0], 0)
    return shortest, require_at_least("longest", lengths[1], shortest)


def choices_given_length(
    language: Automaton, shortest: int, longest: int
) -> Iterator[StepChoices]:
    """Return the choices after 0, 1, ..., `longest` symbols, given the length.

    Each is weighted by the probability that the word then ends in time.
    """
    return reversed(_backwards(language, shortest, longest))


def _backwards(language: Automaton, shortest: int, longest: int) -> list[StepChoices]:
    _require_tables(language, longest)
    edge = language.transition != NO_STATE
    reached = _reached(language, longest)
    found: list[StepChoices] = []
    in_time = np.zeros(len(language.stop))
    log_scale = 0.0
    for step in range(longest, -1, -1):
        ahead = language.probability * in_time[language.transition]
        going_on = np.where(edge, ahead, 0.0)
        # Weights are kept near 1, however rare the words are; a factor beyond floats
        # beside them is never sampled.
        scale = np.exp(min(-log_scale, 700.0))
        may_stop = step >= shortest
        stopping = language.stop * (may_stop * scale)
        ending = going_on.sum(axis=1) + stopping
        in_time = np.where(reached[step], ending, 0.0)
        whole = np.where(in_time == 0, 1, in_time)
        found.append(StepChoices(going_on / whole[:, None], stopping / whole))
        largest = float(in_time.max())
        if largest:
            in_time = in_time / largest
            log_scale = log_scale + np.log(largest)
    return found


def _require_few_states(language: Automaton, longest: int) -> None:
    states = len(language.states) * (longest + 1)
    if states <= MOST_STATES:
        return
    fit = MOST_STATES // len(language.states) - 1
    raise LanguageError(
        f"'{shown(language.name)}' with words of up to {longest:,} symbols has up to "
        f"{states:,} states, more than {MOST_STATES:,}; {max(fit, 0):,} symbols would "
        "fit."
    )


def _require_tables(language: Automaton, longest: int) -> None:
    """Raise unless the choices at each step up to `longest` fit into memory."""
    numbers = language.transition.size + len(language.states)
    needed = 8 * longest * numbers
    if needed <= MOST_BYTES:
        return
    raise LanguageError(
        f"sampling words of '{shown(language.name)}' of up to {longest:,} symbols "
        f"would take about {needed / 1e9:.3g} GB, more than "
        f"{MOST_BYTES // 10**9} GB; {MOST_BYTES * longest // needed:,} symbols "
        "would fit."
    )


def _reached(language: Automaton, longest: int) -> Bool[np.ndarray, "step state"]:
    """Find the states that some prefix of 0, 1, ..., `longest` symbols leads to."""
    shape = (longest + 1, len(language.states))
    reached = np.zeros(shape, dtype=bool)
    reached[0, 0] = True
    sources, columns = np.nonzero(language.transition != NO_STATE)
    targets = language.transition[sources, columns]
    for step in range(longest):
        is_open = reached[step, sources]
        reached[step + 1, targets[is_open]] = True
    return reached
