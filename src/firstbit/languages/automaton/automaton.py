"""A deterministic automaton whose edges have probabilities."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import TypeVar

import numpy as np
from jaxtyping import Float

from firstbit.arrays import Table, Transition
from firstbit.errors import LanguageError, WordError, shown, shown_value
from firstbit.languages.automaton.validity import (
    END,
    NO_STATE,
    check_automaton,
    normalised,
    ordered,
    shown_letters,
)

AnyAutomaton = TypeVar("AnyAutomaton", bound="Automaton")


def given(language: "AnyAutomaton | str") -> "AnyAutomaton":
    """Return an automaton as it is, and the language of the catalogue for a name.

    Raises:
        LanguageError: it is neither, or no language has that name.

    Example:
        >>> given("reber").name
        'reber'
    """
    if isinstance(language, str):
        # By its name, as the catalogue stands above: it is made of automata.
        catalogue = import_module("firstbit.languages.catalogue")
        return catalogue.language_by_name(language)
    if not isinstance(language, Automaton):
        raise LanguageError(
            "expected a Language or a name of the catalogue, got "
            f"{shown_value(language)}; try Language.from_regex, from_transitions or "
            "from_dfa."
        )
    return language


def require_list(words: object) -> None:
    """Raise unless `words` can be a list of words: a text alone is one word.

    Example:
        >>> require_list(["ab"])
    """
    if isinstance(words, str):
        raise WordError(
            f"expected a list of words, got {shown_value(words)}; try "
            f"['{shown(words)}']."
        )
    if not isinstance(words, Iterable):
        raise WordError(f"expected a list of words, got {shown_value(words)}.")


def _require_text(word: object) -> None:
    if not isinstance(word, str):
        raise WordError(f"expected a word as text, got {shown_value(word)}.")


@dataclass(frozen=True, eq=False)
class Automaton:
    """A trim deterministic automaton with a probability for each edge and each end.

    In state q the next symbol is a with probability `probability[q, a]`, and the word
    ends with probability `stop[q]`. Each row of the two together sums to 1. Every edge
    has a probability above 0, every state can be reached, and every state can end.

    The arrays are copies, and read-only. Rows that sum to 1 only to six digits, as
    printed probabilities do, are divided by their sum.

    Attributes:
        name: name of the automaton, as error messages print it.
        alphabet: the symbols, one character each, in one-hot order.
        states: names of the states; words start in the first one.
        transition: (state, symbol) number of the next state, -1 where there is none.
        probability: (state, symbol) probability of each edge, in [0, 1].
        stop: (state,) probability that the word ends here.
        marks_end: whether the end is an output of its own; None for: where some state
            can both end and go on.

    Raises:
        LanguageError: the tables are not those of such an automaton.
    """

    name: str
    alphabet: tuple[str, ...]
    states: tuple[str, ...]
    transition: Transition
    probability: Table
    stop: Float[np.ndarray, " state"]
    marks_end: bool | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "alphabet", ordered(self.alphabet))
        self._own("transition", self.transition)
        self._own("probability", self.probability)
        self._own("stop", self.stop)
        of_states = self.probability.shape[:1]
        if self.probability.ndim == 2 and self.stop.shape == of_states:
            probability, stop = normalised(self.probability, self.stop)
            self._own("probability", probability)
            self._own("stop", stop)
        check_automaton(
            self.alphabet, self.states, self.transition, self.probability, self.stop
        )
        if self.marks_end is False and self._has_choice_to_end:
            raise LanguageError(
                "expected the end to be an output where a state can both end and go "
                "on, got False; leave out `marks_end`, in a file `end_marker`."
            )

    def _own(self, field: str, values: np.ndarray) -> None:
        """Keep a read-only copy: later changes of the caller's array have no effect."""
        copy = np.array(values)
        copy.setflags(write=False)
        object.__setattr__(self, field, copy)

    def __reduce__(self) -> tuple[object, ...]:
        fields = (
            self.name,
            self.alphabet,
            self.states,
            self.transition,
            self.probability,
            self.stop,
            self.marks_end,
        )
        return type(self), fields

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} '{shown(self.name)}': {len(self.states)} states, "
            f"alphabet {shown_letters(self.alphabet)}>"
        )

    # ---- the tables

    @cached_property
    def content(self) -> tuple[object, ...]:
        """All that words and predictions depend on, to be compared bit by bit.

        Two languages may be equal and yet number their symbols otherwise.
        """
        tables = self.transition, self.probability, self.stop
        of_tables = [table.tobytes() for table in tables]
        return self.alphabet, self.has_end_marker, *of_tables

    @cached_property
    def has_end_marker(self) -> bool:
        """Whether some state can both end and go on, so that the end is an output."""
        if self.marks_end is not None:
            return self.marks_end
        return self._has_choice_to_end

    @property
    def _has_choice_to_end(self) -> bool:
        """Whether some state can both end and go on."""
        can_end = self.stop > 0
        can_go_on = self.probability.sum(axis=1) > 0
        return bool((can_end & can_go_on).any())

    @cached_property
    def outputs(self) -> tuple[str, ...]:
        """The outputs to predict: the alphabet, and the end marker `$` if needed."""
        if self.has_end_marker:
            return (*self.alphabet, END)
        return self.alphabet

    @cached_property
    def next_output(self) -> Float[np.ndarray, "state output"]:
        """(state, output) probability of each next output; 0 where nothing follows."""
        if self.has_end_marker:
            table = np.column_stack([self.probability, self.stop])
        else:
            table = self.probability.copy()
        table.setflags(write=False)
        return table

    @property
    def final_states(self) -> tuple[str, ...]:
        """Names of the states in which a word may end."""
        final = np.flatnonzero(self.stop > 0)
        return tuple(self.states[q] for q in final)

    def edges(self) -> list[tuple[str, str, str, float]]:
        """Return each edge as (state, symbol, next state, probability)."""
        edges = []
        for q, a in np.argwhere(self.transition != NO_STATE):
            source = self.states[q]
            symbol = self.alphabet[a]
            target = self.states[self.transition[q, a]]
            probability = float(self.probability[q, a])
            edges.append((source, symbol, target, probability))
        return edges

    def choices(self, state: int) -> dict[str, float]:
        """Return the probability of each choice in a state; `$` is the end of the word.

        Args:
            state: number of the state.
        """
        symbols = (*self.alphabet, END)
        shares = (*self.probability[state], self.stop[state])
        row = zip(symbols, shares, strict=True)
        return {symbol: float(p) for symbol, p in row if p > 0}

    # ---- the way of a word

    def path(self, prefix: str) -> list[int]:
        """Return the numbers of the states that `prefix` leads through.

        Raises:
            WordError: a letter outside the alphabet or an illegal step (position,
                letter, state, legal letters).
        """
        _require_text(prefix)
        states = [0]
        for position, letter in enumerate(prefix, start=1):
            here = states[-1]
            if letter not in self._targets[here]:
                raise WordError(
                    f"'{shown(prefix)}', position {position}: letter '{shown(letter)}' "
                    f"is not "
                    f"{self._refusal(here, letter)}."
                )
            states.append(self._targets[here][letter])
        return states

    def state_after(self, prefix: str) -> str:
        """Return the name of the state in which `prefix` ends.

        Raises:
            WordError: no word begins with `prefix`.
        """
        return self.states[self.path(prefix)[-1]]

    def next_symbols(self, prefix: str) -> dict[str, float]:
        """Return the probability of each choice after `prefix`.

        The keys are the legal set; `$` is the end of the word.

        Raises:
            WordError: no word begins with `prefix`.

        Example:
            >>> from firstbit.languages import Language
            >>> maybe = Language.from_regex("ab?")
            >>> maybe.next_symbols("a"), maybe.next_symbols("ab")
            ({'b': 0.5, '$': 0.5}, {'$': 1.0})
        """
        return self.choices(self.path(prefix)[-1])

    def accepts(self, word: str) -> bool:
        """Return whether the automaton accepts `word`."""
        _require_text(word)
        try:
            return self._ends_in(self.path(word)[-1])
        except WordError:
            return False

    def check(self, words: Iterable[str]) -> None:
        """Raise `WordError` at the first word that is not accepted, with its line."""
        require_list(words)
        for line, word in enumerate(words, start=1):
            try:
                last = self.path(word)[-1]
            except WordError as error:
                raise WordError(f"line {line}: {error}") from None
            if not self._ends_in(last):
                raise WordError(
                    f"line {line}: '{shown(word)}', position {len(word) + 1}: the word "
                    f"ends in state {shown(self.states[last])}; {self._expected(last)}."
                )

    def probability_of(self, word: str) -> float:
        """Return the probability of `word`: the product of its edges and of its end.

        It is 0 for a word that is not accepted, and below 1e-308; `surprisal`
        distinguishes long words.
        """
        return float(np.prod(self._factors(word)))

    def surprisal(self, word: str) -> float:
        """Return -log2 of the probability of `word`, in bits; infinite if not accepted.

        Example:
            >>> from firstbit.languages import Language
            >>> round(Language.from_regex("(ab)*").surprisal("ab" * 600))
            601
        """
        with np.errstate(divide="ignore"):
            return float(-np.log2(self._factors(word)).sum())

    # ---- helpers

    @cached_property
    def _column(self) -> dict[str, int]:
        return {symbol: i for i, symbol in enumerate(self.alphabet)}

    @cached_property
    def _targets(self) -> list[dict[str, int]]:
        """For each state, {symbol: number of the next state}."""
        targets: list[dict[str, int]] = [{} for _ in self.states]
        for q, a in np.argwhere(self.transition != NO_STATE).tolist():
            symbol = self.alphabet[a]
            targets[q][symbol] = int(self.transition[q, a])
        return targets

    def _factors(self, word: str) -> Float[np.ndarray, " factor"]:
        """Return the probabilities of a word's edges and of its end, or one zero."""
        try:
            path = self.path(word)
        except WordError:
            return np.zeros(1)
        columns = [self._column[letter] for letter in word]
        of_edges = self.probability[path[:-1], columns]
        of_end = self.stop[path[-1]]
        return np.append(of_edges, of_end)

    def _refusal(self, state: int, letter: str) -> str:
        """Say why a letter has no edge in a state."""
        if letter not in self._column:
            return f"in the alphabet; expected one of {shown_letters(self.alphabet)}"
        return f"legal in state {shown(self.states[state])}; {self._expected(state)}"

    def _expected(self, state: int) -> str:
        """Say which letters may come in a state, and whether the word may end."""
        choices = self.choices(state)
        may_end = choices.pop(END, 0.0) > 0
        legal = []
        if choices:
            legal.append(f"one of {shown_letters(choices)}")
        if may_end:
            legal.append("the end of the word")
        return f"expected {' or '.join(legal)}"

    def _ends_in(self, state: int) -> bool:
        return state != NO_STATE and bool(self.stop[state] > 0)

    def _step(self, state: int, symbol: str) -> int:
        if state == NO_STATE:
            return NO_STATE
        return self._targets[state].get(symbol, NO_STATE)
