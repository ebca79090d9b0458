"""Reverse mode of one step in two halves, with what the way back needs kept between.

The way forward keeps it, so that the way back does not compute it again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
from jax.tree_util import PyTreeDef, register_dataclass
from jaxtyping import Array

Step = Callable[[Any, Array, Any], Any]
"""`step(cell, input, state) -> state`."""


@dataclass(frozen=True)
class PullBack:
    """The transposed derivative of a step with respect to cell and state.

    Most arrays that it needs are arguments of the step, and at hand on the way back
    too: weights, input, state. Only the others are kept, such as slopes: of a Vanilla
    cell one number a unit.

    Attributes:
        form: of JAX's own transposed derivative, as a pytree.
        places: for each of its arrays, the number of the argument's leaf that it is;
            None if it is kept.
    """

    form: PyTreeDef  # pyright: ignore[reportInvalidTypeForm]
    places: tuple[int | None, ...]

    def __call__(
        self,
        cell: object,
        x: Array,
        state: object,
        kept: Sequence[Array],
        from_later: object,
    ) -> tuple[Any, Any]:
        """Return the derivatives at the cell and at the old state.

        Args:
            cell: of the step.
            x: its input.
            state: before the step.
            kept: the arrays of `Kept`.
            from_later: the derivative at the new state.
        """
        leaves = jax.tree.leaves((cell, x, state))
        rest = iter(kept)
        arrays = []
        for place in self.places:
            array = next(rest) if place is None else leaves[place]
            arrays.append(array)
        pull = jax.tree.unflatten(self.form, arrays)
        return pull(from_later)


@partial(register_dataclass, data_fields=["arrays"], meta_fields=["pull_back"])
@dataclass(frozen=True)
class Kept:
    """What the way back needs beside the step's arguments.

    A step has the same `pull_back` whenever it is traced with arguments of one form.

    Attributes:
        arrays: in the order in which `pull_back` takes them.
        pull_back: the way back.
    """

    arrays: list[Array | jax.ShapeDtypeStruct]
    pull_back: PullBack


def forward(step: Step) -> Callable[[Any, Array, Any], tuple[Any, Kept]]:
    """Return the step that also keeps what the way back needs.

    Example:
        >>> import jax.numpy as jnp
        >>> square = forward(lambda cell, x, state: cell * jnp.sin(state) * x)
        >>> arguments = jnp.array(2.0), jnp.array(3.0), jnp.array(0.0)
        >>> new, kept = square(*arguments)
        >>> at_cell, at_state = kept.pull_back(*arguments, kept.arrays, jnp.array(1.0))
        >>> float(at_cell), float(at_state)
        (0.0, 6.0)
    """

    def step_and_keep(cell: object, x: Array, state: object) -> tuple[Any, Kept]:
        def of_weights_and_state(cell: object, state: object) -> Any:
            return step(cell, x, state)

        new, pull = jax.vjp(of_weights_and_state, cell, state)
        arrays, form = jax.tree.flatten(pull)
        # JAX hands an argument on as the very object that it got.
        known = {}
        leaves = jax.tree.leaves((cell, x, state))
        for place, leaf in enumerate(leaves):
            known[id(leaf)] = place
        kept = []
        places = []
        for array in arrays:
            place = known.get(id(array))
            places.append(place)
            if place is None:
                kept.append(array)
        pull_back = PullBack(form, tuple(places))
        return new, Kept(kept, pull_back)

    return step_and_keep
