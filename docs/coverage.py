"""Measure how often the 95 % intervals of D(l,k) hold the truth (a minute).

It prints the figures of docs/discrepancy.md.
"""

import jax
import numpy as np
import scipy.stats

from firstbit import Given, Vanilla
from firstbit.intervals import median_ranks, wilson
from firstbit.memory.discrepancy.discrepancy import distances
from firstbit.memory.ensemble.ensemble import Ensemble
from firstbit.memory.ensemble.word_pair import WordPair
from firstbit.process import prepare

DRAWS = 200
CLOSED_FORM = {1: 0.23952822, 5: 0.63183402}
"""D(1,k) of the logistic cell with N(0,1) weights, by quadrature
(tests/memory/test_discrepancy.py)."""


def coverage_of_mean(sample: np.ndarray, truth: float) -> float:
    """Return the share of groups of 200 draws whose t interval holds the truth."""
    groups = sample[: len(sample) // DRAWS * DRAWS].reshape(-1, DRAWS)
    reach = (
        scipy.stats.t.ppf(0.975, DRAWS - 1)
        * groups.std(axis=1, ddof=1)
        / np.sqrt(DRAWS)
    )
    return float((np.abs(groups.mean(axis=1) - truth) <= reach).mean())


def coverage_of_share(sample: np.ndarray, threshold: float = 1e-3) -> float:
    """Return the same for the retained share and Wilson's interval."""
    groups = sample[: len(sample) // DRAWS * DRAWS].reshape(-1, DRAWS) > threshold
    low, high = wilson(groups.sum(axis=1), DRAWS)
    truth = (sample > threshold).mean()
    return float(((low <= truth) & (truth <= high)).mean())


def coverage_of_median(sample: np.ndarray) -> float:
    """Return the same for the median and the interval by ranks."""
    groups = np.sort(sample[: len(sample) // DRAWS * DRAWS].reshape(-1, DRAWS), axis=1)
    ranks = median_ranks(DRAWS)
    assert ranks is not None
    low, high = groups[:, list(ranks)].T
    truth = np.median(sample)
    return float(((low <= truth) & (truth <= high)).mean())


def at(hidden_size: int, length: int, num_draws: int) -> np.ndarray:
    """Return the distances of many draws at one (l, k)."""
    given = Given.of(Vanilla, hidden_sizes=[hidden_size])
    words, key = WordPair.of("constant"), jax.random.key(1)
    ensemble = Ensemble.of(given, words, length=length, num_draws=num_draws, key=key)
    (sample,) = distances(ensemble)
    return sample.distances[-1]


def main() -> None:
    """Print the table."""
    for k, truth in CLOSED_FORM.items():
        print(
            f"l = 1, k = {k}: mean "
            f"{coverage_of_mean(at(k, 1, 10_000 * DRAWS), truth):.1%}"
        )
    skewed = at(20, 50, 1_000_000)
    mean, error = skewed.mean(), skewed.std() / np.sqrt(len(skewed))
    print(
        f"l = 50, k = 20: D = {mean:.5f} +- {error:.5f} (one standard error, "
        f"{len(skewed):,} draws)"
    )
    print(
        f"  mean {coverage_of_mean(skewed, mean):.1%}, median "
        f"{coverage_of_median(skewed):.1%}",
        end=", ",
    )
    print(f"retained share {coverage_of_share(skewed):.1%}")


if __name__ == "__main__":
    prepare()
    main()
