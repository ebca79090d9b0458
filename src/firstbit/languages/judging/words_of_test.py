"""The words that one run is tested on: fresh ones, twins, and long ones."""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from firstbit.errors import LanguageError, require_at_least
from firstbit.kept import kept
from firstbit.languages.automaton.validity import NO_STATE
from firstbit.languages.demand.memory_order import memory_order
from firstbit.languages.demand.rows import Rows
from firstbit.languages.judging.along import Along
from firstbit.languages.judging.criterion import Criterion
from firstbit.languages.judging.cycles import alternating_cycle
from firstbit.languages.judging.twins import Twins, TwinSource
from firstbit.languages.language import Language
from firstbit.languages.words.longest import longest_lag, longest_word
from firstbit.languages.words.sampling import sample
from firstbit.languages.words.streams import Stream, fresh_words

BEYOND = 4
"""Twins are tested up to this many times the longest lag of the words read."""

FACTORS = (1, 2, 4)
"""Lengths of the long words, as multiples of the longest word of the words read."""

MOST_SYMBOLS = 4_000_000
"""Symbols of the pairs at one lag, and of the long words of one length."""

FEWEST = 30
"""Pairs at one lag, and words of one length, at least: however long they are."""

MOST_ROUNDS = 1000

REPEATS = 4
"""A symbol that goes through different rows is repeated as often as this times k."""

BYTES_OF_WORD = 200
"""A word of a test in memory, with its places in tuples and look-ups."""

BYTES_OF_SYMBOL = 20
"""The numbers of `Along` for one symbol."""

NOTHING_LONGER = -1
"""Stands for a length where the language has no word that long."""


class Sizes(NamedTuple):
    """How many words a test has.

    Attributes:
        fresh: words by the language's probabilities.
        pairs: twins at each lag.
        long: words of each length.
    """

    fresh: int = 4000
    pairs: int = 1000
    long: int = 300


WHOLE = Sizes()


@dataclass(frozen=True)
class WordsOfTest:
    """The words of one test.

    Attributes:
        fresh: words by the language's probabilities that have a prediction.
        twins: at each lag of the plan; None where there are none.
        long: words of each length of the plan; None where there are none.
        repeated: a word in which one symbol repeats and the rows go in a cycle; None
            where there is none. It may be the beginning of a word.
    """

    fresh: tuple[str, ...]
    twins: tuple[Twins | None, ...]
    long: tuple[tuple[str, ...] | None, ...]
    repeated: str | None = None

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The different words of which all predictions count: all but the twins."""
        every = list(self.fresh)
        for words in self.long:
            every += words or ()
        if self.repeated is not None:
            every.append(self.repeated)
        return _each_once(every)

    @cached_property
    def prefixes(self) -> tuple[str, ...]:
        """The different prefixes of which the last prediction counts: the twins."""
        every: list[str] = []
        for pairs in self.twins:
            if pairs is not None:
                every += (*pairs.first, *pairs.second)
        return _each_once(every)

    @property
    def num_bytes(self) -> int:
        """The words, and where they lead, in memory; about."""
        of_word = BYTES_OF_WORD * (len(self.words) + len(self.prefixes))
        return of_word + BYTES_OF_SYMBOL * sum(map(len, self.words))

    def along(self, language: Language) -> Along:
        """Return where the words lead in a language; followed once."""
        found = self._along.get(language.content)
        if found is None:
            found = Along.of(language, self.words, self.prefixes)
            self._along[language.content] = found
        return found

    @cached_property
    def _along(self) -> dict[Hashable, Along]:
        return {}


@dataclass(frozen=True)
class PlanOfTest:
    """What runs on a language are tested on.

    Attributes:
        language: the task.
        num_words: N, words read in training; they decide the lag and the lengths.
        criterion: when a prediction is right.
        max_length: of a fresh word; None for any.
        num_units: k of the nets. A symbol whose repetition leads through different rows
            is repeated 4k times; 0 for no such word.

    Raises:
        SettingError: a number is out of range, or the resolution is as large as the
            largest distance of rows.
        LanguageError: the language has nothing to predict, or is too large.
    """

    language: Language
    num_words: int
    criterion: Criterion = field(default_factory=Criterion)
    max_length: int | None = None
    num_units: int = 0

    def __post_init__(self) -> None:
        require_at_least("num_words", self.num_words, 1)
        require_at_least("num_units", self.num_units, 0)
        if not len(self.rows.table):
            raise LanguageError(
                f"expected a language with something to predict after a symbol, got "
                f"'{self.language.name}'; its words end with their first symbol."
            )
        self.rows.require_resolution(self.criterion.resolution)

    @cached_property
    def rows(self) -> Rows:
        """The rows of the language."""
        return Rows.of(self.language)

    @cached_property
    def memory_order(self) -> float:
        """The memory order of the language; infinite if no window is enough."""
        return float(memory_order(self.language))

    @cached_property
    def longest_lag(self) -> int:
        """Lambda(N): the longest lag that N words hold on average."""
        return longest_lag(self.language, self.num_words, self.max_length)

    @cached_property
    def longest_word(self) -> int:
        """The length that N words exceed once on average."""
        return max(longest_word(self.language, self.num_words, self.max_length), 1)

    @property
    def lag(self) -> int:
        """The lag of the twins that decide; 0 where fresh words alone decide."""
        if self.memory_order < 2:
            return 0
        return int(min(self.longest_lag, self.memory_order - 1))

    @cached_property
    def lags(self) -> tuple[int, ...]:
        """The lags of the twins: 1, 2, 4, ..., the one that decides, the last."""
        if self.lag == 0:
            return ()
        last = BEYOND * self.longest_lag
        if math.isfinite(self.memory_order):
            last = int(self.memory_order) - 1
        series = {self.lag, last}
        lag = 1
        while lag < last:
            series.add(lag)
            lag *= 2
        return tuple(sorted(series))

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """The lengths of the long words: the least from 1, 2, 4 times the longest on.

        -1 where the language has no word that long.
        """
        found = []
        for factor in FACTORS:
            found.append(_next_length(self.language, factor * self.longest_word))
        return tuple(found)

    @cached_property
    def repeated(self) -> str | None:
        """The word in which one symbol repeats 4k times; None where there is none."""
        resolution = self.criterion.resolution
        cycle = alternating_cycle(self.language, resolution=resolution)
        if cycle is None or not self.num_units:
            return None
        return cycle.before + REPEATS * self.num_units * cycle.symbol

    @property
    def num_repeats(self) -> int:
        """How often one symbol repeats in such a word; 0 where there is none."""
        return 0 if self.repeated is None else REPEATS * self.num_units

    @property
    def longest_read(self) -> int:
        """Symbols of the longest word that is drawn to be long."""
        return max(*self.lengths, self.longest_word, len(self.repeated or ""))

    @cached_property
    def source(self) -> TwinSource:
        """Draws the twins."""
        return TwinSource(self.language, self.criterion.resolution)

    def draw(self, stream: Stream, sizes: Sizes = WHOLE) -> WordsOfTest:
        """Draw the words of one test.

        Args:
            stream: names the random numbers; the same stream gives the same words.
            sizes: number of words of each kind.
        """
        words = kept(
            self.language.content,
            ("test", self.num_words, self.criterion, self.max_length, stream, sizes),
            lambda: self._drawn(stream, sizes),
            lambda drawn: drawn.num_bytes,
        )
        if self.repeated is None:
            return words
        return replace(words, repeated=self.repeated)

    def draw_few(self, stream: Stream, sizes: Sizes) -> WordsOfTest:
        """Draw what decides alone: fresh words, twins at one lag, the repeated word."""
        fresh = predicting_words(
            self.language, sizes.fresh, stream.child(0), self.max_length
        )
        pairs = []
        for lag in self.lags:
            number = sizes.pairs if lag == self.lag else 0
            pairs.append(self._pairs(lag, stream, number))
        nothing_long = (None,) * len(FACTORS)
        return WordsOfTest(tuple(fresh), tuple(pairs), nothing_long, self.repeated)

    def what_decides(self, words: WordsOfTest) -> WordsOfTest:
        """Return the words of a test that decide whether a run is solved."""
        twins = []
        for lag, pairs in zip(self.lags, words.twins, strict=True):
            twins.append(pairs if lag == self.lag else None)
        no_long = (None,) * len(words.long)
        return replace(words, twins=tuple(twins), long=no_long)

    def _drawn(self, stream: Stream, sizes: Sizes) -> WordsOfTest:
        """Draw all words but the repeated one, the only one that depends on k."""
        fresh = predicting_words(
            self.language, sizes.fresh, stream.child(0), self.max_length
        )
        return WordsOfTest(
            tuple(fresh),
            tuple(self._pairs(lag, stream, sizes.pairs) for lag in self.lags),
            tuple(self._of_length(n, stream, sizes.long) for n in self.lengths),
        )

    def _pairs(self, lag: int, stream: Stream, number: int) -> Twins | None:
        if number == 0:
            return None
        number = _fitting(number, 2 * lag)
        seed = stream.child(1).child(lag).seed()
        return self.source.draw(number, lag, seed=seed)

    def _of_length(
        self, length: int, stream: Stream, number: int
    ) -> tuple[str, ...] | None:
        if length == NOTHING_LONGER or number == 0:
            return None
        number = _fitting(number, length)
        seed = stream.child(2).child(length).seed()
        words = sample(
            self.language, number, seed=seed, shortest=length, longest=length
        )
        return tuple(words)


def predicting_words(
    language: Language, num_words: int, stream: Stream, max_length: int | None = None
) -> list[str]:
    """Sample words in which at least one prediction counts.

    Raises:
        LanguageError: such words are not found.
    """
    least = 1 if language.has_end_marker else 2
    words: list[str] = []
    for attempt in range(MOST_ROUNDS):
        child = stream.child(attempt)
        for word in fresh_words(language, num_words, child, max_length):
            if len(word) >= least:
                words.append(word)
        if len(words) >= num_words:
            return words[:num_words]
    raise LanguageError(
        f"expected words of '{language.name}' with something to predict after a "
        f"symbol, found {len(words)} in {MOST_ROUNDS * num_words:,}; allow longer ones."
    )


def _fitting(number: int, symbols: int) -> int:
    """Return how many of so long words a test has room for."""
    fit = MOST_SYMBOLS // max(symbols, 1)
    return min(number, max(fit, FEWEST))


def _next_length(language: Language, least: int) -> int:
    """Return the least length from `least` on that some word has, or -1.

    Cutting a loop out of a longer word shortens it by at most one symbol a state: no
    gap is wider.
    """
    edge = language.transition != NO_STATE
    can_end = language.stop > 0
    here = np.zeros(1, dtype=np.int64)
    for length in range(least + len(language.states) + 1):
        if not len(here):
            break
        if length >= least and can_end[here].any():
            return length
        here = np.unique(language.transition[here][edge[here]])
    return NOTHING_LONGER


def _each_once(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
