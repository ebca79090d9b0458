"""How a traced program uses its arguments: which are summed over, and with what.

A program of a cell's step takes arrays that are held (its parameters) and arrays that
move (its input and its state). Reading it says of each held array what it meets: a
product with something that moves, a sum, or an entry-by-entry factor.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from jax.extend.core import ClosedJaxpr, JaxprEqn
from jax.typing import ArrayLike

from firstbit.programs.traced import along, inner_jaxpr, interpret, shape_of
from firstbit.programs.views import (
    Factor,
    Value,
    View,
    either,
    forgotten,
    held,
    sources_of,
    together,
    without,
)

PRODUCT, SUM, FACTOR, OTHER = "product", "sum", "factor", "other"
"""A sum over an axis; added to; multiplied entry by entry; any other operation."""

PASSES = 3
"""Times that a loop's body is read: what moves goes round."""


class Use(NamedTuple):
    """One use of a held array.

    Attributes:
        kind: `product`, `sum`, `factor` or `other`.
        meets: numbers of the moving arrays on which the other operand depends.
        is_joint: whether that operand holds several of them side by side.
        summed: axes of the array that are summed over.
    """

    kind: str
    meets: frozenset[int]
    is_joint: bool = False
    summed: frozenset[int] = frozenset()


@dataclass
class Uses:
    """All that a program says of its held arrays, by their numbers.

    Attributes:
        of: the uses of each.
        partners: pairs of held arrays that are multiplied with each other.
        stopped: those that are not to be trained.
    """

    of: dict[int, list[Use]] = field(default_factory=dict)
    partners: set[frozenset[int]] = field(default_factory=set)
    stopped: set[int] = field(default_factory=set)

    def note(self, view: View, use: Use) -> None:
        """Add a use of a held array."""
        self.of.setdefault(view.number, []).append(use)


def uses_of(program: ClosedJaxpr, num_held: int) -> Uses:
    """Read how a program uses its first arguments, which are held.

    The others move; they are numbered from 0.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> step = lambda U, W, x, h: jnp.tanh(U @ x + W @ h)
        >>> shapes = jnp.ones((3, 2)), jnp.ones((3, 3)), jnp.ones(2), jnp.ones(3)
        >>> found = uses_of(jax.make_jaxpr(step)(*shapes), 2).of
        >>> [sorted(use.meets) for number in (0, 1) for use in found[number]]
        [[0], [1]]
    """
    inputs = []
    for place, variable in enumerate(program.jaxpr.invars):
        if place >= num_held:
            inputs.append(Value(moves=frozenset({place - num_held})))
            continue
        rank = len(shape_of(variable))
        axes = [frozenset({axis}) for axis in range(rank)]
        inputs.append(Value((View(place, tuple(axes)),)))
    reader = _Reader(Uses())
    reader.run(program, inputs)
    return reader.uses


@dataclass(frozen=True)
class _Reader:
    """Reads a program, operation by operation."""

    uses: Uses

    def run(self, program: ClosedJaxpr, inputs: Sequence[Value]) -> list[Value]:
        return interpret(program, inputs, constant=_constant, apply=self.apply)

    def apply(self, equation: JaxprEqn, operands: list[Value]) -> list[Value]:
        """Return what the results of an operation are; note the uses of operands."""
        inner = inner_jaxpr(equation)
        if inner is not None:
            return self.run(inner, operands)
        rule = _RULES.get(equation.primitive.name, _Reader.other)
        return rule(self, equation, operands)

    def other(self, equation: JaxprEqn, operands: list[Value]) -> list[Value]:
        """Read an operation without a rule."""
        sources = sources_of(equation)
        moving = together(operands)
        if sources is not None and len(operands[1:]) == 0:
            return [operands[0].moved(sources)]
        results = []
        for result in equation.outvars:
            rank = len(shape_of(result))
            if not moving.moves:
                results.append(_same_or_forgotten(held(operands), rank))
                continue
            results.append(moving._replace(factors=()))
        if moving.moves:
            self.meet(operands, OTHER)
        return results

    def meet(self, operands: Sequence[Value], kind: str) -> None:
        """Note a use of every held operand beside those that move."""
        moving = together(operands)
        for operand in operands:
            for view in operand.views:
                self.uses.note(view, Use(kind, moving.moves, moving.is_joint))

    def stop(self, equation: JaxprEqn, operands: list[Value]) -> list[Value]:
        self.uses.stopped |= {view.number for view in operands[0].views}
        return self.other(equation, operands)

    def add(self, _: JaxprEqn, operands: list[Value]) -> list[Value]:
        moving = together(operands)
        if not moving.moves:
            return [held(operands)]
        self.meet(operands, SUM)
        return [moving]

    def multiply(self, _: JaxprEqn, operands: list[Value]) -> list[Value]:
        moving = together(operands)
        if not moving.moves:
            self.pair(operands)
            return [held(operands)]
        self.meet(operands, FACTOR)
        factors = list(moving.factors)
        for operand in operands:
            for view in operand.views:
                factors.append(Factor(view, moving.moves, moving.is_joint))
        return [moving._replace(factors=tuple(factors))]

    def pair(self, operands: list[Value]) -> None:
        """Note which held arrays are multiplied with each other."""
        first, second = operands
        for one in first.views:
            for other in second.views:
                if one.number != other.number:
                    self.uses.partners.add(frozenset({one.number, other.number}))

    def select(self, _: JaxprEqn, operands: list[Value]) -> list[Value]:
        """Read a choice, entry by entry, of several values."""
        cases = operands[1:]
        moving = together(operands)
        if not moving.moves:
            return [held(cases)]
        self.meet(cases, OTHER)
        return [moving._replace(factors=())]

    def product(self, equation: JaxprEqn, operands: list[Value]) -> list[Value]:
        """Read a product that sums over axes of both operands."""
        moving = together(operands)
        if not moving.moves:
            rank = len(shape_of(equation.outvars[0]))
            return [forgotten(held(operands), rank)]
        summed, _ = equation.params["dimension_numbers"]
        for operand, places in zip(operands, summed, strict=True):
            for view in operand.views:
                axes = view.summed(places)
                use = Use(PRODUCT, moving.moves, moving.is_joint, axes)
                self.uses.note(view, use)
            self.sum_factors(operand, places)
        return [Value(moves=moving.moves)]

    def total(self, equation: JaxprEqn, operands: list[Value]) -> list[Value]:
        """Read a sum over axes: a product that is written out ends in one."""
        (operand,) = operands
        places = equation.params["axes"]
        self.sum_factors(operand, places)
        kept = without(shape_of(equation.invars[0]), places)
        return [operand.moved(kept)._replace(is_joint=False)]

    def sum_factors(self, operand: Value, places: Sequence[int]) -> None:
        """Note the entry-by-entry factors over whose axes a value is summed."""
        for view, meets, is_joint in operand.factors:
            axes = view.summed(places)
            if axes:
                self.uses.note(view, Use(PRODUCT, meets, is_joint, axes))

    def join(self, _: JaxprEqn, operands: list[Value]) -> list[Value]:
        """Read arrays that are put side by side."""
        moving = together(operands)
        if not moving.moves:
            return [held(operands)]
        different = {operand.moves for operand in operands if operand.moves}
        is_joint = moving.is_joint or len(different) > 1
        return [Value(moves=moving.moves, is_joint=is_joint)]

    def split(self, equation: JaxprEqn, operands: list[Value]) -> list[Value]:
        return operands * len(equation.outvars)

    def branches(self, equation: JaxprEqn, operands: list[Value]) -> list[Value]:
        """Read every branch; the results depend on the condition too."""
        condition, *others = operands
        found = [self.run(branch, others) for branch in equation.params["branches"]]
        moves = Value(moves=condition.moves)
        return [either([*values, moves]) for values in zip(*found, strict=True)]

    def scan(self, equation: JaxprEqn, operands: list[Value]) -> list[Value]:
        """Read the body of a loop along an axis until nothing new moves."""
        num_consts, num_carry = along(equation)
        first = num_consts + num_carry
        consts = operands[:num_consts]
        carry = operands[num_consts:first]
        rows = []
        entering = zip(operands[first:], equation.invars[first:], strict=True)
        for operand, variable in entering:
            rows.append(operand.moved(without(shape_of(variable), (0,))))
        results = carry
        for _ in range(PASSES):
            inputs = [*consts, *carry, *rows]
            results = self.run(equation.params["jaxpr"], inputs)
            carry = _round(carry, results)
        stacked = []
        first = len(carry)
        outcomes = zip(results[first:], equation.outvars[first:], strict=True)
        for result, outcome in outcomes:
            stacked.append(forgotten(result, len(shape_of(outcome))))
        return [*carry, *stacked]

    def repeat(self, equation: JaxprEqn, operands: list[Value]) -> list[Value]:
        """Read the body of a loop with a condition."""
        num_test = equation.params["cond_nconsts"]
        first = num_test + equation.params["body_nconsts"]
        consts = operands[num_test:first]
        carry = operands[first:]
        for _ in range(PASSES):
            inputs = [*consts, *carry]
            results = self.run(equation.params["body_jaxpr"], inputs)
            carry = _round(carry, results)
        return carry


Rule = Callable[..., list[Value]]
"""(reader, equation, operands) -> what the results are."""

_RULES: Mapping[str, Rule] = {
    "add": _Reader.add,
    "add_any": _Reader.add,
    "sub": _Reader.add,
    "mul": _Reader.multiply,
    "div": _Reader.multiply,
    "select_n": _Reader.select,
    "dot_general": _Reader.product,
    "reduce_sum": _Reader.total,
    "concatenate": _Reader.join,
    "split": _Reader.split,
    "stop_gradient": _Reader.stop,
    "cond": _Reader.branches,
    "scan": _Reader.scan,
    "while": _Reader.repeat,
}
"""Operation -> how its operands are read; all others by `other`."""


def _constant(_: ArrayLike) -> Value:
    return Value()


def _same_or_forgotten(value: Value, rank: int) -> Value:
    """Return a held value; without axes where an operation has changed the shape."""
    if all(len(view.axes) == rank for view in value.views):
        return value
    return forgotten(value, rank)


def _round(carry: Sequence[Value], results: Sequence[Value]) -> list[Value]:
    """Return what a loop carries after one more pass."""
    pairs = zip(carry, results[: len(carry)], strict=True)
    return [either(pair) for pair in pairs]
