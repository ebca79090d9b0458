r"""How far apart a function is at two points, without subtracting: from x and d to f(x) and f(x + d) - f(x).

Two states that approach each other agree in ever more digits, and below 1e-16 their
difference is rounding. Here the difference is propagated itself, by the identity of
each operation, so it keeps its own digits down to 1e-300:

$$ xy: x d_y + d_x (y + d_y), \qquad e^x: e^x (e^{d} - 1), \qquad \sigma(x): \sigma(x + d) \, \sigma(-x) \, (1 - e^{-d}) $$

A function is read as the list of operations that JAX traces. Operations without an
identity here go two ways at once: the values are subtracted, and the derivative is
taken; the second counts where d is below 1e-8. Their relative error is about 1e-8.
"""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax.extend.core import ClosedJaxpr, JaxprEqn, Literal

from firstbit.programs.exponential import exp, exp_in_parts
from firstbit.programs.traced import (
    ELEMENTWISE,
    LINEAR,
    Product,
    inner_jaxpr,
    product_of,
)

Difference = Any
"""An array; None where the two points agree. Of truth values and whole numbers, the
value at the second point."""

SMALL = 1e-8
"""Below this the derivative is nearer to the difference than the subtraction is."""


def with_difference(function: Callable[..., Any]) -> Callable[..., tuple[Any, Any]]:
    """From f to a function of (x, d) that returns f(x) and f(x + d) - f(x).

    Args:
        function: of arrays, or of pytrees of arrays, that JAX can trace; of float64
            arrays for the promised digits.

    Returns:
        A function of two tuples: the arguments at the first point, and the differences,
        of the same structure.

    Example:
        >>> with jax.enable_x64(True):
        ...     value, difference = with_difference(jax.nn.sigmoid)((jnp.array(0.0),), (jnp.array(1e-40),))
        >>> float(value), float(difference)
        (0.5, 2.5e-41)
    """

    def differences(arguments: tuple, changes: tuple) -> tuple[Any, Any]:
        traced, shapes = jax.make_jaxpr(function, return_shape=True)(*arguments)
        values, changes_out = _run(
            traced, jax.tree.leaves(arguments), jax.tree.leaves(changes)
        )
        filled = [
            jnp.zeros_like(v) if d is None else d
            for v, d in zip(values, changes_out, strict=True)
        ]
        structure = jax.tree.structure(shapes)
        return structure.unflatten(values), structure.unflatten(filled)

    return differences


def _run(
    closed: ClosedJaxpr, values: Sequence, changes: Sequence[Difference]
) -> tuple[list, list[Difference]]:
    known: dict[Any, tuple[Any, Difference]] = dict(
        zip(closed.jaxpr.constvars, ((c, None) for c in closed.consts), strict=True)
    )
    known |= dict(
        zip(closed.jaxpr.invars, zip(values, changes, strict=True), strict=True)
    )

    def read(atom: Any) -> tuple[Any, Difference]:
        return (atom.val, None) if isinstance(atom, Literal) else known[atom]

    for equation in closed.jaxpr.eqns:
        inputs = [read(atom) for atom in equation.invars]
        outputs = _apply(equation, [v for v, _ in inputs], [d for _, d in inputs])
        known |= dict(zip(equation.outvars, zip(*outputs, strict=True), strict=True))
    results = [read(atom) for atom in closed.jaxpr.outvars]
    return [v for v, _ in results], [d for _, d in results]


def _apply(
    equation: JaxprEqn, values: list, changes: list[Difference]
) -> tuple[list, list[Difference]]:
    """One operation at the first point, and how far apart its results are."""
    name = equation.primitive.name
    if name == "integer_pow" and equation.params["y"] == 2:
        name = "square"
    if (
        product_of(equation) == Product(0, 1)
        and changes[0] is None
        and changes[1] is not None
    ):
        return _both_products(values[0], values[1], changes[1])
    inner = inner_jaxpr(equation)
    if inner is not None:
        return _run(inner, values, changes)

    def bind(*arguments: Any) -> list:
        out = equation.primitive.bind(*arguments, **equation.params)
        return out if equation.primitive.multiple_results else [out]

    if all(d is None for d in changes):
        out = bind(*values)
        return out, [None] * len(out)
    if name in _PAIRS:
        value, change = _PAIRS[name](values[0], changes[0])
        return [value], [change]
    out = bind(*values)
    if name in LINEAR:
        return out, bind(
            *[
                jnp.zeros_like(v) if d is None else d
                for v, d in zip(values, changes, strict=True)
            ]
        )
    if name in _RULES:
        return out, [_RULES[name](lambda *a: bind(*a)[0], values, changes)]
    return out, _either_way(bind, name in ELEMENTWISE, values, changes, out)


@jax.jit
def kept_products(matrix: Any, vector: Any, change: Any) -> tuple[Any, Any]:
    """A fixed matrix times a vector, and times its change."""
    return matrix @ vector, matrix @ change


def _both_products(
    matrix: Any, vector: Any, change: Any
) -> tuple[list, list[Difference]]:
    value, moved = kept_products(matrix, vector, change)
    return [value], [moved]


def _either_way(
    bind: Callable[..., list], elementwise: bool, values: list, changes: list, out: list
) -> list[Difference]:
    """Subtracted, or by the derivative where every difference that enters is small."""
    real = [jnp.issubdtype(jnp.result_type(v), jnp.floating) for v in values]
    second = [
        v if d is None else (v + d if r else d)
        for v, d, r in zip(values, changes, real, strict=True)
    ]
    moved = bind(*second)
    if not all(jnp.issubdtype(jnp.result_type(o), jnp.floating) for o in out):
        return [
            m - o if jnp.issubdtype(jnp.result_type(o), jnp.floating) else m
            for m, o in zip(moved, out, strict=True)
        ]
    tracks = [
        i
        for i, (d, r) in enumerate(zip(changes, real, strict=True))
        if r and d is not None
    ]

    def of_tracks(*arguments: Any) -> list:
        return bind(
            *[
                arguments[tracks.index(i)] if i in tracks else v
                for i, v in enumerate(values)
            ]
        )

    if not tracks:
        return [m - o for m, o in zip(moved, out, strict=True)]
    _, slopes = jax.jvp(
        of_tracks, tuple(values[i] for i in tracks), tuple(changes[i] for i in tracks)
    )
    sizes = [
        jnp.abs(changes[i]) if elementwise else jnp.max(jnp.abs(changes[i]))
        for i in tracks
    ]
    largest = sizes[0]
    for size in sizes[1:]:
        largest = jnp.maximum(largest, size)
    return [
        jnp.where(largest < SMALL, s, m - o)
        for s, m, o in zip(slopes, moved, out, strict=True)
    ]


def _logistic(x: Any, d: Any) -> tuple[Any, Any]:
    return kept_logistic(*kept_exponentials(x, d))


@jax.jit
def kept_exponentials(x: Any, d: Any) -> tuple[Any, tuple[Any, Any]]:
    """exp(-x), and exp(-d) in parts: computed once, for the value and for the difference."""
    return exp(-x), exp_in_parts(-d)


@jax.jit
def kept_logistic(e: Any, parts: tuple[Any, Any]) -> tuple[Any, Any]:
    """The logistic function and its difference."""
    power, less_one = parts
    moved = 1 + e * (
        power + power * less_one
    )  # not 1 + e (1 + expm1): where d is large and e larger, the sum would lose f
    return 1 / (1 + e), -e * (power * less_one + (power - 1)) / ((1 + e) * moved)


def _tanh(x: Any, d: Any) -> tuple[Any, Any]:
    value, change = _logistic(2 * x, 2 * d)
    return 2 * value - 1, 2 * change


def _exp(x: Any, d: Any) -> tuple[Any, Any]:
    value = jnp.exp(x)
    return value, value * jnp.expm1(d)


def _square(x: Any, d: Any) -> tuple[Any, Any]:
    return x * x, d * (2 * x + d)


def _sqrt(x: Any, d: Any) -> tuple[Any, Any]:
    value = jnp.sqrt(x)
    return value, d / (value + jnp.sqrt(x + d))


def _rsqrt(x: Any, d: Any) -> tuple[Any, Any]:
    here, there = jnp.sqrt(x), jnp.sqrt(x + d)
    return 1 / here, -d / (here * there * (here + there))


_PAIRS: dict[str, Callable[[Any, Any], tuple[Any, Any]]] = {
    "logistic": _logistic,
    "tanh": _tanh,
    "exp": _exp,
    "square": _square,
    "sqrt": _sqrt,
    "rsqrt": _rsqrt,
    "log": lambda x, d: (jnp.log(x), jnp.log1p(d / x)),
    "log1p": lambda x, d: (jnp.log1p(x), jnp.log1p(d / (1 + x))),
    "expm1": lambda x, d: (jnp.expm1(x), jnp.exp(x) * jnp.expm1(d)),
    "sin": lambda x, d: (jnp.sin(x), 2 * jnp.cos(x + d / 2) * jnp.sin(d / 2)),
    "cos": lambda x, d: (jnp.cos(x), -2 * jnp.sin(x + d / 2) * jnp.sin(d / 2)),
    "abs": lambda x, d: (jnp.abs(x), _larger((x, -x), (d, -d))),
}
"""Functions of one argument: value and difference together."""


def _bilinear(bind: Callable, values: list, changes: list[Difference]) -> Difference:
    """F(a + da, b + db) - f(a, b) = f(a, db) + f(da, b + db) for a product f."""
    (a, b), (da, db) = values, changes
    if db is None:
        return bind(da, b)
    return bind(a, db) if da is None else bind(a, db) + bind(da, b + db)


def _divide(bind: Callable, values: list, changes: list[Difference]) -> Difference:
    (a, b), (da, db) = values, changes
    if db is None:
        return bind(da, b)
    return ((0 if da is None else da) - bind(a, b) * db) / (b + db)


def _larger(values: Sequence, changes: Sequence) -> Any:
    """The difference of the larger of two: that of the one chosen, and a jump where the choice differs."""
    (a, b), (da, db) = (
        values,
        [
            jnp.zeros_like(v) if d is None else d
            for v, d in zip(values, changes, strict=True)
        ],
    )
    here, there = a >= b, a + da >= b + db
    return jnp.where(there, da, db) + (jnp.where(there, a, b) - jnp.where(here, a, b))


def _chosen(bind: Callable, values: list, changes: list[Difference]) -> Difference:
    """`select_n`: the difference of the case chosen at the second point, and a jump where the choice differs."""
    which, *cases = values
    there = which if changes[0] is None else changes[0]
    moved = bind(
        there,
        *[
            jnp.zeros_like(c) if d is None else d
            for c, d in zip(cases, changes[1:], strict=True)
        ],
    )
    return (
        moved
        if changes[0] is None
        else moved + (bind(there, *cases) - bind(which, *cases))
    )


def _added(_: Callable, __: list, changes: list[Difference]) -> Difference:
    present = [d for d in changes if d is not None]
    return present[0] if len(present) == 1 else present[0] + present[1]


def _converted(bind: Callable, values: list, changes: list[Difference]) -> Difference:
    """Of a real number, converted like it; of a truth value or whole number, subtracted."""
    moved = bind(changes[0])
    return (
        moved
        if jnp.issubdtype(values[0].dtype, jnp.floating)
        else moved - bind(values[0])
    )


_RULES: dict[str, Callable[[Callable, list, list], Difference]] = {
    "add": _added,
    "add_any": _added,
    "convert_element_type": _converted,
    "mul": _bilinear,
    "dot_general": _bilinear,
    "div": _divide,
    "max": lambda _, values, changes: _larger(values, changes),
    "min": lambda _, values, changes: (
        -_larger([-v for v in values], [None if d is None else -d for d in changes])
    ),
    "select_n": _chosen,
}
