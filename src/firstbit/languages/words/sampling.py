"""Words sampled from a language, all words in step."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Int

from firstbit.errors import (
    LanguageError,
    SettingError,
    require_at_least,
    require_whole,
    shown,
)
from firstbit.languages.automaton.automaton import Automaton, given
from firstbit.languages.automaton.validity import NO_STATE
from firstbit.languages.language import Language
from firstbit.languages.words.conditioned import Lengths, choices_given_length
from firstbit.languages.words.counting import endings, require_words

Cumulative = Float[np.ndarray, "state choice"]
"""Cumulative probabilities of each symbol and, last, of ending."""

Choices = Callable[[int], Cumulative]
"""Number of symbols read -> the choices of each state after that many."""

Step = tuple[Int[np.ndarray, " _"], Int[np.ndarray, " _"]]
"""The words that go on at one step, and the number of the symbol that each takes."""

MOST_SYMBOLS = 50_000_000
"""Letters and ends of all words of one sample, about a gigabyte."""

LONGEST = 10_000_000
"""Letters of a word: each is a step for all words, and takes microseconds."""


LARGEST_SEED = 2**256
"""Seeds of PCG64 may have any size; this one bounds what is read."""


def require_seed(seed: int) -> int:
    """Return a seed as a whole number of Python, at least 0.

    Example:
        >>> require_seed(2**64)
        18446744073709551616
    """
    return require_whole("seed", seed, 0, LARGEST_SEED)


def sample(
    language: Language | str,
    num_words: int,
    *,
    seed: int,
    shortest: int = 0,
    longest: int | None = None,
) -> list[str]:
    """Sample words by the automaton's probabilities, if asked of a range of lengths.

    With a range the probabilities are those of the language, conditioned on the length:
    no word is thrown away. Work grows with the number of symbols sampled, times the
    alphabet.

    Args:
        language: what to sample from.
        num_words: how many words, at least 1.
        seed: of NumPy's PCG64 generator; the same seed gives the same words.
        shortest: the least length.
        longest: the greatest length; None for all. Needed where `shortest` is given.

    Returns:
        The words, in the order sampled; the same word may come more than once.

    Raises:
        SettingError: a number is out of range.
        LanguageError: no word has such a length (the text names the nearest lengths
            that have), or there are too many symbols to sample.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> sample(reber(), 3, seed=0)
        ['BTXXVVE', 'BPVPSE', 'BPVVE']
        >>> sample(reber(), 2, seed=0, shortest=12, longest=13)
        ['BTXXTVPXVPSE', 'BTXXVPXTTVVE']
    """
    language = given(language)
    num_words = require_at_least("num_words", num_words, 1)
    seed = require_seed(seed)
    if shortest == 0 and longest is None:
        _require_short_words(language)
        _require_room(language, num_words, language.mean_length)
        source = np.random.PCG64(seed)
        return sample_from(language, num_words, source)
    if longest is None:
        raise SettingError(
            f"expected `longest` beside `shortest` = {shortest}; give the greatest "
            "length too."
        )
    source = np.random.PCG64(seed)
    return sample_from(language, num_words, source, (shortest, longest))


def sample_uniform(
    language: Automaton | str, num_words: int, length: int, *, seed: int
) -> list[str]:
    """Sample words of one length, each of them equally likely.

    The automaton's probabilities play no part, only its edges.

    Args:
        language: what to sample from.
        num_words: how many words, at least 1.
        length: of every word.
        seed: of NumPy's PCG64 generator.

    Raises:
        SettingError: a number is out of range.
        LanguageError: no word has that length; the text names the nearest lengths that
            have.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> sorted(set(sample_uniform(reber(), 100, 7, seed=0)))
        ['BPTTVVE', 'BPTVPSE', 'BTSSXSE', 'BTXXVVE']
    """
    language = given(language)
    num_words = require_at_least("num_words", num_words, 1)
    seed = require_seed(seed)
    require_words(language, length, length)
    _require_room(language, num_words, length)
    choices = _equally_likely(language, length)
    source = np.random.PCG64(seed)
    return _walk(language, choices, num_words, source)


def sample_from(
    language: Automaton,
    num_words: int,
    source: np.random.PCG64,
    lengths: Lengths | None = None,
) -> list[str]:
    """Sample words by the automaton's probabilities from a given bit generator.

    A spawned generator gives words that no plain `seed` gives. With `lengths`, the
    least and the greatest, the probabilities are conditioned on the length.
    """
    if lengths is not None:
        shortest, longest = lengths
        require_words(language, shortest, longest)
        _require_room(language, num_words, longest)
        return _walk(
            language, _conditioned(language, shortest, longest), num_words, source
        )
    table = _cumulative(language.probability, language.stop)
    return _walk(language, lambda _: table, num_words, source)


def _require_short_words(language: Language) -> None:
    length = language.mean_length
    if length > LONGEST:
        raise LanguageError(
            f"a word of '{shown(language.name)}' has about {length:.3g} symbols, "
            f"expected at most {LONGEST:,}; "
            "try words of a limited length."
        )


def _require_room(language: Automaton, num_words: int, length: float | int) -> None:
    """Raise unless `num_words` words of `length` symbols fit into memory."""
    if num_words <= MOST_SYMBOLS and num_words * (length + 1) <= MOST_SYMBOLS:
        return
    fit = int(MOST_SYMBOLS / (length + 1))
    raise LanguageError(
        f"{num_words:,} words of '{shown(language.name)}' of about {length:.3g} "
        f"symbols are more than {MOST_SYMBOLS:,} symbols with "
        f"their ends; {fit:,} words would fit, or shorter ones."
    )


def _equally_likely(language: Automaton, length: int) -> Choices:
    """Return choices in proportion to the number of words of `length` behind each."""
    ways = endings(language, length)

    def choices(step: int) -> Cumulative:
        left = ways[length - step]
        if step == length:
            nowhere = np.zeros(language.transition.shape)
            return _cumulative(nowhere, np.ones(len(left)))
        num_left = length - step - 1
        behind = ways[num_left][language.transition]
        after = np.where(language.transition == NO_STATE, 0, behind)
        # Whole numbers may be far beyond floats; their ratio is not.
        whole = np.where(left == 0, 1, left)
        share = (after / whole[:, None]).astype(float)
        return _cumulative(share, np.zeros(len(left)))

    return choices


def _conditioned(language: Automaton, shortest: int, longest: int) -> Choices:
    """Return choices given that the length falls in the range."""
    tables: list[Cumulative] = []
    for going_on, stopping in choices_given_length(language, shortest, longest):
        tables.append(_cumulative(going_on, stopping))
    return tables.__getitem__


def _cumulative(
    probability: Float[np.ndarray, "state symbol"], stop: Float[np.ndarray, " state"]
) -> Cumulative:
    """Sum up the choices of each state; the last one, ending, goes beyond all edges."""
    choices = np.column_stack([probability, stop])
    table = np.cumsum(choices, axis=1)
    # Rounding must not end a word that can't end here: nothing lies beyond the last
    # possible choice.
    is_possible = choices[:, ::-1] > 0
    behind = np.argmax(is_possible, axis=1)
    places = np.arange(choices.shape[1])[::-1]
    table[places <= behind[:, None]] = 1.0
    return table


def _walk(
    language: Automaton, choices: Choices, num_words: int, source: np.random.PCG64
) -> list[str]:
    """Read all words from the start, symbol by symbol, until each has ended."""
    generator = np.random.Generator(source)
    end = len(language.alphabet)
    state = np.zeros(num_words, dtype=np.int64)
    alive = np.arange(num_words)
    steps: list[Step] = []
    while alive.size:
        table = choices(len(steps))
        table = table[state[alive]]
        uniform = generator.random(alive.size)
        is_beyond = uniform[:, None] >= table
        choice = is_beyond.sum(axis=1)
        goes_on = choice < end
        alive = alive[goes_on]
        choice = choice[goes_on]
        before = state[alive]
        state[alive] = language.transition[before, choice]
        steps.append((alive, choice))
    return _spelt(language, steps, num_words)


def _spelt(language: Automaton, steps: list[Step], num_words: int) -> list[str]:
    """Spell the words: all letters in one array, word after word."""
    lengths = np.zeros(num_words, dtype=np.int64)
    for who, _ in steps:
        lengths[who] += 1
    ends = np.cumsum(lengths)
    firsts = ends - lengths
    alphabet = "".join(language.alphabet).encode("utf-32-le")
    codes = np.frombuffer(alphabet, dtype="<u4")
    letters = np.empty(int(ends[-1]), dtype="<u4")
    for step, (who, symbol) in enumerate(steps):
        letters[firsts[who] + step] = codes[symbol]
    text = letters.tobytes().decode("utf-32-le")
    bounds = zip(
        firsts.tolist(),
        ends.tolist(),
        strict=True,
    )
    return [text[first:end] for first, end in bounds]
