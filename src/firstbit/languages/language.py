"""A regular language with probabilities: an immutable deterministic automaton whose edges are drawn at random."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from firstbit.arrays import Table, Transition
from firstbit.errors import LanguageError, WordError
from firstbit.languages.automaton.validity import END, NO_STATE, check_automaton

if TYPE_CHECKING:
    from automata.fa.dfa import DFA

    from firstbit.languages.automaton.transitions import Target


@dataclass(frozen=True, eq=False)
class Language:
    """A probabilistic deterministic automaton (alphabet, states, transition, probabilities, ends).

    In state q the next symbol is a with probability `probability[q, a]`, and the word
    ends with probability `stop[q]`; each row of the two together sums to 1. Every edge
    has a probability above 0, every state can be reached and can end, so the words of
    the language are exactly those with a probability above 0, however small (see
    `surprisal`). Build one by `from_transitions`, `from_regex` or `from_dfa`, or
    combine two: `a | b`, `a & b`, `a - b`, `~a`.

    Two languages are equal if they give every word the same probability (edges compared
    to 12 decimals); their names, the names of their states and the order of their
    alphabets don't matter. `shortest_difference` compares the sets of words alone.

    Attributes:
        name: what the language is called.
        alphabet: the symbols, one character each, in one-hot order.
        states: the names of the states; the first one is where words start.
        transition: (state, symbol) number of the next state, -1 where there is none.
        probability: (state, symbol) probability of each edge, in [0, 1].
        stop: (state,) probability that the word ends here.

    Example:
        >>> coin = Language.from_transitions({"s": {"0": "s", "1": "end"}}, start="s", final=["end"])
        >>> coin.accepts("001"), coin.accepts("00"), coin.probability_of("001")
        (True, False, 0.125)
        >>> coin.next_symbols("0")
        {'0': 0.5, '1': 0.5}
        >>> coin == Language.from_regex("0*1")
        True
    """

    name: str
    alphabet: tuple[str, ...]
    states: tuple[str, ...]
    transition: Transition
    probability: Table
    stop: np.ndarray

    def __post_init__(self) -> None:
        for name in ("transition", "probability", "stop"):
            own = np.array(
                getattr(self, name)
            )  # nobody else's: what the caller does to its arrays changes nothing here
            own.setflags(write=False)
            object.__setattr__(self, name, own)
        check_automaton(
            self.alphabet, self.states, self.transition, self.probability, self.stop
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return Language, (
            self.name,
            self.alphabet,
            self.states,
            self.transition,
            self.probability,
            self.stop,
        )

    def __repr__(self) -> str:
        return (
            f"<Language '{self.name}': {len(self.states)} states, alphabet "
            f"{' '.join(self.alphabet)}>"
        )

    # ---- construction

    @classmethod
    def from_transitions(
        cls,
        transitions: "Mapping[str, Mapping[str, Target]]",
        *,
        start: str,
        final: Iterable[str] | Mapping[str, float],
        alphabet: Iterable[str] | None = None,
        name: str = "language",
    ) -> "Language":
        """Build a language from its edges; by default all choices of a state are equally likely.

        Where a final state can go on, ending counts as one more choice. States from
        which no word can end, such as the sink of a complete automaton, are left out;
        it is an error to give them a probability.

        Args:
            transitions: for each state, {symbol: next state} or {symbol: (next state,
                probability)}; a state that is only reached may be left out.
            start: the state in which words start.
            final: the states in which a word may end, or {state: probability of ending
                there}. A state gives a probability to all of its choices or to none.
            alphabet: the symbols in one-hot order; sorted by default.
            name: what the language is called.

        Raises:
            LanguageError: unknown start or final state, a foreign or long symbol,
                probabilities that don't sum to 1, a state that is never reached, a
                probability of a state that has no way to an end, no word at all.

        Example:
            >>> rare = Language.from_transitions({"s": {"0": ("s", 0.9), "1": ("end", 0.1)}}, start="s", final=["end"])
            >>> rare.next_symbols("0")
            {'0': 0.9, '1': 0.1}
        """
        from firstbit.languages.automaton.transitions import tables

        return cls(name, *tables(transitions, start, final, alphabet))

    @classmethod
    def from_regex(
        cls,
        expression: str,
        *,
        alphabet: Iterable[str] | None = None,
        name: str | None = None,
    ) -> "Language":
        r"""Build the minimal automaton of a regular expression, all choices of a state equally likely.

        Args:
            expression: letters, `(` `)`, `|` for union, `*`, `+`, `?`, `{2}`, `{2,}`,
                `{2,5}`, `[ab]`, `[a-z]`, `[^ab]`, `.` for any letter of the alphabet,
                `\` before a special character; no spaces. `()` is the empty word. The
                whole word must match.
            alphabet: the symbols in one-hot order; by default the letters of the
                expression, sorted.
            name: what the language is called; the expression itself by default.

        Raises:
            LanguageError: the expression doesn't parse (position, what was expected),
                or its automaton is too large.

        Example:
            >>> Language.from_regex("B(TS*X|PT*V)E").next_symbols("BTS")
            {'S': 0.5, 'X': 0.5}
        """
        from firstbit.languages.automaton.glushkov import deterministic

        alphabet = None if alphabet is None else tuple(alphabet)
        return cls.from_dfa(
            deterministic(expression, alphabet),
            alphabet=alphabet,
            name=name or expression,
        )

    @classmethod
    def from_dfa(
        cls,
        dfa: "DFA",
        *,
        alphabet: Iterable[str] | None = None,
        name: str = "language",
    ) -> "Language":
        """Build a language from automata-lib's DFA, all choices of a state equally likely.

        States that are never reached or can't reach an end are dropped; the others are
        numbered s0, s1, ... in breadth-first order.

        Args:
            dfa: an `automata.fa.dfa.DFA`, partial or complete, whose symbols are single
                characters.
            alphabet: the symbols in one-hot order; by default the DFA's own, sorted.
            name: what the language is called.

        Raises:
            LanguageError: the DFA accepts no word at all, or a symbol is not a single
                character.

        Example:
            >>> from automata.fa.dfa import DFA
            >>> Language.from_dfa(DFA.from_substring({"a", "b"}, "aba")).accepts("babab")
            True
        """
        from firstbit.languages.automaton.transitions import trimmed

        edges, final, letters = trimmed(dfa, alphabet, name)
        return cls.from_transitions(
            edges, start="s0", final=final, alphabet=letters, name=name
        )

    # ---- what the automaton says

    @cached_property
    def has_end_marker(self) -> bool:
        """Whether some state can both end and go on, so that the end itself has to be predicted."""
        return bool(((self.stop > 0) & (self.probability.sum(axis=1) > 0)).any())

    @cached_property
    def outputs(self) -> tuple[str, ...]:
        """What can be predicted: the alphabet, and the end marker `$` if there is one."""
        return (*self.alphabet, END) if self.has_end_marker else self.alphabet

    @cached_property
    def next_output(self) -> np.ndarray:
        """(state, output) probability of each next output; a row of zeros where nothing is left to predict."""
        table = (
            np.column_stack([self.probability, self.stop])
            if self.has_end_marker
            else self.probability.copy()
        )
        table.setflags(write=False)
        return table

    @cached_property
    def mean_length(self) -> float:
        """Expected number of symbols of a word."""
        from firstbit.languages.automaton.visits import expected_visits

        return float((expected_visits(self) * (1 - self.stop)).sum())

    def path(self, prefix: str) -> list[int]:
        """Numbers of the states on the way through `prefix`, the start included.

        Raises:
            WordError: a letter outside the alphabet or an illegal step (position,
                letter, state, legal letters).
        """
        states = [0]
        for position, letter in enumerate(prefix, start=1):
            if letter not in self._number:
                raise WordError(
                    f"'{prefix}', position {position}: letter '{letter}' is not in "
                    "the alphabet; "
                    f"expected one of {' '.join(self.alphabet)}."
                )
            target = int(self.transition[states[-1], self._number[letter]])
            if target == NO_STATE:
                raise WordError(
                    f"'{prefix}', position {position}: letter '{letter}' is not "
                    "legal in state "
                    f"{self.states[states[-1]]}; {self._expected(states[-1])}."
                )
            states.append(target)
        return states

    def state_after(self, prefix: str) -> str:
        """Name of the state in which `prefix` ends.

        Raises:
            WordError: no word begins with `prefix`.
        """
        return self.states[self.path(prefix)[-1]]

    def choices(self, state: int) -> dict[str, float]:
        """Probability of each choice in a state, by its number: legal symbols, and `$` where a word may end."""
        row = zip(
            (*self.alphabet, END),
            (*self.probability[state], self.stop[state]),
            strict=True,
        )
        return {symbol: float(p) for symbol, p in row if p > 0}

    def next_symbols(self, prefix: str) -> dict[str, float]:
        """Probability of each choice after `prefix`; its keys are the legal set, `$` the end of the word.

        Raises:
            WordError: no word begins with `prefix`.

        Example:
            >>> maybe = Language.from_regex("ab?")
            >>> maybe.next_symbols("a"), maybe.next_symbols("ab")
            ({'b': 0.5, '$': 0.5}, {'$': 1.0})
        """
        return self.choices(self.path(prefix)[-1])

    def accepts(self, word: str) -> bool:
        """Whether `word` is in the language."""
        try:
            return self._ends_in(self.path(word)[-1])
        except WordError:
            return False

    def probability_of(self, word: str) -> float:
        """Probability that a drawn word is `word`: the product of its edges and of its end; 0 for a foreign word.

        Below 1e-308 it is 0 too; `surprisal` tells long words apart.
        """
        return float(np.prod(self._steps(word)))

    def surprisal(self, word: str) -> float:
        """Minus the log2 of the probability of `word`, in bits; infinite for a foreign word.

        Example:
            >>> round(Language.from_regex("(ab)*").surprisal("ab" * 600))
            601
        """
        with np.errstate(divide="ignore"):
            return float(-np.log2(self._steps(word)).sum())

    def check(self, words: Iterable[str]) -> None:
        """Raise `WordError` at the first word that is not in the language, with its line."""
        for line, word in enumerate(words, start=1):
            try:
                last = self.path(word)[-1]
            except WordError as error:
                raise WordError(f"line {line}: {error}") from None
            if self.stop[last] == 0:
                raise WordError(
                    f"line {line}: '{word}', position {len(word) + 1}: the word "
                    f"ends in state {self.states[last]}; "
                    f"{self._expected(last)}."
                )

    def with_probabilities(
        self, choices: Mapping[str, Mapping[str, float]]
    ) -> "Language":
        """The same words with other probabilities.

        Args:
            choices: for each state to be changed, {symbol: probability} of all its
                choices, `$` for the end.

        Raises:
            LanguageError: there is no such state, a choice is missing or new, or a
                state's sum is not 1.

        Example:
            >>> coin = Language.from_regex("0*1").with_probabilities({"s0": {"0": 0.9, "1": 0.1}})
            >>> coin.next_symbols("00")
            {'0': 0.9, '1': 0.1}
        """
        probability, stop = self.probability.copy(), self.stop.copy()
        for state, shares in choices.items():
            if state not in self.states:
                raise LanguageError(
                    f"expected one of the states {', '.join(self.states[:10])}; "
                    f"got '{state}'."
                )
            number = self.states.index(state)
            if set(shares) != set(legal := self.choices(number)):
                raise LanguageError(
                    f"state '{state}': expected a probability of each of "
                    f"{' '.join(legal)}; got {' '.join(shares)}."
                )
            probability[number] = [shares.get(symbol, 0.0) for symbol in self.alphabet]
            stop[number] = shares.get(END, 0.0)
        return replace(self, probability=probability, stop=stop)

    def edges(self) -> list[tuple[str, str, str, float]]:
        """Every edge as (state, symbol, next state, probability), in order of the states."""
        rows, columns = np.nonzero(self.transition != NO_STATE)
        return [
            (
                self.states[q],
                self.alphabet[a],
                self.states[self.transition[q, a]],
                float(self.probability[q, a]),
            )
            for q, a in zip(rows, columns, strict=True)
        ]

    @property
    def final_states(self) -> tuple[str, ...]:
        """Names of the states in which a word may end."""
        return tuple(
            state
            for state, stop in zip(self.states, self.stop, strict=True)
            if stop > 0
        )

    # ---- two languages

    def shortest_difference(self, other: "Language") -> str | None:
        """Shortest word (first in alphabetical order) in exactly one of two languages; None if they have the same words."""
        symbols = sorted({*self.alphabet, *other.alphabet})
        queue: deque[tuple[int, int, str]] = deque([(0, 0, "")])
        seen = {(0, 0)}
        while queue:
            mine, theirs, word = queue.popleft()
            if self._ends_in(mine) != other._ends_in(theirs):
                return word
            for symbol in symbols:
                pair = (self._step(mine, symbol), other._step(theirs, symbol))
                if pair not in seen and pair != (NO_STATE, NO_STATE):
                    seen.add(pair)
                    queue.append((*pair, word + symbol))
        return None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Language):
            return NotImplemented
        return self is other or self._canonical == other._canonical

    def __hash__(self) -> int:
        return hash(self._canonical)

    def __or__(self, other: object) -> "Language":
        from firstbit.languages.automaton.algebra import union

        return union(self, other) if isinstance(other, Language) else NotImplemented

    def __and__(self, other: object) -> "Language":
        from firstbit.languages.automaton.algebra import intersection

        return (
            intersection(self, other) if isinstance(other, Language) else NotImplemented
        )

    def __sub__(self, other: object) -> "Language":
        from firstbit.languages.automaton.algebra import difference

        return (
            difference(self, other) if isinstance(other, Language) else NotImplemented
        )

    def __invert__(self) -> "Language":
        from firstbit.languages.automaton.algebra import complement

        return complement(self)

    @cached_property
    def _canonical(self) -> tuple[object, ...]:
        from firstbit.languages.automaton.algebra import canonical_form

        return canonical_form(self)

    @cached_property
    def _number(self) -> dict[str, int]:
        return {symbol: i for i, symbol in enumerate(self.alphabet)}

    def _steps(self, word: str) -> np.ndarray:
        """Probabilities of a word's edges and of its end; of a foreign word 0."""
        try:
            path = self.path(word)
        except WordError:
            return np.zeros(1)
        return np.append(
            self.probability[path[:-1], [self._number[letter] for letter in word]],
            self.stop[path[-1]],
        )

    def _expected(self, state: int) -> str:
        legal = " ".join(symbol for symbol in self.choices(state) if symbol != END)
        choices = [
            *([f"one of {legal}"] if legal else []),
            *(["the end of the word"] if self.stop[state] > 0 else []),
        ]
        return f"expected {' or '.join(choices)}"

    def _ends_in(self, state: int) -> bool:
        return state != NO_STATE and bool(self.stop[state] > 0)

    def _step(self, state: int, symbol: str) -> int:
        if state == NO_STATE or symbol not in self._number:
            return NO_STATE
        return int(self.transition[state, self._number[symbol]])
