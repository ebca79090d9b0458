"""Does a cell's constructor draw anything? Then what it draws is a law."""

from collections.abc import Callable, Mapping

import equinox as eqx
import jax
from jax.extend.core import Literal
from jaxtyping import Array

from firstbit.weights.threefry import GENERATOR

NUM_INPUTS = 2


def draws_arrays(
    factory: Callable[..., object], options: Mapping[str, object], hidden_size: int
) -> bool:
    """Return whether what a constructor gives depends on its key.

    One that leaves its arrays at zero, for a law to draw them, draws nothing. A
    constructor that can't be traced, or is not of JAX, is taken to draw.

    Args:
        factory: `(input_size, hidden_size, *, key, **options) -> cell`.
        options: of the factory.
        hidden_size: k.

    Example:
        >>> from firstbit.cells.gru import GRU
        >>> draws_arrays(GRU, {}, 3)
        True
    """
    if hasattr(factory, "draws"):
        return True

    def arrays(words: Array) -> list[Array]:
        key = jax.random.wrap_key_data(words, impl=GENERATOR)
        made = factory(NUM_INPUTS, hidden_size, key=key, **options)
        return jax.tree.leaves(eqx.filter(made, eqx.is_inexact_array))

    try:
        words = jax.random.key_data(jax.random.key(0, impl=GENERATOR))
        program = jax.make_jaxpr(arrays)(words)
    except Exception:  # a user's own code may raise anything: the trial says it
        return True
    random = set(program.jaxpr.invars)
    for equation in program.jaxpr.eqns:
        operands = [one for one in equation.invars if not isinstance(one, Literal)]
        if random & set(operands):
            random |= set(equation.outvars)
    results = [one for one in program.jaxpr.outvars if not isinstance(one, Literal)]
    return bool(random & set(results))
