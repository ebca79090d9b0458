"""How often intervals of decodability hold, how far a reach is wrong, old numbers."""

import jax
import numpy as np
import pytest
import scipy.stats

from firstbit import Reading, decodability
from firstbit.cells import Given
from firstbit.execution import Execution
from firstbit.memory.decodability.nets import Asked, Scores
from firstbit.memory.decodability.summary import of_one_net, over_nets
from firstbit.memory.ensemble.batches import measured
from firstbit.memory.ensemble.ensemble import Compiling, Ensemble
from firstbit.memory.ensemble.word_pair import CONSTANT, WordPair
from memory_nets import DelayLine

pytestmark = pytest.mark.proof

LAGS, WORDS, POOL, NETS, REPEATS = 12, 200, 8000, 100, 2000


def asked_of(cell, num_draws, length):
    ensemble = Ensemble.of(
        Given.of(cell),
        WordPair.of(CONSTANT),
        length=length,
        num_draws=num_draws,
        key=jax.random.key(1),
        compiling=Compiling(few=False),
    )
    return Asked(ensemble, Reading(num_words=WORDS, readouts=["linear"]))


def pool(cell):
    """The scores of many nets of 5 units: their mean is as good as the truth."""
    asked = asked_of(cell, POOL, LAGS)
    (arrays,) = measured(asked, Execution())
    return Scores(**arrays)


@pytest.mark.parametrize("cell", ["vanilla:5", "gru:5", "vanilla:5,activation=tanh"])
def test_intervals_hold_as_often_as_they_say(cell):
    every = pool(cell)
    truth = every.accuracy.mean(axis=-1)
    of_bits = every.bits.mean(axis=-1)
    random = np.random.default_rng(0)
    held, held_bits, together = [], [], []
    for _ in range(REPEATS):
        some = random.integers(0, POOL, NETS)
        found = over_nets(Scores(*(one[..., some] for one in every)), 0.95, 0.55)
        low, high = found.accuracy_ci
        held.append((low <= truth) & (truth <= high))
        low, high = found.bits_ci
        held_bits.append((low <= of_bits) & (of_bits <= high))
        together.append((found.surely <= truth).all())
    for share in (np.mean(held, axis=0)[0], np.mean(held_bits, axis=0)[0]):
        # Near certainty an interval ends at 1 and holds more often.
        assert (share >= 0.93).all()
        assert (share[truth[0] < 0.9] <= 0.97).all()
    assert np.mean(together) >= 0.95


def test_the_reach_of_a_delay_line_is_hardly_ever_too_long():
    """Lags that hold nothing: right words are binomial, whatever the fit."""
    random = np.random.default_rng(1)
    size, lags, tested = 5, 50, 50
    beyond = 0
    for _ in range(REPEATS):
        accuracy = random.binomial(tested, 0.5, (1, lags, 1)) / tested
        accuracy[:, :size] = 1
        unknown = np.zeros_like(accuracy)
        scores = Scores(accuracy, unknown, unknown, unknown)
        reach = of_one_net(scores, tested, 0.95, 0.55).reach
        assert reach[0] >= size - 1
        beyond += reach[0] > size - 1
    assert beyond <= scipy.stats.binom.ppf(0.999, REPEATS, 0.05)


PUBLISHED = {
    "vanilla:20": [(0.576, 0.029), (0.504, 0.004), (0.503, 0.004)],
    "vanilla:20,activation=tanh": [(0.851, 0.029), (0.607, 0.037), (0.528, 0.032)],
    "gru:20": [(0.905, 0.034), (0.764, 0.055), (0.644, 0.060)],
}
"""First bit read at l = 10, 20, 50 by another program, float32, 30 nets; beside two
standard errors."""


@pytest.mark.parametrize("cell", PUBLISHED)
def test_the_numbers_of_the_earlier_program(cell):
    found = decodability(
        cell,
        num_draws=30,
        reading=Reading(num_words=4000, readouts=["least squares"]),
        key=jax.random.key(0),
    )
    at = found.isel(hidden_size=0, readout=0).sel(lag=[9, 19, 49])
    for i, (before, two_errors) in enumerate(PUBLISHED[cell]):
        error = np.hypot(float(at.accuracy_se[i]), two_errors / 2)
        assert abs(float(at.accuracy[i]) - before) < 4 * error


def test_delay_lines_are_read_to_their_end():
    beyond = 0
    for seed in range(200):
        found = decodability(
            DelayLine(5),
            length=50,
            reading=Reading(words="stream", num_words=WORDS, readouts=["linear"]),
            key=jax.random.key(seed),
        )
        assert found.reach.item() >= 4
        beyond += found.reach.item() > 4
    assert beyond <= scipy.stats.binom.ppf(0.999, 200, 0.05)
