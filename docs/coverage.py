"""How often do the 95 % intervals of D(l,k) hold the truth? Prints the table of docs/discrepancy.md (a minute)."""

import jax
import numpy as np
import scipy.stats

from firstbit import Vanilla
from firstbit.intervals import median_ranks, wilson
from firstbit.memory.discrepancy.discrepancy import distances
from firstbit.process import prepare

DRAWS = 200
CLOSED_FORM = {1: 0.23952822, 5: 0.63183402}
"""D(1,k) of the logistic cell with N(0,1) weights, by quadrature
(tests/test_discrepancy.py)."""


def coverage_of_mean(sample: np.ndarray, truth: float) -> float:
    """Share of groups of 200 draws whose Student's t interval holds the truth."""
    groups = sample[: len(sample) // DRAWS * DRAWS].reshape(-1, DRAWS)
    reach = (
        scipy.stats.t.ppf(0.975, DRAWS - 1)
        * groups.std(axis=1, ddof=1)
        / np.sqrt(DRAWS)
    )
    return float((np.abs(groups.mean(axis=1) - truth) <= reach).mean())


def coverage_of_share(sample: np.ndarray, threshold: float = 1e-3) -> float:
    """The same for the retained share and Wilson's interval."""
    groups = sample[: len(sample) // DRAWS * DRAWS].reshape(-1, DRAWS) > threshold
    low, high = wilson(groups.sum(axis=1), DRAWS)
    truth = (sample > threshold).mean()
    return float(((low <= truth) & (truth <= high)).mean())


def coverage_of_median(sample: np.ndarray) -> float:
    """The same for the median and the order statistics that hold it in 95 % of samples."""
    groups = np.sort(sample[: len(sample) // DRAWS * DRAWS].reshape(-1, DRAWS), axis=1)
    low, high = groups[:, median_ranks(DRAWS)].T
    truth = np.median(sample)
    return float(((low <= truth) & (truth <= high)).mean())


def at(hidden_size: int, length: int, num_draws: int) -> np.ndarray:
    """So many distances at one (l, k)."""
    (sample,) = distances(
        Vanilla,
        hidden_sizes=[hidden_size],
        length=length,
        num_draws=num_draws,
        key=jax.random.key(1),
    )
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
