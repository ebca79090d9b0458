"""The echo-state property of several random nets, each under inputs of its own."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, PRNGKeyArray

from firstbit.cells.given import CellLike, Given
from firstbit.cells.state import Started
from firstbit.datasets import Result, Variable, dataset, interval
from firstbit.errors import require_at_least, require_kind
from firstbit.intervals import CONFIDENCE
from firstbit.memory import Drive, echo_state
from firstbit.memory.capacity.drive import ONE_HOT
from firstbit.memory.capacity.terms import inputs_of
from firstbit.memory.forgetting.echo_state import require_distance
from firstbit.progress import Progress, silent
from firstbit.studies.law import law_of
from firstbit.weights.redraw import AS_IT_IS, described, is_as_built, redraw
from firstbit.weights.threefry import key_numbers, require_key

OVER = ("draw",)


def echo_states(
    cell: CellLike,
    *,
    num_draws: int,
    drive: Drive,
    num_states: int = 16,
    apart: float = 1e-3,
    confidence: float = CONFIDENCE,
    key: PRNGKeyArray,
    progress: Progress = silent,
) -> Result:
    """Say of random nets which of them forget their first state, see `echo_state`.

    Args:
        cell: text, a factory or a built cell, with one hidden size; a built cell
            without a law is one net.
        num_draws: random nets, at least 1.
        drive: law and scale of the inputs, their number, and the burn-in; its lags
            don't count.
        num_states: first states that are tried in each net.
        apart: a distance above 0.
        confidence: probability of the intervals.
        key: the random key: of the nets, their inputs and their first states.
        progress: called with (nets done, all).

    Returns:
        Dataset over `draw`: `echo_state`, `reason`, `rate`, `lyapunov_exponent` with
        its error and its interval, and `least_distance` of the two states that stay
        furthest apart, in the second half of the inputs.

    Raises:
        SettingError, CellError: as `echo_state`.
    """
    num_draws = require_at_least("num_draws", num_draws, 1)
    require_kind("drive", drive, Drive, "try Drive(law='one-hot')")
    apart = require_distance(apart)
    key = require_key(key)
    given = Given.of(cell)
    num_nets = 1 if given.is_held else num_draws
    found = []
    for number in range(num_nets):
        of_net, of_inputs, of_states = jax.random.split(
            jax.random.fold_in(key, number), 3
        )
        one = echo_state(
            _net(given, len(drive.alphabet), of_net),
            inputs=_inputs(drive, of_inputs),
            burn_in=drive.burn_in,
            num_states=num_states,
            apart=apart,
            confidence=confidence,
            key=of_states,
        )
        found.append(one)
        progress(number + 1, num_nets)
    law = AS_IT_IS if given.is_held else law_of(given)
    about = {"law": drive.law, "scale": drive.scale, "num_steps": drive.num_steps}
    return dataset(
        _variables(found),
        {"draw": np.arange(num_nets)},
        rows=OVER,
        configuration={
            "measure": "echo_state",
            "cell": given.name,
            "catalogue_name": given.catalogue_name,
            "hidden_size": given.hidden_size,
            "initializer": described(law),
            "num_draws": num_nets,
            "burn_in": drive.burn_in,
            "num_states": num_states,
            "apart": apart,
            "confidence": confidence,
            **about,
        },
        confidence=confidence,
        key=key_numbers(key),
        attrs={**about, "num_draws": num_nets},
    )


def _net(given: Given, input_size: int, key: PRNGKeyArray) -> Any:
    """Return one net, with weights by the law of the cell."""
    if given.is_held:
        return given.built
    of_cell, of_law = jax.random.split(key)
    law = law_of(given)
    with jax.enable_x64(True):
        made = given.make(input_size, given.hidden_size, of_cell)
        if not is_as_built(law):
            roles = given.roles_of(made, input_size, given.hidden_size)
            made = redraw(made, law, of_law, roles.arrays)
    if given.initial_state is not None:
        made = Started(made, given.initial_state)
    return made


def _inputs(drive: Drive, key: PRNGKeyArray) -> Float[np.ndarray, "time input"]:
    """Return random inputs."""
    with jax.enable_x64(True):
        uniform = jax.random.uniform(key, (drive.num_steps,), minval=-1, maxval=1)
        numbers = inputs_of(drive, uniform)
        if drive.law == ONE_HOT:
            symbols = (numbers > 0).astype(int)
            return np.asarray(jnp.eye(2)[symbols])
        return np.asarray(drive.scale * numbers)[:, None]


def _variables(found: list[Result]) -> list[Variable]:
    """Return what was found of each net."""

    def values(name: str) -> list:
        return [one[name].item() for one in found]

    ends = [interval(one, "lyapunov_exponent") for one in found]
    lows = [low.item() for low, _ in ends]
    highs = [high.item() for _, high in ends]
    first = found[0]
    distances = []
    for one in found:
        half = one.sizes["time"] // 2
        distances.append(one["distance"].values[half:].min())
    unit = first["distance"].attrs["units"]
    exponent = first["lyapunov_exponent"].attrs
    return [
        Variable("echo_state", OVER, values("echo_state"), "echo-state property"),
        Variable("reason", OVER, values("reason"), "why"),
        Variable("rate", OVER, values("rate"), first["rate"].attrs["long_name"]),
        Variable(
            "lyapunov_exponent",
            OVER,
            values("lyapunov_exponent"),
            exponent["long_name"],
            exponent["units"],
            se=values("lyapunov_exponent_se"),
            ci=(lows, highs),
        ),
        Variable("least_distance", OVER, distances, "least distance", unit),
    ]
