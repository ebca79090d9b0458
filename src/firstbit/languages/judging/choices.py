"""Choices drawn in proportion to weights, and words spelt from them."""

import numpy as np
from jaxtyping import Float, Int

from firstbit.languages.automaton.automaton import Automaton
from firstbit.languages.automaton.validity import NO_STATE


def choices(
    weights: Float[np.ndarray, "draw choice"], generator: np.random.Generator
) -> Int[np.ndarray, " draw"]:
    """Draw one choice in each row, in proportion to its weights."""
    upper = np.cumsum(weights, axis=1)
    uniform = generator.random(len(weights)) * upper[:, -1]
    # A choice of weight 0 is never drawn: the number drawn is below the last sum.
    return (uniform[:, None] >= upper).sum(axis=1)


def repeated_choices(
    weights: Float[np.ndarray, " choice"], number: int, generator: np.random.Generator
) -> Int[np.ndarray, " draw"]:
    """Draw choices again and again, in proportion to the same weights."""
    upper = np.cumsum(weights)
    uniform = generator.random(number) * upper[-1]
    return np.searchsorted(upper, uniform, side="right")


def spelt(language: Automaton, letters: Int[np.ndarray, "word time"]) -> list[str]:
    """Spell words of symbols' numbers; -1 stands for no symbol, behind all others."""
    num_words, width = letters.shape
    alphabet = "".join(language.alphabet).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(alphabet, dtype="<u4")[letters]
    text = codes.tobytes().decode("utf-32-le", "surrogatepass")
    lengths = (letters != NO_STATE).sum(axis=1).tolist()
    words = []
    for number in range(num_words):
        first = number * width
        words.append(text[first : first + lengths[number]])
    return words
