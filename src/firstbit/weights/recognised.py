"""Laws of others that are laws of ours: recognised by what they compute.

`jax.nn.initializers.normal(0.1)` draws normal numbers and multiplies them. Its own
program, made anew for each law and each size, takes seconds to compile; the same law in
our form is a number that a compiled program takes.

A law is read from its trace. It must draw an array by JAX's own normal or uniform law,
with the key that it gets, and only multiply it by a number. The factor is looked at for
several shapes: it may be constant, or go with the root of the number of inputs.
"""

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import jax
import numpy as np
from jax.extend.core import JaxprEqn, Literal

from firstbit.weights.initializers import Entrywise, Law
from firstbit.weights.threefry import GENERATOR

RECOGNISED = "recognised"
"""Name of a law that was recognised."""

SHAPES = ((3, 4), (5, 2), (7, 6))
"""(Inputs, outputs) at which a law is read, beside the shape that is asked for."""

EXACT = 1e-12
"""Largest relative error of a factor that is the same at all shapes."""


class Drawn(NamedTuple):
    """Random entries: standard normal, or uniform on (-1, 1), times a factor."""

    is_normal: bool
    factor: float

    def times(self, operation: str, number: float) -> "Drawn | None":
        """Return the entries times a number, or divided by it."""
        if operation == "mul":
            return self._replace(factor=self.factor * number)
        if not number:
            return None
        return self._replace(factor=self.factor / number)


Value = Drawn | float | None
"""A result in the program of a law; None of any other."""


def recognised(law: Law, shape: tuple[int, ...], num_inputs: int) -> Entrywise | None:
    """Return a law as one of independent entries, if that is all it computes.

    Args:
        law: `(key, shape, dtype) -> array`.
        shape: that it is asked for; it may treat some shapes in another way.
        num_inputs: numbers that an entry of the product sums over.

    Example:
        >>> law = recognised(jax.nn.initializers.normal(0.5), (3, 4), 3)
        >>> law.is_normal, law.by_fan_in, law.gain
        (True, False, 0.5)
        >>> recognised(jax.nn.initializers.orthogonal(), (3, 4), 3) is None
        True
    """
    found = _remembered(_general, law)
    own = _remembered(_drawn, law, shape)
    if found is None or own is None:
        return None
    factor = found.gain
    if found.by_fan_in:
        factor = found.gain / math.sqrt(num_inputs)
    is_alike = own.is_normal == found.is_normal
    if is_alike and _same([own.factor, factor]):
        return found
    return None


def _remembered(function: Any, *arguments: Any) -> Any:
    """Call a function that remembers; what can't be hashed can't be remembered."""
    try:
        hash(arguments)
    except TypeError:
        return function.__wrapped__(*arguments)
    return function(*arguments)


@lru_cache(maxsize=256)
def _general(law: Law) -> Entrywise | None:
    """Return a law that is the same at several shapes."""
    found = [_remembered(_drawn, law, shape) for shape in SHAPES]
    if None in found:
        return None
    kinds = {one.is_normal for one in found}
    if len(kinds) > 1:
        return None
    is_normal = found[0].is_normal
    factors = [one.factor for one in found]
    if _same(factors):
        return Entrywise(RECOGNISED, is_normal, by_fan_in=False, gain=factors[0])
    gains = []
    for (num_inputs, _), factor in zip(SHAPES, factors, strict=True):
        gains.append(factor * math.sqrt(num_inputs))
    if _same(gains):
        return Entrywise(RECOGNISED, is_normal, by_fan_in=True, gain=gains[0])
    return None


def _same(numbers: Sequence[float]) -> bool:
    """Return whether numbers are equal, finite and above 0."""
    first = numbers[0]
    if not 0 < first < math.inf:
        return False
    return all(abs(number - first) <= EXACT * first for number in numbers)


@lru_cache(maxsize=1024)
def _drawn(law: Law, shape: tuple[int, ...]) -> Drawn | None:
    """Return what a law draws for a shape; None if it is not of that kind."""
    try:
        program = _program(law, shape)
    except Exception:  # a user's own code may raise anything: drawing says it
        return None
    jaxpr = program.jaxpr
    (key,) = jaxpr.invars
    known: dict[Any, Value] = {}
    for equation in jaxpr.eqns:
        operands = [_value(operand, known) for operand in equation.invars]
        first, *_ = [*equation.invars, None]
        if first is key:
            value = _random(equation, shape)
        else:
            value = _computed(equation, operands)
        known |= dict.fromkeys(equation.outvars, value)
    (result,) = jaxpr.outvars
    found = _value(result, known)
    if not isinstance(found, Drawn) or result.aval.shape != shape:
        return None
    size = abs(found.factor)
    return found._replace(factor=size)


def _value(operand: object, known: Mapping[Any, Value]) -> Value:
    """Return what an operand is: a number, or what was computed."""
    if not isinstance(operand, Literal):
        return known.get(operand)
    array = np.asarray(operand.val)
    if array.ndim or array.dtype.kind not in "fiu":
        return None
    return float(array)


def _program(law: Callable[..., object], shape: tuple[int, ...]) -> Any:
    """Trace a law of a shape, in float64."""
    dtype = np.dtype("float64")
    with jax.enable_x64(True):
        key = jax.eval_shape(lambda: jax.random.key(0, impl=GENERATOR))
        return jax.make_jaxpr(lambda key: law(key, shape, dtype))(key)


def _random(equation: JaxprEqn, shape: tuple[int, ...]) -> Drawn | None:
    """Return what an operation draws with the key of the law."""
    bounds = []
    for operand in equation.invars[1:]:
        if not isinstance(operand, Literal):
            return None
        bounds.append(operand.val)
    function = jax.random.uniform if bounds else jax.random.normal
    if not _is_call_of(function, equation, shape, bounds):
        return None
    if not bounds:
        return Drawn(is_normal=True, factor=1.0)
    low, high = map(float, bounds)
    if low != -high:
        return None
    return Drawn(is_normal=False, factor=high)


def _is_call_of(
    function: Callable[..., object],
    equation: JaxprEqn,
    shape: tuple[int, ...],
    bounds: Sequence[object],
) -> bool:
    """Return whether an operation is a call of a function of JAX's own."""
    if len(bounds) not in (0, 2):
        return False

    def law(key: object, shape: tuple[int, ...], dtype: np.dtype) -> Any:
        return function(key, shape, dtype, *bounds)

    operations = _program(law, shape).jaxpr.eqns
    if len(operations) != 1:
        return False
    (own,) = operations
    if own.primitive.name != equation.primitive.name:
        return False
    expected = own.params.get("jaxpr")
    inside = equation.params.get("jaxpr")
    return expected is not None and str(inside) == str(expected)


def _computed(equation: JaxprEqn, operands: Sequence[Value]) -> Value:
    """Return the result of an operation on random entries and numbers."""
    name = equation.primitive.name
    numbers = [one for one in operands if isinstance(one, float)]
    if len(numbers) == len(operands):
        return _of_numbers(name, numbers)
    if name == "convert_element_type":
        (one,) = operands
        return one if _is_double(equation) else None
    if name not in ("mul", "div") or len(numbers) != 1:
        return None
    first, second = operands
    if isinstance(first, Drawn):
        return first.times(name, numbers[0])
    if isinstance(second, Drawn) and name == "mul":
        return second.times(name, numbers[0])
    return None


def _is_double(equation: JaxprEqn) -> bool:
    """Return whether the result of an operation is of float64."""
    aval: Any = equation.outvars[0].aval
    return aval.dtype == np.dtype("float64")


_OF_NUMBERS: Mapping[str, Callable[..., Any]] = {
    "add": operator.add,
    "convert_element_type": float,
    "div": operator.truediv,
    "mul": operator.mul,
    "neg": operator.neg,
    "sqrt": math.sqrt,
    "sub": operator.sub,
}
"""Operations on numbers, such as the fan-in, that make a factor."""


def _of_numbers(name: str, numbers: Sequence[float]) -> float | None:
    """Return the result of an operation on numbers; None if it is unknown."""
    if name not in _OF_NUMBERS:
        return None
    try:
        return float(_OF_NUMBERS[name](*numbers))
    except (ArithmeticError, ValueError):
        return None
