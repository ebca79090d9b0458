"""Values of a program that are made of its held arrays, and along which axes they run.

A held array is an argument that stays the same from step to step, such as a weight
matrix. Whoever reads a program follows it through reshapes, slices and transposes.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from jax.extend.core import JaxprEqn

from firstbit.programs.traced import shape_of

Axes = tuple[frozenset[int], ...]
"""For each axis of a value, the axes of the array that run along it."""

Sources = Sequence[tuple[int, ...]]
"""For each axis of a result, the axes of the operand that run along it."""


class View(NamedTuple):
    """A held array, or part of it, as it runs along the axes of a value."""

    number: int
    axes: Axes

    def summed(self, places: Sequence[int]) -> frozenset[int]:
        """Return the array's axes that run along these axes of the value."""
        found: frozenset[int] = frozenset()
        for place in places:
            if place < len(self.axes):  # a number stands for an array of any shape
                found |= self.axes[place]
        return found

    def moved(self, sources: Sources) -> "View":
        """Return the view along the axes of a result."""
        return View(self.number, tuple(self.summed(places) for places in sources))

    def unknown(self, rank: int) -> "View":
        """Return a view of which only the array is known."""
        return View(self.number, (frozenset(),) * rank)


class Factor(NamedTuple):
    """A held array by which a moving value was multiplied entry by entry."""

    view: View
    meets: frozenset[int]
    is_joint: bool


class Value(NamedTuple):
    """A value of a program: made of held arrays alone, or moving, or neither.

    Attributes:
        views: the held arrays of which it is made, where nothing moves in it.
        moves: numbers of the moving arguments on which it depends.
        is_joint: whether it holds several of them side by side.
        factors: the held arrays by which it was multiplied entry by entry.
    """

    views: tuple[View, ...] = ()
    moves: frozenset[int] = frozenset()
    is_joint: bool = False
    factors: tuple[Factor, ...] = ()

    def moved(self, sources: Sources) -> "Value":
        """Return the value with its axes along those of a result."""
        views = tuple(view.moved(sources) for view in self.views)
        factors = []
        for factor in self.factors:
            factors.append(factor._replace(view=factor.view.moved(sources)))
        return self._replace(views=views, factors=tuple(factors))


def together(operands: Sequence[Value]) -> Value:
    """Return what moves in the operands, without their held arrays."""
    found = Value()
    for operand in operands:
        found = Value(
            moves=found.moves | operand.moves,
            is_joint=found.is_joint or operand.is_joint,
            factors=found.factors + operand.factors,
        )
    return found


def held(operands: Sequence[Value]) -> Value:
    """Return the held arrays of all operands, which have one shape."""
    views: tuple[View, ...] = ()
    for operand in operands:
        views += operand.views
    return Value(views)


def forgotten(value: Value, rank: int) -> Value:
    """Return a value of another shape, of whose axes nothing is known."""
    views = tuple(view.unknown(rank) for view in value.views)
    return value._replace(views=views, factors=())


def either(values: Sequence[Value]) -> Value:
    """Return a value that may be any of these."""
    moving = together(values)
    return moving if moving.moves else held(values)


def sources_of(equation: JaxprEqn) -> Sources | None:
    """Return where the axes of a result come from; None where entries are not moved."""
    rule = _SOURCES.get(equation.primitive.name)
    return None if rule is None else rule(equation)


def _transposed(equation: JaxprEqn) -> Sources:
    return [(axis,) for axis in equation.params["permutation"]]


def _broadcast(equation: JaxprEqn) -> Sources:
    rank = len(shape_of(equation.outvars[0]))
    sources: list[tuple[int, ...]] = [()] * rank
    for axis, place in enumerate(equation.params["broadcast_dimensions"]):
        sources[place] = (axis,)
    return sources


def _squeezed(equation: JaxprEqn) -> Sources:
    return without(shape_of(equation.invars[0]), equation.params["dimensions"])


def _same(equation: JaxprEqn) -> Sources:
    return without(shape_of(equation.invars[0]), ())


def without(shape: tuple[int, ...], axes: Sequence[int]) -> Sources:
    """Return the axes of a shape but these."""
    return [(axis,) for axis in range(len(shape)) if axis not in axes]


def _reshaped(equation: JaxprEqn) -> Sources:
    """Pair runs of axes that hold the same number of entries."""
    before = shape_of(equation.invars[0])
    after = shape_of(equation.outvars[0])
    if 0 in before:
        return [()] * len(after)
    sources: list[tuple[int, ...]] = []
    start = place = 0
    while place < len(after):
        stop = start + 1
        end = place + 1
        old = before[start] if start < len(before) else 1
        new = after[place]
        while old != new:
            if old < new:
                old *= before[stop]
                stop += 1
            else:
                new *= after[end]
                end += 1
        run = tuple(range(start, min(stop, len(before))))
        sources += [run] * (end - place)
        start = stop
        place = end
    return sources


_SOURCES: Mapping[str, Callable[[JaxprEqn], Sources]] = {
    "transpose": _transposed,
    "broadcast_in_dim": _broadcast,
    "squeeze": _squeezed,
    "reshape": _reshaped,
    **dict.fromkeys(
        [
            "slice",
            "dynamic_slice",
            "rev",
            "copy",
            "neg",
            "convert_element_type",
            "pad",
            "reduce_precision",
            "stop_gradient",
        ],
        _same,
    ),
}
