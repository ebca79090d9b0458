"""One net after the other is driven, and what its states hold is measured."""

from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from firstbit.memory.capacity.drive import NUM_STREAMS, ONE_HOT, Drive
from firstbit.memory.capacity.linear import form_of
from firstbit.memory.capacity.projection import basis_of, capacities
from firstbit.memory.capacity.terms import inputs_of
from firstbit.memory.ensemble.ensemble import Ensemble
from firstbit.memory.ensemble.nets import Nets

REPEATS = 10
"""Times that a net which is measured as it is reads new inputs."""


class Held(NamedTuple):
    """What nets hold of their inputs, the net, or the repetition, as last axis.

    Attributes:
        of_lag: capacity of degree 1 at each lag, less chance; NaN where the states of a
            net were not finite.
        of_degree: sum over all functions of each degree.
        rank: independent numbers among those that are read.
        exact: rank of the controllability matrix of a linear net; NaN for others.
        exact_of_lag: exact capacity of a linear net at each lag; NaN for others.
        is_odd: whether the step is odd.
        num_read: numbers that are read, N.
    """

    of_lag: Float[np.ndarray, "lag net"]
    of_degree: Float[np.ndarray, "degree net"]
    rank: Float[np.ndarray, " net"]
    exact: Float[np.ndarray, " net"]
    exact_of_lag: Float[np.ndarray, "lag net"]
    is_odd: Float[np.ndarray, " net"]
    num_read: Float[np.ndarray, " net"]


class Driven(NamedTuple):
    """Nets, and the inputs that drive them."""

    ensemble: Ensemble
    drive: Drive

    @property
    def num_repeats(self) -> int:
        """Times that each net reads: only one that is not random reads again."""
        return REPEATS if self.ensemble.given.is_held else 1

    def settings(self) -> dict[str, Any]:
        """Return all that the numbers depend on beside the ensemble, for JSON."""
        drive = self.drive
        return {
            "measure": "memory_capacity",
            "law": drive.law,
            "scale": drive.scale,
            "num_steps": drive.num_steps,
            "burn_in": drive.burn_in,
            "lags": list(drive.lags),
        }

    def of_net(self, nets: Nets, net: int) -> dict[str, np.ndarray]:
        """Return what one net holds, by name, the repetition as last axis."""
        recipe = nets.population.recipe
        arrays = [array[..., net] for array in nets.weights]
        num_inputs, num_lags = len(self.drive.alphabet), self.drive.lags[0]
        form = form_of(recipe, arrays, num_inputs, num_lags)
        found = []
        for repeat in range(self.num_repeats):
            found.append(self._once(nets, net, repeat))
        of_lag, of_degree, rank = zip(*found, strict=True)
        ones = np.ones(len(found))
        held = Held(
            of_lag=np.stack(of_lag, axis=-1),
            of_degree=np.stack(of_degree, axis=-1),
            rank=np.stack(rank),
            exact=form.rank * ones,
            exact_of_lag=form.profile[:, None] * ones,
            is_odd=float(form.is_odd) * ones,
            num_read=nets.population.num_measured * ones,
        )
        return held._asdict()

    def _once(
        self, nets: Nets, net: int, repeat: int
    ) -> tuple[np.ndarray, np.ndarray, float]:
        """Return the capacity of each lag, of each degree, and the rank."""
        drive = self.drive
        streams = range(NUM_STREAMS * repeat, NUM_STREAMS * (repeat + 1))
        num_steps = drive.first_read + drive.steps_a_stream
        uniform = nets.numbers(net, streams, num_steps)
        inputs = inputs_of(drive, uniform)
        states = self._states(nets, net, inputs)
        if not np.isfinite(states).all():
            nothing = np.full(drive.num_degrees, np.nan)
            of_lags = np.full(drive.lags[0], np.nan)
            return of_lags, nothing, np.nan
        basis = basis_of(jnp.asarray(states))
        of_degrees = []
        for degree in range(1, drive.num_degrees + 1):
            of_degrees.append(capacities(basis, drive, inputs, degree))
        totals = np.array([one.sum() for one in of_degrees])
        return of_degrees[0], totals, float(basis.rank)

    def _states(
        self, nets: Nets, net: int, inputs: Float[Array, "stream time"]
    ) -> Float[np.ndarray, "sample unit"]:
        """Return the states that are read out, stream by stream."""
        symbols = self.drive.scale * inputs
        letters = None
        if self.drive.law == ONE_HOT:
            symbols = (inputs > 0).astype(jnp.int8)
            letters = jnp.eye(2)
        states = nets.states(net, symbols, letters)
        parts = [np.asarray(part) for part in states]
        every = np.concatenate(parts)
        read = every[self.drive.first_read :]
        by_stream = np.swapaxes(read, 0, 1)
        return by_stream.reshape(-1, read.shape[-1])
