"""Leaves of a state that hold no memory: a copy of the last input, and a clock."""

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

from jax.extend.core import ClosedJaxpr, JaxprEqn
from jax.typing import ArrayLike

from firstbit.programs.traced import inner_jaxpr, interpret, shape_of

INPUT_NUMBER = 0
"""The input is the first thing that moves; the leaves of the state follow."""

_ARRANGING = """
reshape squeeze expand_dims broadcast_in_dim transpose rev copy copy_p
convert_element_type reduce_precision stop_gradient optimization_barrier
"""

ARRANGING = frozenset(_ARRANGING.split())
"""Operations that keep every number, where the result has as many."""


class Origin(NamedTuple):
    """Where a value of a program comes from.

    Attributes:
        moves: numbers of what it depends on: the input, then the leaves of the state.
        copy: number of what it is a copy of; None of a value that is computed.
    """

    moves: frozenset[int] = frozenset()
    copy: int | None = None


class Auxiliary(NamedTuple):
    """Places of the leaves of a state that hold no memory.

    Attributes:
        copies: equal to the last input.
        clocks: reached by no input: they run alike in all words.
    """

    copies: frozenset[int]
    clocks: frozenset[int]


def auxiliary(step: ClosedJaxpr, num_arrays: int) -> Auxiliary:
    """Find the leaves that hold no memory in the program of a step.

    Where no input reaches any leaf, none is called a clock: the cell ignores its input.

    Args:
        step: of arrays, an input, and the leaves of a state; it returns the leaves.
        num_arrays: number of the arrays.
    """
    num_moving = len(step.jaxpr.invars) - num_arrays
    inputs = [Origin()] * num_arrays
    for number in range(num_moving):
        inputs.append(Origin(frozenset({number}), number))
    results = _origins(step, inputs)
    copies = set()
    for place, result in enumerate(results):
        if result.copy == INPUT_NUMBER:
            copies.add(place)
    reached = _reached([result.moves for result in results])
    clocks = set(range(len(results))) - reached if reached else set()
    return Auxiliary(frozenset(copies), frozenset(clocks))


def _reached(moves: Sequence[frozenset[int]]) -> set[int]:
    """Return the leaves that depend on the input, at once or through others."""
    reached: set[int] = set()
    while True:
        sources = {INPUT_NUMBER, *(1 + place for place in reached)}
        more = {place for place, of_leaf in enumerate(moves) if of_leaf & sources}
        if more == reached:
            return reached
        reached = more


def _origins(program: ClosedJaxpr, inputs: Sequence[Origin]) -> list[Origin]:
    return interpret(program, inputs, constant=_constant, apply=_apply)


def _constant(_: ArrayLike) -> Origin:
    return Origin()


def _apply(equation: JaxprEqn, operands: list[Origin]) -> list[Origin]:
    """Return where the results of an operation come from."""
    group = inner_jaxpr(equation)
    if group is not None:
        return _origins(group, operands)
    of_operands = [one.moves for one in operands]
    moves: frozenset[int] = frozenset().union(*of_operands)
    found = Origin(moves)
    if equation.primitive.name in ARRANGING and len(operands) == 1:
        before = prod(shape_of(equation.invars[0]))
        if prod(shape_of(equation.outvars[0])) == before:
            found = operands[0]
    return [found] * len(equation.outvars)
