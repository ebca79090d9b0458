"""All that kept blocks depend on: they serve no other measurement, however alike."""

import hashlib
import os
import re
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from firstbit.cells.state import in_float
from firstbit.devices import described as described_device
from firstbit.memory.ensemble.ensemble import Ensemble
from firstbit.memory.ensemble.population import Population
from firstbit.memory.ensemble.recipe import ENTRYWISE
from firstbit.processors import processor_kind
from firstbit.provenance import own_version
from firstbit.weights.numbers import is_real
from firstbit.weights.redraw import AS_BUILT, described, redraw

_ADDRESS = re.compile(r"0x[0-9a-f]+")


def fingerprint(ensemble: Ensemble) -> dict[str, Any]:
    """Return all that the distances depend on, for JSON.

    Other options of XLA make other roundings.
    """
    given = ensemble.given
    blocks = {str(one.hidden_size): one.num_draws for one in ensemble.populations}
    return {
        "firstbit": own_version(),
        "cell": given.name,
        "initializer": described(ensemble.initializer),
        "draw_0": draw_0(ensemble),
        "length": ensemble.length,
        "words": ensemble.words.described,
        "measured": given.measured,
        "key": list(ensemble.key_data),
        "block": blocks,
        **_larger(ensemble),
        "jax": jax.__version__,
        "device": described_device(ensemble.device),
        "processor": processor_kind(),
        "XLA_FLAGS": os.environ.get("XLA_FLAGS", ""),
    }


def _larger(ensemble: Ensemble) -> dict[str, Any]:
    """Return the size of the larger cell in which each stands: it rounds otherwise."""
    found = {}
    for one in ensemble.populations:
        if one.embedding is not None:
            found[str(one.hidden_size)] = one.embedding.size
    return {"stands_in": found} if found else {}


def draw_0(ensemble: Ensemble) -> str:
    """Return a digest of the first draw of each size.

    It covers the weights, the initial state and the first step, as code and as numbers.
    Of the library's own cells and laws it takes the laws' numbers instead, since the
    version says the rest.
    """
    found = hashlib.sha256()
    for population in ensemble.populations:
        found.update(np.asarray(population.laws).tobytes())
        if not _is_known(ensemble, population):
            for part in _first_step(ensemble, population):
                found.update(part)
    return found.hexdigest()[:16]


def _is_known(ensemble: Ensemble, population: Population) -> bool:
    """Return whether nobody else's code draws the weights or makes the step."""
    laws = {leaf.law for leaf in population.recipe.leaves}
    return ensemble.given.is_of_catalogue and laws <= {ENTRYWISE, None}


def _first_step(ensemble: Ensemble, population: Population) -> list[bytes]:
    """Return the first step of draw 0: its program as text, and its numbers."""
    hidden_size = population.hidden_size
    roles = population.roles.arrays
    given = ensemble.given
    input_size = ensemble.words.input_size
    key = ensemble.key()
    of_size = jax.random.fold_in(key, hidden_size)
    of_draw = jax.random.fold_in(of_size, 0)
    with jax.enable_x64(True):
        laws = [leaf.law for leaf in population.recipe.leaves]
        own_key = of_draw if AS_BUILT in laws else key
        made = given.make(input_size, hidden_size, own_key)
        arrays, others = eqx.partition(made, eqx.is_array)

        def first_step(arrays: Any, x: Array, key: PRNGKeyArray) -> Any:
            built = eqx.combine(arrays, others)
            drawn = redraw(built, ensemble.initializer, key, roles)
            state = in_float(given.initial(drawn))
            return eqx.filter(drawn, is_real), state, drawn(x, state)

        arguments = (arrays, jnp.eye(input_size)[0], of_draw)
        traced = jax.jit(first_step).trace(*arguments)
        numbers = traced.lower().compile()(*arguments)
    program = _ADDRESS.sub("", str(traced.jaxpr))
    parts = [program.encode()]
    for leaf in jax.tree.leaves(numbers):
        parts.append(np.asarray(leaf).tobytes())
    return parts
