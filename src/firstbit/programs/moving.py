"""A value at two points: at the first, how far the second is, and the second itself.

Two kinds of numbers are kept apart, by their dtype.

Numbers of JAX's current float and complex types *carry a difference*: they hold the
value at the first point, and the difference to the second, with digits of its own. All
others, whole numbers, truth values, random keys and shorter floats, are *discrete*:
they hold the value at the first point and the value at the second, as plain simulation
computes them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array

Later = Callable[[], ArrayLike]
"""Computes an array when it is asked for."""


@dataclass(frozen=True)
class Moving:
    """A value at two points.

    Attributes:
        value: at the first point.
        change: the difference of the second point; None where the two points agree, and
            where the number is discrete.
        at_second: computes the value at the second point as plain simulation does. None
            where the two points agree; it may be None where there is a difference.
    """

    value: ArrayLike
    change: Array | None = None
    at_second: Later | None = None

    @property
    def moves(self) -> bool:
        """Whether the two points may differ."""
        return self.change is not None or self.at_second is not None

    @property
    def is_discrete(self) -> bool:
        """Whether it carries no difference, but its value at both points."""
        return not carries_difference(jnp.result_type(self.value))

    def difference(self) -> Array:
        """Return the difference as an array, zero where the two points agree."""
        if self.change is None:
            return jnp.zeros_like(self.value)
        return self.change

    def arrived(self) -> ArrayLike:
        """Return the value at the second point: first value plus difference."""
        if self.change is None:
            return self.second()
        return self.value + self.change

    def second(self) -> ArrayLike:
        """Return the value at the second point, as plain simulation computes it."""
        if self.at_second is not None:
            return self.at_second()
        return self.value if self.change is None else self.value + self.change

    def negative(self) -> "Moving":
        """Return the value and the difference with the other sign."""
        change = None if self.change is None else -self.change
        return Moving(jnp.negative(self.value), change)

    def held(self) -> "Moving":
        """Return the same if it carries a difference, else its first value alone."""
        return self if self.change is not None else fixed(self.value)


def carries_difference(dtype: object) -> bool:
    """Return whether numbers of this dtype carry a difference.

    Example:
        >>> carries_difference(jnp.result_type(float))
        True
        >>> carries_difference(jnp.int32)
        False
    """
    return dtype in (jnp.result_type(float), jnp.result_type(complex))


def fixed(value: ArrayLike) -> Moving:
    """Return a value on which the two points agree."""
    return Moving(value)


def discrete(value: ArrayLike, second: ArrayLike) -> Moving:
    """Return a discrete number from its values at the two points."""
    return Moving(value, at_second=lambda: second)


def explicit(moving: Moving) -> Moving:
    """Return the same as one that moves, even where the two points agree."""
    second = moving.second()
    if moving.is_discrete:
        return discrete(moving.value, second)
    value = jnp.asarray(moving.value)
    return Moving(value, moving.difference(), lambda: second)


def paired(values: Sequence[ArrayLike], changes: Sequence[Any]) -> list[Moving]:
    """Return values with their differences."""
    pairs = zip(values, changes, strict=True)
    return [Moving(value, change) for value, change in pairs]


# --- Differences outside a program


def entered(value: ArrayLike, change: Array) -> Moving:
    """Return an argument of a program from its value and its difference.

    Of discrete numbers it is the plain difference, of truth values whether they differ:
    zero always says that the two points agree.
    """
    if carries_difference(jnp.result_type(value)):
        return Moving(value, change)
    return discrete(value, moved(value, change))


def moved(value: ArrayLike, change: Array) -> Array:
    """Return the value at the second point, from a value and its difference.

    Example:
        >>> bool(moved(jnp.array(True), jnp.array(True)))
        False
    """
    if jnp.result_type(value) == jnp.bool_:
        return jnp.logical_xor(value, change)
    return jnp.add(value, change)


def apart(value: ArrayLike, second: ArrayLike) -> Array:
    """Return the difference of two values, as `moved` takes it."""
    if jnp.result_type(value) == jnp.bool_:
        return jnp.logical_xor(value, second)
    return jnp.subtract(second, value)


def left(moving: Moving) -> Array:
    """Return the difference of a result, as `entered` takes it."""
    if moving.is_discrete and moving.moves:
        return apart(moving.value, moving.second())
    return moving.difference()


# --- Across the border of a loop or a branch

Packed = tuple[ArrayLike, Array | None, ArrayLike | None]
"""Value, difference and second value: a pytree of arrays."""


def packed(moving: Moving) -> Packed:
    """Return a value at two points as arrays, to enter or to leave a loop."""
    value = jnp.asarray(moving.value)
    if not moving.moves:
        return value, None, None
    change = None if moving.is_discrete else moving.difference()
    return value, change, jnp.asarray(moving.second())


def unpacked(arrays: Packed) -> Moving:
    """Return the value at two points that `packed` made arrays of."""
    value, change, second = arrays
    if second is None:
        return fixed(value)
    return Moving(value, change, lambda: second)


def settled(moving: Moving) -> Moving:
    """Return the same with all its arrays computed, for use inside a loop."""
    return unpacked(packed(moving))
