"""Branches and loops at two points, whose choices and numbers of turns may differ."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax.extend.core import ClosedJaxpr, JaxprEqn, jaxpr_as_fun
from jaxtyping import Array

from firstbit.programs.moving import (
    Moving,
    Packed,
    discrete,
    explicit,
    fixed,
    packed,
    settled,
    unpacked,
)
from firstbit.programs.rules import at_second_point, where_alike
from firstbit.programs.traced import along

Run = Callable[[ClosedJaxpr, Sequence[Moving]], list[Moving]]
"""Runs a program at two points."""


def branch(run: Run, equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """Run the branch of the first point; subtract where the second takes another."""
    index, *operands = inputs
    branches = []
    for program in equation.params["branches"]:
        branches.append(_as_branch(run, program))
    entering = [packed(operand) for operand in operands]
    leaving = jax.lax.switch(index.value, branches, entering)
    alike = [unpacked(result) for result in leaving]
    if not index.moves:
        return alike
    there = at_second_point(equation, inputs)
    agree = jnp.equal(index.value, index.second())
    return where_alike(agree, alike, there)


def _as_branch(run: Run, program: ClosedJaxpr) -> Callable[..., list[Packed]]:
    def of_arrays(entering: list[Packed]) -> list[Packed]:
        results = run(program, [unpacked(arrays) for arrays in entering])
        return [packed(explicit(result)) for result in results]

    return of_arrays


def scan(run: Run, equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """Run each turn at both points."""
    params = equation.params
    program = params["jaxpr"]
    first, num_carried = along(equation)
    last = first + num_carried
    known = [settled(x) for x in inputs]
    consts = known[:first]
    carry = known[first:last]
    rows = known[last:]
    one_row = [_first_row(row) for row in rows]

    def after(carry: list[Moving]) -> list[Moving]:
        return run(program, [*consts, *carry, *one_row])

    carry = _that_move(after, carry)

    def turn(state: list[Packed], row: list[Packed]) -> tuple[list, list]:
        entering = [unpacked(arrays) for arrays in [*state, *row]]
        results = run(program, [*consts, *entering])
        num_carry = len(carry)
        new = _like(carry, results[:num_carry])
        return new, [packed(result) for result in results[num_carry:]]

    state, results = jax.lax.scan(
        turn,
        [packed(entry) for entry in carry],
        [packed(row) for row in rows],
        length=params["length"],
        reverse=params["reverse"],
        unroll=params["unroll"],
    )
    return [unpacked(arrays) for arrays in [*state, *results]]


def repeat(run: Run, equation: JaxprEqn, inputs: list[Moving]) -> list[Moving]:
    """Turn while one of the points does; the other stays where it stopped."""
    params = equation.params
    first = params["cond_nconsts"]
    last = first + params["body_nconsts"]
    known = [settled(x) for x in inputs]
    asked = known[:first]
    consts = known[first:last]
    carry = known[last:]
    body = params["body_jaxpr"]

    def goes(carry: list[Moving]) -> list[Moving]:
        return run(params["cond_jaxpr"], [*asked, *carry])

    def after(carry: list[Moving]) -> list[Moving]:
        return run(body, [*consts, *carry])

    carry = _that_move(after, carry)
    (answer,) = _abstract(goes, carry)
    if answer.moves:
        carry = [explicit(entry) for entry in carry]

    def either_goes(arrays: list[Packed]) -> Array:
        (answer,) = goes([unpacked(x) for x in arrays])
        return jnp.logical_or(answer.value, answer.second())

    def turn(arrays: list[Packed]) -> list[Packed]:
        before = [unpacked(x) for x in arrays]
        results = after(before)
        (answer,) = goes(before)
        if answer.moves:
            seconds = [x.second() for x in [*consts, *before]]
            there = jaxpr_as_fun(body)(*seconds)
            results = _stopped(answer, before, results, there)
        return _like(carry, results)

    start = [packed(x) for x in carry]
    leaving = jax.lax.while_loop(either_goes, turn, start)
    return [unpacked(arrays) for arrays in leaving]


def _stopped(
    answer: Moving,
    before: Sequence[Moving],
    after: Sequence[Moving],
    there: Sequence[Array],
) -> list[Moving]:
    """Return the state after a turn that one of the points may not take.

    Args:
        answer: whether each point takes it.
        before: the state before the turn.
        after: the state after the turn, of points that both take it.
        there: its values at the second point.
    """
    first_goes = answer.value
    second_goes = answer.second()
    both_go = jnp.logical_and(first_goes, second_goes)
    results = []
    for old, new, last in zip(before, after, there, strict=True):
        value = jnp.where(first_goes, new.value, old.value)
        second = jnp.where(second_goes, last, old.second())
        if new.is_discrete:
            results.append(discrete(value, second))
            continue
        apart = jnp.subtract(second, value)
        change = jnp.where(both_go, new.difference(), apart)
        results.append(Moving(value, change, partial(jnp.asarray, second)))
    return results


# --- Which entries of a loop's state move


def _that_move(
    after: Callable[[list[Moving]], list[Moving]], carry: list[Moving]
) -> list[Moving]:
    """Return the state with a difference in each entry that ever has one."""
    while True:
        results = _abstract(after, carry)
        joining = []
        for old, new in zip(carry, results, strict=False):
            joining.append(new.moves and not old.moves)
        if not any(joining):
            return carry
        pairs = zip(carry, joining, strict=True)
        carry = [explicit(x) if joins else x for x, joins in pairs]


def _abstract(
    function: Callable[[list[Moving]], list[Moving]], state: list[Moving]
) -> list[Moving]:
    """Trace a function, and return of each result whether it moves."""
    found: list[Moving] = []

    def probe(arrays: list[Packed]) -> Any:
        results = function([unpacked(x) for x in arrays])
        for result in results:
            found.append(_without_arrays(result))
        return [result.value for result in results]

    jax.eval_shape(probe, [packed(x) for x in state])
    return found


def _without_arrays(result: Moving) -> Moving:
    """Return what moves as the result does, and holds no array of a trace."""
    return explicit(fixed(False)) if result.moves else fixed(False)


def _first_row(row: Moving) -> Moving:
    """Return the first row, or zeros where there is none."""

    def first(array: object) -> Array:
        array = jnp.asarray(array)
        return jnp.zeros(array.shape[1:], array.dtype)

    return unpacked(jax.tree.map(first, packed(row)))


def _like(carry: Sequence[Moving], results: Sequence[Moving]) -> list[Packed]:
    """Return the new state as arrays of the same form as the old one."""
    leaving = []
    for old, new in zip(carry, results, strict=True):
        leaving.append(packed(explicit(new) if old.moves else new))
    return leaving


LOOPS: Mapping[str, Callable[[Run, JaxprEqn, list[Moving]], list[Moving]]] = {
    "cond": branch,
    "scan": scan,
    "while": repeat,
}
"""Primitive -> how its programs run at two points."""
