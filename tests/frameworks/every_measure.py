"""Every measure of a cell, small: of three units unless a cell takes no such size."""

import jax
import jax.numpy as jnp
import numpy as np

from firstbit import cost, discrepancy
from firstbit.cells import Given, Network, Readout
from firstbit.memory import (
    Drive,
    Reading,
    certificate_of_forgetting,
    decodability,
    distances,
    fates,
    gradients_by_lag,
    lyapunov_exponents,
    memory_capacity,
)

KEY = jax.random.key(0)


def measured_discrepancy(kind, size, law=None):
    asked = {"hidden_sizes": [size], "length": 3, "num_draws": 8, "key": KEY}
    return discrepancy(kind, initializer=law, **asked).discrepancy


def measured_normal(kind, size):
    return measured_discrepancy(kind, size, "normal")


def measured_orthogonal(kind, size):
    return measured_discrepancy(kind, size, "orthogonal")


def measured_distances(kind, size):
    asked = {"hidden_sizes": [size], "length": 3, "num_draws": 8, "key": KEY}
    return distances(kind, **asked).distance


def measured_fates(kind, size):
    asked = {"hidden_sizes": [size], "length": 3, "num_draws": 4, "key": KEY}
    return fates(kind, initializer="normal", **asked).distance


def measured_decodability(kind, size):
    reading = Reading(num_words=40)
    asked = {"hidden_sizes": [size], "length": 3, "num_draws": 4, "key": KEY}
    return decodability(kind, reading=reading, **asked).accuracy


def measured_capacity(kind, size):
    drive = Drive("one-hot", num_steps=200, burn_in=10, lags=[5])
    asked = {"hidden_sizes": [size], "num_draws": 2, "drive": drive, "key": KEY}
    return memory_capacity(kind, **asked).capacity


def measured_exponents(kind, size):
    with jax.enable_x64(True):
        cell = Given.of(kind).make(2, size, KEY)
    inputs = np.eye(2)[np.arange(20) % 2]
    return lyapunov_exponents(cell, inputs=inputs, burn_in=5, key=KEY).lyapunov_exponent


def measured_gradients(kind, size):
    with jax.enable_x64(True):
        cell = Given.of(kind).make(2, size, KEY)
        net = Network(cell, Readout(jnp.ones((2, size))))
    words = np.eye(2)[[[0, 1, 1, 0]]]
    return gradients_by_lag({0: [net]}, words, words, np.array([3])).jacobian


def measured_cost(kind, size):
    return cost(kind, size, input_size=2).step_time


def certificate(kind, size):
    with jax.enable_x64(True):
        cell = Given.of(kind).make(2, size, KEY)
    return certificate_of_forgetting(cell)


MEASURES = {
    "D as built": measured_discrepancy,
    "D normal": measured_normal,
    "D orthogonal": measured_orthogonal,
    "distances": measured_distances,
    "fates": measured_fates,
    "decodability": measured_decodability,
    "capacity": measured_capacity,
    "exponents": measured_exponents,
    "gradients": measured_gradients,
    "cost": measured_cost,
}

OF_VANILLA_ALONE = {"certificate": certificate}
"""What is refused of every cell of another framework."""


def require_numbers(measure, kind, size):
    """Fail unless a measure gives numbers, some of them not zero."""
    found = MEASURES[measure](kind, size).values
    is_number = np.isfinite(found)
    if measure == "exponents":
        # A net whose units are all at rest forgets at once: its exponent is -inf.
        is_number |= np.isneginf(found)
    assert is_number.any()
    assert (abs(found) > 0).any()
