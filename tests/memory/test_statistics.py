"""Quantiles, shares, half-lives and intervals against plain definitions."""

import tracemalloc

import jax
import numpy as np
import pytest
import scipy.stats

from ensembles import distances_of
from firstbit.cells import Vanilla
from firstbit.errors import SettingError
from firstbit.execution import Execution
from firstbit.intervals import median_ranks, wilson
from firstbit.memory import discrepancy
from firstbit.memory.discrepancy.betting import betting_interval
from firstbit.memory.discrepancy.exact import exact_summary
from firstbit.memory.discrepancy.summary import half_life, summary
from firstbit.memory.ensemble import block_sizes
from firstbit.memory.ensemble.sample import Sample

KEY = jax.random.key(3)


def made_sample(num_draws=37, seed=0):
    random = np.random.default_rng(seed)
    chosen = np.arange(0, num_draws, 3)
    d = random.lognormal(size=(6, num_draws)) * np.geomspace(1, 1e-4, 6)[:, None]
    reference = d[:, chosen] + random.exponential(size=(6, len(chosen)))
    return Sample(d, reference, chosen, (d < 0.002).sum(axis=1))


def test_every_number_by_its_definition():
    sample = made_sample()
    d, n = sample.distances, sample.distances.shape[1]
    found = summary(sample, 0.01)
    assert np.allclose(
        found.quantile_value,
        np.quantile(d, (0.05, 0.25, 0.5, 0.75, 0.95), axis=1).T,
        rtol=1e-15,
    )
    assert np.allclose(found.retained, (d > 0.01).mean(axis=1))
    assert np.allclose(found.top_share, d.max(axis=1) / d.sum(axis=1))
    assert np.allclose(found.discrepancy_se, scipy.stats.sem(d, axis=1))
    assert np.isnan(found.discrepancy_ci).all()  # no bound is known
    bounded = summary(sample, 0.01, bound=2 * d.max())
    shares = betting_interval(d / (2 * d.max()), 0.95)
    assert np.allclose(bounded.discrepancy_ci.T, 2 * d.max() * np.array(shares))
    effective = d.sum(axis=1) ** 2 / (d**2).sum(axis=1)
    assert np.allclose(found.effective_draws, effective)
    proportion = scipy.stats.binomtest(int((d[3] > 0.01).sum()), n).proportion_ci(
        method="wilson"
    )
    assert tuple(found.retained_ci[3]) == pytest.approx(
        (proportion.low, proportion.high)
    )
    assert np.array_equal(found.below_rounding, (d < 0.002).mean(axis=1))
    assert np.allclose(
        found.relative_discrepancy, d.mean(axis=1) / sample.reference.mean(axis=1)
    )


@pytest.mark.parametrize("power", [-1000, -600, 0, 500, 900])
def test_squares_of_small_and_large_distances_are_numbers(power):
    sample, by = made_sample(), 2.0**power
    found = summary(sample, 0.01)
    scaled = sample._replace(distances=sample.distances * by)
    same = summary(scaled, 0.01 * by)
    for name in ("effective_draws", "top_share", "retained"):
        assert np.array_equal(getattr(same, name), getattr(found, name))
    assert np.array_equal(same.discrepancy_se, found.discrepancy_se * by)
    assert np.allclose(
        same.relative_discrepancy, found.relative_discrepancy * by, rtol=1e-15
    )
    assert (same.relative_discrepancy_se > 0).all()


@pytest.mark.parametrize("number", [6, 7, 20, 37, 200, 2001])
def test_the_interval_of_the_median_is_the_shortest_that_covers(number):
    ranks = median_ranks(number)
    assert ranks is not None
    low, high = ranks
    below = scipy.stats.binom(
        number, 0.5
    )  # values below the median: it is in the interval if they are low + 1 to high
    assert low + high == number - 1
    assert below.cdf(high) - below.cdf(low) >= 0.95
    assert below.cdf(high - 1) - below.cdf(low + 1) < 0.95
    found = summary(made_sample(number), 0.01)
    ordered = np.sort(made_sample(number).distances, axis=1)
    assert np.array_equal(found.median_ci, ordered[:, [low, high]])


def test_too_few_draws_have_no_interval_of_the_median():
    assert median_ranks(5) is None
    assert np.isnan(summary(made_sample(5), 0.01).median_ci).all()


@pytest.mark.slow
def test_the_error_of_the_relative_discrepancy():
    many = [summary(made_sample(seed=seed), 0.01) for seed in range(400)]
    spread = np.std([one.relative_discrepancy for one in many], axis=0)
    reported = np.sqrt(
        np.mean([one.relative_discrepancy_se**2 for one in many], axis=0)
    )
    assert reported == pytest.approx(spread, rel=0.25)


def test_half_lives():
    assert half_life(np.array([8.0, 6.0, 3.0, 1.0])) == pytest.approx(2 + 2 / 3)
    assert np.isnan(half_life(np.array([1.0, 0.9])))
    assert wilson(np.array([0, 5]), 5)[1][1] == 1.0


def test_effective_draws_of_tiny_distances():
    d = np.full((2, 10), 1e-200)
    d[1] = 0
    sample = Sample(d, d, np.arange(10), np.zeros(2, int))
    found = summary(sample, 0.01, bound=1.0)
    assert found.effective_draws[0] == pytest.approx(10)
    assert np.isnan(found.effective_draws[1])
    assert (found.discrepancy_ci[:, 0] == 0).all()
    assert (found.discrepancy_ci[:, 1] < 0.6).all()


@pytest.mark.parametrize("wild", [np.nan, np.inf])
def test_shares_are_unknown_where_a_draw_has_no_distance(wild):
    d = np.ones((2, 10))
    d[1, 3] = wild
    sample = Sample(d, np.ones((2, 10)), np.arange(10), np.zeros(2, int))
    found = summary(sample, 0.01)
    shares = [found.retained, found.below_rounding]
    assert np.array_equal(shares, [[1.0, np.nan], [0.0, np.nan]], equal_nan=True)
    for both in (found.retained_ci, found.below_rounding_ci):
        assert np.isnan(both).tolist() == [[False] * 2, [True] * 2]
    of_one = sample._replace(distances=d[:, 3:4], reference_draws=np.zeros(10, int))
    assert exact_summary(of_one, 0.01, 0.95).num_not_finite.tolist() == [0, 1]


def test_a_distance_above_the_bound_is_refused():
    sample = made_sample()
    largest = sample.distances.max()
    with pytest.raises(SettingError, match=f"no distance above .*, got {largest:.6g}"):
        summary(sample, 0.01, bound=0.99 * largest)
    found = summary(sample, 0.01, bound=largest * (1 - 1e-9))  # rounding
    assert found.discrepancy_ci[:, 1].max() <= largest


def test_free_memory_is_known_or_not():
    assert (block_sizes.free_memory() or 1 << 30) > 1 << 20


@pytest.mark.slow
def test_too_little_memory_is_refused_before_the_work(monkeypatch):
    monkeypatch.setattr(block_sizes, "free_memory", lambda: 1 << 20)
    with pytest.raises(
        SettingError,
        match=r"free memory; k = 50 with 1000 draws and l = 5 takes .* k up to about "
        r"\d+ would fit",
    ):
        discrepancy(Vanilla, hidden_sizes=[50], length=5, num_draws=1000, key=KEY)
    with pytest.raises(SettingError, match="fewer draws, sizes or symbols would fit"):
        discrepancy(Vanilla, hidden_sizes=[5], length=5000, num_draws=1000, key=KEY)


MANY = {"hidden_sizes": range(1, 21), "length": 50, "num_draws": 8000, "key": KEY}
"""Twenty sizes; the distances of one are 3.2 MB."""

OF_NINE_SIZES = 9 * 8 * 50 * 8000
"""Two being filled, two summarised, with copies; all would be more than 20."""


def peak_of(measure):
    """Return the most bytes of NumPy's arrays that are there at one time.

    The second call is measured: what is compiled, or kept on disk, is there.
    """
    measure()
    tracemalloc.start()
    try:
        measure()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.proof
@pytest.mark.parametrize("is_kept", [False, True])
def test_sizes_are_in_memory_one_after_the_other(is_kept, tmp_path):
    folder = tmp_path / "blocks" if is_kept else None
    execution = Execution(workers=2, resume=folder)
    assert peak_of(lambda: discrepancy(Vanilla, execution=execution, **MANY)) < (
        OF_NINE_SIZES
    )


@pytest.mark.proof
def test_all_sizes_at_once_would_be_seen(tmp_path):
    execution = Execution(workers=2, resume=tmp_path / "blocks")
    peak = peak_of(lambda: distances_of(Vanilla, execution=execution, **MANY))
    assert peak > 2 * OF_NINE_SIZES


@pytest.mark.slow
def test_who_keeps_all_distances_needs_more_memory(monkeypatch):
    monkeypatch.setattr(block_sizes, "free_memory", lambda: 4 << 20)
    ask = {
        "hidden_sizes": range(1, 9),
        "length": 20,
        "num_draws": 4000,
        "key": KEY,
        "execution": Execution(workers=1),
    }
    assert discrepancy(Vanilla, **ask).sizes["hidden_size"] == 8
    with pytest.raises(SettingError, match="fewer draws, sizes or symbols would fit"):
        distances_of(Vanilla, **ask)
