"""How often the intervals of the library hold the truth, given that they are printed.

    python tests/coverages.py

Every interval is tried in ten situations whose truth is known, heavy tails among them.
It writes the table of docs/intervals.md.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import scipy.stats
from scipy.signal import lfilter

from firstbit.intervals import clopper_pearson, median_ranks, wilson
from firstbit.memory.discrepancy.bernstein import bernstein_interval
from firstbit.memory.discrepancy.betting import betting_interval
from firstbit.memory.forgetting.correlated_means import mean_half_width
from firstbit.memory.gradients.compared_sizes import compare_sizes
from firstbit.memory.state_clusters import ratio_interval, separation
from firstbit.paper.claims.claim import bootstrap_mean
from firstbit.proportions import newcombe
from firstbit.studies.supply import reach_shares, reached

CONFIDENCE = 0.95
PAGE = Path(__file__).parents[1] / "docs" / "intervals.md"
NUM_DRAWS = 200
REPEATS = 2000
"""Of the table: each situation, a twentieth of it for slow bootstraps."""

Random = np.random.Generator
Coverages = dict[str, float]
"""Situation -> how often an interval held the truth."""


class Law(NamedTuple):
    """A law of values from 0 to 1 whose mean and median are known."""

    draw: Callable[[Random, tuple[int, int]], np.ndarray]
    mean: float
    median: float


def beta(a: float, b: float) -> Law:
    law = scipy.stats.beta(a, b)
    return Law(lambda random, shape: random.beta(a, b, shape), law.mean(), law.median())


def power(exponent: float) -> Law:
    """Return the law of a power of a uniform variable."""
    return Law(
        lambda random, shape: random.random(shape) ** exponent,
        1 / (exponent + 1),
        0.5**exponent,
    )


def cut_lognormal(log_median: float, sigma: float) -> Law:
    """Return the law of a lognormal variable that is 1 where it would be larger."""

    def draw(random: Random, shape: tuple[int, int]) -> np.ndarray:
        return np.minimum(np.exp(log_median + sigma * random.normal(size=shape)), 1)

    below = scipy.stats.norm.cdf(-log_median / sigma - sigma)
    above = scipy.stats.norm.sf(-log_median / sigma)
    mean = np.exp(log_median + sigma**2 / 2) * below + above
    return Law(draw, mean, np.exp(log_median))


def cut_pareto(scale: float, exponent: float) -> Law:
    """Return the law of a Pareto variable that is 1 where it would be larger."""

    def draw(random: Random, shape: tuple[int, int]) -> np.ndarray:
        return np.minimum(scale * (1 - random.random(shape)) ** (-1 / exponent), 1)

    tail = scale**exponent
    grown = (scale ** (1 - exponent) - 1) * exponent / (exponent - 1)
    return Law(draw, tail * (grown + 1), scale * 2 ** (1 / exponent))


def seldom(share: float) -> Law:
    """Return the law that is uniform with a small probability, else nearly zero."""

    def draw(random: Random, shape: tuple[int, int]) -> np.ndarray:
        large = random.random(shape)
        return np.where(random.random(shape) < share, large, 1e-12 * large)

    middle = 0.5e-12 / (1 - share)
    return Law(draw, share / 2 + (1 - share) * 0.5e-12, middle)


LAWS: Mapping[str, Law] = {
    "uniform": power(1),
    "beta(8, 20)": beta(8, 20),
    "beta(40, 100)": beta(40, 100),
    "beta(.5, .5)": beta(0.5, 0.5),
    "u^20": power(20),
    "u^200": power(200),
    "lognormal, sigma 3, cut": cut_lognormal(-6, 3),
    "lognormal, sigma 5, cut": cut_lognormal(-12, 5),
    "Pareto, exponent 1.1, cut": cut_pareto(0.001, 1.1),
    "1 % uniform, else 1e-12": seldom(0.01),
}
"""Ten laws of bounded distances, from harmless to heavy-tailed."""


def inside(low: np.ndarray, truth: float, high: np.ndarray) -> float:
    return float(((low <= truth) & (truth <= high)).mean())


def of_the_mean(repeats: int, random: Random) -> Coverages:
    """D(l,k), by betting, from 200 draws."""
    found = {}
    for name, law in LAWS.items():
        values = law.draw(random, (repeats, NUM_DRAWS))
        low, high = betting_interval(values, CONFIDENCE)
        found[name] = inside(low, law.mean, high)
    return found


def of_the_mean_of_many(repeats: int, random: Random) -> Coverages:
    """The same from moments alone, by Bernstein."""
    found = {}
    for name, law in LAWS.items():
        values = law.draw(random, (repeats, NUM_DRAWS))
        mean, variance = values.mean(axis=1), values.var(axis=1, ddof=1)
        low, high = bernstein_interval(mean, variance, NUM_DRAWS, CONFIDENCE)
        found[name] = inside(low, law.mean, high)
    return found


def of_a_ratio_of_means(repeats: int, random: Random) -> Coverages:
    """D(l,k) / D(1,k), from two betting intervals at 97.5 %."""
    found = {}
    for name, law in LAWS.items():
        first = LAWS["beta(8, 20)"].draw(random, (repeats, NUM_DRAWS))
        last = law.draw(random, (repeats, NUM_DRAWS))
        low, high = betting_interval(last, (1 + CONFIDENCE) / 2)
        least, largest = betting_interval(first, (1 + CONFIDENCE) / 2)
        truth = law.mean / LAWS["beta(8, 20)"].mean
        found[name] = inside(low / largest, truth, high / least)
    return found


def of_the_median(repeats: int, random: Random) -> Coverages:
    """The median of the distances, by ranks."""
    ranks = median_ranks(NUM_DRAWS)
    assert ranks is not None
    found = {}
    for name, law in LAWS.items():
        ordered = np.sort(law.draw(random, (repeats, NUM_DRAWS)), axis=1)
        low, high = ordered[:, list(ranks)].T
        found[name] = inside(low, law.median, high)
    return found


NUMBERS = (8, 16, 32, 64, 100, 200, 500, 1000, 2000, 10_000)
"""Trials of ten shares."""


def _of_shares(ends: Callable[..., tuple[np.ndarray, np.ndarray]]) -> Coverages:
    """Return the exact coverage for each number of trials, mean over shares."""
    found = {}
    for number, by_share in exact_coverages(ends):
        found[f"n = {number}"] = float(by_share.mean())
    return found


def exact_coverages(
    ends: Callable[..., tuple[np.ndarray, np.ndarray]],
) -> Iterator[tuple[int, np.ndarray]]:
    """Yield each number of trials with the coverages at 999 shares, without chance."""
    shares = np.linspace(0, 1, 1001)[1:-1]
    for number in NUMBERS:
        counts = np.arange(number + 1)
        low, high = ends(counts, number, CONFIDENCE)
        least = np.searchsorted(high, shares, side="left")
        largest = np.searchsorted(low, shares, side="right") - 1
        law = scipy.stats.binom(number, shares)
        yield number, law.cdf(largest) - law.cdf(least - 1)


def of_shares(repeats: int, random: Random) -> Coverages:
    """Shares, by Wilson's interval: mean over all shares."""
    return _of_shares(wilson)


def least_of_wilson() -> float:
    """Return Wilson's least coverage over all shares and numbers of trials."""
    return min(float(found.min()) for _, found in exact_coverages(wilson))


def of_exact_shares(repeats: int, random: Random) -> Coverages:
    """Shares, by Clopper and Pearson's interval: the least over all shares."""
    found = {}
    for number, by_share in exact_coverages(clopper_pearson):
        found[f"n = {number}"] = float(by_share.min())
    return found


RUNS = ((8, 8), (8, 16), (8, 32), (16, 16), (16, 32))
RUNS = (*RUNS, (20, 20), (20, 40), (32, 32), (32, 64), (40, 40))
"""Trials of two shares, of ten situations."""


def of_differences(repeats: int, random: Random) -> Coverages:
    """The difference of two shares, by Newcombe: mean over 19 times 19 shares."""
    found = {}
    for number, other in RUNS:
        found[f"{number} and {other} runs"] = float(_of_pair(number, other).mean())
    return found


@lru_cache
def _of_pair(number: int, other: int) -> np.ndarray:
    """Return the exact coverages of Newcombe's interval, (share, other share)."""
    ends = []
    for count in range(number + 1):
        of_count = [
            newcombe(count, number, one, other, CONFIDENCE) for one in range(other + 1)
        ]
        ends.append(of_count)
    low, high = np.moveaxis(np.array(ends), -1, 0)
    shares = np.linspace(0.05, 0.95, 19)
    first, second = (
        scipy.stats.binom.pmf(np.arange(n + 1)[:, None], n, shares)
        for n in (number, other)
    )
    found = np.empty((len(shares), len(shares)))
    for place in np.ndindex(found.shape):
        truth = shares[place[0]] - shares[place[1]]
        held = (low <= truth + 1e-12) & (truth - 1e-12 <= high)
        found[place] = first[:, place[0]] @ held @ second[:, place[1]]
    return found


def least_of_newcombe() -> float:
    """Return Newcombe's least coverage over these shares and numbers of trials."""
    return min(float(_of_pair(*runs).min()) for runs in RUNS)


RATES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""How fast ten cells forget."""


def of_the_reach(repeats: int, random: Random) -> Coverages:
    """The length up to which half of the nets keep a symbol, over 30 lengths.

    At half of the rates a net that has lost the symbol has lost it for good; at the
    others every length is drawn anew.
    """
    found = {}
    lengths = np.arange(1, 31)
    for place, rate in enumerate(RATES):
        truth = np.exp(-np.log(2) * (lengths / 10.5) ** rate)
        drawn = random.random((repeats, NUM_DRAWS, 1 if place % 2 else 30))
        shares = (drawn < truth).mean(axis=1)
        low, high = reach_shares(shares, NUM_DRAWS, CONFIDENCE)
        reach = int(reached(truth[None])[0])
        found[f"shape {rate:g}"] = inside(reached(low), reach, reached(high))
    return found


SERIES = (
    ("normal", 400, 0.0),
    ("normal", 1000, -0.5),
    ("normal", 1000, 0.5),
    ("t3", 400, 0.0),
    ("t3", 1000, 0.5),
    ("t3", 4000, 0.9),
    ("exponential", 1000, 0.0),
    ("exponential", 1000, 0.5),
    ("exponential", 4000, 0.9),
    ("normal", 12_000, 0.95),
)
"""Innovations, steps and correlation of neighbours of ten series."""

SHORT_SERIES = (
    ("normal", 185, 0.0),
    ("exponential", 185, 0.0),
    ("normal", 350, 0.5),
    ("t3", 350, 0.5),
    ("exponential", 430, 0.5),
    ("normal", 520, 0.5),
    ("normal", 2400, 0.9),
    ("t3", 2400, 0.9),
    ("exponential", 3400, 0.9),
    ("normal", 5000, 0.95),
)
"""Series that are just long enough: a tenth to three quarters have an interval."""


def of_an_exponent(repeats: int, random: Random) -> Coverages:
    """The mean of a correlated series, such as a Lyapunov exponent."""
    return _of_series(SERIES, repeats, random)


def of_a_short_exponent(repeats: int, random: Random) -> Coverages:
    """The same, where those series have an interval whose correlations look weak."""
    return _of_series(SHORT_SERIES, repeats, random)


AT_ONCE = 250
"""Series in memory at a time."""


def _of_series(
    situations: Sequence[tuple[str, int, float]], repeats: int, random: Random
) -> Coverages:
    found = {}
    for law, number, correlation in situations:
        held: list[np.ndarray] = []
        for first in range(0, repeats, AT_ONCE):
            shape = (number + 500, min(AT_ONCE, repeats - first))
            innovations = _innovations(law, shape, random)
            whole = lfilter([1], [1, -correlation], innovations, axis=0)
            series = np.asarray(whole)[500:]
            reach = mean_half_width(series, CONFIDENCE)
            printed = np.isfinite(reach)
            held.append((np.abs(series.mean(axis=0)) <= reach)[printed])
        name = f"{law}, {number} steps, correlation {correlation:g}"
        found[name] = float(np.concatenate(held).mean())
    return found


def _innovations(law: str, shape: tuple[int, int], random: Random) -> np.ndarray:
    """Return independent numbers of mean zero."""
    if law == "normal":
        return random.normal(size=shape)
    if law == "t3":
        return random.standard_t(3, size=shape)
    return random.exponential(size=shape) - 1


class Pools(NamedTuple):
    """Sizes of coefficients, word by word: exp(spread z_word) |z|^power."""

    num_words: int
    spread: float
    power: float
    ratio: float

    def draw(self, random: Random, words: int) -> tuple[np.ndarray, np.ndarray]:
        both = []
        for factor in (1.0, self.ratio):
            of_word = np.exp(self.spread * random.normal(size=(words, 1)))
            sizes = np.abs(random.normal(size=(words, 12))) ** self.power
            both.append(factor * of_word * sizes)
        return both[0], both[1]

    def truth(self) -> tuple[float, float]:
        """Return the distance and the ratio, by quadrature over the word's spread."""
        nodes = np.linspace(-8, 8, 801)
        weights = scipy.stats.norm.pdf(nodes)
        logs = np.linspace(-12, 12, 4801)

        def share_below(log_factor: float) -> np.ndarray:
            within = (logs[:, None] - self.spread * nodes - log_factor) / self.power
            share = 2 * scipy.stats.norm.cdf(np.exp(within)) - 1
            return share @ weights / weights.sum()

        apart = share_below(0.0) - share_below(np.log(self.ratio))
        return float(np.abs(apart).max()), 1 / self.ratio


POOLS = (
    Pools(256, 0.5, 1, 1.0),
    Pools(256, 0.5, 1, 1.1),
    Pools(256, 0.5, 1, 2.0),
    Pools(256, 1.0, 1, 1.3),
    Pools(100, 0.5, 1, 1.0),
    Pools(100, 0.5, 1, 1.3),
    Pools(100, 2.0, 3, 1.0),
    Pools(100, 2.0, 3, 1.5),
    Pools(256, 2.0, 3, 1.1),
    Pools(50, 0.5, 1, 1.5),
)


@lru_cache
def _of_pools(repeats: int) -> tuple[Coverages, Coverages]:
    """Return how often both intervals of two pools held the truth."""
    random = np.random.default_rng(0)
    of_distance, of_ratio = {}, {}
    for pools in POOLS:
        distance, ratio = pools.truth()
        held = []
        for seed in range(repeats):
            found = compare_sizes(*pools.draw(random, pools.num_words), seed=seed)
            low, high = found.ks_interval
            least, largest = found.ratio_interval
            held.append((low <= distance <= high, least <= ratio <= largest))
        name = (
            f"{pools.num_words} words, spread {pools.spread:g}, power {pools.power:g}, "
            f"ratio {pools.ratio:g}"
        )
        of_distance[name], of_ratio[name] = np.mean(held, axis=0).tolist()
    return of_distance, of_ratio


def of_two_pools(repeats: int, random: Random) -> Coverages:
    """The Kolmogorov-Smirnov distance of two pools of gradients."""
    return _of_pools(repeats // 20)[0]


def of_two_medians(repeats: int, random: Random) -> Coverages:
    """The ratio of the medians of two pools of gradients."""
    return _of_pools(repeats // 20)[1]


GROUPS = ((20, 0.1), (20, 0.3), (20, 1.0), (40, 0.1), (40, 0.3), (40, 1.0))
GROUPS = (*GROUPS, (80, 0.1), (80, 0.3), (80, 1.0), (60, 2.0))
"""Prefixes of each of six states, and how far they spread, of ten situations."""


def _states(random: Random, number: int, spread: float) -> tuple[np.ndarray, list[str]]:
    centre = np.random.default_rng(7).normal(size=(6, 5))
    group = np.repeat(np.arange(6), number)
    field = 2 * centre[group] + spread * random.standard_t(4, size=(6 * number, 5))
    return 1 / (1 + np.exp(-field)), [f"q{one}" for one in group]


def of_separation(repeats: int, random: Random) -> Coverages:
    """The distance of hidden states within an automaton's states over that between."""
    found = {}
    for number, spread in GROUPS:
        parts = [separation(*_states(random, 200, spread)) for _ in range(8)]
        within = np.mean([one.within for one in parts])
        truth = float(within / np.mean([one.between for one in parts]))
        held = []
        for seed in range(repeats // 20):
            hidden, labels = _states(random, number, spread)
            low, high = ratio_interval(hidden, np.array(labels), seed=seed)
            held.append(low <= truth <= high)
        found[f"{number} prefixes, spread {spread:g}"] = float(np.mean(held))
    return found


MEANS: Mapping[str, tuple[Callable[[Random, int], np.ndarray], float]] = {
    "normal": (lambda random, n: random.normal(size=n), 0.0),
    "uniform": (lambda random, n: random.random(n), 0.5),
    "exponential": (lambda random, n: random.exponential(size=n), 1.0),
    "log of exponential": (
        lambda random, n: np.log(random.exponential(size=n)),
        -float(np.euler_gamma),
    ),
    "t5": (lambda random, n: random.standard_t(5, size=n), 0.0),
}


def of_a_mean_of_words(repeats: int, random: Random) -> Coverages:
    """The mean of a number over 100 or 256 words, by bootstrap."""
    found = {}
    for number in (100, 256):
        for name, (draw, truth) in MEANS.items():
            held = []
            for seed in range(repeats // 4):
                low, high = bootstrap_mean(draw(random, number), seed=seed)
                held.append(low <= truth <= high)
            found[f"{name}, {number} words"] = float(np.mean(held))
    return found


class Interval(NamedTuple):
    """An interval of the library.

    Attributes:
        of: whose.
        where: it is printed.
        at_least: whether it promises at least its probability, or it on the average.
        coverages: tries it in ten situations.
        is_exact: whether these are no estimates.
        least: over more than the ten situations, where it is known.
    """

    of: str
    where: str
    at_least: bool
    coverages: Callable[[int, Random], Coverages]
    is_exact: bool = False
    least: Callable[[], float] | None = None


INTERVALS = (
    Interval(
        "mean of distances, by betting",
        "`discrepancy_ci`; figures of D(l,k); report",
        True,
        of_the_mean,
    ),
    Interval(
        "mean of more distances than are kept, by Bernstein",
        "`discrepancy_ci`",
        True,
        of_the_mean_of_many,
    ),
    Interval(
        "D(l,k)/D(1,k), by betting",
        "`discrepancy_ratio_ci`; in the report with 90 %",
        True,
        of_a_ratio_of_means,
    ),
    Interval("median, by ranks", "`median_ci`", True, of_the_median),
    Interval(
        "share, Wilson (means over 999 shares)",
        "`retained_ci`, `below_rounding_ci`, `share_ci` of fates; report",
        False,
        of_shares,
        is_exact=True,
        least=least_of_wilson,
    ),
    Interval(
        "share, Clopper and Pearson (least of 999 shares)",
        "`success_rate_ci`, `fresh_error_ci`, `twin_error_ci`, `long_error_ci`; "
        "verdicts; inside that of the reach",
        True,
        of_exact_shares,
        is_exact=True,
    ),
    Interval(
        "difference of two shares, Newcombe (means over 361 pairs of shares)",
        "verdicts",
        False,
        of_differences,
        is_exact=True,
        least=least_of_newcombe,
    ),
    Interval("reach, simultaneous", "`reach_ci`", True, of_the_reach),
    Interval(
        "mean of a correlated series, batches",
        "`lyapunov_exponent_ci`",
        False,
        of_an_exponent,
    ),
    Interval(
        "the same, just long enough for an interval",
        "`lyapunov_exponent_ci`",
        False,
        of_a_short_exponent,
    ),
    Interval(
        "Kolmogorov-Smirnov distance, bootstrap band",
        "`ks_distance_ci`; report",
        True,
        of_two_pools,
    ),
    Interval(
        "ratio of medians, bootstrap",
        "`median_ratio_ci`; report",
        False,
        of_two_medians,
    ),
    Interval("separation of states, bootstrap", "report", False, of_separation),
    Interval(
        "mean over words, bootstrap of Student's t", "report", False, of_a_mean_of_words
    ),
)


def measured(one: Interval, repeats: int) -> Coverages:
    """Return the coverages of an interval in its ten situations."""
    return one.coverages(repeats, np.random.default_rng(0))


def table(repeats: int) -> str:
    """Return the table of docs/intervals.md."""
    lines = [
        "| interval | where | promised | least | mean of ten situations |",
        "|---|---|---|---|---|",
    ]
    for one in INTERVALS:
        found = measured(one, repeats)
        promised = "at least 95 %" if one.at_least else "95 %"
        worst = min(found, key=found.__getitem__)
        least = f"{found[worst]:.1%} ({worst})"
        if one.least is not None:
            least = f"{one.least():.1%} (at some share)"
        mean = np.mean(list(found.values()))
        lines.append(f"| {one.of} | {one.where} | {promised} | {least} | {mean:.1%} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    text = PAGE.read_text()
    before, _, _ = text.partition("| interval |")
    PAGE.write_text(before + table(REPEATS))


if __name__ == "__main__":
    main()
