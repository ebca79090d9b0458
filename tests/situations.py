"""Situations in which a program could wait for itself: each runs in its own process."""

from functools import partial
from multiprocessing.connection import Connection

import equinox as eqx
import jax
import jax.numpy as jnp

from firstbit import discrepancy, fates, train
from firstbit.cells import GRU, Vanilla
from firstbit.execution import Execution
from firstbit.languages import reber
from firstbit.memory import Thresholds
from firstbit.training import Modern

KEY = jax.random.key(0)
SHORT = Thresholds(transient=10, horizon=100)

OPERATIONS = {
    "qr": lambda a: jnp.linalg.qr(a)[0],
    "eigh": lambda a: jnp.linalg.eigh(a + a.T)[1],
    "eig": lambda a: jnp.linalg.eig(a)[1].real,
    "schur": lambda a: jax.scipy.linalg.schur(a)[1],
    "svd": lambda a: jnp.linalg.svd(a)[0],
    "solve": lambda a: jnp.linalg.solve(jnp.eye(len(a)) + a - a.T, a),
    "lstsq": lambda a: jnp.linalg.lstsq(a, a.T)[0],
    "cholesky": lambda a: jnp.linalg.cholesky(jnp.eye(len(a)) + a @ a.T),
    "triangular": lambda a: jax.scipy.linalg.solve_triangular(jnp.eye(len(a)) + a, a),
    "expm": jax.scipy.linalg.expm,
    "fft": lambda a: jnp.fft.fft(a, axis=0).real,
    "fft2": lambda a: jnp.fft.fft2(a).real,
}
"""Operations on a square matrix that JAX shares out to threads."""

WITHOUT_A_DERIVATIVE = ("eig", "schur")
"""Operations whose derivative JAX doesn't have."""


class Rotated(eqx.Module):
    """A Vanilla cell whose recurrent matrix comes from an operation in each step."""

    U: jax.Array
    W: jax.Array
    operation: str = eqx.field(static=True)
    hidden_size: int = eqx.field(static=True)

    def __init__(self, input_size, hidden_size, *, key, operation):
        self.U = jax.random.normal(key, (hidden_size, input_size))
        self.W = jax.random.normal(key, (hidden_size, hidden_size))
        self.operation, self.hidden_size = operation, hidden_size

    def __call__(self, input, hidden):
        W = OPERATIONS[self.operation](self.W)
        return jnp.tanh(self.U @ input + W @ hidden)


class Law:
    """A law of square matrices that an operation makes of normal numbers."""

    def __init__(self, operation):
        self.operation = operation

    def __call__(self, key, shape, dtype=float):
        matrix = jax.random.normal(key, shape, dtype)
        if shape[0] != shape[1]:
            return matrix
        return OPERATIONS[self.operation](matrix)


def gates(_, workers):
    """Three orthogonal matrices a draw."""
    discrepancy(
        GRU,
        hidden_sizes=[20],
        initializer="orthogonal",
        num_draws=1500,
        length=2,
        key=KEY,
        execution=Execution(workers=workers),
    )


def law(operation, workers):
    discrepancy(
        Vanilla,
        hidden_sizes=[8],
        initializer=Law(operation),
        num_draws=2000,
        length=2,
        key=KEY,
        execution=Execution(workers=workers),
    )


def step(operation, workers):
    discrepancy(
        partial(Rotated, operation=operation),
        hidden_sizes=[8],
        num_draws=2000,
        length=2,
        key=KEY,
        execution=Execution(workers=workers),
    )


def fates_of_step(operation, workers):
    fates(
        partial(Rotated, operation=operation),
        hidden_sizes=[8],
        num_draws=1500,
        length=2,
        thresholds=SHORT,
        key=KEY,
        execution=Execution(workers=workers),
    )


def training(operation, workers):
    train(
        partial(Rotated, operation=operation),
        reber(),
        hidden_size=8,
        rule=Modern(max_epochs=2, batch_size=256),
        num_seeds=2,
        key=KEY,
        execution=Execution(workers=workers),
    )


def run(situation, operation, workers, folder, pipe: Connection) -> None:
    """Run a situation and report its end; keep compiled programs in a folder."""
    jax.config.update("jax_compilation_cache_dir", folder)
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
    situation(operation, workers)
    pipe.send("done")
