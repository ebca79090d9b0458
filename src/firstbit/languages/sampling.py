"""Words drawn from a language by its edge probabilities."""

import numpy as np

from firstbit.errors import require_at_least
from firstbit.languages.language import Language


def sample(language: Language, num_words: int, *, seed: int) -> list[str]:
    """Draw words by the automaton's probabilities, all words in step.

    Args:
        language: what to draw from.
        num_words: how many words, at least 1.
        seed: of NumPy's PCG64 generator; the same seed gives the same words.

    Returns:
        The words, in the order drawn; the same word may come more than once.

    Raises:
        SettingError: `num_words` or `seed` is out of range.

    Example:
        >>> from firstbit.languages.reber import reber
        >>> sample(reber(), 3, seed=0)
        ['BTXXVVE', 'BPVPSE', 'BPVVE']
    """
    require_at_least("num_words", num_words, 1)
    require_at_least("seed", seed, 0)
    generator = np.random.Generator(np.random.PCG64(seed))
    # Ending is one more column, the last: a draw beyond all edges ends the word.
    cumulative = np.cumsum(np.column_stack([language.probability, language.stop]), axis=1)
    ends = len(language.alphabet)
    cumulative[:, ends] = 1.0
    state = np.zeros(num_words, dtype=np.int64)
    alive = np.arange(num_words)
    steps: list[tuple[np.ndarray, np.ndarray]] = []
    while alive.size:
        draw = generator.random(alive.size)
        choice = (draw[:, None] >= cumulative[state[alive]]).sum(axis=1)
        goes_on = choice < ends
        alive, choice = alive[goes_on], choice[goes_on]
        state[alive] = language.transition[state[alive], choice]
        steps.append((alive, choice))
    words: list[list[str]] = [[] for _ in range(num_words)]
    for who, what in steps:
        for word, symbol in zip(who, what, strict=True):
            words[word].append(language.alphabet[symbol])
    return ["".join(word) for word in words]
