"""What one step of a cell costs: numbers, multiplications, nanoseconds."""

from collections.abc import Callable, Iterator, Mapping
from math import prod
from time import perf_counter
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import ClosedJaxpr, Jaxpr, JaxprEqn
from jaxtyping import Array

from firstbit.cells.check.stepping import Leaves, Stepping
from firstbit.programs.in_turn import in_turn
from firstbit.programs.traced import shape_of

NUM_NETS, NUM_STEPS, NUM_ROUNDS = 256, 50, 5
"""Nets that step side by side, steps of a round, and rounds; the fastest counts."""


class Cost(NamedTuple):
    """What a step costs.

    Attributes:
        parameters: numbers in the cell's arrays.
        numbers: in its state.
        multiplications: in a step; a division counts as one.
        nanoseconds: of a step of one net, where many step side by side.
    """

    parameters: int
    numbers: int
    multiplications: int
    nanoseconds: float


def cost_of(cell: Stepping) -> Cost:
    """Count and measure the cost of a step, in float64."""
    input = np.zeros(cell.sizes[0])
    program = jax.make_jaxpr(cell.step)(cell.arrays, input, cell.start)
    return Cost(
        parameters=sum(array.size for array in cell.arrays),
        numbers=sum(int(np.size(leaf)) for leaf in cell.start),
        multiplications=multiplications(program),
        nanoseconds=_nanoseconds(cell),
    )


def multiplications(program: ClosedJaxpr | Jaxpr) -> int:
    """Count the multiplications of a traced program; of branches, those of the longest.

    A division counts as one, x^n as n - 1. Functions such as tanh count nothing. The
    body of a loop whose length isn't known counts once.

    Example:
        >>> import jax.numpy as jnp
        >>> W, h = jnp.ones((3, 2)), jnp.ones(2)
        >>> multiplications(jax.make_jaxpr(lambda W, h: 2 * (W @ h))(W, h))
        9
    """
    total = 0
    for equation in program.eqns:
        rule = _RULES.get(equation.primitive.name, _inside)
        total += rule(equation)
    return total


def _entries(equation: JaxprEqn) -> int:
    return prod(shape_of(equation.outvars[0]))


def _power(equation: JaxprEqn) -> int:
    exponent = abs(equation.params["y"])
    return max(exponent - 1, 0) * _entries(equation)


def _product(equation: JaxprEqn) -> int:
    (summed, _), _ = equation.params["dimension_numbers"]
    shape = shape_of(equation.invars[0])
    return _entries(equation) * prod(shape[axis] for axis in summed)


def _loop(equation: JaxprEqn) -> int:
    return equation.params["length"] * _inside(equation)


def _longest(equation: JaxprEqn) -> int:
    return max(map(multiplications, equation.params["branches"]))


def _inside(equation: JaxprEqn) -> int:
    """Count those of the programs that an operation runs, each once."""
    return sum(map(multiplications, _inner(equation)))


def _inner(equation: JaxprEqn) -> Iterator[ClosedJaxpr | Jaxpr]:
    """Yield the programs that an operation runs, without those of its derivative."""
    for parameter in jax.tree.leaves(equation.params):
        if isinstance(parameter, ClosedJaxpr | Jaxpr):
            yield parameter


_RULES: Mapping[str, Callable[[JaxprEqn], int]] = {
    "mul": _entries,
    "div": _entries,
    "square": _entries,
    "integer_pow": _power,
    "dot_general": _product,
    "scan": _loop,
    "cond": _longest,
}
"""Operation -> its multiplications; all others have those inside them."""


def _nanoseconds(cell: Stepping) -> float:
    """Measure a step of one net, where many with the same arrays step side by side."""

    def many(leaf: Any) -> Array:
        return jnp.broadcast_to(leaf, (NUM_NETS, *np.shape(leaf)))

    arrays = list(map(many, cell.arrays))
    state = list(map(many, cell.start))
    input = jnp.zeros(cell.sizes[0])

    @jax.jit
    @in_turn
    def run(arrays: list[Array], input: Array, state: Leaves) -> Leaves:
        step = jax.vmap(cell.step, in_axes=(0, None, 0))

        def body(_: Array, state: Leaves) -> Leaves:
            return step(arrays, input, state)

        return jax.lax.fori_loop(0, NUM_STEPS, body, state)

    jax.block_until_ready(run(arrays, input, state))
    seconds = []
    for _ in range(NUM_ROUNDS):
        start = perf_counter()
        jax.block_until_ready(run(arrays, input, state))
        seconds.append(perf_counter() - start)
    return min(seconds) / (NUM_STEPS * NUM_NETS) * 1e9
