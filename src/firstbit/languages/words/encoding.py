"""Words as numbers: symbol indices, lengths, one-hot vectors."""

from collections.abc import Sequence

import numpy as np

from firstbit.arrays import Lengths, OneHot, Symbols
from firstbit.errors import WordError
from firstbit.languages.automaton.validity import NO_STATE
from firstbit.languages.language import Language


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
    codes = np.frombuffer(
        "".join(words).encode("utf-32-le", "surrogatepass"), dtype="<u4"
    )
    number = np.full(max([int(codes.max(initial=0)), *map(ord, alphabet)]) + 1, -1)
    number[[ord(symbol) for symbol in alphabet]] = np.arange(len(alphabet))
    letters = number[codes]
    if (letters < 0).any():
        foreign = int(np.argmax(letters < 0))
        row = int(np.searchsorted(np.cumsum(lengths), foreign, side="right"))
        raise WordError(
            f"line {row + 1}: '{words[row]}': letter '{chr(codes[foreign])}' is "
            "not in the alphabet; "
            f"expected one of {' '.join(alphabet)}."
        )
    symbols = np.zeros((len(words), lengths.max()), dtype=np.int64)
    symbols[np.arange(symbols.shape[1]) < lengths[:, None]] = letters
    return symbols, lengths


def one_hot(words: Sequence[str], alphabet: Sequence[str]) -> tuple[OneHot, Lengths]:
    """Encode words as one-hot vectors: (word, time, symbol), zero behind a word's end, and the lengths.

    Example:
        >>> one_hot(["BT"], "BTS")[0].tolist()
        [[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]]
    """
    symbols, lengths = encode(words, alphabet)
    inside = np.arange(symbols.shape[1]) < lengths[:, None]
    return np.eye(len(alphabet))[symbols] * inside[..., None], lengths


def true_probabilities(language: Language, words: Sequence[str]) -> np.ndarray:
    """The language's own next-output probabilities after each symbol of each word.

    Returns:
        (word, time, output); row t of a word is what can follow its first t + 1
        symbols; zero behind its end.

    Raises:
        WordError: a letter is not in the alphabet, or not legal where it stands.

    Example:
        >>> true_probabilities(Language.from_regex("(a|b)b"), ["ab"]).tolist()
        [[[0.0, 1.0], [0.0, 0.0]]]
    """
    symbols, lengths = encode(words, language.alphabet)
    truth = np.zeros((*symbols.shape, len(language.outputs)))
    state = np.zeros(len(words), dtype=np.int64)
    for time in range(symbols.shape[1]):
        inside = np.flatnonzero(time < lengths)
        state[inside] = language.transition[state[inside], symbols[inside, time]]
        if (state == NO_STATE).any():
            language.path(
                words[int(np.argmax(state == NO_STATE))]
            )  # raises, and says where
        truth[inside, time] = language.next_output[state[inside]]
    return truth
