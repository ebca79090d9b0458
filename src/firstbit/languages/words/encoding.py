"""Words as numbers: symbol indices, lengths, one-hot vectors."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Integer

from firstbit.arrays import Lengths, OneHot, Symbols
from firstbit.errors import WordError
from firstbit.languages.automaton.automaton import Automaton
from firstbit.languages.automaton.validity import NO_STATE


def encode(words: Sequence[str], alphabet: Sequence[str]) -> tuple[Symbols, Lengths]:
    """Number the symbols of each word.

    Args:
        words: at least one word.
        alphabet: the symbols in one-hot order.

    Returns:
        (word, time) symbol numbers, zero behind a word's end, and the (word,) lengths.

    Raises:
        WordError: no word at all, or a letter outside the alphabet.

    Example:
        >>> encode(["BT", "B"], "BTS")[0].tolist()
        [[0, 1], [0, 0]]
    """
    if not words:
        raise WordError("expected at least one word, got none.")
    lengths = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
    # All letters in one row first: one table look-up for them all.
    codes = _codes("".join(words))
    known = _codes("".join(alphabet))
    largest = max(int(codes.max(initial=0)), int(known.max(initial=0)))
    number = np.full(largest + 1, -1)
    number[known] = np.arange(len(alphabet))
    letters = number[codes]
    if (letters < 0).any():
        raise _foreign_letter(words, alphabet, int(np.argmax(letters < 0)))
    symbols = np.zeros((len(words), lengths.max()), dtype=np.int64)
    symbols[_inside(symbols, lengths)] = letters
    return symbols, lengths


def one_hot(words: Sequence[str], alphabet: Sequence[str]) -> tuple[OneHot, Lengths]:
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
    return np.eye(len(alphabet))[symbols] * inside[..., None], lengths


def true_probabilities(
    language: Automaton, words: Sequence[str]
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
    symbols, lengths = encode(words, language.alphabet)
    truth = np.zeros((*symbols.shape, len(language.outputs)))
    state = np.zeros(len(words), dtype=np.int64)
    for time in range(symbols.shape[1]):
        inside = np.flatnonzero(time < lengths)
        state[inside] = language.transition[state[inside], symbols[inside, time]]
        illegal = state == NO_STATE
        if illegal.any():
            language.path(words[int(np.argmax(illegal))])  # raises, and says where
        truth[inside, time] = language.next_output[state[inside]]
    return truth


def _codes(letters: str) -> Integer[np.ndarray, " letter"]:
    """Return the code of each character; lone surrogates have one too."""
    return np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _inside(symbols: Symbols, lengths: Lengths) -> Bool[np.ndarray, "word time"]:
    """Return whether a place lies before its word's end."""
    return np.arange(symbols.shape[1]) < lengths[:, None]


def _foreign_letter(
    words: Sequence[str], alphabet: Sequence[str], place: int
) -> WordError:
    """Describe the letter at a place of all words written one after the other."""
    ends = np.cumsum([len(word) for word in words])
    row = int(np.searchsorted(ends, place, side="right"))
    return WordError(
        f"line {row + 1}: '{words[row]}': letter '{''.join(words)[place]}' is "
        "not in the alphabet; "
        f"expected one of {' '.join(alphabet)}."
    )
