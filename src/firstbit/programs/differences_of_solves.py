"""Differences of the solutions of linear equations: A' dx = db - dA x."""

import jax.numpy as jnp
from jax.extend.core import JaxprEqn
from jaxtyping import Array

from firstbit.programs.differences_of_loops import Run
from firstbit.programs.moving import Moving, fixed, paired
from firstbit.programs.rules import at_first_point, linear
from firstbit.programs.traced import results_of


def triangular(equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """Solve A x = b, or x A = b, of a triangular matrix."""
    matrix, right = inputs
    if not matrix.moves:
        return linear(equation, inputs)
    (solution,) = at_first_point(equation, inputs)
    moved = _as_multiplied(equation, matrix.difference())
    if equation.params["left_side"]:
        product = jnp.matmul(moved, solution)
    else:
        product = jnp.matmul(solution, moved)
    rest = right.difference() - product
    (change,) = results_of(equation, [matrix.arrived(), rest])
    return paired([solution], [change])


def _as_multiplied(equation: JaxprEqn, matrix: Array) -> Array:
    """Return the part of a matrix that the operation multiplies by."""
    params = equation.params
    shift = 1 if params["unit_diagonal"] else 0
    lower = jnp.tril(matrix, -shift)
    part = lower if params["lower"] else jnp.triu(matrix, shift)
    if params["transpose_a"]:
        part = jnp.swapaxes(part, -1, -2)
    return jnp.conj(part) if params["conjugate_a"] else part


def custom(run: Run, equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """Solve A x = b by the solver that the operation brings along."""
    lengths = equation.params["const_lengths"]
    num_consts = sum(lengths)
    consts = inputs[:num_consts]
    right = inputs[num_consts:]
    of_matrix = inputs[: lengths.matvec]
    values = at_first_point(equation, inputs)
    solution = [fixed(value) for value in values]
    products = run(equation.params["jaxprs"].matvec, [*of_matrix, *solution])
    rest = []
    for x, product in zip(right, products, strict=True):
        rest.append(x.difference() - product.difference())
    seconds = [x.second() for x in consts]
    changes = results_of(equation, [*seconds, *rest])
    return paired(values, changes)
