"""A net as a judge of words: which next symbols does it call legal?

Legal is the support of the row that is nearest to its prediction. A word is the net's
own if the net calls each symbol of it legal, and its end.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from firstbit.languages import END, Language, Rows
from firstbit.languages.automaton.validity import NO_STATE
from firstbit.studies.judging.contract import Named
from firstbit.studies.judging.models import Model

Sets = tuple[frozenset[int], ...]
"""States of the target that are possible after a word, by longer and shorter ends of
it; no set is empty."""


class Asked:
    """Answers whether words are a net's own; each beginning is asked once.

    The first symbol is given, so the target says which are legal, and whether the empty
    word is. Where the language has no end marker, no net is asked whether a word ends:
    it ends where all states of the target are final that the longest end of the word
    leads to which the target can read, from anywhere.

    Args:
        model: that is asked.

    Attributes:
        num_words: that the net read.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._target = model.language
        self._rows = Rows.of(self._target)
        self._legal: dict[str, frozenset[str]] = {"": self._first()}
        everywhere = frozenset(range(len(self._target.states)))
        self._everywhere = everywhere
        self._sets: dict[str, Sets] = {"": (frozenset([0]),)}
        self.num_words = 0

    def answers(self, word: str) -> list[bool]:
        """Return whether each beginning of a word is the net's own, the empty first."""
        is_legal = True
        found = [self.ends("")]
        for time, symbol in enumerate(word):
            is_legal = is_legal and self.follows(word[:time], symbol)
            found.append(is_legal and self.ends(word[: time + 1]))
        return found

    def follows(self, beginning: str, symbol: str) -> bool:
        """Return whether the net calls a symbol legal."""
        return symbol in self._legal_after(beginning)

    def ends(self, word: str) -> bool:
        """Return whether a word, all of which is legal, may end."""
        if not word:
            return bool(self._target.stop[0] > 0)
        if self._target.has_end_marker:
            return END in self._legal_after(word)
        sets = self._sets_after(word)
        if not sets:
            return False
        stop = self._target.stop[list(sets[0])]
        return bool((stop > 0).all())

    def read_ahead(self, words: Sequence[str]) -> None:
        """Let the net read words side by side, for the questions to come."""
        unread = [word for word in dict.fromkeys(words) if word not in self._legal]
        if not unread:
            return
        self.num_words += len(unread)
        contract = self._model.contract
        scored = self._model.scores(unread)
        for word, scores in zip(unread, scored, strict=True):
            steps = np.arange(len(word))
            of_word = np.zeros(len(word), dtype=int)
            names = Named((word,), of_word, steps)
            given = contract.probabilities(scores, self._target, names)
            for time, legal in enumerate(self._supports(given)):
                self._legal.setdefault(word[: time + 1], legal)

    def _first(self) -> frozenset[str]:
        choices = self._target.choices(0)
        return frozenset(choices)

    def _legal_after(self, beginning: str) -> frozenset[str]:
        """Return the outputs that may follow; nothing follows the end."""
        if not self._target.has_end_marker and self.ends(beginning):
            return frozenset()
        if beginning not in self._legal:
            further = self._target.alphabet if self._model.reads_many else ()
            self.read_ahead([beginning, *(beginning + symbol for symbol in further)])
        return self._legal[beginning]

    def _sets_after(self, word: str) -> Sets:
        if word in self._sets:
            return self._sets[word]
        before = self._sets_after(word[:-1])
        number = self._target.alphabet.index(word[-1])
        found = []
        for states in (*before, self._everywhere):
            after = self._target.transition[sorted(states), number]
            reached = frozenset(after[after != NO_STATE].tolist())
            if reached and reached not in found:
                found.append(reached)
        self._sets[word] = tuple(found)
        return self._sets[word]

    def _supports(
        self, given: Float[np.ndarray, "time output"]
    ) -> list[frozenset[str]]:
        """Return the support of the row nearest to each prediction."""
        apart = given[:, None] - self._rows.table[None]
        distances = (apart**2).sum(axis=-1)
        nearest = distances.argmin(axis=1)
        outputs = np.array(self._target.outputs)
        found = []
        for row in nearest:
            legal = outputs[self._rows.table[row] > 0]
            found.append(frozenset(legal.tolist()))
        return found


def shortest_word(language: Language) -> str:
    """Return a shortest word of a language."""
    words = {0: ""}
    queue = [0]
    for state in queue:
        if language.stop[state] > 0:
            return words[state]
        for symbol, target in zip(
            language.alphabet, language.transition[state].tolist(), strict=True
        ):
            if target != NO_STATE and target not in words:
                words[target] = words[state] + symbol
                queue.append(target)
    return ""
