"""What one step of a cell costs: numbers, multiplications, functions, nanoseconds."""

from collections.abc import Callable, Mapping, Sequence
from math import prod
from time import perf_counter
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from firstbit.cells.check.counting import elementary_functions, multiplications
from firstbit.cells.check.stepping import Leaves, Stepping
from firstbit.cells.given import Given
from firstbit.datasets import Variable
from firstbit.programs.in_turn import in_turn
from firstbit.weights.numbers import is_inexact, num_parts

NUM_NETS, NUM_STEPS, NUM_ROUNDS = 256, 50, 5
"""Nets that step side by side, steps of a round, and rounds; the fastest counts."""

STEPS_ALONE = 2000
"""Steps of a round of one net."""


class Counts(NamedTuple):
    """What a step takes, counted.

    Attributes:
        num_parameters: numbers in the cell's arrays; a complex one counts as two.
        num_state_numbers: in its state; a complex one counts as two.
        multiplications: in a step; a division counts as one, and so does a product of
            complex numbers.
        elementary_functions: in a step, such as tanh.
    """

    num_parameters: int
    num_state_numbers: int
    multiplications: int
    elementary_functions: int


class Times(NamedTuple):
    """How long a step takes here, in ns.

    Attributes:
        step_time: of one net, where many step side by side.
        step_time_alone: of one net alone.
        step_time_batch: of one word, where one net reads many.
    """

    step_time: float
    step_time_alone: float
    step_time_batch: float


ABOUT: Mapping[str, tuple[str, str]] = {
    "num_parameters": ("numbers in its arrays", "1"),
    "num_state_numbers": ("numbers in its state", "1"),
    "multiplications": ("products in a step", "1"),
    "elementary_functions": ("values of functions in a step", "1"),
    "step_time": (
        f"time of a step of one net, where {NUM_NETS} step side by side",
        "ns",
    ),
    "step_time_alone": ("time of a step of one net", "ns"),
    "step_time_batch": (
        f"time of a step of one word, where one net reads {NUM_NETS}",
        "ns",
    ),
}
"""Variable -> long name and units."""


def counts_of(given: Given, input_size: int, hidden_size: int) -> Counts:
    """Count what a step takes, on its program in float64; nothing is computed.

    Args:
        given: the cell.
        input_size: numbers in an input.
        hidden_size: k.
    """

    def step(cell: Callable[..., object], input: object, state: object) -> object:
        return cell(input, state)

    with jax.enable_x64(True):
        shell = given.shell(input_size, hidden_size)
        state = eqx.filter_eval_shape(given.initial, shell)
        input = jax.ShapeDtypeStruct((input_size,), float)
        program, _, _ = eqx.filter_make_jaxpr(step)(shell, input, state)
    return Counts(
        num_parameters=_numbers(eqx.filter(shell, is_inexact)),
        num_state_numbers=_numbers(state),
        multiplications=multiplications(program),
        elementary_functions=elementary_functions(program),
    )


def _numbers(tree: object) -> int:
    """Return how many numbers arrays have, or their shapes; a complex one is two."""
    number = 0
    for leaf in jax.tree.leaves(tree):
        number += num_parts(leaf) * prod(leaf.shape)
    return number


def times_of(cell: Stepping) -> Times:
    """Measure how long a step takes, in float64."""
    return Times(
        step_time=_nanoseconds(cell, Side(NUM_NETS, NUM_NETS)),
        step_time_alone=_nanoseconds(cell, Side(1, 1)),
        step_time_batch=_nanoseconds(cell, Side(1, NUM_NETS)),
    )


def of_costs(costs: Sequence[Counts] | Sequence[Times], along: str) -> list[Variable]:
    """Return what steps cost, as variables along one dimension."""
    found = []
    columns = zip(*costs, strict=True)
    for name, values in zip(costs[0]._fields, columns, strict=True):
        found.append(Variable(name, [along], list(values), *ABOUT[name]))
    return found


class Side(NamedTuple):
    """What steps side by side.

    Attributes:
        num_nets: nets with arrays of their own, 1 where all words are read by one.
        num_words: words that are read, at least as many.
    """

    num_nets: int
    num_words: int

    @property
    def num_steps(self) -> int:
        """Steps of a round: all rounds take about as long."""
        return NUM_STEPS if self.num_words > 1 else STEPS_ALONE


def _nanoseconds(cell: Stepping, side: Side) -> float:
    """Measure a step of one word."""

    def many(leaf: Any, number: int) -> Array:
        return jnp.broadcast_to(leaf, (number, *np.shape(leaf)))

    is_one = side.num_nets == 1
    arrays = list(map(jnp.asarray, cell.arrays))
    if not is_one:
        arrays = [many(array, side.num_nets) for array in arrays]
    state = [many(leaf, side.num_words) for leaf in cell.start]
    input = jnp.zeros(cell.sizes[0])

    @jax.jit
    @in_turn
    def run(arrays: list[Array], input: Array, state: Leaves) -> Leaves:
        axes = (None if is_one else 0, None, 0)
        step = jax.vmap(cell.step, in_axes=axes)

        def body(_: Array, state: Leaves) -> Leaves:
            return step(arrays, input, state)

        return jax.lax.fori_loop(0, side.num_steps, body, state)

    jax.block_until_ready(run(arrays, input, state))
    seconds = []
    for _ in range(NUM_ROUNDS):
        start = perf_counter()
        jax.block_until_ready(run(arrays, input, state))
        seconds.append(perf_counter() - start)
    return min(seconds) / (side.num_steps * side.num_words) * 1e9
