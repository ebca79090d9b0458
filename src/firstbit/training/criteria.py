"""Has it learned? Criteria of a network on a language, each of one reading of words.

What a network gives as probabilities are its outputs themselves (trained on squared
error) or their softmax; see `Replies.is_softmax`.
"""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from jaxtyping import Bool, Float, Int

from firstbit.cells import Network
from firstbit.languages import Language, Rows
from firstbit.languages.demand.rows import RESOLUTION
from firstbit.languages.judging.judge import legal_above_illegal
from firstbit.training.reading import SIDE_BY_SIDE, Replies, read

NUM_WORDS = 1000
"""Fresh words of a test, Hochreiter and Schmidhuber's number."""

LEAST_PROBABILITY = 1e-6
"""Floor of the outputs of a network without softmax where they are taken for
probabilities, before they are scaled to 1."""


def is_right(
    replies: Replies, *, resolution: float = RESOLUTION
) -> Bool[np.ndarray, " prediction"]:
    """Return whether the row nearest to each prediction is the true one; see `Rows`."""
    rows = Rows.of(replies.asked.language)
    true = rows.of_state[replies.asked.state]
    return rows.right(replies.probability, true, resolution=resolution)


def passes_hochreiter(
    network: Network, language: Language, words: Sequence[str]
) -> bool:
    """Apply Hochreiter and Schmidhuber's test to a network.

    It passes if at every step of every word the most active outputs are exactly the
    legal symbols. The test ends with the first words that fail.

    Args:
        network: cell and read-out.
        language: the task.
        words: of the test.

    Example:
        >>> import jax
        >>> from firstbit.cells import Readout, Vanilla
        >>> from firstbit.languages import reber
        >>> cell = Vanilla(7, 3, key=jax.random.key(0))
        >>> net = Network(cell, Readout(np.zeros((7, 3))))
        >>> passes_hochreiter(net, reber(), ["BTXSE"])
        False

    References:
        Hochreiter, Schmidhuber 1997, "Long Short-Term Memory", Section 5.1.
    """
    for first in range(0, len(words), SIDE_BY_SIDE):
        some = words[first : first + SIDE_BY_SIDE]
        made = read(network, language, some)
        right = legal_above_illegal(made.output, made.asked.truth > 0)
        if not right.all():
            return False
    return True


def squared_distance(replies: Replies) -> float:
    r"""Return the expected squared distance a word from the exact distribution.

    $\sum_t \lVert \hat P_t - P_t \rVert^2$: what the expected squared error exceeds the
    full floor by, without the noise of the symbols that came.
    """
    return replies.per_word(squared_distances(replies))


def squared_distances(replies: Replies) -> Float[np.ndarray, " prediction"]:
    """Return what each prediction adds to `squared_distance`."""
    return _squared(replies.probability - replies.asked.truth)


def divergence(replies: Replies) -> float:
    r"""Return the expected bits a word lost to the exact distribution.

    $\sum_t \sum_a P_t(a) \log_2 (P_t(a) / \hat P_t(a))$. Outputs of a network without
    softmax are first raised to at least 1e-6 and scaled to sum 1: such bits depend on
    that floor where the network gives a legal symbol less.
    """
    return replies.per_word(divergences(replies))


def divergences(replies: Replies) -> Float[np.ndarray, " prediction"]:
    """Return what each prediction adds to `divergence`, in bits."""
    given = as_distribution(replies)
    truth = replies.asked.truth
    legal = truth > 0
    one = np.ones_like(given)
    ratio = np.divide(truth, given, out=one, where=legal)
    of_symbol = truth * np.log2(ratio)
    return np.where(legal, of_symbol, 0.0).sum(axis=1)


def as_distribution(replies: Replies) -> Float[np.ndarray, "prediction output"]:
    """Return the predictions as distributions.

    Outputs without a softmax are raised to at least 1e-6 and scaled to sum 1.
    """
    given = replies.probability
    if replies.is_softmax:
        return given
    given = np.maximum(given, LEAST_PROBABILITY)
    total = given.sum(axis=1, keepdims=True)
    return given / total


def loss_above_floor(replies: Replies) -> float:
    """Return the mean loss a word above that of the true probabilities.

    Squared error, or bits with a softmax. Over all words of the language the true
    probabilities' loss is the full floor; on the same words the noise of the symbols
    that came mostly cancels.
    """
    return replies.per_word(losses_above_floor(replies))


def losses_above_floor(replies: Replies) -> Float[np.ndarray, " prediction"]:
    """Return what each prediction adds to `loss_above_floor`."""
    if replies.is_softmax:
        return bits_above_floor(replies)
    truth = replies.asked.truth
    target = replies.asked.target
    loss = _squared(replies.probability - target)
    of_truth = _squared(truth - target)
    return loss - of_truth


def bits_above_floor(replies: Replies) -> Float[np.ndarray, " prediction"]:
    """Return the bits of what came, above those under the true probabilities."""
    came = replies.asked.target > 0
    loss = -np.log2(as_distribution(replies)[came])
    of_truth = -np.log2(replies.asked.truth[came])
    return loss - of_truth


def _squared(
    apart: Float[np.ndarray, "prediction output"],
) -> Float[np.ndarray, " prediction"]:
    """Return the squared distance of each prediction."""
    with np.errstate(all="ignore"):  # a diverged network gives no number
        return (apart**2).sum(axis=1)


def long_range_accuracy(
    readings: Sequence[Replies], *, resolution: float = RESOLUTION
) -> xr.Dataset:
    """Return the share of right predictions by lag.

    It is a picture, no test: the letters of a long word betray the state, so that a
    window of the last L symbols is often right at lag L. Twins are the test.

    Args:
        readings: of one network, at least one.
        resolution: see `Rows`.

    Returns:
        `accuracy` and `count`, the number of predictions, over `lag`: how many steps
        back the deciding symbol is. Lags that no prediction has are left out.
    """
    lags_asked = []
    rights = []
    for replies in readings:
        lags_asked.append(replies.asked.lag)
        rights.append(is_right(replies, resolution=resolution))
    return accuracy_by_lag(np.concatenate(lags_asked), np.concatenate(rights))


def accuracy_by_lag(
    lag: Int[np.ndarray, " prediction"], right: Bool[np.ndarray, " prediction"]
) -> xr.Dataset:
    """Return the share of right predictions by lag; see `long_range_accuracy`."""
    present, inverse = np.unique(lag, return_inverse=True)
    count = np.bincount(inverse)
    share = np.bincount(inverse, weights=right) / count
    variables = {
        "accuracy": ("lag", share),
        "count": ("lag", count),
    }
    return xr.Dataset(variables, {"lag": present})
