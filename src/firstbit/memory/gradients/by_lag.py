"""The gradient of a prediction's loss at earlier states and weights, by lag."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, Int

from firstbit.cells import Network, squared_error
from firstbit.cells.sequence_model import SequenceModel
from firstbit.datasets import Result, Variable, dataset
from firstbit.errors import SettingError, require_at_least
from firstbit.memory.gradients.one_word import Loss, Word, of_first_state, of_words
from firstbit.memory.sequences.gradients import gradients_at_inputs
from firstbit.norms import norm
from firstbit.programs.complex_numbers import rising
from firstbit.weights.numbers import in_current_float

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

LITTLE = 0.01
"""A gradient vanishes if less than this share of it reaches the symbol that decides."""


class WordGradients(NamedTuple):
    """The gradients of one network's words by lag; NaN where a word has no such lag.

    Attributes:
        loss_gradient: norm of dL_T / dh_{T-lag}.
        jacobian: spectral norm of dh_T / dh_{T-lag}.
        contribution: by parameter, the norm of a lag's terms in the gradient of a
            word's loss. The state before the first symbol counts where it is learnt.
        total: by parameter, these terms themselves, added up over words; of a complex
            number a + ib, dL/da + i dL/db.
    """

    loss_gradient: Float[np.ndarray, "word time lag"]
    jacobian: Float[np.ndarray, "word time lag"]
    contribution: dict[str, Float[np.ndarray, "word lags"]]
    total: dict[str, Float[np.ndarray, "lags _"]]


def gradients_by_lag(
    networks: Mapping[int, Sequence[Network | SequenceModel]],
    inputs: Float[np.ndarray, "word time input"],
    targets: Float[np.ndarray, "word time output"],
    num_steps: Int[np.ndarray, " word"],
    *,
    predicted: int = 1,
    deciding: Int[np.ndarray, " word"] | None = None,
    loss: Loss = squared_error,
) -> Result:
    r"""Compute gradients against the lag T - t: their quantiles over words and seeds.

    $$ \Bigl\lVert \frac{\partial L_T}{\partial h_t} \Bigr\rVert_2, \qquad
    \Bigl\lVert \frac{\partial h_T}{\partial h_t} \Bigr\rVert_2, \qquad
    \nabla_\theta L = \sum_{T} \sum_{t \le T}
    \Bigl(\frac{\partial h_t}{\partial \theta}\Bigr)_{\!\text{partial}}^{\!\top}
    \frac{\partial L_T}{\partial h_t} $$

    L_T is the loss of the prediction from h_T; h is the whole state (of an LSTM h and
    c). Pooled gradients of the weights can't show whether they vanish, as near lags
    hide far ones; the terms of one lag of the double sum can.

    A small gradient at one lag is not by itself a failure to learn: one step of Adam
    doesn't see its size. And a large one may point anywhere: in a chaotic net gradients
    explode and teach nothing.

    Args:
        networks: for each epoch, the networks of one or more seeds. Of a
            `SequenceModel` x_{T-lag}, an input, stands for h_{T-lag}, and y_T for h_T;
            it has no `contribution`.
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
        prediction's loss gradient at h_T, the share that is left at h_{T-lag};
        `share_at_first`, at the first symbol; `log_share` (over `epoch` and `seed`),
        log10 of it at the deciding symbol, mean over words. `contribution` (also over
        `parameter`): norm of a lag's terms in a word's gradient; the read-out's are all
        of lag 0.

    Raises:
        SettingError: no network, `predicted` is below 1, a word has more predictions
            than symbols, or its deciding symbol isn't among those it has read.

    Example:
        >>> from firstbit.cells import Readout, Vanilla
        >>> cell = Vanilla(2, 3, key=jax.random.key(0))
        >>> net = Network(cell, Readout(jnp.ones((2, 3))))
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
    _require_steps(longest, inputs.shape[1])
    words = (inputs[:, :longest], targets[:, :longest], num_steps)
    last = num_steps - predicted
    until = last if deciding is None else deciding
    _require_deciding(until, last)
    summaries = []
    for of_seeds in networks.values():
        measured = [
            word_gradients_by_lag(network, *words, loss=loss) for network in of_seeds
        ]
        summaries.append(_summary(measured, last, until))
    configuration = {
        "measure": "gradients by lag",
        "loss": getattr(loss, "__name__", str(loss)),
        "predicted": predicted,
        "num_words": len(num_steps),
        "num_seeds": [len(of_seeds) for of_seeds in networks.values()],
    }
    first = networks[next(iter(networks))][0]
    parameters = [] if isinstance(first, SequenceModel) else list(first.parameters())
    return _labelled(list(networks), parameters, summaries, configuration)


def _require_steps(longest: int, num_symbols: int) -> None:
    """Raise `SettingError` unless each prediction has a symbol before it."""
    if not 1 <= longest <= num_symbols:
        raise SettingError(
            f"expected `num_steps` of which the largest is from 1 to {num_symbols}, "
            f"the symbols of a word, got {longest}."
        )


def _require_deciding(
    until: Int[np.ndarray, " word"], last: Int[np.ndarray, " word"]
) -> None:
    """Raise `SettingError` unless the deciding symbols come before the predictions."""
    is_outside = (until < 0) | (until > last)
    wrong = np.flatnonzero((last >= 0) & is_outside)
    if wrong.size:
        word = wrong[0]
        raise SettingError(
            f"expected `deciding` from 0 to {last[word]} for word {word + 1}, as many "
            f"symbols as come before its prediction, got {until[word]}."
        )


def word_gradients_by_lag(
    network: Network | SequenceModel,
    inputs: Float[np.ndarray, "word time input"],
    targets: Float[np.ndarray, "word time output"],
    num_steps: Int[np.ndarray, " word"],
    *,
    loss: Loss = squared_error,
) -> WordGradients:
    """Compute the gradients of one network by lag, word by word, in float64.

    `gradients_by_lag` summarises these over words and seeds; its arguments are the
    same.
    """
    if isinstance(network, SequenceModel):
        found = gradients_at_inputs(network, inputs, targets, num_steps, loss)
        return WordGradients(*found, {}, {})
    with jax.enable_x64(True):
        symbols = jnp.asarray(inputs)
        expected = jnp.asarray(targets)
        words = Word(symbols, expected, jnp.asarray(num_steps))
        in_float = in_current_float(network)
        found = of_words(in_float, words, loss)
        rises = rising(found.contribution)
        first = of_first_state(in_float).parameters()
    contribution = {}
    total = {}
    for name, array in rises.parameters().items():
        terms = np.asarray(array).reshape(*array.shape[:2], -1)
        norms_of_lags = norm(terms, axis=2)
        starts = bool(np.any(np.asarray(first[name])))
        contribution[name] = _where_there(norms_of_lags, num_steps + starts)
        total[name] = terms.sum(axis=0)
    norms = np.asarray(found.loss_gradient)
    jacobians = np.asarray(found.jacobian)
    return WordGradients(norms, jacobians, contribution, total)


def _where_there(
    norms: Float[np.ndarray, "word lags"], num_lags: Int[np.ndarray, " word"]
) -> Float[np.ndarray, "word lags"]:
    """Return the norms of the lags that a word has; NaN beyond."""
    is_there = np.arange(norms.shape[1]) < num_lags[:, None]
    return np.where(is_there, norms, np.nan)


def _summary(
    of_seeds: Sequence[WordGradients],
    last: Int[np.ndarray, " word"],
    until: Int[np.ndarray, " word"],
) -> dict[str, np.ndarray]:
    """Return quantiles over words and seeds, the last axis, for each lag.

    `log_share` is each seed's mean at the lag `until`.
    """
    num_seeds = len(of_seeds)
    norms = np.concatenate([one.loss_gradient for one in of_seeds])
    jacobians = np.concatenate([one.jacobian for one in of_seeds])
    times = np.tile(last, num_seeds)
    deciding = np.tile(until, num_seeds)
    words = np.flatnonzero(times >= 0)
    rows = np.arange(len(words))
    share = _share_of_lag_zero(norms[words, times[words]])
    decided = np.full(len(times), np.nan)
    at_decision = share[rows, deciding[words]]
    decided[words] = np.log10(np.maximum(at_decision, 1e-300))
    first = share[rows, times[words]]
    return {
        "loss_gradient": _quantiles(norms.reshape(-1, norms.shape[2])),
        "jacobian": _quantiles(jacobians.reshape(-1, jacobians.shape[2])),
        "share": _quantiles(share),
        "share_at_first": _quantiles(first[:, None])[0],
        "log_share": _means_of(decided.reshape(num_seeds, -1)),
        "contribution": _contributions(of_seeds),
    }


def _share_of_lag_zero(
    norms: Float[np.ndarray, "sample lag"],
) -> Float[np.ndarray, "sample lag"]:
    """Return each norm over that at lag 0; NaN where that is zero."""
    nothing = np.full_like(norms, np.nan)
    at_zero = norms[:, :1]
    return np.divide(norms, at_zero, out=nothing, where=at_zero > 0)


def _means_of(rows: Float[np.ndarray, "seed word"]) -> Float[np.ndarray, " seed"]:
    """Return the mean of the numbers in each row; NaN where there is none."""
    means = []
    for row in rows:
        known = row[~np.isnan(row)]
        means.append(known.mean() if known.size else np.nan)
    return np.array(means)


def _contributions(
    of_seeds: Sequence[WordGradients],
) -> Float[np.ndarray, "parameter lag quantile"]:
    """Return quantiles of the contribution of each parameter and lag."""
    num_lags = of_seeds[0].loss_gradient.shape[2]
    quantiles = [np.empty((0, num_lags, len(QUANTILES)))]
    for name in of_seeds[0].contribution:
        norms = np.concatenate([one.contribution[name] for one in of_seeds])
        quantiles.append(_quantiles(norms[:, :num_lags])[None])
    return np.concatenate(quantiles)


def _quantiles(
    values: Float[np.ndarray, "sample lag"],
) -> Float[np.ndarray, "lag quantile"]:
    """Return quantiles over the numbers of each column; NaN where there is none."""
    shape = values.shape[1], len(QUANTILES)
    found = np.full(shape, np.nan)
    for lag, column in enumerate(values.T):
        known = column[~np.isnan(column)]
        if known.size:
            found[lag] = np.quantile(known, QUANTILES)
    return found


def _labelled(
    epochs: list[int],
    parameters: list[str],
    summaries: list[dict[str, np.ndarray]],
    configuration: Mapping[str, object],
) -> Result:
    num_seeds = max(len(summary["log_share"]) for summary in summaries)
    log_share = np.full((len(epochs), num_seeds), np.nan)
    for row, summary in zip(log_share, summaries, strict=True):
        row[: len(summary["log_share"])] = summary["log_share"]  # a run may have ended

    def stacked(name: str) -> np.ndarray:
        return np.stack([summary[name] for summary in summaries])

    fan = ["epoch", "lag", "quantile"]
    return dataset(
        [
            Variable(
                "loss_gradient",
                fan,
                stacked("loss_gradient"),
                "norm of dL_T / dh_{T-lag}",
                "loss per unit of state",
            ),
            Variable(
                "jacobian",
                fan,
                stacked("jacobian"),
                "spectral norm of dh_T / dh_{T-lag}",
            ),
            Variable(
                "share",
                fan,
                stacked("share"),
                "long-range loss gradient at h_{T-lag} over that at h_T",
            ),
            Variable(
                "share_at_first",
                ["epoch", "quantile"],
                stacked("share_at_first"),
                "long-range loss gradient at the first symbol over that at h_T",
            ),
            Variable(
                "log_share",
                ["epoch", "seed"],
                log_share,
                "log10 of the share that reaches the deciding symbol, mean over words",
            ),
            Variable(
                "contribution",
                ["epoch", "parameter", "lag", "quantile"],
                stacked("contribution"),
                "norm of a lag's contribution to the gradient of a word's loss",
                "loss per unit of weight",
            ),
        ],
        {
            "epoch": epochs,
            "lag": np.arange(summaries[0]["share"].shape[0]),
            "seed": np.arange(num_seeds),
            "quantile": list(QUANTILES),
            "parameter": np.array(parameters),
        },
        rows=["epoch", "lag"],
        configuration=configuration,
    )
