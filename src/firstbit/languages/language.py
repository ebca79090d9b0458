"""A regular language with probabilities: an automaton to build, compare and combine."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING

from firstbit.errors import LanguageError, SettingError, shown, shown_value
from firstbit.languages.automaton.algebra import (
    complement,
    difference,
    intersection,
    union,
)
from firstbit.languages.automaton.automaton import Automaton
from firstbit.languages.automaton.canonical_form import CanonicalForm, canonical_form
from firstbit.languages.automaton.glushkov import deterministic
from firstbit.languages.automaton.transitions import (
    Transitions,
    require_probability,
    tables,
    tables_of_dfa,
)
from firstbit.languages.automaton.validity import END, NO_STATE, ordered, shown_letters
from firstbit.languages.automaton.visits import mean_length

if TYPE_CHECKING:
    import automata.fa.dfa


@dataclass(frozen=True, eq=False, repr=False)
class Language(Automaton):
    """A regular language with a probability for each word, as an `Automaton`.

    The words of the language are exactly those with a probability above 0, however
    small (see `surprisal`). Build one by `from_transitions`, `from_regex` or
    `from_dfa`, or combine two: `a | b`, `a & b`, `a - b`, `~a`.

    Two languages are equal if they give every word the same probability (edges compared
    to 12 decimals); their names, the names of their states and the order of their
    alphabets don't matter. `shortest_difference` compares the sets of words alone.

    Attributes:
        name: name of the language.
        alphabet: the symbols, one character each, in one-hot order.
        states: names of the states; words start in the first one.
        transition: (state, symbol) number of the next state, -1 where there is none.
        probability: (state, symbol) probability of each edge, in [0, 1].
        stop: (state,) probability that the word ends here.

    Example:
        >>> edges = {"s": {"0": "s", "1": "end"}}
        >>> coin = Language.from_transitions(edges, start="s", final=["end"])
        >>> coin.accepts("001"), coin.accepts("00"), coin.probability_of("001")
        (True, False, 0.125)
        >>> coin.next_symbols("0")
        {'0': 0.5, '1': 0.5}
        >>> coin == Language.from_regex("0*1")
        True
    """

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the automaton as a picture, or as a table."""
        # By its name, as pictures and pages stand above.
        return import_module("firstbit.report.language").language_html(self)

    # ---- construction

    @classmethod
    def from_transitions(
        cls,
        transitions: Transitions,
        *,
        start: str,
        final: Iterable[str] | Mapping[str, float],
        alphabet: Iterable[str] | None = None,
        name: str = "language",
        trim: bool = False,
    ) -> "Language":
        """Build a language from its edges.

        By default all choices of a state are equally likely. Where a final state can go
        on, ending counts as one more choice. States from which no word can end, such as
        the sink of a complete automaton, are left out; it is an error to give them a
        probability. A state that is never reached is refused, as a wrong name may be
        the cause, unless `trim` leaves it out.

        Probabilities of a state that sum to 1 only to six digits, as printed ones do,
        are divided by their sum.

        Args:
            transitions: for each state, {symbol: next state} or {symbol: (next state,
                probability)}; a state that is only reached may be left out.
            start: the state in which words start.
            final: the states in which a word may end, or {state: probability of ending
                there}. A state gives a probability to all of its choices or to none.
            alphabet: the symbols in one-hot order; sorted by default, and if they are a
                set.
            name: name of the language.
            trim: whether states that are never reached are left out.

        Raises:
            LanguageError: unknown start or final state, a foreign or long symbol,
                probabilities that don't sum to 1, a state that is never reached, a
                probability of a state that has no way to an end, no word at all.

        Example:
            >>> edges = {"s": {"0": ("s", 0.9), "1": ("end", 0.1)}}
            >>> rare = Language.from_transitions(edges, start="s", final=["end"])
            >>> rare.next_symbols("0")
            {'0': 0.9, '1': 0.1}
        """
        return cls(name, *tables(transitions, start, final, alphabet, trim=trim))

    @classmethod
    def from_regex(
        cls,
        expression: str,
        *,
        alphabet: Iterable[str] | None = None,
        name: str | None = None,
    ) -> "Language":
        r"""Build the minimal automaton of a regular expression.

        All choices of a state are equally likely.

        Args:
            expression: letters, `(` `)`, `|` for union, `*`, `+`, `?`, `{2}`, `{2,}`,
                `{2,5}`, `[ab]`, `[a-z]`, `[^ab]`, `.` for any letter of the alphabet,
                `\` before a special character; no spaces. `()` is the empty word. The
                whole word must match. `0+1` is refused where `+` may be a textbook's
                union, and so are textbook signs such as the Greek letter for the empty
                word.
            alphabet: the symbols in one-hot order; by default the letters of the
                expression, sorted.
            name: name of the language; the expression itself by default.

        Raises:
            LanguageError: the expression doesn't parse (position, what was expected),
                or its automaton is too large.

        Example:
            >>> Language.from_regex("B(TS*X|PT*V)E").next_symbols("BTS")
            {'S': 0.5, 'X': 0.5}
        """
        if not isinstance(expression, str):
            raise SettingError(
                f"expected an expression as text, got {shown_value(expression)}."
            )
        symbols = None if alphabet is None else ordered(alphabet)
        dfa = deterministic(expression, symbols)
        name = name or expression
        return cls(name, *tables_of_dfa(dfa, symbols, name))

    @classmethod
    def from_dfa(
        cls,
        dfa: "automata.fa.dfa.DFA",
        *,
        alphabet: Iterable[str] | None = None,
        name: str = "language",
        trim: bool = False,
    ) -> "Language":
        """Build a language from automata-lib's DFA.

        All choices of a state are equally likely. States from which no word can end are
        left out, states that are never reached refused, as by `from_transitions`. The
        others are numbered s0, s1, ... in breadth-first order.

        Args:
            dfa: an `automata.fa.dfa.DFA`, partial or complete, whose symbols are single
                characters.
            alphabet: the symbols in one-hot order; by default the DFA's own, sorted.
            name: name of the language.
            trim: whether states that are never reached are left out.

        Raises:
            LanguageError: it is another kind of automaton (the text says what to do),
                it accepts no word at all, a state is never reached, or a symbol is not
                a single character.

        Example:
            >>> from automata.fa.dfa import DFA
            >>> with_aba = DFA.from_substring({"a", "b"}, "aba")
            >>> Language.from_dfa(with_aba).accepts("babab")
            True
        """
        return cls(name, *tables_of_dfa(dfa, alphabet, name, trim=trim))

    def with_probabilities(
        self, choices: Mapping[str, Mapping[str, float]]
    ) -> "Language":
        """Return the same words with other probabilities.

        Args:
            choices: for each state to be changed, {symbol: probability} of all its
                choices, `$` for the end.

        Raises:
            LanguageError: there is no such state, a choice is missing or new, or a
                state's sum is not 1.

        Example:
            >>> heads = {"s0": {"0": 0.9, "1": 0.1}}
            >>> coin = Language.from_regex("0*1").with_probabilities(heads)
            >>> coin.next_symbols("00")
            {'0': 0.9, '1': 0.1}
        """
        probability = self.probability.copy()
        stop = self.stop.copy()
        for state, shares in choices.items():
            if state not in self.states:
                raise LanguageError(
                    "expected one of the states "
                    f"{', '.join(map(shown, self.states[:10]))}; got '{shown(state)}'."
                )
            q = self.states.index(state)
            legal = self.choices(q)
            if not isinstance(shares, Mapping) or set(shares) != set(legal):
                raise LanguageError(
                    f"state '{shown(state)}': expected a probability of each of "
                    f"{shown_letters(legal)}; got {_given_choices(shares)}."
                )
            for share in shares.values():
                require_probability(state, share)
            probability[q] = [shares.get(symbol, 0.0) for symbol in self.alphabet]
            stop[q] = shares.get(END, 0.0)
        return replace(self, probability=probability, stop=stop)

    # ---- its words

    @cached_property
    def mean_length(self) -> float:
        """Expected number of symbols of a word: `visits.mean_length`, computed once."""
        return mean_length(self)

    # ---- two languages

    def shortest_difference(self, other: "Language") -> str | None:
        """Return the shortest word in exactly one of two languages, or None.

        Of several shortest words it is the first in alphabetical order. None means that
        the languages have the same words.
        """
        symbols = sorted({*self.alphabet, *other.alphabet})
        queue: deque[tuple[int, int, str]] = deque([(0, 0, "")])
        seen = {(0, 0), (NO_STATE, NO_STATE)}
        while queue:
            mine, theirs, word = queue.popleft()
            if self._ends_in(mine) != other._ends_in(theirs):
                return word
            for symbol in symbols:
                pair = (self._step(mine, symbol), other._step(theirs, symbol))
                if pair not in seen:
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
        return union(self, other) if isinstance(other, Language) else NotImplemented

    def __and__(self, other: object) -> "Language":
        if not isinstance(other, Language):
            return NotImplemented
        return intersection(self, other)

    def __sub__(self, other: object) -> "Language":
        if not isinstance(other, Language):
            return NotImplemented
        return difference(self, other)

    def __invert__(self) -> "Language":
        return complement(self)

    @cached_property
    def _canonical(self) -> CanonicalForm:
        return canonical_form(self)


def _given_choices(shares: object) -> str:
    """Return the choices of a state as an error shows them."""
    if isinstance(shares, Mapping):
        return shown_letters(map(str, shares))
    return shown_value(shares)
