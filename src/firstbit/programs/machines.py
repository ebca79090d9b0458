"""How the operations of many draws are written for each kind of processor.

On a CPU a strip of draws stays in a core's cache, small sums are written out, and what
is used twice is computed under a condition. On a GPU thousands of draws step at once.
A condition would wait for the host there, so what is used twice stands behind a
barrier.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Bool

from firstbit.programs.in_turn import in_turn
from firstbit.programs.products import product, summed

Result = TypeVar("Result")


class Machine(NamedTuple):
    """How programs are written for one kind of processor.

    Attributes:
        name: the kind, as `firstbit.devices` names it.
        product: multiplies a matrix and a vector of each draw, as `products.product`.
        once: computes a function whose result is read and never computed again:
            (always, function, *arguments).
        batches: makes a function compute batches of matrices as suits the processor.
        is_wide: whether all draws of a block step at once, and loops have a fixed
            number of turns.
    """

    name: str
    product: Callable[..., Array]
    once: Callable[..., Any]
    batches: Callable[[Callable[..., Any]], Callable[..., Any]]
    is_wide: bool


def once(
    always: Bool[Array, ""], function: Callable[..., Result], *arguments: object
) -> Result:
    """Compute a function under a condition that always holds.

    Whatever uses the result reads it, and never computes it again.
    """
    shapes: list[Any] = []

    def computed(*given: object) -> Result:
        result = function(*given)
        shapes.append(jax.tree.map(_shape, result))
        return result

    def otherwise(*_: object) -> Result:  # JAX traces it second
        return jax.tree.map(_zeros, shapes[0])

    return jax.lax.cond(always, computed, otherwise, *arguments)


def behind_a_barrier(
    _: Bool[Array, ""], function: Callable[..., Result], *arguments: object
) -> Result:
    """Compute a function, and keep the compiler from computing parts of it again.

    Example:
        >>> behind_a_barrier(jnp.array(True), jnp.negative, jnp.array(2)).item()
        -2
    """
    return jax.lax.optimization_barrier(function(*arguments))


def _shape(leaf: ArrayLike) -> jax.ShapeDtypeStruct:
    return jax.ShapeDtypeStruct(jnp.shape(leaf), jnp.result_type(leaf))


def _zeros(leaf: jax.ShapeDtypeStruct) -> Array:
    return jnp.zeros(leaf.shape, leaf.dtype)


def _together(function: Callable[..., object]) -> Callable[..., Any]:
    """Leave batches as they are: a GPU computes all matrices of one at once."""
    return function


ON_CPU = Machine(
    name="cpu",
    product=product,
    once=once,
    batches=in_turn,
    is_wide=False,
)

ON_GPU = Machine(
    name="gpu",
    product=summed,
    once=behind_a_barrier,
    batches=_together,
    is_wide=True,
)

MACHINES = {machine.name: machine for machine in (ON_CPU, ON_GPU)}
"""Kind of processor -> how programs are written for it."""
