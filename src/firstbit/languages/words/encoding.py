"""Words as numbers: symbol indices, lengths, one-hot vectors."""

from collections.abc import Iterable, Sequence

import numpy as np
from jaxtyping import Bool, Float, Int, UInt

from firstbit.arrays import Lengths, OneHot, Symbols
from firstbit.errors import WordError, shown, shown_value
from firstbit.languages.automaton.automaton import Automaton, given, require_list
from firstbit.languages.automaton.validity import NO_STATE, ordered, shown_letters

Codes = UInt[np.ndarray, " _"]
"""Unicode's numbers of letters."""

FOREIGN = -1
"""Stands for a letter outside the alphabet."""


def encode(words: Sequence[str], alphabet: Iterable[str]) -> tuple[Symbols, Lengths]:
    """Number the symbols of each word.

    Args:
        words: at least one word.
        alphabet: the symbols in one-hot order; a set is sorted.

    Returns:
        (word, time) symbol numbers, zero behind a word's end, and the (word,) lengths.

    Raises:
        WordError: no word at all, or a letter outside the alphabet.

    Example:
        >>> encode(["BT", "B"], "BTS")[0].tolist()
        [[0, 1], [0, 0]]
    """
    require_list(words)
    words = list(words)
    if not words:
        raise WordError("expected at least one word, got none.")
    for word in words:
        if not isinstance(word, str):
            raise WordError(f"expected words as text, got {shown_value(word)}.")
    alphabet = ordered(alphabet)
    lengths = np.fromiter(map(len, words), dtype=np.int64)
    # All letters in one row first: one table look-up for them all.
    codes = _codes("".join(words))
    letters = _numbers(alphabet, codes)
    is_foreign = letters == FOREIGN
    if is_foreign.any():
        place = int(np.argmax(is_foreign))
        raise _foreign_letter(words, alphabet, place)
    shape = (len(words), lengths.max())
    symbols = np.zeros(shape, dtype=np.int64)
    symbols[_inside(symbols, lengths)] = letters
    return symbols, lengths


def one_hot(words: Sequence[str], alphabet: Iterable[str]) -> tuple[OneHot, Lengths]:
    """Encode words as one-hot vectors.

    Returns:
        (word, time, symbol), zero behind a word's end, and the (word,) lengths.

    Raises:
        WordError: no word at all, or a letter outside the alphabet.

    Example:
        >>> one_hot(["BT"], "BTS")[0].tolist()
        [[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]]
    """
    symbols, lengths = encode(words, alphabet)
    inside = _inside(symbols, lengths)
    units = np.eye(len(ordered(alphabet)))
    return units[symbols] * inside[..., None], lengths


def true_probabilities(
    language: Automaton | str, words: Sequence[str]
) -> Float[np.ndarray, "word time output"]:
    """Compute the language's next-output probabilities after each symbol of each word.

    Returns:
        (word, time, output); row t of a word is what can follow its first t + 1
        symbols; zero behind its end.

    Raises:
        WordError: a letter is not in the alphabet, or not legal where it stands.

    Example:
        >>> from firstbit.languages import Language
        >>> true_probabilities(Language.from_regex("(a|b)b"), ["ab"]).tolist()
        [[[0.0, 1.0], [0.0, 0.0]]]
    """
    language = given(language)
    symbols, lengths = encode(words, language.alphabet)
    num_words, longest = symbols.shape
    shape = (num_words, longest, len(language.outputs))
    truth = np.zeros(shape)
    state = np.zeros(num_words, dtype=np.int64)
    for time in range(longest):
        inside = np.flatnonzero(time < lengths)
        letter = symbols[inside, time]
        after = language.transition[state[inside], letter]
        if (after == NO_STATE).any():
            first = int(inside[np.argmin(after)])
            language.path(words[first])  # raises, and says where
        state[inside] = after
        truth[inside, time] = language.next_output[after]
    return truth


def _codes(letters: str) -> Codes:
    """Return the code of each character; lone surrogates have one too."""
    encoded = letters.encode("utf-32-le", "surrogatepass")
    return np.frombuffer(encoded, dtype="<u4")


def _numbers(alphabet: Sequence[str], codes: Codes) -> Int[np.ndarray, " letter"]:
    """Return the number of each letter in the alphabet, or `FOREIGN`."""
    known = _codes("".join(alphabet))
    both = np.concatenate([codes, known])
    largest = int(both.max(initial=0))
    number = np.full(largest + 1, FOREIGN)
    number[known] = np.arange(len(alphabet))
    return number[codes]


def _inside(symbols: Symbols, lengths: Lengths) -> Bool[np.ndarray, "word time"]:
    """Return whether a place lies before its word's end."""
    times = np.arange(symbols.shape[1])
    return times < lengths[:, None]


def _foreign_letter(
    words: Sequence[str], alphabet: Sequence[str], place: int
) -> WordError:
    """Describe the letter at a place of all words written one after the other."""
    lengths = [len(word) for word in words]
    ends = np.cumsum(lengths)
    row = int(np.searchsorted(ends, place, side="right"))
    letter = "".join(words)[place]
    return WordError(
        f"line {row + 1}: '{shown(words[row])}': letter '{shown(letter)}' is "
        "not in the alphabet; "
        f"expected one of {shown_letters(alphabet)}."
    )
