"""f(x + d) - f(x) without subtracting, against 320 digits; blocks of draws and vmap."""

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

from covering import diagonal
from firstbit.errors import CellError
from firstbit.programs.blockwise import Outer, blockwise
from firstbit.programs.difference_propagation import with_difference
from firstbit.programs.exponential import exp, exp_in_parts

mpmath.mp.dps = 320  # the smallest step is 1e-250

FUNCTIONS = {
    "logistic": (jax.nn.sigmoid, lambda x: 1 / (1 + mpmath.exp(-x))),
    "tanh": (jnp.tanh, mpmath.tanh),
    "exp": (jnp.exp, mpmath.exp),
    "square": (lambda x: x**2, lambda x: x**2),
    "sqrt": (lambda x: jnp.sqrt(x + 60), lambda x: mpmath.sqrt(x + 60)),
    "rsqrt": (lambda x: jax.lax.rsqrt(x + 60), lambda x: 1 / mpmath.sqrt(x + 60)),
    "log": (lambda x: jnp.log(x + 60), lambda x: mpmath.log(x + 60)),
    "log1p": (lambda x: jnp.log1p(x + 60), lambda x: mpmath.log(x + 61)),
    "sin": (jnp.sin, mpmath.sin),
    "cos": (jnp.cos, mpmath.cos),
    "expm1": (jnp.expm1, mpmath.expm1),
    "quotient": (lambda x: (x + 1) / (x + 60), lambda x: (x + 1) / (x + 60)),
    "product": (
        lambda x: x * jnp.tanh(x) * (1 - x),
        lambda x: x * mpmath.tanh(x) * (1 - x),
    ),
}
POINTS = [-30.0, -4.0, -0.7, 0.3, 2.0, 11.0, 30.0]
STEPS = [1e-250, -1e-100, 1e-17, -1e-9, 1e-3, -0.5, 4.0, -25.0]


@pytest.mark.slow
@pytest.mark.parametrize("name", FUNCTIONS)
def test_differences_keep_their_digits(name):
    ours, exact = FUNCTIONS[name]
    x, d = (grid.ravel() for grid in np.meshgrid(POINTS, STEPS))
    with jax.enable_x64(True):
        values, changes = (
            np.asarray(a)
            for a in with_difference(ours)((jnp.asarray(x),), (jnp.asarray(d),))
        )
    for at, by, value, change in zip(x, d, values, changes, strict=True):
        here, there = exact(mpmath.mpf(at)), exact(mpmath.mpf(at) + mpmath.mpf(by))
        assert float(abs(value - here)) <= 1e-14 * max(1, float(abs(here)))
        # The loss is that of the function itself where its terms cancel, plus
        # overflow guards in the far tail.
        scale = abs(there - here) + mpmath.mpf(1e-2) * abs(mpmath.mpf(by)) * (
            name in ("product", "cos", "sin")
        )
        assert float(abs(change - (there - here))) <= 1e-13 * float(scale) + 1e-99 * (
            abs(by) > 1
        )


@pytest.mark.slow
def test_the_sign_of_a_complex_number_turns():
    """JAX's derivative of it is zero."""
    with jax.enable_x64(True):
        z = jnp.asarray([0.3 + 0.2j, -1.0 + 0j, 0j])
        step = jnp.asarray([1 + 0.5j, 1j, 1 + 1j])
        tiny = with_difference(jnp.sign)((z,), (step * 1e-40,))[1] * 1e40
        change = with_difference(jnp.sign)((z,), (step,))[1]
        there, here = np.sign(np.asarray(z + step)), np.sign(np.asarray(z))
    z, step = np.asarray(z)[:2], np.asarray(step)[:2]
    across = np.imag(np.conj(z) * step) / np.abs(z) ** 2
    assert np.asarray(tiny)[:2] == pytest.approx(1j * across * here[:2], abs=1e-14)
    assert np.asarray(change) == pytest.approx(there - here, abs=1e-14)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: jax.lax.betainc(x + 1.5, 2 + 0 * x, 0.3 + 0 * x),
        lambda x: jax.random.gamma(jax.random.key(0), x + 1.5),
    ],
)
def test_operations_whose_derivative_jax_has_not_are_refused(function):
    """Of a random gamma number it has that of the law, not of the numbers drawn."""
    with jax.enable_x64(True), pytest.raises(CellError, match=r"test_differences\.py"):
        with_difference(function)((jnp.asarray(0.25),), (jnp.asarray(1e-10),))


@pytest.mark.slow
def test_angles_at_the_origin_and_across_the_cut():
    numbers = [0.0, -0.0, 1.0, -1.0, 0.2]
    y, x, dy, dx = (a.ravel() for a in np.meshgrid(numbers, numbers, numbers, numbers))
    with jax.enable_x64(True):
        point, step = (
            (jnp.asarray(y), jnp.asarray(x)),
            (jnp.asarray(dy), jnp.asarray(dx)),
        )
        value, change = with_difference(jnp.arctan2)(point, step)
    assert np.asarray(value + change) == pytest.approx(np.arctan2(y + dy, x + dx))


FIELDS = [-1e5, -400.0, -229.0, -116.0, -3.0, 0.0, 0.4, 114.0, 116.0, 231.0, 800.0]


@pytest.mark.slow
@pytest.mark.parametrize("function", [jnp.tanh, jax.nn.sigmoid])
def test_far_jumps_end_where_plain_simulation_ends(function):
    """A unit that one word drives to one side, and the other to the other."""
    first, second = (grid.ravel() for grid in np.meshgrid(FIELDS, FIELDS))
    with jax.enable_x64(True):
        x, y = jnp.asarray(first), jnp.asarray(second)
        value, change = with_difference(function)((x,), (y - x,))
        tiny = with_difference(function)((x,), (jnp.full_like(x, 1e-30),))[1]
        here, there = np.asarray(function(x)), np.asarray(function(x + (y - x)))
    assert np.asarray(value) == pytest.approx(here, abs=1e-14)
    assert np.asarray(value + change) == pytest.approx(there, abs=1e-14)
    assert (np.asarray(tiny) >= 0).all()
    assert (np.asarray(tiny) <= 1e-30).all()


def nearly_cancelled(x):
    """A sum that is exactly zero where x = .1, and is rounded elsewhere."""
    return jax.nn.relu((x * 3 + 0.7) - (0.1 * 3 + 0.7))


@pytest.mark.slow
@pytest.mark.parametrize(
    "function",
    [
        lambda x: jnp.sqrt(nearly_cancelled(x)),
        lambda x: jnp.cbrt(nearly_cancelled(x)),
        lambda x: jnp.arcsin(1 - nearly_cancelled(x)),
        lambda x: jnp.arccos(1 - nearly_cancelled(x)),
        lambda x: jnp.sqrt(jax.lax.complex(nearly_cancelled(x), 0 * x)),
        lambda x: jnp.log(jax.lax.complex(x - 1, nearly_cancelled(x))),
        lambda x: jnp.arctan2(nearly_cancelled(x), nearly_cancelled(x)),
    ],
)
def test_roots_of_what_is_zero_at_the_second_point(function):
    """x + d misses zero by rounding, and its root by the root of that."""
    first = np.random.default_rng(0).uniform(0.1, 0.6, size=200)
    with jax.enable_x64(True):
        x = jnp.asarray(first)
        value, change = with_difference(function)((x,), (0.1 - x,))
        there = np.asarray(function(x + (0.1 - x)))
    assert np.abs(np.asarray(value + change) - there).max() < 1e-12


@pytest.mark.slow
@pytest.mark.parametrize(
    "function", [jax.scipy.special.erf, lambda x: x**3, jnp.arctan]
)
def test_functions_without_an_identity_go_by_the_derivative(function):
    x = np.array([-1.2, 0.4, 2.0])
    with jax.enable_x64(True):
        slope = np.asarray(jax.vmap(jax.grad(function))(jnp.asarray(x)))
        for d in (1e-40, 1e-12, 1e-6, 0.1):
            change = np.asarray(
                with_difference(function)((jnp.asarray(x),), (jnp.full(3, d),))[1]
            )
            exact = (
                np.asarray(function(jnp.asarray(x) + d) - function(jnp.asarray(x)))
                if d > 1e-4
                else slope * d
            )
            assert change == pytest.approx(exact, rel=2e-7 if d != 1e-6 else 1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(
    "function",
    [
        jax.nn.relu,
        jnp.abs,
        lambda x: jnp.where(x > 0.5, x, 2 * x),
        lambda x: jnp.minimum(x, 0.3),
    ],
)
def test_corners_choose_their_side(function):
    x, d = (
        np.array([-1.0, -0.2, 0.2, 0.9, 0.45]),
        np.array([1e-30, 0.5, -1.0, 1e-30, 0.1]),
    )
    with jax.enable_x64(True):
        value, change = with_difference(function)((jnp.asarray(x),), (jnp.asarray(d),))
        direct = np.asarray(function(jnp.asarray(x + d)) - function(jnp.asarray(x)))
        assert np.asarray(value) == pytest.approx(np.asarray(function(jnp.asarray(x))))
        assert np.asarray(change)[[1, 2, 4]] == pytest.approx(
            direct[[1, 2, 4]], abs=1e-15
        )
        small = np.asarray(change)[[0, 3]] / 1e-30
        assert set(np.abs(small).round(12)) <= {0.0, 1.0, 2.0}


def one_of_everything(matrix, x):
    """A step that uses most of what a cell may."""
    a = matrix @ x
    left, right = jnp.split(a, [2])
    mixed = jnp.concatenate([left[::-1], right])
    normed = (mixed - mixed.mean()) * jax.lax.rsqrt(jnp.var(mixed) + 1e-5)
    weights = jax.nn.softmax(normed)
    gate = jax.nn.sigmoid(x @ matrix)
    return (
        jnp.where(weights > 0.2, jax.nn.gelu(normed), jax.nn.silu(gate))
        + jnp.max(x)
        + jnp.cumsum(x)
        + jnp.outer(x, x)[1]
    )


@pytest.mark.slow
def test_a_step_of_everything_in_blocks_and_with_differences():
    random = np.random.default_rng(0)
    with jax.enable_x64(True):
        matrices, x, d = (
            jnp.asarray(random.standard_normal(shape))
            for shape in ((4, 4, 6), (4, 6), (4, 6))
        )
        always = jnp.array(True)
        mapped = jax.jit(jax.vmap(one_of_everything, in_axes=-1, out_axes=-1))
        assert np.allclose(
            jax.jit(blockwise(one_of_everything, always))(matrices, x),
            mapped(matrices, x),
            rtol=1e-14,
            atol=1e-14,
        )

        def both(matrix, x, d):
            return with_difference(lambda x: one_of_everything(matrix, x))((x,), (d,))

        value, change = jax.jit(blockwise(both, always))(matrices, x, d)
        assert np.allclose(value, mapped(matrices, x), rtol=1e-14, atol=1e-14)
        assert np.allclose(
            change, mapped(matrices, x + d) - mapped(matrices, x), atol=1e-13
        )
        tiny = jax.jit(blockwise(both, always))(matrices, x, d * 1e-100)[1]
        slope = jax.jit(
            jax.vmap(
                lambda m, x, d: jax.jvp(lambda x: one_of_everything(m, x), (x,), (d,))[
                    1
                ],
                in_axes=-1,
                out_axes=-1,
            )
        )
        assert np.allclose(np.asarray(tiny) * 1e100, slope(matrices, x, d), rtol=1e-9)


def with_many(x, y, z):
    """Products of both kinds and orders, turned over and used further."""
    return x @ y, y @ x, z @ x, outer(y, z), outer(y, z).T + x, outer(z, y).T


def outer(u, v):
    return jax.lax.dot_general(
        u, v, (((), ()), ((), ()))
    )  # as the derivative of a product makes it


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size_and_keeps", "shared"),
    diagonal([(3, True), (7, False), (7, True), (40, True)], [(), (0,), (1,), (0, 2)]),
)
def test_products_of_a_block_are_those_of_each_draw(size_and_keeps, shared):
    size, keeps_products = size_and_keeps
    generator = np.random.default_rng(size)
    shapes, number = [(size, size), (size,), (size,)], 5
    with jax.enable_x64(True):
        given = [
            jnp.asarray(generator.normal(size=s if i in shared else (*s, number)))
            for i, s in enumerate(shapes)
        ]
        wanted = jax.vmap(
            with_many,
            in_axes=[None if i in shared else -1 for i in range(3)],
            out_axes=-1,
        )(*given)
        options = {"shared": shared, "keeps_products": keeps_products}
        got = jax.jit(lambda always, *a: blockwise(with_many, always, **options)(*a))(
            jnp.array(True), *given
        )
        factored = blockwise(with_many, jnp.array(True), factored=True, **options)(
            *given
        )
    for a, b, c in zip(got, wanted, factored, strict=True):
        assert np.allclose(a, b, rtol=1e-13, atol=1e-13)
        assert np.allclose(
            c.multiplied() if isinstance(c, Outer) else c, b, rtol=1e-13, atol=1e-13
        )
    assert [isinstance(c, Outer) for c in factored] == [
        False,
        False,
        False,
        True,
        False,
        1 not in shared,
    ]


def test_all_may_share_everything():
    with jax.enable_x64(True):
        got = blockwise(jnp.sin, jnp.array(True), shared=(0,), number=3)(jnp.ones(2))
        assert np.array_equal(got, np.full((2, 3), jnp.sin(1.0)))


@pytest.mark.slow
def test_elementary_functions_to_two_units_in_the_last_place():
    x = np.concatenate(
        [np.linspace(-229, 229, 4001), [1e-300, -1e-18, 1e-8, 0.34657, -0.34658, 0.0]]
    )
    with jax.enable_x64(True):
        plain, (power, rest) = (
            np.asarray(exp(jnp.asarray(x))),
            map(np.asarray, exp_in_parts(jnp.asarray(x))),
        )
    less_one = power * rest + (power - 1)
    for got, exact in ((plain, mpmath.exp), (less_one, mpmath.expm1)):
        wanted = [exact(mpmath.mpf(at)) for at in x]
        apart = [
            float(abs(g - w) / abs(w)) if w else float(abs(g))
            for g, w in zip(got, wanted, strict=True)
        ]
        assert max(apart) < 3e-16 * 2
