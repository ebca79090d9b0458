"""Accuracy and bits over nets, or of one net over words, and how far back they reach.

Over nets: Student's t of the nets' means, and of one more net that guesses. Without it
the interval of nets that all decode every word has no width, though one in a thousand
may fail; with it, and enough nets, intervals hold the truth as often as they say
(`tests/proof/test_decodability.py`). Of one net that is measured as it is: the exact
interval of a share of words (Clopper and Pearson), and Student's t of its bits.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from firstbit.intervals import Mean, clopper_pearson, exact_lower
from firstbit.memory.decodability.nets import Scores
from firstbit.memory.ensemble.sample import Sample

FEWEST_NETS = 20
"""Nets from which on accuracies have an interval."""

FEWEST_FOR_BITS = 100
"""Nets from which on bits have one: in some laws few nets hold most of them."""

Means = Float[np.ndarray, "readout lag"]
Ends = tuple[Means, Means]


class Summary(NamedTuple):
    """Estimates of one size; see `firstbit.decodability` for what each means."""

    accuracy: Means
    accuracy_se: Means
    accuracy_ci: Ends
    surely: Means
    bits: Means
    bits_se: Means
    bits_ci: Ends
    ridge: Means
    reach: Float[np.ndarray, " readout"]


def over_nets(scores: Scores, confidence: float, reach_above: float) -> Summary:
    """Summarise the scores of random nets.

    Args:
        scores: of all nets of one size.
        confidence: probability of each interval, and of all lower bounds together.
        reach_above: the reach is the longest lag whose lower bound is above this.
    """
    share = Mean.of(scores.accuracy)
    bits = Mean.of(scores.bits)
    with_guess = _with_one_more(scores.accuracy, 0.5)
    low, high = _interval(with_guess, confidence, FEWEST_NETS)
    num_lags = scores.accuracy.shape[1]
    surely = with_guess.value - with_guess.reach(_of_each(confidence, num_lags))
    return Summary(
        accuracy=share.value,
        accuracy_se=share.error,
        accuracy_ci=(np.maximum(low, 0.0), np.minimum(high, 1.0)),
        surely=np.maximum(surely, 0.0),
        bits=bits.value,
        bits_se=bits.error,
        bits_ci=_interval(
            _with_one_more(scores.bits, 0.0), confidence, FEWEST_FOR_BITS
        ),
        ridge=np.median(scores.ridge, axis=-1),
        reach=reach_of(surely, reach_above),
    )


def _with_one_more(values: Float[np.ndarray, "readout lag net"], guess: float) -> Mean:
    """Return the mean over nets and one more that guesses."""
    guessed = np.full_like(values[..., :1], guess)
    return Mean.of(np.concatenate([values, guessed], axis=-1))


def _interval(with_guess: Mean, confidence: float, fewest: int) -> Ends:
    """Return the interval of a mean; NaN with too few nets."""
    low, high = with_guess.interval(confidence)
    if with_guess.number - 1 < fewest:
        return np.full_like(low, np.nan), np.full_like(high, np.nan)
    return low, high


def of_one_net(
    scores: Scores, num_tested: int, confidence: float, reach_above: float
) -> Summary:
    """Summarise the scores of one net: what varies is the word.

    Args:
        scores: of the net.
        num_tested: words that tested it.
        confidence: probability of each interval, and of all lower bounds together.
        reach_above: the reach is the longest lag whose lower bound is above this.
    """
    accuracy, bits, spread, ridge = (one[..., 0] for one in scores)
    right = accuracy * num_tested
    known = np.isfinite(right)
    of_each = _of_each(confidence, accuracy.shape[1])
    counts = np.where(known, right, 0.0)
    lowest = exact_lower(counts, num_tested, 1 - of_each)
    surely = np.where(known, lowest, np.nan)
    of_bits = Mean(bits, spread / np.sqrt(num_tested), num_tested)
    variance = accuracy * (1 - accuracy) / num_tested
    return Summary(
        accuracy=accuracy,
        accuracy_se=np.sqrt(variance),
        accuracy_ci=_exact(counts, known, num_tested, confidence),
        surely=surely,
        bits=bits,
        bits_se=of_bits.error,
        bits_ci=of_bits.interval(confidence),
        ridge=ridge,
        reach=reach_of(surely, reach_above),
    )


def of_two_words(
    sample: Sample,
    confidence: float,
    reach_above: float,
    *,
    is_exact: bool,
) -> Summary:
    """Summarise nets that read one of two words: decoded, unless rounding hides it.

    NaN where a distance is no finite number.

    Args:
        sample: the distances, and which are below the rounding of their states.
        confidence: probability of the intervals.
        reach_above: the reach is the longest lag whose lower bound is above this.
        is_exact: whether there is one net, and so nothing random.
    """
    assert sample.is_lost is not None, "asked for where the nets were read"
    bits = np.where(sample.is_lost, 0.0, 1.0)
    bits[~np.isfinite(sample.distances)] = np.nan
    bits = bits[None]
    nothing = np.full_like(bits, np.nan)
    scores = Scores((1 + bits) / 2, bits, nothing, nothing)
    if not is_exact:
        return over_nets(scores, confidence, reach_above)
    accuracy, bits, unknown, ridge = (one[..., 0] for one in scores)
    return Summary(
        accuracy=accuracy,
        accuracy_se=unknown,
        accuracy_ci=(unknown, unknown),
        surely=accuracy,
        bits=bits,
        bits_se=unknown,
        bits_ci=(unknown, unknown),
        ridge=ridge,
        reach=reach_of(accuracy, reach_above),
    )


def reach_of(surely: Means, reach_above: float) -> Float[np.ndarray, " readout"]:
    """Return the longest lag whose lower bound is above a value; NaN without any.

    Example:
        >>> reach_of(np.array([[0.9, 0.5, 0.6, 0.5], [0.5, 0.5, 0.5, 0.5]]), 0.55)
        array([ 2., nan])
    """
    lags = np.arange(surely.shape[1])
    decoded = np.where(surely > reach_above, lags, -1)
    longest = decoded.max(axis=1)
    return np.where(longest < 0, np.nan, longest)


def _of_each(confidence: float, num_lags: int) -> float:
    """Return the probability of each one-sided bound, so that all hold together."""
    return 1 - (1 - confidence) / num_lags


def _exact(
    counts: Means,
    known: Bool[np.ndarray, "readout lag"],
    number: int,
    confidence: float,
) -> Ends:
    """Return the exact interval of each share; NaN where nothing is known."""
    ends = []
    for end in clopper_pearson(counts, number, confidence):
        ends.append(np.where(known, end, np.nan))
    low, high = ends
    return low, high
