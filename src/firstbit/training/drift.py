r"""Drift: how much of the difference of two pasts is left after common symbols.

A cell with a linear step, $h_t = A(x_t) h_{t-1} + b(x_t)$, may solve a task and fail on
longer words, since its eigenvalues shrink what it keeps. That is read off its weights.
"""

from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from firstbit.cells import Network, SequenceModel
from firstbit.cells.network import Net
from firstbit.cells.state import as_numbers, from_numbers, in_float, initial_state
from firstbit.cells.transition import transition_of
from firstbit.languages import Language, encode
from firstbit.languages.judging.twins import Twins
from firstbit.weights.numbers import in_current_float

NO_TWINS = np.nan
"""The contrast where no twins stand."""


def contrasts_left(
    network: Net, language: Language, pairs: Sequence[Twins | None]
) -> Float[np.ndarray, " lag"] | None:
    r"""Return the median contrast of twins that is left at each lag.

    $$ \frac{\lVert A(w_L) \cdots A(w_1) \Delta \rVert}{\lVert \Delta \rVert} $$

    $\Delta$: the difference of the two states before the common symbols w_1 ... w_L. It
    orders the lengths at which nets fail; it doesn't predict them, since the read-out
    decides how little is enough. It is a product of matrices, so rounding of the states
    doesn't hide what is left.

    Args:
        network: cell and read-out.
        language: gives the alphabet.
        pairs: at each lag; None where there are none.

    Returns:
        One number a lag, NaN where there are no pairs or they begin in one state; None
        where the cell doesn't declare a linear step (`transition`), and of a model of
        sequences.
    """
    if isinstance(network, SequenceModel):
        return None
    if not transition_of(network.cell, type(network.cell).__name__):
        return None
    steps = _Steps(network, language.alphabet)
    found = []
    for some in pairs:
        if some is None:
            found.append(NO_TWINS)
            continue
        found.append(steps.median_left(some))
    return np.array(found)


class _Steps:
    """A linear cell as one pair (A, b) a letter."""

    def __init__(self, network: Network, alphabet: Sequence[str]) -> None:
        self.alphabet = alphabet
        with jax.enable_x64(True):
            matrices, shifts, start = _affine(network, jnp.eye(len(alphabet)))
        self.matrices = np.asarray(matrices)
        self.shifts = np.asarray(shifts)
        self.start = np.asarray(start)

    def median_left(self, pairs: Twins) -> float:
        first, _ = encode(pairs.first, self.alphabet)
        first_past = self._after(pairs.first, pairs.lag)
        second_past = self._after(pairs.second, pairs.lag)
        difference = first_past - second_past
        before = np.linalg.norm(difference, axis=1)
        lengths = np.array([len(word) for word in pairs.first])
        for step in range(pairs.lag):
            place = lengths - pairs.lag + step
            letter = first[np.arange(len(first)), place]
            difference = self._times(letter, difference)
        after = np.linalg.norm(difference, axis=1)
        some = before > 0
        if not some.any():
            return NO_TWINS
        return float(np.median(after[some] / before[some]))

    def _after(self, words: Sequence[str], lag: int) -> Float[np.ndarray, "word state"]:
        """Return the states before the last symbols."""
        pasts = [word[:-lag] for word in words]
        letters, lengths = encode(pasts, self.alphabet)
        state = np.tile(self.start, (len(words), 1))
        for time in range(letters.shape[1]):
            letter = letters[:, time]
            later = self._times(letter, state) + self.shifts[letter]
            state = np.where((time < lengths)[:, None], later, state)
        return state

    def _times(
        self, letter: Int[np.ndarray, " word"], state: Float[np.ndarray, "word state"]
    ) -> Float[np.ndarray, "word state"]:
        return np.einsum("wij,wj->wi", self.matrices[letter], state)


@eqx.filter_jit
def _affine(
    network: Network, letters: Float[Array, "letter input"]
) -> tuple[
    Float[Array, "letter state state"],
    Float[Array, "letter state"],
    Float[Array, " state"],
]:
    """Return A and b of each letter, and the first state."""
    cell = in_current_float(network).cell
    like = in_float(initial_state(cell))
    start = as_numbers(like)

    def of_letter(letter: Array) -> tuple[Array, Array]:
        def step(flat: Float[Array, " state"]) -> Float[Array, " state"]:
            return as_numbers(cell(letter, from_numbers(flat, like)))

        nothing = jnp.zeros_like(start)
        return jax.jacfwd(step)(nothing), step(nothing)

    matrices, shifts = jax.vmap(of_letter)(letters)
    return matrices, shifts, start
