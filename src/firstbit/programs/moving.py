"""A value at two points: at the first, and how far it is from the second."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array


class Moving(NamedTuple):
    """A value at the first point, and how far it is from the second.

    Attributes:
        value: at the first point.
        change: the difference; None where the two points agree. Of truth values and
            whole numbers, the value at the second point.
    """

    value: ArrayLike
    change: Array | None

    @property
    def is_real(self) -> bool:
        """Whether it is a real number."""
        dtype = jnp.result_type(self.value)
        return jnp.issubdtype(dtype, jnp.floating)

    def difference(self) -> Array:
        """Return the difference as an array, zero where the two points agree."""
        if self.change is None:
            return jnp.zeros_like(self.value)
        return self.change

    def second(self) -> ArrayLike:
        """Return the value at the second point."""
        if self.change is None:
            return self.value
        return self.value + self.change if self.is_real else self.change

    def negative(self) -> "Moving":
        """Return the value and the difference with the other sign."""
        change = None if self.change is None else -self.change
        return Moving(jnp.negative(self.value), change)


def fixed(value: ArrayLike) -> Moving:
    """Return a value on which the two points agree."""
    return Moving(value, None)


def paired(values: Sequence[ArrayLike], changes: Sequence[Any]) -> list[Moving]:
    """Return values with their differences."""
    pairs = zip(values, changes, strict=True)
    return [Moving(value, change) for value, change in pairs]
