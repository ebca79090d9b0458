"""What the loss says to the weights, and to the hidden state, through time."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import scipy
import xarray as xr
from jaxtyping import Array, Float, Int

from firstbit.cells import Network, initial_state, run, squared_error
from firstbit.provenance import with_provenance

Networks = Mapping[str, Mapping[int, Network]]
"""For each name of a network, the network at some epochs."""

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
NUM_RESAMPLES = 1000


def weight_gradients(
    network: Network,
    inputs: Float[np.ndarray, "word time input"],
    lengths: Int[np.ndarray, " word"],
) -> dict[str, np.ndarray]:
    """Gradient of each word's summed squared error, by parameter: name -> (word, coefficient), float64.

    Computed by JAX's reverse mode through the whole unrolled word, apart from the
    training's own loop.

    Args:
        network: cell and read-out.
        inputs: one-hot words.
        lengths: number of symbols of each word.
    """
    with jax.enable_x64(True):
        gradient = _gradient_by_word(
            jax.tree.map(jnp.asarray, network),
            jnp.asarray(inputs),
            jnp.asarray(lengths),
        )
        return {
            name: np.asarray(g).reshape(len(inputs), -1)
            for name, g in gradient.parameters().items()
        }


def hidden_gradients(
    network: Network,
    inputs: Float[np.ndarray, "word time input"],
    lengths: Int[np.ndarray, " word"],
    *,
    predicted: int,
) -> Float[np.ndarray, "word lag"]:
    r"""How much of one prediction's error reaches back: $\lVert \partial L_T / \partial h_{T-\text{lag}} \rVert_2$.

    L_T is the squared error of predicting one symbol of the word from h_T. Pooled
    gradients of the weights can't show whether they vanish: they add up near and far
    lags.

    Args:
        network: cell and read-out.
        inputs: one-hot words.
        lengths: number of symbols of each word.
        predicted: which symbol is predicted, counted from the end: 2 is the last but
            one.

    Returns:
        (word, lag), lag = 0, 1, ... symbols before T; NaN before the word's first
        symbol.
    """
    with jax.enable_x64(True):
        norms = _norms_by_word(
            jax.tree.map(jnp.asarray, network),
            jnp.asarray(inputs),
            jnp.asarray(lengths) - predicted,
        )
        return np.asarray(norms)


@jax.jit
@partial(jax.vmap, in_axes=(None, 0, 0))
@jax.grad
def _gradient_by_word(network: Network, word: Array, length: Array) -> Array:
    """Differentiates: summed squared error of one padded word."""
    _, outputs = run(network, word[:-1])
    counts = (jnp.arange(word.shape[0] - 1) < length - 1)[:, None]
    return squared_error(
        jnp.where(counts, outputs, 0.0), jnp.where(counts, word[1:], 0.0)
    )


@jax.jit
@partial(jax.vmap, in_axes=(None, 0, 0))
def _norms_by_word(network: Network, word: Array, target: Array) -> Array:
    """Norms of dL/dh at lag 0, 1, ..., for the prediction of the symbol at place `target`."""

    def loss(shifts: Array) -> Array:
        def step(
            hidden: Array, symbol_and_shift: tuple[Array, Array]
        ) -> tuple[Array, Array]:
            symbol, shift = symbol_and_shift
            hidden = network.cell(symbol, hidden) + shift
            return hidden, hidden

        _, hidden = jax.lax.scan(step, initial_state(network.cell), (word, shifts))
        return squared_error(network.readout(hidden[target - 1]), word[target])

    size = jnp.linalg.norm(
        jax.grad(loss)(jnp.zeros((word.shape[0], network.cell.hidden_size))), axis=1
    )
    times = target - 1 - jnp.arange(word.shape[0])
    return jnp.where(times >= 0, size[times], jnp.nan)


def gradient_distributions(
    networks: Networks,
    inputs: Float[np.ndarray, "word time input"],
    lengths: Int[np.ndarray, " word"],
    *,
    seed: int = 0,
) -> xr.Dataset:
    """Gradients of two networks on the same words, by epoch, and how far apart their absolute values are.

    Args:
        networks: exactly two, each at the same epochs (start, during, end), e.g.
            {"vanilla": {0: ...}, ...}.
        inputs: one-hot words.
        lengths: number of symbols of each word.
        seed: of the bootstrap over words.

    Returns:
        Dataset: `gradient` (epoch, word, coefficient) with coords `network` and
        `parameter`; over `epoch`: `ks_distance` of the absolute values (all parameters
        pooled) and `median_ratio` (first over second), each with a 95 % bootstrap
        interval over words (`ks_low`, `ratio_high`, ...); `parameter_quantile` (epoch,
        group, quantile) of the absolute values of each parameter.
    """
    epochs = list(next(iter(networks.values())))
    blocks: list[np.ndarray] = []
    owners: list[tuple[str, str]] = []
    for name, by_epoch in networks.items():
        by_parameter = [
            weight_gradients(by_epoch[epoch], inputs, lengths) for epoch in epochs
        ]
        for parameter in by_parameter[0]:
            blocks.append(
                np.stack([gradients[parameter] for gradients in by_parameter])
            )
            owners += [(name, parameter)] * blocks[-1].shape[-1]
    gradient = np.concatenate(blocks, axis=-1)
    group = np.array([f"{name} {parameter}" for name, parameter in owners])
    network = np.array([name for name, _ in owners])
    groups = list(dict.fromkeys(group))
    size = np.abs(gradient)
    first, second = list(networks)
    comparison = [
        compare_sizes(at[:, network == first], at[:, network == second], seed=seed)
        for at in size
    ]
    quantiles = np.stack(
        [
            [np.quantile(at[:, group == name], QUANTILES) for name in groups]
            for at in size
        ]
    )
    about = {
        "ks_distance": "Kolmogorov-Smirnov distance of the absolute gradients",
        "ks_low": "lower end of the 95 % interval",
        "ks_high": "upper end of the 95 % interval",
        "median_ratio": f"median absolute gradient, {first} over {second}",
        "ratio_low": "lower end of the 95 % interval",
        "ratio_high": "upper end of the 95 % interval",
    }
    unit = "loss per unit of weight"
    dataset = xr.Dataset(
        {
            "gradient": (
                ("epoch", "word", "coefficient"),
                gradient,
                {"long_name": "gradient of a word's loss", "units": unit},
            ),
            "parameter_quantile": (
                ("epoch", "group", "quantile"),
                quantiles,
                {"long_name": "quantile of the absolute gradient", "units": unit},
            ),
            **{
                name: (
                    "epoch",
                    [row[name] for row in comparison],
                    {"long_name": text, "units": "1"},
                )
                for name, text in about.items()
            },
        },
        coords={
            "epoch": epochs,
            "network": ("coefficient", network),
            "parameter": (
                "coefficient",
                np.array([parameter for _, parameter in owners]),
            ),
            "group": groups,
            "quantile": list(QUANTILES),
        },
    )
    return with_provenance(
        dataset,
        configuration={
            "measure": "gradients",
            "networks": list(networks),
            "epochs": epochs,
            "seed": seed,
        },
    )


def compare_sizes(
    first: Float[np.ndarray, "word first"],
    second: Float[np.ndarray, "word second"],
    *,
    seed: int,
) -> dict[str, float]:
    """Kolmogorov-Smirnov distance and ratio of medians of two pools of sizes, with 95 % bootstrap intervals.

    Words are resampled, the same for both pools: coefficients of one word are far from
    independent. The bootstrap works on empirical distributions at 512 pooled quantiles;
    the two estimates themselves are exact.
    """
    pooled = np.concatenate([first.ravel(), second.ravel()])
    grid = np.unique(np.quantile(pooled, np.linspace(0, 1, 513)))
    below = [_share_below(pool, grid) for pool in (first, second)]
    draws = np.random.Generator(np.random.PCG64(seed)).multinomial(
        len(first), np.full(len(first), 1 / len(first)), size=NUM_RESAMPLES
    )
    resampled = [draws @ share / len(first) for share in below]
    ks = np.abs(resampled[0] - resampled[1]).max(axis=1)
    medians = [
        np.array([np.interp(0.5, row, grid) for row in rows]) for rows in resampled
    ]
    ratio = medians[0] / medians[1]
    exact: Any = scipy.stats.ks_2samp(first.ravel(), second.ravel(), method="asymp")
    return {
        "ks_distance": float(exact.statistic),
        "ks_low": float(np.quantile(ks, 0.025)),
        "ks_high": float(np.quantile(ks, 0.975)),
        "median_ratio": float(np.median(first) / np.median(second)),
        "ratio_low": float(np.quantile(ratio, 0.025)),
        "ratio_high": float(np.quantile(ratio, 0.975)),
    }


def _share_below(
    pool: Float[np.ndarray, "word size"], grid: Float[np.ndarray, " point"]
) -> np.ndarray:
    """(word, point): for each word, the share of its sizes at or below each point of the grid."""
    return (
        np.stack([np.searchsorted(np.sort(row), grid, side="right") for row in pool])
        / pool.shape[1]
    )
