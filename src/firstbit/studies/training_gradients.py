"""Gradients by lag of trained networks: at the start, in the middle and at the end."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from jaxtyping import Float

from firstbit.cells.losses import Loss
from firstbit.cells.network import Net
from firstbit.intervals import CONFIDENCE, Mean
from firstbit.languages import Language, lags, long_range_prediction
from firstbit.memory import gradients_by_lag
from firstbit.memory.gradients.by_lag import LITTLE
from firstbit.studies.texts import TRAINING
from firstbit.training import Training, next_symbol_examples

GRADIENT_WORDS, GRADIENT_SEEDS = 64, 8


def networks_of(trainings: Sequence[Training]) -> dict[int, list[Net]]:
    """Return the networks at the epochs of their snapshots, and at the end.

    They are those of the first seeds that did not diverge; empty if all diverged.
    """
    finite = [training for training in trainings if training.diverged is None]
    finite = finite[:GRADIENT_SEEDS]
    if not finite:
        return {}
    end = max(len(training.log) for training in finite)
    epochs = sorted({epoch for training in finite for epoch in training.snapshots})
    networks = {epoch: _at(epoch, finite) for epoch in epochs}
    networks[end] = [training.network for training in finite]
    return {epoch: of_seeds for epoch, of_seeds in networks.items() if of_seeds}


def _at(epoch: int, trainings: Sequence[Training]) -> list[Net]:
    """Return the networks before an epoch, of the trainings that reached it."""
    found = []
    for training in trainings:
        if epoch in training.snapshots and epoch < len(training.log):
            found.append(training.snapshots[epoch])
    return found


def gradients_of(
    networks: Mapping[int, Sequence[Net]],
    language: Language,
    words: Sequence[str],
    *,
    loss: Loss,
) -> xr.Dataset:
    """Compute the gradients by lag of the networks' long-range prediction.

    Args:
        networks: of each epoch, as `networks_of` returns them.
        language: the task.
        words: that they read.
        loss: of one prediction, that of the rule of training.
    """
    inputs, targets, num_steps = next_symbol_examples(language, words)
    predicted = long_range_prediction(language, words)
    place = np.maximum(num_steps - predicted, 0)
    deciding = lags(language, words)[np.arange(len(words)), place]
    return gradients_by_lag(
        networks,
        inputs,
        targets,
        num_steps,
        predicted=predicted,
        deciding=deciding,
        loss=loss,
    )


def vanishing(gradients: xr.Dataset) -> str:
    """Say whether the gradients vanish on the way to the symbol that decides.

    With numbers, and the rule. Of each seed the mean log10 share over words, of all
    seeds Student's 95 % interval; so one seed alone gives no answer. The intervals hold
    at all epochs together (Bonferroni), for any one of them may answer yes.
    """
    limit = float(np.log10(LITTLE))
    is_below, is_above = False, True
    ends = []
    confidence = 1 - (1 - CONFIDENCE) / gradients.sizes["epoch"]
    for epoch in gradients["epoch"].values:
        logs = gradients["log_share"].sel(epoch=epoch).values
        middle, low, high = _interval(logs, confidence)
        is_below = is_below or high < limit
        is_above = is_above and low > limit
        ends.append((epoch, _power(middle), _power(low), _power(high)))
    num_seeds = gradients["log_share"].notnull().sum("seed").max()
    return TRAINING(
        "vanishing",
        answer=_answer(is_below, is_above),
        num_seeds=int(num_seeds),
        ends=ends,
        little=f"{LITTLE:.0%}",
    )


def _answer(is_below: bool, is_above: bool) -> str:
    if is_below:
        return "Yes"
    return "No" if is_above else "Undecided"


def _interval(
    logs: Float[np.ndarray, " seed"], confidence: float
) -> tuple[float, float, float]:
    """Return the mean with Student's interval; everything, for fewer than two.

    A share of exactly 0 makes the mean 0, however large the others are. Nothing is said
    of an upper end then, unless all are 0.
    """
    logs = logs[~np.isnan(logs)]
    if len(logs) < 2:
        middle = float(logs[0]) if len(logs) else np.nan
        return middle, -np.inf, np.inf
    if np.isneginf(logs).any():
        high = -np.inf if np.isneginf(logs).all() else np.inf
        return -np.inf, -np.inf, high
    mean = Mean.of(logs)
    low, high = mean.interval(confidence)
    return float(mean.value), float(low), float(high)


def _power(log: float) -> str:
    """Return a share from its logarithm."""
    if np.isnan(log):
        return "unknown"
    if log == -np.inf:
        return "0"
    return "any" if log == np.inf else f"{10**log:.2g}"
