"""What one step of a cell costs: numbers, multiplications, functions, nanoseconds."""

from time import perf_counter
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from firstbit.cells.check.counting import elementary_functions, multiplications
from firstbit.cells.check.stepping import Leaves, Stepping
from firstbit.datasets import Variable
from firstbit.programs.in_turn import in_turn

NUM_NETS, NUM_STEPS, NUM_ROUNDS = 256, 50, 5
"""Nets that step side by side, steps of a round, and rounds; the fastest counts."""

STEPS_ALONE = 2000
"""Steps of a round of one net."""


class Cost(NamedTuple):
    """What a step costs.

    Attributes:
        parameters: numbers in the cell's arrays.
        numbers: in its state.
        multiplications: in a step; a division counts as one.
        functions: elementary functions in a step, such as tanh.
        nanoseconds: of a step of one net, where many step side by side.
        nanoseconds_alone: of a step of one net alone.
        nanoseconds_batch: of a step of one word, where one net reads many.
    """

    parameters: int
    numbers: int
    multiplications: int
    functions: int
    nanoseconds: float
    nanoseconds_alone: float
    nanoseconds_batch: float


def cost_of(cell: Stepping) -> Cost:
    """Count and measure the cost of a step, in float64."""
    input = np.zeros(cell.sizes[0])
    program = jax.make_jaxpr(cell.step)(cell.arrays, input, cell.start)
    return Cost(
        parameters=sum(array.size for array in cell.arrays),
        numbers=sum(int(np.size(leaf)) for leaf in cell.start),
        multiplications=multiplications(program),
        functions=elementary_functions(program),
        nanoseconds=_nanoseconds(cell, Side(NUM_NETS, NUM_NETS)),
        nanoseconds_alone=_nanoseconds(cell, Side(1, 1)),
        nanoseconds_batch=_nanoseconds(cell, Side(1, NUM_NETS)),
    )


def of_costs(costs: list[Cost], along: str) -> list[Variable]:
    """Return what steps cost, as variables along one dimension."""

    def one(name: str, of: str, text: str, unit: str = "1") -> Variable:
        values = [getattr(cost, of) for cost in costs]
        return Variable(name, [along], values, text, unit)

    of_nets = f"time of a step of one net, where {NUM_NETS} step side by side"
    of_words = f"time of a step of one word, where one net reads {NUM_NETS}"
    return [
        one("num_parameters", "parameters", "numbers in its arrays"),
        one("num_state_numbers", "numbers", "numbers in its state"),
        one("multiplications", "multiplications", "products in a step"),
        one("elementary_functions", "functions", "values of functions in a step"),
        one("step_time", "nanoseconds", of_nets, "ns"),
        one("step_time_alone", "nanoseconds_alone", "time of a step of one net", "ns"),
        one("step_time_batch", "nanoseconds_batch", of_words, "ns"),
    ]


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
