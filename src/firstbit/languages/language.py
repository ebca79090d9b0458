"""A regular language with probabilities: an immutable deterministic automaton whose edges are drawn at random."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from firstbit.arrays import Table, Transition
from firstbit.errors import LanguageError, WordError

END = "$"
"""The end marker: an output of its own where a final state can go on."""

NO_STATE = -1
"""In a transition table: there is no such edge."""


@dataclass(frozen=True, eq=False)
class Language:
    """A probabilistic deterministic automaton (alphabet, states, transition, probabilities, ends).

    In state q the next symbol is a with probability `probability[q, a]`, and the word ends with probability
    `stop[q]`; each row of the two together sums to 1. Build one by `from_transitions` or `from_regex`.

    Attributes:
        name: what the language is called.
        alphabet: the symbols, one character each, in one-hot order.
        states: the names of the states; the first one is where words start.
        transition: (state, symbol) number of the next state, -1 where there is none.
        probability: (state, symbol) probability of each edge, in [0, 1].
        stop: (state,) probability that the word ends here.

    Example:
        >>> coin = Language.from_transitions({"s": {"0": "s", "1": "end"}}, start="s", final=["end"])
        >>> coin.accepts("001"), coin.accepts("00")
        (True, False)
        >>> coin.next_symbols("0")
        {'0': 0.5, '1': 0.5}
    """

    name: str
    alphabet: tuple[str, ...]
    states: tuple[str, ...]
    transition: Transition
    probability: Table
    stop: np.ndarray

    def __post_init__(self) -> None:
        for array in (self.transition, self.probability, self.stop):
            array.setflags(write=False)
        _check_symbols(self)
        _check_probabilities(self)
        _check_every_state_can_end(self)

    # ---- construction

    @classmethod
    def from_transitions(
        cls,
        transitions: Mapping[str, Mapping[str, str]],
        *,
        start: str,
        final: Iterable[str],
        alphabet: Iterable[str] | None = None,
        name: str = "language",
    ) -> "Language":
        """Build a language from its edges, all edges of a state equally likely.

        Where a final state can go on, ending counts as one more equally likely edge.

        Args:
            transitions: for each state, {symbol: next state}; a state that is only reached may be left out.
            start: the state in which words start.
            final: the states in which a word may end.
            alphabet: the symbols in one-hot order; sorted by default.
            name: what the language is called.

        Raises:
            LanguageError: unknown start or final state, a foreign or long symbol, a state with no way to an end.
        """
        finals = list(final)
        states = _ordered_states(transitions, start, finals)
        symbols = tuple(alphabet) if alphabet is not None else _symbols_used(transitions)
        number = {state: i for i, state in enumerate(states)}
        transition = np.full((len(states), len(symbols)), NO_STATE)
        for state, edges in transitions.items():
            for symbol, target in edges.items():
                if symbol not in symbols:
                    raise LanguageError(
                        f"state '{state}' has an edge with symbol '{symbol}', which is not in the alphabet "
                        f"{' '.join(symbols)}; add it there."
                    )
                transition[number[state], symbols.index(symbol)] = number[target]
        edge = transition != NO_STATE
        ends = np.isin(np.arange(len(states)), [number[state] for state in finals])
        options = edge.sum(axis=1) + ends
        share = 1 / np.maximum(options, 1)
        return cls(name, symbols, states, transition, edge * share[:, None], ends * share)

    @classmethod
    def from_regex(cls, expression: str, *, name: str | None = None) -> "Language":
        """Build the minimal automaton of a regular expression, all edges of a state equally likely.

        Args:
            expression: literals, `|`, `*`, `+`, `?`, parentheses; spaces are not allowed.
            name: what the language is called; the expression itself by default.

        Raises:
            LanguageError: the expression doesn't parse, or its language is empty.
        """
        from automata.fa.dfa import DFA  # here: only expressions pay for this import
        from automata.fa.nfa import NFA

        if " " in expression:
            hint = f"; union is |, try '{expression.replace(' + ', '|').replace(' ', '')}'" if " + " in expression else ""
            raise LanguageError(f"expected an expression without spaces, got '{expression}'{hint}.")
        try:
            nfa = NFA.from_regex(expression)
        except Exception as error:
            raise LanguageError(f"expected a regular expression of letters, ( ) | * + ?, got '{expression}': {error}.") from error
        dfa = DFA.from_nfa(nfa).minify()
        live = dfa.to_partial()
        if not live.final_states:
            raise LanguageError(f"the expression '{expression}' matches no word at all.")
        names = {live.initial_state: "s0"}
        queue = deque([live.initial_state])
        while queue:
            state = queue.popleft()
            for symbol in sorted(live.transitions[state]):
                target = live.transitions[state][symbol]
                if target not in names:
                    names[target] = f"s{len(names)}"
                    queue.append(target)
        edges = {
            names[q]: {a: names[r] for a, r in sorted(live.transitions[q].items())} for q in sorted(names, key=names.__getitem__)
        }
        return cls.from_transitions(edges, start="s0", final=[names[q] for q in live.final_states], name=name or expression)

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
        table = np.column_stack([self.probability, self.stop]) if self.has_end_marker else self.probability.copy()
        table.setflags(write=False)
        return table

    def path(self, prefix: str) -> list[int]:
        """Numbers of the states on the way through `prefix`, the start included.

        Raises:
            WordError: a letter outside the alphabet or an illegal step (position, letter, state, legal letters).
        """
        states = [0]
        for position, letter in enumerate(prefix, start=1):
            if letter not in self.alphabet:
                raise WordError(
                    f"'{prefix}', position {position}: letter '{letter}' is not in the alphabet; "
                    f"expected one of {' '.join(self.alphabet)}."
                )
            target = int(self.transition[states[-1], self.alphabet.index(letter)])
            if target == NO_STATE:
                raise WordError(
                    f"'{prefix}', position {position}: letter '{letter}' is not legal in state "
                    f"{self.states[states[-1]]}; {self._expected(states[-1])}."
                )
            states.append(target)
        return states

    def state_after(self, prefix: str) -> str:
        """Name of the state in which `prefix` ends."""
        return self.states[self.path(prefix)[-1]]

    def next_symbols(self, prefix: str) -> dict[str, float]:
        """Probability of each legal next output after `prefix`."""
        row = self.next_output[self.path(prefix)[-1]]
        return {symbol: float(p) for symbol, p in zip(self.outputs, row, strict=True) if p > 0}

    def accepts(self, word: str) -> bool:
        """Whether `word` is in the language."""
        try:
            return bool(self.stop[self.path(word)[-1]] > 0)
        except WordError:
            return False

    def check(self, words: Iterable[str]) -> None:
        """Raise `WordError` at the first word that is not in the language, with its line."""
        for line, word in enumerate(words, start=1):
            try:
                last = self.path(word)[-1]
            except WordError as error:
                raise WordError(f"line {line}: {error}") from None
            if self.stop[last] == 0:
                raise WordError(
                    f"line {line}: '{word}', position {len(word) + 1}: the word ends in state {self.states[last]}; "
                    f"{self._expected(last)}."
                )

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
        return tuple(state for state, stop in zip(self.states, self.stop, strict=True) if stop > 0)

    def shortest_difference(self, other: "Language") -> str | None:
        """Shortest word (first in alphabetical order) in exactly one of two languages; None if they are equal."""
        symbols = sorted({*self.alphabet, *other.alphabet})
        queue: deque[tuple[int, int, str]] = deque([(0, 0, "")])
        seen = {(0, 0)}
        while queue:
            mine, theirs, word = queue.popleft()
            if _ends(self, mine) != _ends(other, theirs):
                return word
            for symbol in symbols:
                pair = (_step(self, mine, symbol), _step(other, theirs, symbol))
                if pair not in seen and pair != (NO_STATE, NO_STATE):
                    seen.add(pair)
                    queue.append((*pair, word + symbol))
        return None

    def _expected(self, state: int) -> str:
        legal = [a for a, target in zip(self.alphabet, self.transition[state], strict=True) if target != NO_STATE]
        return f"expected one of {' '.join(legal)}" if legal else "expected the end of the word"


def _ends(language: Language, state: int) -> bool:
    return state != NO_STATE and bool(language.stop[state] > 0)


def _step(language: Language, state: int, symbol: str) -> int:
    if state == NO_STATE or symbol not in language.alphabet:
        return NO_STATE
    return int(language.transition[state, language.alphabet.index(symbol)])


def _ordered_states(transitions: Mapping[str, Mapping[str, str]], start: str, finals: list[str]) -> tuple[str, ...]:
    """The start first, then the states in the order in which they are mentioned."""
    mentioned = [*transitions, *(target for edges in transitions.values() for target in edges.values())]
    for kind, state in [("start", start), *(("final", state) for state in finals)]:
        if state not in mentioned:
            raise LanguageError(f"{kind} state '{state}' is not among the states {', '.join(mentioned)}.")
    return tuple(dict.fromkeys([start, *mentioned]))


def _symbols_used(transitions: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    return tuple(sorted({symbol for edges in transitions.values() for symbol in edges}))


def _check_symbols(language: Language) -> None:
    long = [symbol for symbol in language.alphabet if len(symbol) != 1 or symbol == END]
    if long:
        raise LanguageError(f"expected symbols of one character other than '{END}', got '{long[0]}'.")


def _check_probabilities(language: Language) -> None:
    total = language.probability.sum(axis=1) + language.stop
    wrong = np.flatnonzero(np.abs(total - 1) > 1e-12)
    if wrong.size:
        raise LanguageError(
            f"the probabilities of state '{language.states[wrong[0]]}' sum to {total[wrong[0]]:g}, expected 1; "
            "a state needs an edge or must be final."
        )


def _check_every_state_can_end(language: Language) -> None:
    alive = language.stop > 0
    for _ in language.states:
        reached = (language.transition != NO_STATE) & alive[language.transition]
        alive = alive | reached.any(axis=1)
    if not alive.all():
        dead = language.states[int(np.flatnonzero(~alive)[0])]
        raise LanguageError(f"no word can end once it is in state '{dead}'; remove it or make an end reachable.")
