"""Programs taken apart: the same words where they do the same at every size."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from firstbit.programs.anatomy import Line, anatomy, lines_through


def at_sizes(function, sizes=(3, 10, 20)):
    """Return the anatomy of a function of one vector at several sizes."""
    found = {}
    for size in sizes:
        found[size] = anatomy(jax.make_jaxpr(function(size))(jnp.ones(size)))
    return found


def lines_of(function):
    """Return the whole numbers of a function at every size; None if not one program."""
    found = at_sizes(function)
    if len({one.words for one in found.values()}) > 1:
        return None
    return lines_through({size: one.numbers for size, one in found.items()})


def halves(k):
    return lambda x: jnp.concatenate([x[k // 2 :], x[: k // 2]])


ONE_PROGRAM = [
    (lambda k: lambda x: jnp.tanh(x), Line(1, 0)),
    (lambda k: lambda x: jnp.concatenate([x, x, jnp.ones(2)]), Line(2, 2)),
    (lambda k: lambda x: jnp.split(jnp.tile(x, 3), 3)[1], Line(3, 0)),
    (lambda k: lambda x: jax.nn.sigmoid(x) @ jnp.ones((k, 4)), Line(0, 4)),
    (lambda k: lambda x: x[1:], Line(1, -1)),
    (lambda k: lambda x: x * np.full(k, 0.5), Line(1, 0)),
]


@pytest.mark.parametrize(("function", "line"), ONE_PROGRAM)
def test_one_program_at_every_size(function, line):
    assert line in lines_of(function)


SEVERAL = [
    lambda k: lambda x: x / k,
    lambda k: lambda x: x - jnp.mean(x),
    lambda k: lambda x: jnp.sin(x) if k > 10 else jnp.tanh(x),
    lambda k: lambda x: x * np.linspace(0, 1, k),
    lambda k: lambda x: x**k * 0.1**k,
    halves,
]


@pytest.mark.parametrize("function", SEVERAL)
def test_a_program_for_each_size(function):
    assert lines_of(function) is None


def test_constants_count_by_their_bits():
    one, two = (
        anatomy(jax.make_jaxpr(lambda x, c=c: x * c)(1.0))
        for c in (np.float32(0.1), np.nextafter(np.float32(0.1), np.float32(1)))
    )
    assert one.words != two.words


def test_programs_inside_programs_count():
    def looped(scale):
        def body(carry, x):
            return carry * scale + x, carry

        return lambda x: jax.lax.scan(body, 0.0, x)[1]

    one, two = (anatomy(jax.make_jaxpr(looped(s))(jnp.ones(3))) for s in (0.5, 0.25))
    assert one.words != two.words
    assert one.numbers == two.numbers


def test_two_uses_of_a_value_are_told_apart():
    x = jnp.ones(2)
    one = anatomy(jax.make_jaxpr(lambda x, y: x - y)(x, x))
    two = anatomy(jax.make_jaxpr(lambda x, y: y - x)(x, x))
    assert one.words != two.words
