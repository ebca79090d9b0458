"""Bounds of a state that a step is applied to again and again, whatever the weights.

The step is run on ranges instead of numbers. A range that it maps into itself, and that
holds the initial state, holds all later states.
"""

from collections.abc import Callable, Sequence
from math import inf, prod
from typing import Any

import jax
import numpy as np
from jax.extend.core import ClosedJaxpr, JaxprEqn
from jax.typing import ArrayLike

from firstbit.programs.ranges import (
    ANYTHING,
    OF_ONE,
    OF_TWO,
    TRUTH,
    Range,
    Term,
    Terms,
    are_equal,
    product,
    range_of,
    weighted_mean,
)
from firstbit.programs.traced import inner_jaxpr, interpret, is_complex, shape_of

LEVELS = (0.0, *(2.0**power for power in range(11)), inf)
"""Sizes that a growing range is enlarged to, one after the other."""

NARROWED = 8
"""Further steps once all ranges are large enough."""

INPUT = Range(0.0, 1.0)
"""Symbols are one-hot."""


def state_ranges(
    step: Callable[[Any, Any, Any], object],
    start: Callable[[Any], object],
    arrays: object,
    input: object,
) -> list[Range]:
    """Return a range for each leaf of the state that holds all its entries for ever.

    An end is infinite where none is found. Arrays may have any values, an input entries
    from 0 to 1.

    Args:
        step: `(arrays, input, state) -> state`.
        start: `(arrays) -> state`, before the first step.
        arrays: shapes of the cell's arrays.
        input: shape of an input.

    Example:
        >>> import jax.numpy as jnp
        >>> def step(w, x, h):
        ...     return 0.9 * h + 0.1 * jnp.tanh(w @ h + x)
        >>> shape = jax.ShapeDtypeStruct((3, 3), jnp.float32)
        >>> of_state = state_ranges(step, lambda w: jnp.zeros(3), shape, jnp.zeros(3))
        >>> [(round(one.low, 3), round(one.high, 3)) for one in of_state]
        [(-1.0, 1.0)]
    """
    first_program = jax.make_jaxpr(start)(arrays)
    state = jax.eval_shape(start, arrays)
    program = jax.make_jaxpr(step)(arrays, input, state)
    weights = [ANYTHING] * len(jax.tree.leaves(arrays))
    first = _Run().of_arguments(first_program, weights)

    def after(ranges: list[Range]) -> list[Range]:
        return _Run().of_arguments(program, [*weights, INPUT, *ranges])

    return _invariant(first, after)


def _invariant(
    first: list[Range], after: Callable[[list[Range]], list[Range]]
) -> list[Range]:
    """Return ranges that hold the first ones and that a step maps into themselves."""
    ranges = first
    reached = after(ranges)
    while not _are_inside(reached, ranges):
        pairs = zip(ranges, reached, strict=True)
        ranges = [_enlarged(old, new) for old, new in pairs]
        reached = after(ranges)
    # What was enlarged too far becomes smaller with each further step.
    for _ in range(NARROWED):
        pairs = zip(first, reached, strict=True)
        ranges = [old.joined(new) for old, new in pairs]
        reached = after(ranges)
    return ranges


def _are_inside(new: list[Range], old: list[Range]) -> bool:
    return all(other.holds(one) for one, other in zip(new, old, strict=True))


def _enlarged(old: Range, new: Range) -> Range:
    """Return a range that holds both, each end that moves at the next level."""
    if old.holds(new):
        return old
    low = old.low
    high = old.high
    if new.low < low:
        low = -_level_above(-new.low)
    if new.high > high:
        high = _level_above(new.high)
    return Range(low, high)


def _level_above(end: float) -> float:
    """Return the least level that isn't below an end.

    Example:
        >>> _level_above(0.3), _level_above(-2.0)
        (1.0, 0.0)
    """
    for level in LEVELS:
        if end <= level:
            return level
    return inf


class _Run:
    """One run of a program on ranges."""

    def __init__(self) -> None:
        self.terms = Terms()

    def of_arguments(
        self, program: ClosedJaxpr, arguments: Sequence[Range]
    ) -> list[Range]:
        """Return the ranges of a program's results."""
        named = []
        for number, one in enumerate(arguments):
            term = self.terms.of(("argument", number))
            named.append(one._replace(term=term))
        return self.of(program, named)

    def of(self, program: ClosedJaxpr, inputs: Sequence[Range]) -> list[Range]:
        """Return the ranges of the results of a program or a part of one."""
        return interpret(program, inputs, constant=self.constant, apply=self.apply)

    def constant(self, value: ArrayLike) -> Range:
        """Return the range of an array that the program holds."""
        array = np.asarray(value)
        if np.iscomplexobj(array):
            return ANYTHING
        name = ("constant", array.shape, array.dtype.str, array.tobytes())
        return range_of(array)._replace(term=self.terms.of(name))

    def apply(self, equation: JaxprEqn, operands: list[Range]) -> list[Range]:
        """Return the ranges of an operation's results."""
        inner = inner_jaxpr(equation)
        if inner is not None:
            return self.of(inner, operands)
        if equation.primitive.name == "cond":
            return self.branches(equation, operands)
        if len(equation.outvars) != 1:
            return self.several(equation, operands)
        low, high = _ends(equation, operands)
        if not low <= high or is_complex(equation):  # NaN, or no order
            low = -inf
            high = inf
        return [Range(low, high, self.term(equation, operands))]

    def branches(self, equation: JaxprEqn, operands: list[Range]) -> list[Range]:
        """Return ranges that hold the results of every branch."""
        _, *arguments = operands
        branches = equation.params["branches"]
        found = self.of(branches[0], arguments)
        for branch in branches[1:]:
            others = self.of(branch, arguments)
            pairs = zip(found, others, strict=True)
            found = [one.joined(other) for one, other in pairs]
        return found

    def several(self, equation: JaxprEqn, operands: list[Range]) -> list[Range]:
        """Return the ranges of several results: of parts of an array, or anything."""
        low, high = ANYTHING[:2]
        if equation.primitive.name == "split":
            low, high = operands[0][:2]
        made_by = self.term(equation, operands)
        found = []
        for number in range(len(equation.outvars)):
            part = None
            if made_by is not None:
                part = self.terms.of((made_by, number))
            found.append(Range(low, high, part))
        return found

    def term(self, equation: JaxprEqn, operands: list[Range]) -> Term | None:
        """Return the term of the result; None where an operand has none.

        Operations with settings of their own, such as axes, have these in their name.
        """
        if any(one.term is None for one in operands):
            return None
        name = equation.primitive.name
        if name == "convert_element_type" and _is_real(equation):
            return operands[0].term  # equal to rounding
        if name in OF_ONE or name in OF_TWO:
            return self.terms.of(name, operands)
        shape = shape_of(equation.outvars[0])
        return self.terms.of(f"{name} {shape} {equation.params}", operands)


def _ends(equation: JaxprEqn, operands: list[Range]) -> tuple[float, float]:
    """Return the ends of the only result."""
    name = equation.primitive.name
    if _has_complex(equation):
        return ANYTHING[:2]
    if name == "ne" and are_equal(*operands):
        return 0.0, 0.0  # the question for NaN
    if _kind(equation) == "bool":
        return TRUTH[:2]
    if name in OF_ONE:
        return OF_ONE[name](operands[0])
    if name in OF_TWO:
        return _of_two(name, operands)
    if name in _HOLD_ENTRIES:
        return _joined(operands)
    rule = _OTHERS.get(name)
    if rule is None:
        return ANYTHING[:2]
    return rule(equation, operands)


def _of_two(name: str, operands: list[Range]) -> tuple[float, float]:
    low, high = OF_TWO[name](*operands)
    if name == "mul" and are_equal(*operands):
        low = max(low, 0.0)  # a square
    if name not in ("add", "add_any", "sub"):
        return low, high
    mean = weighted_mean(name, operands)
    if mean is None:
        return low, high
    return max(low, mean[0]), min(high, mean[1])


def _joined(operands: Sequence[Range]) -> tuple[float, float]:
    found = operands[0]
    for other in operands[1:]:
        found = found.joined(other)
    return found[:2]


_ENTRIES = """
broadcast_in_dim reshape squeeze transpose slice rev expand_dims copy copy_p
stop_gradient reduce_max reduce_min cummax cummin concatenate pad optimization_barrier
"""

_HOLD_ENTRIES = frozenset(_ENTRIES.split())
"""Operations whose results hold nothing but entries of their operands."""


def _selected(_equation: JaxprEqn, operands: list[Range]) -> tuple[float, float]:
    which, first, *_ = operands
    if which[:2] == (0.0, 0.0):
        return first[:2]
    return _joined(operands[1:])


def _indexed(_equation: JaxprEqn, operands: list[Range]) -> tuple[float, float]:
    return operands[0][:2]


def _updated(_equation: JaxprEqn, operands: list[Range]) -> tuple[float, float]:
    return _joined(operands[:2])


def _clamped(_equation: JaxprEqn, operands: list[Range]) -> tuple[float, float]:
    least, value, largest = operands
    low = min(max(value.low, least.low), largest.high)
    return low, max(min(value.high, largest.high), low)


def _converted(equation: JaxprEqn, operands: list[Range]) -> tuple[float, float]:
    (one,) = operands
    if _is_real(equation):
        return one[:2]
    if _kind(equation).startswith("int"):
        return min(one.low, 0.0), max(one.high, 0.0)  # digits are cut towards zero
    return ANYTHING[:2]


def _kind(equation: JaxprEqn) -> str:
    """Return the name of the result's dtype."""
    return str(getattr(equation.outvars[0].aval, "dtype", ""))


def _has_complex(equation: JaxprEqn) -> bool:
    """Return whether an operand or the result has complex numbers."""
    for atom in (*equation.invars, *equation.outvars):
        if str(getattr(atom.aval, "dtype", "")).startswith("complex"):
            return True
    return False


def _is_real(equation: JaxprEqn) -> bool:
    """Return whether an operation on real numbers gives real numbers."""
    operand = str(getattr(equation.invars[0].aval, "dtype", ""))
    is_from_real = operand.startswith(("float", "bfloat", "int", "bool"))
    return is_from_real and _kind(equation).startswith(("float", "bfloat"))


def _summed(equation: JaxprEqn, operands: list[Range]) -> tuple[float, float]:
    (one,) = operands
    shape = shape_of(equation.invars[0])
    number = prod(shape[axis] for axis in equation.params["axes"])
    return product(one, Range(number, number))


def _dot(equation: JaxprEqn, operands: list[Range]) -> tuple[float, float]:
    (summed, _), _ = equation.params["dimension_numbers"]
    shape = shape_of(equation.invars[0])
    number = prod(shape[axis] for axis in summed)
    low, high = product(*operands)
    return product(Range(low, high), Range(number, number))


def _power(equation: JaxprEqn, operands: list[Range]) -> tuple[float, float]:
    (one,) = operands
    exponent = equation.params["y"]
    if exponent == 2:
        return OF_ONE["square"](one)
    if exponent == 3:
        return one.low**3, one.high**3
    return ANYTHING[:2]


_OTHERS: dict[str, Callable[[JaxprEqn, list[Range]], tuple[float, float]]] = {
    "select_n": _selected,
    "dynamic_slice": _indexed,
    "dynamic_update_slice": _updated,
    "clamp": _clamped,
    "convert_element_type": _converted,
    "reduce_sum": _summed,
    "dot_general": _dot,
    "integer_pow": _power,
}
"""Operation -> the ends of its result. What stands nowhere may be anything."""
