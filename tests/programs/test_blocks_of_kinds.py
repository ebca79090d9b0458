"""A block of draws keeps each dtype: whole numbers, truth values, keys, bits."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from firstbit.errors import CellError
from firstbit.programs.blockwise import blockwise


def _noise(x):
    key = jax.random.fold_in(jax.random.key(0), jnp.argmax(x))
    return x + jax.random.normal(key, x.shape)


def _products(x, dtype, wide):
    """Return a product and an outer one in a wider dtype than that of the operands."""
    short = jnp.round(30 * x).astype(dtype)
    rows = jnp.stack([short, short[::-1]])
    inner = jnp.matmul(rows, short, preferred_element_type=wide)
    outer = lax.dot_general(
        short, short, (((), ()), ((), ())), preferred_element_type=wide
    )
    return jnp.concatenate([inner, outer.ravel()])


STEPS = {
    "whole sum": lambda x: lax.reduce_sum_p.bind(
        jnp.floor(3 * x).astype(jnp.int32), axes=(0,), out_sharding=None
    ),
    "count": lambda x: jnp.sum((x > 0).astype(jnp.int32), dtype=jnp.int32),
    "bits": lambda x: lax.bitcast_convert_type(x, jnp.uint32),
    "noise": _noise,
    "branch": lambda x: lax.cond(jnp.any(x > 1), jnp.sin, jnp.cos, x),
    "turns": lambda x: lax.fori_loop(0, jnp.argmax(x), lambda _, v: 2 * v, x),
    "entry": lambda x: x[jnp.argmax(x)],
    "clamp": lambda x: lax.clamp(x[0], x, x[1] + 5),
    "bytes": lambda x: _products(x, jnp.int8, jnp.int32),
    "halves": lambda x: _products(x, jnp.bfloat16, jnp.float32),
    "complex": lambda x: jnp.abs(lax.complex(x, x[::-1]) ** 2),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", STEPS)
def test_a_block_is_like_each_draw(name):
    step = STEPS[name]
    with jax.enable_x64(True):
        x = jnp.asarray(np.random.default_rng(0).normal(size=(4, 3)))
        found = blockwise(step, jnp.array(True))(x)
        expected = jnp.stack([step(x[:, draw]) for draw in range(3)], axis=-1)
    assert found.dtype == expected.dtype
    assert np.allclose(found, expected, rtol=1e-14)


def test_an_operation_that_has_no_batch_is_refused_by_name_and_line():
    def own(x):
        return lax.reduce(x, 1.0, lambda a, b: a * b + a, (0,))

    with (
        jax.enable_x64(True),
        pytest.raises(CellError, match=r"`reduce` of float64 at .*blocks_of_kinds.py"),
    ):
        blockwise(own, jnp.array(True))(jnp.ones((4, 3)))
