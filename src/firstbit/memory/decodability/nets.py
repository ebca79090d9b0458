"""Each net reads words, and its states are decoded."""

from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from firstbit.memory.decodability.fitting import Decoded, Fits, decode
from firstbit.memory.decodability.reading import SQUARES, STREAM, Reading
from firstbit.memory.ensemble.ensemble import Ensemble
from firstbit.memory.ensemble.nets import Nets, States, are_finite


class Scores(NamedTuple):
    """How well the read-outs of some nets decode each symbol.

    Attributes:
        accuracy: share of the tested words that are decoded right; NaN where the states
            of a net were not finite.
        bits: mean over these words of 1 + log2 of the probability of what was right.
        bits_spread: standard deviation of these over the words.
        ridge: that was chosen.
    """

    accuracy: Float[np.ndarray, "readout lag *net"]
    bits: Float[np.ndarray, "readout lag *net"]
    bits_spread: Float[np.ndarray, "readout lag *net"]
    ridge: Float[np.ndarray, "readout lag *net"]


class Asked(NamedTuple):
    """Nets, and how their states are read."""

    ensemble: Ensemble
    reading: Reading

    @property
    def fits(self) -> Fits:
        """What the program of the fits depends on."""
        return Fits(
            readouts=tuple(self.reading.readouts),
            ridges=tuple(self.reading.ridges),
            num_words=self.reading.num_words,
        )

    def settings(self) -> dict[str, Any]:
        """Return all that the scores depend on beside the ensemble, for JSON."""
        return {
            "measure": "decodability",
            "suffix": self.reading.words,
            "num_words": self.reading.num_words,
            "readouts": list(self.reading.readouts),
            "ridges": list(self.reading.ridges),
            "burn_in": self.reading.burn_in,
        }

    def of_net(self, nets: Nets, net: int) -> dict[str, np.ndarray]:
        """Return the scores of one net by name."""
        reading = self.reading
        length = self.ensemble.length
        num_symbols = reading.num_symbols(length)
        symbols = nets.words(net, reading.num_words, num_symbols)
        states = nets.states(net, symbols, jnp.eye(2))
        if reading.words == STREAM:
            last = symbols[:, num_symbols - length :]
            return _of_last(states, last, self)._asdict()
        return _of_first(states, symbols[:, 0], self)._asdict()


def _of_first(states: Any, first: Array, asked: Asked) -> Scores:
    """Decode the first symbol from the state after each step."""
    is_one = first[None] == 1
    parts = []
    for some in states:
        decoded = decode(_numbers(some), is_one, fits=asked.fits)
        is_finite = are_finite(some)
        parts.append(_scores(decoded, is_finite, asked))
    joined = []
    for of_parts in zip(*parts, strict=True):
        along_lags = np.concatenate(of_parts, axis=1)
        joined.append(along_lags)
    return Scores(*joined)


def _of_last(states: Any, symbols: Array, asked: Asked) -> Scores:
    """Decode each of the last symbols from the last state, the last symbol first."""
    is_finite = np.array([True])
    some = jnp.zeros((0, 0, 0))
    for some in states:
        is_finite = is_finite & are_finite(some).all()
    last = _numbers(some[-1:])
    is_one = symbols.T[::-1] == 1
    decoded = decode(last, is_one, fits=asked.fits)
    return _scores(decoded, is_finite, asked)


def _numbers(states: States) -> States:
    """Return the states with 0 in place of what isn't finite."""
    return jnp.where(jnp.isfinite(states), states, 0.0)


def _scores(
    decoded: list[Decoded], is_finite: Bool[np.ndarray, "*step"], asked: Asked
) -> Scores:
    """Return the scores over read-outs and lags; NaN where states are not finite."""
    of_readouts = zip(*decoded, strict=True)
    accuracy, bits, spread, chosen = map(np.stack, of_readouts)
    ridges = np.array(asked.reading.ridges)[chosen]
    gives_none = [name == SQUARES for name in asked.reading.readouts]
    bits[gives_none] = np.nan
    spread[gives_none] = np.nan
    known = []
    for numbers in (accuracy, bits, spread, ridges):
        known.append(np.where(is_finite, numbers, np.nan))
    return Scores(*known)
