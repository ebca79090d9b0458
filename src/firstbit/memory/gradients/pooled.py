"""The gradients of words at the weights, pooled, and at the hidden state."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Inexact, Int

from firstbit.cells import Network, initial_state, run, squared_error
from firstbit.datasets import Result, Variable, dataset
from firstbit.errors import require_at_least
from firstbit.intervals import CONFIDENCE, require_confidence
from firstbit.memory.gradients.compared_sizes import Comparison, compare_sizes
from firstbit.norms import norm
from firstbit.programs.complex_numbers import rising
from firstbit.programs.in_turn import in_turn

Networks = Mapping[str, Mapping[int, Network]]
"""For each name of a network, the network at some epochs."""

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def weight_gradients(
    network: Network,
    inputs: Float[np.ndarray, "word time input"],
    lengths: Int[np.ndarray, " word"],
) -> dict[str, Inexact[np.ndarray, "word _"]]:
    """Compute the gradient of each word's summed squared error, by parameter, float64.

    It comes from JAX's reverse mode, independently of the training's own loop. Of a
    complex number a + ib it is dL/da + i dL/db.

    Args:
        network: cell and read-out.
        inputs: one-hot words.
        lengths: number of symbols of each word.
    """
    with jax.enable_x64(True):
        words = jnp.asarray(inputs), jnp.asarray(lengths)
        slopes = _gradients_of_words(jax.tree.map(jnp.asarray, network), *words)
        gradient = rising(slopes)
    found = {}
    for name, array in gradient.parameters().items():
        found[name] = np.asarray(array).reshape(len(inputs), -1)
    return found


def hidden_gradients(
    network: Network,
    inputs: Float[np.ndarray, "word time input"],
    lengths: Int[np.ndarray, " word"],
    *,
    predicted: int,
) -> Float[np.ndarray, "word time"]:
    r"""Compute the gradient of one prediction's error at earlier hidden states, by lag.

    $$ \lVert \partial L_T / \partial h_{T-\text{lag}} \rVert_2 $$

    L_T is the squared error of predicting one symbol of the word from h_T. Pooled
    gradients of the weights can't show whether they vanish: they add up near and far
    lags.

    Args:
        network: cell and read-out.
        inputs: one-hot words.
        lengths: number of symbols of each word.
        predicted: place of the predicted symbol from the end: 2 is the last but one.

    Returns:
        (word, lag), lag = 0, 1, ... symbols before T; NaN before the first symbol.

    Raises:
        SettingError: `predicted` is below 1.
    """
    require_at_least("predicted", predicted, 1)
    with jax.enable_x64(True):
        norms = _norms_of_words(
            jax.tree.map(jnp.asarray, network),
            jnp.asarray(inputs),
            jnp.asarray(lengths) - predicted,
        )
    return np.asarray(norms)


@jax.jit
@in_turn
def _gradients_of_words(
    network: Network, words: Float[Array, "word time input"], lengths: Array
) -> Network:
    """Return a network of gradients, with the word as first axis of each array."""
    gradient_of_word = jax.grad(_error_of_word)
    of_each = jax.vmap(gradient_of_word, in_axes=(None, 0, 0))
    return of_each(network, words, lengths)


def _error_of_word(
    network: Network, word: Float[Array, "time input"], length: Int[Array, ""]
) -> Float[Array, ""]:
    """Return the summed squared error of one padded word."""
    _, outputs = run(network, word[:-1])
    times = jnp.arange(word.shape[0] - 1)
    counts = (times < length - 1)[:, None]
    return squared_error(
        jnp.where(counts, outputs, 0.0), jnp.where(counts, word[1:], 0.0)
    )


@jax.jit
@in_turn
def _norms_of_words(
    network: Network, words: Float[Array, "word time input"], places: Array
) -> Float[Array, "word time"]:
    """Return the norms of dL/dh by lag, for the symbol at each word's `place`."""
    of_each = jax.vmap(_norms_of_word, in_axes=(None, 0, 0))
    return of_each(network, words, places)


def _norms_of_word(
    network: Network, word: Float[Array, "time input"], place: Int[Array, ""]
) -> Float[Array, " time"]:
    """Return the norms of dL/dh at lag 0, 1, ... of one word.

    The gradient at h_t is that at a shift of h_t, at shift 0.
    """
    gradient = jax.grad(_error_with_shifts)
    no_shift = jnp.zeros((word.shape[0], network.cell.hidden_size))
    at_shifts = gradient(no_shift, network, word, place)
    size = norm(at_shifts, axis=1, xp=jnp)
    times = place - 1 - jnp.arange(word.shape[0])
    return jnp.where(times >= 0, size[times], jnp.nan)


def _error_with_shifts(
    shifts: Float[Array, "time hidden"],
    network: Network,
    word: Float[Array, "time input"],
    place: Int[Array, ""],
) -> Float[Array, ""]:
    """Return the error of predicting the symbol at `place`, each state shifted."""

    def step(
        hidden: Array, symbol_and_shift: tuple[Array, Array]
    ) -> tuple[Array, Array]:
        symbol, shift = symbol_and_shift
        hidden = network.cell(symbol, hidden) + shift
        return hidden, hidden

    start = initial_state(network.cell)
    _, hidden = jax.lax.scan(step, start, (word, shifts))
    return squared_error(network.readout(hidden[place - 1]), word[place])


def gradient_distributions(
    networks: Networks,
    inputs: Float[np.ndarray, "word time input"],
    lengths: Int[np.ndarray, " word"],
    *,
    confidence: float = CONFIDENCE,
    seed: int,
) -> Result:
    """Compare the absolute gradients of two networks on the same words, by epoch.

    Args:
        networks: exactly two, each at the same epochs (start, during, end), e.g.
            {"vanilla": {0: ...}, ...}.
        inputs: one-hot words.
        lengths: number of symbols of each word.
        confidence: probability of the intervals.
        seed: of the bootstrap over words.

    Returns:
        Dataset: `gradient` (epoch, word, coefficient) with coords `network` and
        `parameter`; over `epoch`: `ks_distance` of the absolute values (all parameters
        pooled) and `median_ratio` (first over second), each with a bootstrap interval
        over words (`ks_distance_ci`, `median_ratio_ci`); `parameter_quantile` (epoch,
        group, quantile) of the absolute values of each parameter.

    Raises:
        SettingError: the confidence is out of range.
    """
    require_confidence(confidence)
    gathered = _gathered(networks, inputs, lengths)
    size = np.abs(gathered.gradient)
    first, second = networks
    is_first, is_second = gathered.network == first, gathered.network == second
    compared = []
    for at in size:
        pools = at[:, is_first], at[:, is_second]
        compared.append(compare_sizes(*pools, confidence=confidence, seed=seed))
    epochs = list(next(iter(networks.values())))
    configuration = {
        "measure": "gradients",
        "networks": list(networks),
        "epochs": epochs,
        "seed": seed,
    }
    return _labelled(gathered, epochs, compared, configuration, confidence)


class _Gathered(NamedTuple):
    """The gradients of two networks, parameter behind parameter."""

    gradient: Float[np.ndarray, "epoch word coefficient"]
    network: np.ndarray
    parameter: np.ndarray

    @property
    def group(self) -> np.ndarray:
        """Network and parameter of each coefficient."""
        pairs = zip(self.network, self.parameter, strict=True)
        return np.array([f"{network} {parameter}" for network, parameter in pairs])


def _gathered(
    networks: Networks,
    inputs: Float[np.ndarray, "word time input"],
    lengths: Int[np.ndarray, " word"],
) -> _Gathered:
    """Compute the gradients of both networks at all epochs."""
    blocks: list[np.ndarray] = []
    network_of: list[str] = []
    parameter_of: list[str] = []
    epochs = list(next(iter(networks.values())))
    for name, by_epoch in networks.items():
        at_epochs = [
            weight_gradients(by_epoch[epoch], inputs, lengths) for epoch in epochs
        ]
        for parameter in at_epochs[0]:
            block = np.stack([gradients[parameter] for gradients in at_epochs])
            blocks.append(block)
            network_of += [name] * block.shape[-1]
            parameter_of += [parameter] * block.shape[-1]
    sizes = np.concatenate(blocks, axis=-1)
    return _Gathered(sizes, np.array(network_of), np.array(parameter_of))


def _labelled(
    gathered: _Gathered,
    epochs: Sequence[int],
    compared: Sequence[Comparison],
    configuration: Mapping[str, Any],
    confidence: float,
) -> Result:
    first, second = configuration["networks"]
    groups, quantiles = _quantiles(gathered)
    unit = "loss per unit of weight"
    return dataset(
        [
            Variable(
                "ks_distance",
                ["epoch"],
                [one.ks_distance for one in compared],
                "Kolmogorov-Smirnov distance of the absolute gradients",
                ci=_ends([one.ks_interval for one in compared]),
            ),
            Variable(
                "median_ratio",
                ["epoch"],
                [one.median_ratio for one in compared],
                f"median absolute gradient, {first} over {second}",
                ci=_ends([one.ratio_interval for one in compared]),
            ),
            Variable(
                "gradient",
                ["epoch", "word", "coefficient"],
                gathered.gradient,
                "gradient of a word's loss",
                unit,
            ),
            Variable(
                "parameter_quantile",
                ["epoch", "group", "quantile"],
                quantiles,
                "quantile of the absolute gradient",
                unit,
            ),
        ],
        {
            "epoch": epochs,
            "network": (["coefficient"], gathered.network),
            "parameter": (["coefficient"], gathered.parameter),
            "group": groups,
            "quantile": list(QUANTILES),
        },
        rows=["epoch"],
        configuration=configuration,
        confidence=confidence,
    )


def _ends(
    intervals: Sequence[tuple[float, float]],
) -> tuple[list[float], list[float]]:
    """Return the lower and the upper ends of intervals."""
    return [low for low, _ in intervals], [high for _, high in intervals]


def _quantiles(
    gathered: _Gathered,
) -> tuple[list[str], Float[np.ndarray, "epoch group quantile"]]:
    """Return the groups, and quantiles of each group's absolute gradients."""
    of_coefficient = gathered.group
    groups = list(dict.fromkeys(of_coefficient.tolist()))
    size = np.abs(gathered.gradient)
    found = np.empty((len(size), len(groups), len(QUANTILES)))
    for i, group in enumerate(groups):
        members = size[:, :, of_coefficient == group]
        quantiles = np.quantile(members, QUANTILES, axis=(1, 2))
        found[:, i] = quantiles.T
    return groups, found
