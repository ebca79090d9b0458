"""What a prediction's loss says to earlier states, and to the weights, by how much earlier."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import xarray as xr
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float, Int

from firstbit.cells import Network, hidden_of, initial_state, squared_error
from firstbit.errors import SettingError, require_at_least
from firstbit.provenance import with_provenance
from firstbit.weights.redraw import is_real

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

LITTLE = 0.01
"""A gradient vanishes if less than this share of it reaches the symbol that decides."""

BATCH = 16
"""Words that are computed side by side."""


class ByLag(NamedTuple):
    """Of one network; NaN where a word has no such lag.

    Attributes:
        loss_gradient: norm of dL_T / dh_{T-lag}, (word, T, lag).
        jacobian: spectral norm of dh_T / dh_{T-lag}, (word, T, lag).
        contribution: norm of what a lag adds to the gradient of a word's loss, by
            parameter: (word, lag).
        total: the same added up over words, as vectors: (lag, coefficient).
    """

    loss_gradient: Float[np.ndarray, "word time lag"]
    jacobian: Float[np.ndarray, "word time lag"]
    contribution: dict[str, Float[np.ndarray, "word lag"]]
    total: dict[str, Float[np.ndarray, "lag coefficient"]]


def gradients_by_lag(
    networks: Mapping[int, Sequence[Network]],
    inputs: Float[np.ndarray, "word time input"],
    targets: Float[np.ndarray, "word time output"],
    num_steps: Int[np.ndarray, " word"],
    *,
    predicted: int = 1,
    deciding: Int[np.ndarray, " word"] | None = None,
    loss: Callable[[Array, Array], Array] = squared_error,
) -> xr.Dataset:
    r"""How far back gradients reach: their sizes against the lag T - t, over words and seeds.

    $$ \Bigl\lVert \frac{\partial L_T}{\partial h_t} \Bigr\rVert_2, \qquad
    \Bigl\lVert \frac{\partial h_T}{\partial h_t} \Bigr\rVert_2, \qquad
    \nabla_\theta L = \sum_{T} \sum_{t \le T} \Bigl(\frac{\partial h_t}{\partial \theta}\Bigr)_{\!\text{partial}}^{\!\top}
    \frac{\partial L_T}{\partial h_t} $$

    L_T is the loss of the prediction from h_T; h is the whole state (of an LSTM h and
    c). Pooled gradients of the weights can't show whether they vanish, as near lags
    hide far ones; the terms of one lag of the double sum can.

    A small gradient at one lag is not by itself a failure to learn: one step of Adam
    doesn't see its size. And a large one may point anywhere: in a chaotic net gradients
    explode and teach nothing.

    Args:
        networks: for each epoch, the networks of one or more seeds.
        inputs: one-hot symbols that are read.
        targets: one-hot outputs that come next.
        num_steps: number of predictions of each word.
        predicted: the long-range prediction, counted from the last one: 1 is the last.
        deciding: for each word, how many symbols before that prediction the symbol was
            read that decides it; by default the word's first.
        loss: of one prediction.

    Returns:
        Dataset over `epoch`, `lag` and `quantile` (over words, T and seeds):
        `loss_gradient`, `jacobian` (spectral norm). `share`: of the long-range
        prediction's loss gradient at h_T, what is left at h_{T-lag}; `share_at_first`,
        at the first symbol; `log_share` (over `epoch` and `seed`), log10 of it at the
        deciding symbol, mean over words. `contribution` (also over `parameter`): norm
        of a lag's terms in a word's gradient; the read-out's are all of lag 0.

    Raises:
        SettingError: no network, or `predicted` is below 1.

    Example:
        >>> from firstbit.cells import Readout, Vanilla
        >>> net = Network(Vanilla(2, 3, key=jax.random.key(0)), Readout(jnp.ones((2, 3))))
        >>> word = np.eye(2)[None, [0, 1, 1]]
        >>> d = gradients_by_lag({0: [net]}, word, word, np.array([3]))
        >>> d.loss_gradient.dims, float(d.share.sel(lag=0, quantile=0.5).item())
        (('epoch', 'lag', 'quantile'), 1.0)

    References:
        Hochreiter, Schmidhuber 1997, "Long Short-Term Memory", Section 3 (the factor by
        which an error is scaled on its way back).
    """
    require_at_least("predicted", predicted, 1)
    if not networks or not all(networks.values()):
        raise SettingError(
            "expected at least one network for each epoch, got none; try {0: "
            "[network]}."
        )
    longest = int(num_steps.max())
    words = (inputs[:, :longest], targets[:, :longest], num_steps)
    measured = {
        epoch: [by_lag(network, *words, loss=loss) for network in of_seeds]
        for epoch, of_seeds in networks.items()
    }
    last = num_steps - predicted
    until = last if deciding is None else deciding
    parts = [
        _summary(of_seeds, last, until, num_steps) for of_seeds in measured.values()
    ]
    return with_provenance(
        _labelled(list(networks), parts),
        configuration={
            "measure": "gradients by lag",
            "loss": getattr(loss, "__name__", str(loss)),
            "predicted": predicted,
            "num_words": len(num_steps),
            "num_seeds": [len(of_seeds) for of_seeds in networks.values()],
        },
    )


def by_lag(
    network: Network,
    inputs: Float[np.ndarray, "word time input"],
    targets: Float[np.ndarray, "word time output"],
    num_steps: Int[np.ndarray, " word"],
    *,
    loss: Callable[[Array, Array], Array] = squared_error,
) -> ByLag:
    """The measurement behind `gradients_by_lag`, of one network, in float64."""
    with jax.enable_x64(True):
        network = jax.tree.map(
            lambda leaf: jnp.asarray(leaf, float) if is_real(leaf) else leaf, network
        )
        arrays = tuple(jnp.asarray(array) for array in (inputs, targets, num_steps))
        norms, jacobians, contributions = _of_words(network, arrays, loss)
    named = {
        name: np.asarray(array) for name, array in contributions.parameters().items()
    }
    flat = {name: array.reshape(*array.shape[:2], -1) for name, array in named.items()}
    return ByLag(
        np.asarray(norms),
        np.asarray(jacobians),
        {name: np.linalg.norm(array, axis=2) for name, array in flat.items()},
        {name: array.sum(axis=0) for name, array in flat.items()},
    )


@eqx.filter_jit
def _of_words(
    network: Network, words: tuple[Array, ...], loss: Any
) -> tuple[Array, Array, Network]:
    return jax.lax.map(
        lambda word: _of_word(network, word, loss), words, batch_size=BATCH
    )


def _of_word(
    network: Network, word: tuple[Array, ...], loss: Any
) -> tuple[Array, Array, Network]:
    """Norms (T, lag), and contributions with the lag as first axis; row T of states is that after symbol T."""
    inputs, targets, num_steps = word
    trained, fixed = eqx.partition(network, eqx.is_inexact_array)
    first, unravel = ravel_pytree(initial_state(network.cell))

    def step(cell: Any, x: Array, state: Array) -> Array:
        return ravel_pytree(eqx.combine(cell, fixed.cell)(x, unravel(state)))[0]

    def error(readout: Any, state: Array, target: Array) -> Array:
        return loss(
            eqx.combine(readout, fixed.readout)(hidden_of(unravel(state))), target
        )

    def kept(state: Array, x: Array) -> tuple[Array, Array]:
        state = step(trained.cell, x, state)
        return state, state

    _, after = jax.lax.scan(kept, first, inputs)
    before = jnp.concatenate([first[None], after[:-1]])
    moves = jax.vmap(jax.jacrev(partial(step, trained.cell), argnums=1))(inputs, before)
    counts = jnp.arange(len(inputs)) < num_steps
    at_readout, at_state = jax.vmap(
        jax.grad(error, argnums=(0, 1)), in_axes=(None, 0, 0)
    )(trained.readout, after, targets)
    at_readout = jax.tree.map(
        lambda g: jnp.tensordot(counts.astype(float), g, 1), at_readout
    )

    def all_states(cell: Any) -> Array:
        """Each state as a function of the weights in its own step alone; the one before the first symbol comes first."""
        start = ravel_pytree(initial_state(eqx.combine(cell, fixed.cell)))[0]
        return jnp.concatenate(
            [start[None], jax.vmap(partial(step, cell))(inputs, before)]
        )

    _, pull_back = jax.vjp(all_states, trained.cell)
    time = jnp.arange(len(inputs))

    def one_lag(
        carry: tuple[Array, Array], lag: Array
    ) -> tuple[tuple[Array, Array], tuple[Array, Array, Any]]:
        delta, product = carry  # of each T: dL_T / dh_{T-lag}, dh_T / dh_{T-lag}
        reached = time - lag  # h_{T-lag}; -1 is the state before the first symbol
        there = (counts & (reached >= -1))[:, None]
        arriving = (
            jnp.zeros((len(inputs) + 1, delta.shape[1]))
            .at[reached + 1]
            .add(jnp.where(there, delta, 0.0), mode="drop")
        )
        inside = counts & (reached >= 0)
        norms = jnp.where(inside, jnp.linalg.norm(delta, axis=1), jnp.nan)
        sizes = jnp.where(inside, jnp.linalg.norm(product, ord=2, axis=(1, 2)), jnp.nan)
        back = moves[jnp.maximum(reached, 0)]
        carry = (
            jnp.einsum("tij,ti->tj", back, delta),
            jnp.einsum("tij,tjk->tik", product, back),
        )
        return carry, (norms, sizes, pull_back(arriving)[0])

    start = (
        at_state,
        jnp.broadcast_to(jnp.eye(len(first)), (len(inputs), len(first), len(first))),
    )
    _, (norms, sizes, at_cell) = jax.lax.scan(
        one_lag, start, jnp.arange(len(inputs) + 1)
    )
    by_lag_readout = jax.tree.map(
        lambda g: jnp.zeros((len(inputs) + 1, *g.shape)).at[0].set(g), at_readout
    )
    return norms[:-1].T, sizes[:-1].T, Network(at_cell, by_lag_readout)


def _summary(
    of_seeds: Sequence[ByLag],
    last: np.ndarray,
    until: np.ndarray,
    num_steps: np.ndarray,
) -> dict[str, np.ndarray]:
    """Quantiles over words and seeds, the last axis; each lag first. And of each seed the mean at lag `until`."""
    norms = np.concatenate([one.loss_gradient for one in of_seeds])
    jacobians = np.concatenate([one.jacobian for one in of_seeds])
    times, until = (np.tile(of_word, len(of_seeds)) for of_word in (last, until))
    words = np.flatnonzero(times >= 0)
    far = norms[words, times[words]]
    share = np.divide(
        far, far[:, :1], out=np.full_like(far, np.nan), where=far[:, :1] > 0
    )
    decided = np.full(len(times), np.nan)
    decided[words] = np.log10(
        np.maximum(share[np.arange(len(words)), until[words]], 1e-300)
    )
    by_seed = [one[~np.isnan(one)] for one in decided.reshape(len(of_seeds), -1)]
    parameters = list(of_seeds[0].contribution)
    contribution = np.stack(
        [
            np.concatenate([one.contribution[name] for one in of_seeds])
            for name in parameters
        ]
    )
    lags = np.arange(contribution.shape[2])
    no_such_lag = lags > np.tile(num_steps, len(of_seeds))[:, None]
    return {
        "loss_gradient": _quantiles(norms.reshape(-1, norms.shape[2])),
        "jacobian": _quantiles(jacobians.reshape(-1, jacobians.shape[2])),
        "share": _quantiles(share),
        "share_at_first": _quantiles(
            share[np.arange(len(words)), times[words]][:, None]
        )[0],
        "log_share": np.array([one.mean() if one.size else np.nan for one in by_seed]),
        "contribution": np.stack(
            [
                _quantiles(np.where(no_such_lag, np.nan, one)[:, :-1])
                for one in contribution
            ]
        ),
        "parameter": np.array(parameters),
    }


def _quantiles(
    values: Float[np.ndarray, "sample lag"],
) -> Float[np.ndarray, "lag quantile"]:
    """Over what there is; NaN where there is nothing."""
    columns = [column[~np.isnan(column)] for column in values.T]
    return np.stack(
        [
            np.quantile(column, QUANTILES)
            if column.size
            else np.full(len(QUANTILES), np.nan)
            for column in columns
        ]
    )


_VARIABLES = {
    "loss_gradient": (
        ("epoch", "lag", "quantile"),
        "norm of dL_T / dh_{T-lag}",
        "loss per unit of state",
    ),
    "jacobian": (
        ("epoch", "lag", "quantile"),
        "spectral norm of dh_T / dh_{T-lag}",
        "1",
    ),
    "share": (
        ("epoch", "lag", "quantile"),
        "long-range loss gradient at h_{T-lag} over that at h_T",
        "1",
    ),
    "share_at_first": (
        ("epoch", "quantile"),
        "long-range loss gradient at the first symbol over that at h_T",
        "1",
    ),
    "log_share": (
        ("epoch", "seed"),
        "log10 of the share that reaches the deciding symbol, mean over words",
        "1",
    ),
    "contribution": (
        ("epoch", "parameter", "lag", "quantile"),
        "norm of a lag's contribution to the gradient of a word's loss",
        "loss per unit of weight",
    ),
}


def _labelled(epochs: list[int], parts: list[dict[str, np.ndarray]]) -> xr.Dataset:
    most = max(part["log_share"].size for part in parts)
    for part in parts:  # a seed may have ended before others
        part["log_share"] = np.pad(
            part["log_share"],
            (0, most - part["log_share"].size),
            constant_values=np.nan,
        )
    variables = {
        name: (
            dims,
            np.stack([part[name] for part in parts]),
            {"long_name": text, "units": unit},
        )
        for name, (dims, text, unit) in _VARIABLES.items()
    }
    coords = {
        "epoch": ("epoch", epochs, {"long_name": "epoch", "units": "epochs"}),
        "lag": (
            "lag",
            np.arange(parts[0]["share"].shape[0]),
            {"long_name": "lag T - t", "units": "symbols"},
        ),
        "quantile": (
            "quantile",
            list(QUANTILES),
            {"long_name": "probability", "units": "1"},
        ),
        "parameter": (
            "parameter",
            parts[0]["parameter"],
            {"long_name": "parameter", "units": "1"},
        ),
    }
    return xr.Dataset(variables, coords)
