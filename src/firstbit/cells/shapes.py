"""The shapes of a factory's cell: traced once, then remembered."""

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from firstbit.cells.catalogue import Factory
from firstbit.errors import CellError, FirstbitError
from firstbit.weights.numbers import is_complex, is_real
from firstbit.weights.threefry import seed_key


def shapes(
    factory: Factory,
    options: Mapping[str, object],
    name: str,
    input_size: int,
    hidden_size: int,
) -> Any:
    """Return a cell of that size with shapes for arrays, of JAX's current float type.

    They are remembered where they can be: to trace a factory takes longer than to
    measure its cells.

    Args:
        factory: `(input_size, hidden_size, *, key, **options) -> cell`.
        options: of the factory.
        name: of the cell, for messages.
        input_size: number of symbols.
        hidden_size: k.

    Raises:
        CellError: the factory refuses the size.
    """
    ordered = tuple(sorted(options.items()))
    arguments = (factory, ordered, name, input_size, hidden_size)
    dtype = jnp.result_type(float)
    try:
        return _traced(*arguments, dtype)
    except TypeError:  # what can't be hashed can't be remembered
        return _traced.__wrapped__(*arguments, dtype)


@lru_cache(maxsize=512)
def _traced(
    factory: Factory,
    options: tuple[tuple[str, Any], ...],
    name: str,
    input_size: int,
    hidden_size: int,
    dtype: np.dtype,
) -> Any:
    """Return the shapes with `dtype`, JAX's current float type."""
    made = partial(factory, **dict(options)) if options else factory
    try:
        key = seed_key(0)
        shapes = eqx.filter_eval_shape(made, input_size, hidden_size, key=key)
    except FirstbitError:
        raise
    except Exception as error:  # a user's own code may raise anything
        raise CellError(
            f"{name} refuses {input_size} inputs and {hidden_size} units: "
            f"{type(error).__name__}: {error}; expected a factory (input_size, "
            "hidden_size, *, key)."
        ) from error

    def in_float(leaf: Any) -> Any:
        if is_real(leaf):
            return jax.ShapeDtypeStruct(leaf.shape, dtype)
        if is_complex(leaf):
            return jax.ShapeDtypeStruct(leaf.shape, jnp.result_type(complex))
        return leaf

    return jax.tree.map(in_float, shapes)
