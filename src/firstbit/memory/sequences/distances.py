"""How far apart two words drive the outputs of a model of sequences."""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from firstbit.cells.sequence_model import SequenceModel
from firstbit.errors import CellError
from firstbit.memory.ensemble.sample import Sample
from firstbit.memory.ensemble.word_pair import RANDOM, WordPair, strip_words
from firstbit.norms import norm
from firstbit.programs.difference_propagation import with_difference
from firstbit.programs.in_turn import in_turn
from firstbit.weights.threefry import fold_in, key_words

ROUNDOFF = 2.0**-53
"""Relative rounding of float64."""

AT_ONCE = 64
"""Pairs of words that are read side by side."""

SUBTRACTED = "distances by subtraction, with rounding of 1e-16 of the outputs: "
"""Before the reason, where an operation has no rule for differences."""

Pairs = Int[np.ndarray, "draw word time"]
References = Int[np.ndarray, "reference word time"]


class Reader:
    """Reads pairs of words by a model.

    Args:
        model: the model.
        num_letters: of the alphabet.

    Attributes:
        notes: what a result says of the distances.
    """

    def __init__(self, model: SequenceModel, num_letters: int) -> None:
        self.notes: list[str] = []
        self._function = model.traced()
        self._num_letters = num_letters
        self._read = jax.jit(in_turn(self._distances))

    def distances(
        self, pairs: Pairs
    ) -> tuple[Float[np.ndarray, "time draw"], Float[np.ndarray, "time draw"]]:
        """Return the distance of the outputs after each symbol, and their size."""
        parts = []
        for first in range(0, len(pairs), AT_ONCE):
            some = jnp.asarray(pairs[first : first + AT_ONCE])
            try:
                found = self._read(some)
            except CellError as error:  # an operation without a rule
                self.notes.append(SUBTRACTED + str(error).rstrip("."))
                self._read = jax.jit(in_turn(self._subtracted))
                found = self._read(some)
            parts.append([np.asarray(one).T for one in found])
        distances, sizes = zip(*parts, strict=True)
        return np.concatenate(distances, axis=1), np.concatenate(sizes, axis=1)

    def _distances(self, pairs: Array) -> tuple[Array, Array]:
        def one(pair: Array) -> tuple[Array, Array]:
            first, second = jax.nn.one_hot(pair, self._num_letters, dtype=float)
            differs = with_difference(self._function)
            outputs, change = differs((first,), (second - first,))
            return norm(change, xp=jnp), norm(outputs, xp=jnp)

        return jax.vmap(one)(pairs)

    def _subtracted(self, pairs: Array) -> tuple[Array, Array]:
        def one(pair: Array) -> tuple[Array, Array]:
            first, second = jax.nn.one_hot(pair, self._num_letters, dtype=float)
            outputs = self._function(first)
            change = self._function(second) - outputs
            return norm(change, xp=jnp), norm(outputs, xp=jnp)

        return jax.vmap(one)(pairs)


def sample_of(
    model: SequenceModel,
    words: WordPair,
    length: int,
    num_draws: int,
    key: PRNGKeyArray,
) -> tuple[Sample, list[str]]:
    """Return the distances of the outputs of two words, and of two random words.

    Args:
        model: the model.
        words: the two words.
        length: the largest l.
        num_draws: random suffixes; 1 where nothing is random.
        key: of the suffixes.

    Returns:
        The distances, and notes for the result.
    """
    reader = Reader(model, words.input_size)
    pairs, reference = _words(words, length, num_draws, key)
    distances, sizes = reader.distances(pairs)
    of_reference, _ = reader.distances(reference)
    is_lost = distances <= ROUNDOFF * sizes
    if reader.notes:
        is_lost = distances <= 2 * ROUNDOFF * sizes
    numbers = np.arange(num_draws) if words.kind == RANDOM else None
    if numbers is None:
        numbers = np.zeros(len(reference), dtype=int)
    num_lost = is_lost.sum(axis=1)
    return Sample(distances, of_reference, numbers, num_lost), reader.notes


def _words(
    words: WordPair, length: int, num_draws: int, key: PRNGKeyArray
) -> tuple[Pairs, References]:
    """Return the pair of words of each draw, and pairs of random words."""
    num_reference = num_draws if words.kind == RANDOM else AT_ONCE
    numbers = jnp.arange(num_reference, dtype=jnp.uint32)
    keys = fold_in(key_words(key), numbers)
    strips = strip_words(
        jnp.asarray(words.common(length)),
        (keys[0][None], keys[1][None]),
        is_random=words.kind == RANDOM,
        num_letters=words.input_size,
    )
    read = np.asarray(strips)[:, :, :length]
    pairs, references = np.moveaxis(read, -1, 1)
    return pairs[:num_draws], references
