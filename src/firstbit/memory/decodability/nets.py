"""Batches of nets, the unit of work: decoded anywhere, and put side by side."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from firstbit.devices import CPU, computing_on
from firstbit.engines import Errand, crew
from firstbit.execution import Execution
from firstbit.memory.decodability.fitting import Decoded, Fits, decode
from firstbit.memory.decodability.reading import SQUARES, STREAM, Reading
from firstbit.memory.decodability.states import Nets, States, are_finite
from firstbit.memory.ensemble.ensemble import Ensemble
from firstbit.memory.ensemble.fingerprint import fingerprint
from firstbit.memory.ensemble.pieces import Pieces
from firstbit.threads import is_abandoned

NETS = 8
"""Nets of a batch: few enough that the threads end together."""


class Batch(NamedTuple):
    """The unit of work.

    Attributes:
        size: place of the hidden size among those of the ensemble.
        number: of the batch of nets.
    """

    size: int
    number: int


class Asked(NamedTuple):
    """Nets, and how their states are read."""

    ensemble: Ensemble
    reading: Reading

    @property
    def fits(self) -> Fits:
        """What the program of the fits depends on."""
        reading = self.reading
        return Fits(tuple(reading.readouts), tuple(reading.ridges), reading.num_words)


class Scores(NamedTuple):
    """How well the read-outs of some nets decode each symbol.

    Attributes:
        accuracy: share of the tested words that are decoded right; NaN where the states
            of a net were not finite.
        bits: mean over these words of 1 + log2 of the probability of what was right.
        bits_spread: standard deviation of these over the words.
        ridge: that was chosen.
    """

    accuracy: Float[np.ndarray, "readout lag net"]
    bits: Float[np.ndarray, "readout lag net"]
    bits_spread: Float[np.ndarray, "readout lag net"]
    ridge: Float[np.ndarray, "readout lag net"]

    @classmethod
    def beside(cls, parts: "Sequence[Scores]") -> "Scores":
        """Put the scores of different nets side by side."""
        return cls(*map(_beside, zip(*parts, strict=True)))


def _beside(parts: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate(parts, axis=-1)


def batches_of(asked: Asked) -> Pieces[Batch]:
    """Return the batches of an ensemble as pieces of work."""
    ensemble = asked.ensemble
    sizes = ensemble.given.sizes
    name = ensemble.given.name
    jobs = []
    for size in range(len(sizes)):
        for number in range(-(-ensemble.num_draws // NETS)):
            jobs.append(Batch(size, number))

    def told(job: Batch) -> str:
        key = list(ensemble.key_data)
        return f"batch {job.number} of {name}, k = {sizes[job.size]}, key {key},"

    def cost(job: Batch) -> int:
        # Fitting goes with the square of the units, as reading does.
        return ensemble.populations[job.size].recipe.num_weights

    def settings() -> dict[str, Any]:
        reading = asked.reading
        about = {
            "measure": "decodability",
            "suffix": reading.words,
            "num_words": reading.num_words,
            "readouts": list(reading.readouts),
            "ridges": list(reading.ridges),
            "burn_in": reading.burn_in,
            "num_draws": ensemble.num_draws,
        }
        return {**fingerprint(ensemble), **about}

    return Pieces(
        errand=Errand(arrays_of_batch, asked, name, told),
        jobs=jobs,
        name=lambda job: f"k{sizes[job.size]}_nets{job.number}",
        cost=cost,
        settings=settings,
    )


def scores_of_nets(
    asked: Asked, pieces: Pieces[Batch], execution: Execution
) -> list[Scores]:
    """Return the scores of all nets of each size."""
    store = pieces.store(execution)
    found: dict[Batch, Mapping[str, np.ndarray]] = {}
    jobs = pieces.jobs if store is None else store.shuffled(pieces.jobs)
    with crew(execution) as workers:
        for job, arrays in pieces.completed(workers, jobs, execution, store):
            found[job] = arrays
            execution.progress(len(found), len(jobs))
    by_size = []
    for size in range(len(asked.ensemble.populations)):
        parts = [Scores(**found[job]) for job in pieces.jobs if job.size == size]
        by_size.append(Scores.beside(parts))
    return by_size


def arrays_of_batch(asked: Asked, job: Batch) -> dict[str, np.ndarray]:
    """Return the scores of one batch by name; a worker of an executor may call it."""
    ensemble = asked.ensemble
    first = job.number * NETS
    num_nets = min(NETS, ensemble.num_draws - first)
    with computing_on(CPU):
        nets = Nets.of(
            ensemble.populations[job.size], first, num_nets, ensemble.words_of_key
        )
        found = []
        for net in range(num_nets):
            if is_abandoned():
                break
            found.append(_of_net(nets, net, asked))
    return Scores.beside(found)._asdict()


def _of_net(nets: Nets, net: int, asked: Asked) -> Scores:
    """Return the scores of one net, the net as last axis."""
    reading = asked.reading
    length = asked.ensemble.length
    num_symbols = reading.num_symbols(length)
    symbols = nets.words(net, reading.num_words, num_symbols)
    states = nets.states(net, symbols)
    if reading.words == STREAM:
        scores = _of_last(states, symbols[:, num_symbols - length :], asked)
    else:
        scores = _of_first(states, symbols[:, 0], asked)
    return Scores(*(array[..., None] for array in scores))


def _of_first(states: Any, first: Array, asked: Asked) -> Scores:
    """Decode the first symbol from the state after each step."""
    parts = []
    for some in states:
        decoded = decode(_numbers(some), first[None] == 1, fits=asked.fits)
        parts.append(_scores(decoded, are_finite(some), asked))
    return Scores(*(np.concatenate(one, axis=1) for one in zip(*parts, strict=True)))


def _of_last(states: Any, symbols: Array, asked: Asked) -> Scores:
    """Decode each of the last symbols from the last state, the last symbol first."""
    is_finite = np.array([True])
    some = jnp.zeros((0, 0, 0))
    for some in states:
        is_finite = is_finite & are_finite(some).all()
    decoded = decode(_numbers(some[-1:]), symbols.T[::-1] == 1, fits=asked.fits)
    return _scores(decoded, is_finite, asked)


def _numbers(states: States) -> States:
    """Return the states with 0 in place of what isn't finite."""
    return jnp.where(jnp.isfinite(states), states, 0.0)


def _scores(
    decoded: list[Decoded], is_finite: Bool[np.ndarray, "*step"], asked: Asked
) -> Scores:
    """Return the scores over read-outs and lags; NaN where states are not finite."""
    accuracy, bits, spread, chosen = map(np.stack, zip(*decoded, strict=True))
    ridges = np.array(asked.reading.ridges)[chosen]
    gives_none = [name == SQUARES for name in asked.reading.readouts]
    bits[gives_none] = np.nan
    spread[gives_none] = np.nan
    numbers = (accuracy, bits, spread, ridges)
    return Scores(*(np.where(is_finite, one, np.nan) for one in numbers))
