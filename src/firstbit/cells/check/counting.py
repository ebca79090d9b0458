"""Operations of a traced program, counted: multiplications and elementary functions."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from math import prod

import jax
from jax.extend.core import ClosedJaxpr, Jaxpr, JaxprEqn

from firstbit.programs.traced import shape_of

Program = ClosedJaxpr | Jaxpr
Rules = Mapping[str, Callable[[JaxprEqn], int]]
"""Operation -> how many of them it makes; all others have those inside them."""


def multiplications(program: Program) -> int:
    """Count the multiplications of a traced program; of branches, those of the longest.

    A division counts as one, x^n as n - 1. Functions such as tanh count nothing. The
    body of a loop whose length isn't known counts once.

    Example:
        >>> import jax.numpy as jnp
        >>> W, h = jnp.ones((3, 2)), jnp.ones(2)
        >>> multiplications(jax.make_jaxpr(lambda W, h: 2 * (W @ h))(W, h))
        9
    """
    return _count(program, _MULTIPLICATIONS)


def elementary_functions(program: Program) -> int:
    """Count how often a traced program computes a function such as tanh or a root.

    Of branches those of the longest count, as with `multiplications`.

    Example:
        >>> import jax.numpy as jnp
        >>> elementary_functions(jax.make_jaxpr(jnp.tanh)(jnp.ones(3)))
        3
    """
    return _count(program, _FUNCTIONS)


def _count(program: Program, rules: Rules) -> int:
    total = 0
    for equation in program.eqns:
        total += _of_one(equation, rules)
    return total


def _of_one(equation: JaxprEqn, rules: Rules) -> int:
    """Count the operations of one equation, and of the programs that it runs."""
    name = equation.primitive.name
    if name in rules:
        return rules[name](equation)
    count = partial(_count, rules=rules)
    if name == "cond":
        return max(map(count, equation.params["branches"]))
    inside = sum(map(count, _inner(equation)))
    return inside * equation.params["length"] if name == "scan" else inside


def _inner(equation: JaxprEqn) -> Iterator[Program]:
    """Yield the programs that an operation runs, without those of its derivative."""
    for parameter in jax.tree.leaves(equation.params):
        if isinstance(parameter, ClosedJaxpr | Jaxpr):
            yield parameter


def _entries(equation: JaxprEqn) -> int:
    return prod(shape_of(equation.outvars[0]))


def _power(equation: JaxprEqn) -> int:
    exponent = abs(equation.params["y"])
    return max(exponent - 1, 0) * _entries(equation)


def _product(equation: JaxprEqn) -> int:
    (summed, _), _ = equation.params["dimension_numbers"]
    shape = shape_of(equation.invars[0])
    return _entries(equation) * prod(shape[axis] for axis in summed)


_MULTIPLICATIONS: Rules = {
    "mul": _entries,
    "div": _entries,
    "square": _entries,
    "integer_pow": _power,
    "dot_general": _product,
}

_ELEMENTARY = """
exp exp2 log log2 log1p expm1 tanh logistic sin cos tan asin acos atan atan2
sinh cosh asinh acosh atanh sqrt rsqrt cbrt pow erf erfc erf_inv
lgamma digamma polygamma igamma igammac regularized_incomplete_beta
bessel_i0e bessel_i1e
"""

_FUNCTIONS: Rules = dict.fromkeys(_ELEMENTARY.split(), _entries)
