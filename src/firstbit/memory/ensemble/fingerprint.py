"""What kept blocks rest on: they serve no other measurement, however alike the two look."""

import hashlib
import os
import re
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PRNGKeyArray

from firstbit.cells.given import CellLike, built, is_own, name_of
from firstbit.cells.state import State, initial_state
from firstbit.memory.ensemble.random_cells import ENTRYWISE, Population
from firstbit.memory.ensemble.word_pair import Pair
from firstbit.weights.redraw import Initializer, described, is_real, redraw

_ADDRESS = re.compile(r"0x[0-9a-f]+")


def depends_on(
    cell: CellLike,
    populations: Sequence[Population],
    *,
    pair: Pair,
    length: int,
    initializer: Initializer,
    start: Callable[[Any], State] | None,
    measured: str,
    key: PRNGKeyArray,
) -> dict[str, Any]:
    """All that the distances rest on, as JSON tells it; other options of XLA make other roundings."""
    return {
        "firstbit": version("firstbit"),
        "cell": name_of(cell),
        "initializer": described(initializer),
        "draw_0": draw_0(
            cell,
            populations,
            input_size=len(pair.alphabet),
            initializer=initializer,
            start=start,
            key=key,
        ),
        "length": length,
        "words": pair.described,
        "measured": measured,
        "key": np.ravel(jax.random.key_data(key)).tolist(),
        "block": {
            str(population.hidden_size): population.num_draws
            for population in populations
        },
        "jax": jax.__version__,
        "XLA_FLAGS": os.environ.get("XLA_FLAGS", ""),
    }


def draw_0(
    cell: CellLike,
    populations: Sequence[Population],
    *,
    input_size: int,
    initializer: Initializer,
    start: Callable[[Any], State] | None,
    key: PRNGKeyArray,
) -> str:
    """A digest of the first draw of each size: its weights, its initial state and its first step, as code and as numbers.

    Of the library's own cells and laws it takes the laws' numbers instead, since the
    version tells the rest.
    """
    found = hashlib.sha256()
    for population in populations:
        found.update(population.laws.tobytes())
        if start is not None or not _is_known(cell, population):
            of_draw = jax.random.fold_in(
                jax.random.fold_in(key, population.hidden_size), 0
            )
            with jax.enable_x64(True):
                one = built(cell, input_size, population.hidden_size, key)
                _add_first_step(
                    found, one, initializer, start, jnp.eye(input_size)[0], of_draw
                )
    return found.hexdigest()[:16]


def _is_known(cell: CellLike, population: Population) -> bool:
    """Whether nobody else's code draws the weights or makes the step."""
    options = getattr(cell, "keywords", {}).values()
    laws = {leaf.law for leaf in population.recipe.leaves}
    return (
        is_own(cell)
        and not any(callable(option) for option in options)
        and laws <= {ENTRYWISE, None}
    )


def _add_first_step(
    found: Any,
    cell: Any,
    initializer: Initializer,
    start: Callable[[Any], State] | None,
    x: Any,
    key: PRNGKeyArray,
) -> None:
    arrays, others = eqx.partition(cell, eqx.is_array)

    def first_step(arrays: Any, x: Any, key: PRNGKeyArray) -> Any:
        drawn = redraw(eqx.combine(arrays, others), initializer, key)
        state = jax.tree.map(
            lambda leaf: jnp.asarray(leaf, float), initial_state(drawn, start)
        )
        return eqx.filter(drawn, is_real), state, drawn(x, state)

    traced = jax.jit(first_step).trace(arrays, x, key)
    found.update(_ADDRESS.sub("", str(traced.jaxpr)).encode())
    for leaf in jax.tree.leaves(traced.lower().compile()(arrays, x, key)):
        found.update(np.asarray(leaf).tobytes())
