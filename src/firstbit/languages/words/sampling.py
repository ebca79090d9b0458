"""Words drawn from a language, all words in step."""

from collections.abc import Callable

import numpy as np

from firstbit.errors import LanguageError, SettingError, require_at_least
from firstbit.languages.automaton.validity import NO_STATE
from firstbit.languages.language import Language
from firstbit.languages.words.counting import MOST_BYTES, endings, require_words

Choices = Callable[[int], np.ndarray]
"""After so many symbols: (state, choice) cumulative probabilities of each symbol and,
last, of ending."""


MOST_SYMBOLS = 50_000_000
"""Letters and ends of all words of one draw, about a gigabyte."""

LONGEST = 10_000_000
"""Letters of a word: each is a step for all words, and takes microseconds."""


def sample(
    language: Language,
    num_words: int,
    *,
    seed: int,
    shortest: int = 0,
    longest: int | None = None,
) -> list[str]:
    """Draw words by the automaton's probabilities, if asked only words of a range of lengths.

    With a range the probabilities are those of the language, conditioned on the length:
    no word is drawn in vain. Work grows with the number of symbols drawn, times the
    alphabet.

    Args:
        language: what to draw from.
        num_words: how many words, at least 1.
        seed: of NumPy's PCG64 generator; the same seed gives the same words.
        shortest: the least length.
        longest: the greatest length; None for all. Needed where `shortest` is given.

    Returns:
        The words, in the order drawn; the same word may come more than once.

    Raises:
        SettingError: a number is out of range.
        LanguageError: no word has such a length (the text names the nearest lengths
            that have), or there are too many symbols to draw.

    Example:
        >>> from firstbit.languages.catalogue import reber
        >>> sample(reber(), 3, seed=0)
        ['BTXXVVE', 'BPVPSE', 'BPVVE']
        >>> sample(reber(), 2, seed=0, shortest=12, longest=13)
        ['BTXXTVPXVPSE', 'BTXXVPXTTVVE']
    """
    require_at_least("num_words", num_words, 1)
    require_at_least("seed", seed, 0)
    if shortest == 0 and longest is None:
        if (longer := language.mean_length) > LONGEST:
            raise LanguageError(
                f"a word of '{language.name}' has about {longer:.3g} symbols, "
                f"expected at most {LONGEST:,}; "
                "try words of a limited length."
            )
        _require_room(language, num_words, longer)
        table = _cumulative(language.probability, language.stop)
        return _walk(language, lambda _: table, num_words, np.random.PCG64(seed))
    if longest is None:
        raise SettingError(
            f"expected `longest` beside `shortest` = {shortest}; give the greatest "
            "length too."
        )
    require_words(language, shortest, longest)
    _require_room(language, num_words, longest)
    return _walk(
        language,
        _conditioned(language, shortest, longest),
        num_words,
        np.random.PCG64(seed),
    )


def sample_uniform(
    language: Language, num_words: int, length: int, *, seed: int
) -> list[str]:
    """Draw words of one length, each of them equally likely, whatever the automaton's probabilities.

    Args:
        language: what to draw from.
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
    require_at_least("num_words", num_words, 1)
    require_at_least("seed", seed, 0)
    require_words(language, length, length)
    _require_room(language, num_words, length)
    ways = endings(language, length)

    def choices(step: int) -> np.ndarray:
        left = ways[length - step]
        if step == length:
            return _cumulative(np.zeros(language.transition.shape), np.ones(len(left)))
        after = np.where(
            language.transition == NO_STATE,
            0,
            ways[length - step - 1][language.transition],
        )
        # Whole numbers may be far beyond floats; their ratio is not.
        share = after / np.where(left == 0, 1, left)[:, None]
        return _cumulative(share.astype(float), np.zeros(len(left)))

    return _walk(language, choices, num_words, np.random.PCG64(seed))


def stream(language: Language, num_words: int, generator: np.random.PCG64) -> list[str]:
    """Words by the automaton's probabilities from a generator of one's own, whose draws no other `seed` gives."""
    table = _cumulative(language.probability, language.stop)
    return _walk(language, lambda _: table, num_words, generator)


def _require_room(language: Language, num_words: int, length: float) -> None:
    """Raise unless so many words of so many symbols fit into memory."""
    if num_words > MOST_SYMBOLS or num_words * (length + 1) > MOST_SYMBOLS:
        fit = int(MOST_SYMBOLS / (length + 1))
        raise LanguageError(
            f"{num_words:,} words of '{language.name}' of about {length:.3g} "
            f"symbols are more than {MOST_SYMBOLS:,} symbols with "
            f"their ends; {fit:,} words would fit, or shorter ones."
        )


def _conditioned(language: Language, shortest: int, longest: int) -> Choices:
    """Choices given that the length falls in the range: each is weighted by the probability of an end in time."""
    if (
        needed := 8 * longest * (language.transition.size + len(language.states))
    ) > MOST_BYTES:
        raise LanguageError(
            f"drawing words of '{language.name}' of up to {longest:,} symbols "
            f"would take about {needed / 1e9:.3g} GB, more than "
            f"{MOST_BYTES // 10**9} GB; {MOST_BYTES * longest // needed:,} symbols "
            "would fit."
        )
    edge, reached = language.transition != NO_STATE, _reached(language, longest)
    tables: list[np.ndarray] = []
    in_time, log_scale = np.zeros(len(language.stop)), 0.0
    for step in range(longest, -1, -1):
        going_on = np.where(
            edge, language.probability * in_time[language.transition], 0.0
        )
        # Weights are kept near 1, however rare the words are; what is beyond floats
        # beside them is never drawn.
        stopping = language.stop * ((step >= shortest) * np.exp(min(-log_scale, 700.0)))
        in_time = np.where(reached[step], going_on.sum(axis=1) + stopping, 0.0)
        whole = np.where(in_time == 0, 1, in_time)
        tables.append(_cumulative(going_on / whole[:, None], stopping / whole))
        if largest := float(in_time.max()):
            in_time, log_scale = in_time / largest, log_scale + np.log(largest)
    tables.reverse()
    return tables.__getitem__


def _reached(language: Language, longest: int) -> np.ndarray:
    """(step, state) truth of whether some prefix of so many symbols leads to the state."""
    reached = np.zeros((longest + 1, len(language.states)), dtype=bool)
    reached[0, 0] = True
    sources, columns = np.nonzero(language.transition != NO_STATE)
    targets = language.transition[sources, columns]
    for step in range(longest):
        reached[step + 1, targets[reached[step, sources]]] = True
    return reached


def _cumulative(probability: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """Ending is one more column, the last: a draw beyond all edges ends the word."""
    choices = np.column_stack([probability, stop])
    table = np.cumsum(choices, axis=1)
    # Rounding must not end a word that can't end here: nothing lies beyond the last
    # possible choice.
    last = choices.shape[1] - 1 - np.argmax(choices[:, ::-1] > 0, axis=1)
    table[np.arange(table.shape[1]) >= last[:, None]] = 1.0
    return table


def _walk(
    language: Language, choices: Choices, num_words: int, source: np.random.PCG64
) -> list[str]:
    generator = np.random.Generator(source)
    ends = len(language.alphabet)
    state = np.zeros(num_words, dtype=np.int64)
    alive = np.arange(num_words)
    steps: list[tuple[np.ndarray, np.ndarray]] = []
    while alive.size:
        draw = generator.random(alive.size)
        choice = (draw[:, None] >= choices(len(steps))[state[alive]]).sum(axis=1)
        goes_on = choice < ends
        alive, choice = alive[goes_on], choice[goes_on]
        state[alive] = language.transition[state[alive], choice]
        steps.append((alive, choice))
    return _spelt(language, steps, num_words)


def _spelt(
    language: Language, steps: list[tuple[np.ndarray, np.ndarray]], num_words: int
) -> list[str]:
    """The words, from who went on by what at each step: all letters in one array, word after word."""
    lengths = np.zeros(num_words, dtype=np.int64)
    for who, _ in steps:
        lengths[who] += 1
    ends = np.cumsum(lengths)
    firsts = ends - lengths
    codes = np.array([ord(symbol) for symbol in language.alphabet], dtype="<u4")
    letters = np.empty(int(ends[-1]), dtype="<u4")
    for step, (who, what) in enumerate(steps):
        letters[firsts[who] + step] = codes[what]
    text = letters.tobytes().decode("utf-32-le")
    return [
        text[first:end]
        for first, end in zip(firsts.tolist(), ends.tolist(), strict=True)
    ]
