"""Guesses of an automaton, and the words on which they are tested."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from firstbit.errors import LanguageError
from firstbit.languages import Language, minimal, sample
from firstbit.studies.judging.asking import Asked

NUM_WORDS = 500
"""Words of the target, and as many of each guess, that a guess is tested on."""

MOST_SHORT = 3000
"""Beginnings of short words, all of which are compared: about as many."""


class Net:
    """A net as AALpy asks it: letter by letter, or a word at once."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.num_queries = 0
        self.num_steps = 0
        self.num_cached_queries = 0
        self._word = ""
        self._is_legal = True

    def pre(self) -> None:
        """Begin a word."""
        self._word = ""
        self._is_legal = True

    def post(self) -> None:
        """End a word."""

    def step(self, letter: str | None) -> bool:
        """Read a letter, or none; return whether the word so far is the net's own."""
        if letter is not None:
            follows = self._is_legal and self.asked.follows(self._word, letter)
            self._is_legal = follows
            self._word += letter
        return self._is_legal and self.asked.ends(self._word)

    def query(self, word: Sequence[str]) -> list[bool]:
        """Return the answers after each letter; of the empty word the only one."""
        self.num_queries += 1
        self.num_steps += len(word)
        answers = self.asked.answers("".join(word))
        return answers[1:] or answers


class Test:
    """Looks for a word on which a guess is wrong."""

    def __init__(
        self,
        net: Net,
        target: Language,
        w_method: Any,
        extra_states: int,
        max_states: int,
    ) -> None:
        self.num_queries = 0
        self.num_steps = 0
        self.sul = net
        self.is_passed = False
        self.exact_to = 0
        self._net = net
        self._letters = list(target.alphabet)
        self._words = sample(target, NUM_WORDS, seed=0)
        self._w_method = w_method
        self._extra_states = extra_states
        self._max_states = max_states

    def find_cex(self, guess: Any) -> tuple[str, ...] | None:
        """Return a word on which a guess is wrong, or None.

        The test ends without one if the guess is too large.
        """
        if len(guess.states) > self._max_states:
            return None
        found = self._short(guess) or self._sampled(guess) or self._bounded(guess)
        self.is_passed = found is None
        return found

    def _short(self, guess: Any) -> tuple[str, ...] | None:
        """Compare all words up to a length, as many as there are time for.

        Beginnings that neither net nor guess can end are left out.
        """
        ending = _ending(guess, self._letters)
        level = [_Beginning("", guess.initial_state, True)]
        number = 0
        length = 0
        while level and number <= MOST_SHORT:
            asked = self._net.asked
            words = [one.word for one in level if one.is_legal and one.word]
            asked.read_ahead(words)
            for one in level:
                own = one.is_legal and asked.ends(one.word)
                if own != one.state.is_accepting:
                    return tuple(one.word)
            self.exact_to = length
            number += len(level)
            length += 1
            level = self._next(level, ending)
        return None

    def _next(self, level: list["_Beginning"], ending: set[int]) -> list["_Beginning"]:
        """Return the beginnings of one more letter that net or guess can end."""
        found = []
        for one in level:
            for longer in self._longer(one):
                if longer.is_legal or id(longer.state) in ending:
                    found.append(longer)
        return found

    def _longer(self, one: "_Beginning") -> Iterator["_Beginning"]:
        for letter in self._letters:
            follows = one.is_legal and self._net.asked.follows(one.word, letter)
            yield _Beginning(one.word + letter, one.state.transitions[letter], follows)

    def _sampled(self, guess: Any) -> tuple[str, ...] | None:
        """Compare words of the target and of the guess, which may be long."""
        own = language_of(guess, self._letters, "guess")
        words = list(self._words)
        if own is not None:
            words += _words_of(own, max(map(len, self._words)))
        self._net.asked.read_ahead([word for word in words if word])
        for word in dict.fromkeys(words):
            wrong = self._wrong(guess, word)
            if wrong is not None:
                return wrong
        return None

    def _bounded(self, guess: Any) -> tuple[str, ...] | None:
        """Find any automaton of a few more states."""
        bound = len(guess.states) + self._extra_states
        return self._w_method(self._letters, self._net, bound).find_cex(guess)

    def _wrong(self, guess: Any, word: str) -> tuple[str, ...] | None:
        """Return the shortest beginning of a word on which a guess is wrong."""
        if not word:
            return None
        answers = self._net.query(tuple(word))
        guess.reset_to_initial()
        for end, letter in enumerate(word, start=1):
            if guess.step(letter) != answers[end - 1]:
                return tuple(word[:end])
        return None


class _Beginning(NamedTuple):
    """A beginning of words, in net and guess.

    Attributes:
        word: the beginning.
        state: of the guess after it.
        is_legal: whether the net calls all of it legal.
    """

    word: str
    state: Any
    is_legal: bool


def _ending(guess: Any, letters: Sequence[str]) -> set[int]:
    """Return the identities of the states from which a word can end."""
    found = {id(state) for state in guess.states if state.is_accepting}
    size = -1
    while size < len(found):
        size = len(found)
        for state in guess.states:
            if any(id(state.transitions[letter]) in found for letter in letters):
                found.add(id(state))
    return found


def _words_of(own: Language, longest: int) -> list[str]:
    """Return words of a guess up to a length; none where it has none that short."""
    try:
        return sample(own, NUM_WORDS, seed=0, longest=longest)
    except LanguageError:
        return []


def language_of(guess: Any, letters: Sequence[str], name: str) -> Language | None:
    """Return the language of a guess; None where it accepts nothing."""
    order = [guess.initial_state]
    for state in order:
        for letter in letters:
            if state.transitions[letter] not in order:
                order.append(state.transitions[letter])
    names = {id(state): f"s{number}" for number, state in enumerate(order)}
    transitions = {}
    for state in order:
        targets = {}
        for letter in letters:
            after = state.transitions[letter]
            targets[letter] = names[id(after)]
        transitions[names[id(state)]] = targets
    final = [names[id(state)] for state in order if state.is_accepting]
    if not final:
        return None
    try:
        whole = Language.from_transitions(
            transitions, start="s0", final=final, alphabet=letters, name=name, trim=True
        )
    except LanguageError:
        return None
    return minimal(whole)
