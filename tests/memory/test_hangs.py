"""Nothing waits for itself: laws and cells with linear algebra or Fourier transforms.

Each situation runs in a process of its own, which is ended after a time: a program that
never ends fails its test, and the other tests go on.
"""

import os
import subprocess
import sys
from functools import partial
from itertools import cycle

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import situations
from covering import few
from firstbit.programs.in_turn import WAITING, in_turn, waits

LIMIT = 120
"""Seconds after which a situation counts as hanging. It takes a few where the computer
has nothing else to do."""


@pytest.fixture
def ends(start, compiled):
    """Run a situation in a process of its own, and fail if it doesn't end."""

    def run(situation, operation, workers=2):
        process, pipe = start(situations.run, situation, operation, workers, compiled)
        try:
            assert pipe.poll(LIMIT), f"{situation.__name__} {operation} hangs"
            assert pipe.recv() == "done"
        finally:
            process.kill()
            process.join()
            pipe.close()

    return run


@pytest.mark.proof
def test_the_command_of_an_orthogonal_law_ends(tmp_path, compiled):
    """Two blocks of draws at once, two threads: it never ended."""
    asked = "discrepancy --cell vanilla:20,initializer=orthogonal --num-draws 2000"
    command = [sys.executable, "-m", "firstbit", *asked.split(), "--length", "10"]
    kept = {"JAX_COMPILATION_CACHE_DIR": compiled}
    found = subprocess.run(
        command,
        env={**os.environ, **kept},
        cwd=tmp_path,
        timeout=LIMIT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "weights orthogonal" in found.stdout
    assert "0.216" in found.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("situation", "operation"),
    few(
        [
            (situations.gates, "qr"),
            (situations.law, "svd"),
            (situations.law, "fft"),
            (situations.step, "solve"),
            (situations.fates_of_step, "solve"),
            (situations.training, "solve"),
        ],
        kept=[0, 1, 3, 5],
    ),
)
def test_laws_and_cells_with_linear_algebra_end(ends, situation, operation):
    ends(situation, operation)


def every_pair():
    """Each situation with each operation; JAX can't train through two of them.

    Each has one number of workers, in turn: every situation and every operation meets
    all of these.
    """
    pairs = []
    for operation in situations.OPERATIONS:
        pairs.append((situations.law, operation))
        pairs.append((situations.step, operation))
        pairs.append((situations.fates_of_step, operation))
        if operation not in situations.WITHOUT_A_DERIVATIVE:
            pairs.append((situations.training, operation))
    workers = cycle([1, 2, 4])
    return [(*pair, next(workers)) for pair in pairs]


@pytest.mark.proof
@pytest.mark.parametrize(("situation", "operation", "workers"), every_pair())
def test_every_operation_ends_in_every_measure(ends, situation, operation, workers):
    ends(situation, operation, workers)


@pytest.mark.slow
@pytest.mark.parametrize(
    "operation", few([*situations.OPERATIONS], kept=[0, 4, 5, 7, 11])
)
def test_matrices_in_turn_have_the_bits_of_the_batch(operation):
    """One thread computes the batch here, so it can't wait for itself."""
    one = situations.OPERATIONS[operation]
    many = jnp.asarray(np.random.default_rng(0).standard_normal((2, 3, 4, 4)))
    batch = jax.vmap(jax.vmap(one))
    assert waits(jax.make_jaxpr(batch)(many))
    split = jax.make_jaxpr(in_turn(batch))(many)
    assert not waits(split)
    together = np.asarray(jax.jit(batch)(many))
    apart = np.asarray(jax.jit(in_turn(batch))(many))
    assert np.array_equal(together, apart)


@pytest.mark.slow
def test_batches_inside_loops_branches_and_derivatives_are_found():
    many = jnp.stack([2 * jnp.eye(2)] * 3)

    def loops(x):
        def body(carry, _):
            return jnp.linalg.cholesky(carry + many), None

        looped, _ = jax.lax.scan(body, x, length=2)
        stepped = jax.lax.fori_loop(0, 2, lambda _, y: jnp.linalg.inv(y + many), looped)
        return jax.lax.cond(stepped.sum() > 0, jnp.linalg.inv, jnp.negative, stepped)

    def loss(x):
        return jnp.sum(loops(x) ** 2)

    slope = jax.jacfwd(loss)
    assert waits(jax.make_jaxpr(slope)(many))
    assert not waits(jax.make_jaxpr(in_turn(slope))(many))
    found = [jax.jit(one)(many) for one in (slope, in_turn(slope))]
    assert np.array_equal(*found)


@pytest.mark.slow
@pytest.mark.parametrize("lengths", [(4,), (4, 3), (2, 4, 3)])
def test_fourier_transforms_are_those_of_numpy(lengths):
    random = np.random.default_rng(0)
    real = random.standard_normal((2, *lengths))
    axes = tuple(range(1, real.ndim))
    for name in ("fftn", "ifftn", "rfftn", "irfftn"):
        asked = np.fft.rfftn(real, axes=axes) if name == "irfftn" else real
        sizes = {"s": lengths} if name == "irfftn" else {}
        expected = getattr(np.fft, name)(asked, axes=axes, **sizes)
        with jax.enable_x64(True):
            ours = in_turn(partial(getattr(jnp.fft, name), axes=axes, **sizes))
            program = jax.make_jaxpr(ours)(jnp.asarray(asked))
            found = jax.jit(ours)(jnp.asarray(asked))
        assert not waits(program)
        assert np.allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_programs_without_a_batch_stay_as_they_are():
    def plain(x, scale="no array"):
        return jnp.linalg.inv(x) @ x, scale

    x = 2 * jnp.eye(3)
    program, scale = in_turn(plain)(x)
    assert scale == "no array"
    assert np.array_equal(program, plain(x)[0])
    asked = [jax.make_jaxpr(f)(x) for f in (lambda x: plain(x)[0], in_turn(jnp.sin))]
    assert not any(map(waits, asked))


def test_every_factorisation_of_jax_is_known():
    """A new one must be sorted: does it wait for threads, or not?"""
    known = {
        *WAITING,
        "lu_pivots_to_permutation",
        "symmetric_product",
    }
    names = []
    for name in dir(jax.lax.linalg):
        if name.endswith("_p"):
            names.append(getattr(jax.lax.linalg, name).name)
    assert set(names) <= known
