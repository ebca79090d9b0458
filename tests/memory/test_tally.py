"""Distances that are counted, not kept: as close to all distances as is said."""

import sys
from functools import partial
from importlib import import_module

import jax
import numpy as np
import pytest

from ensembles import ensemble
from firstbit import discrepancy
from firstbit.cells import Vanilla
from firstbit.errors import PackageError, SettingError
from firstbit.execution import Execution
from firstbit.memory import save_distances
from firstbit.memory.discrepancy.moments import Moments
from firstbit.memory.discrepancy.octaves import QUANTILE_ERROR, Octaves
from firstbit.memory.discrepancy.tally import Tally, summary_of_tally
from firstbit.threads import in_double

ASKED = {"length": 4, "num_draws": 1100, "key": jax.random.key(3)}
D = partial(discrepancy, Vanilla, hidden_sizes=[2, 3], **ASKED)

COUNTED = ("retained", "below_rounding", "num_not_finite", "distance_bound")
"""Equal to the bit; so are their intervals."""
SUMMED = (
    "discrepancy",
    "discrepancy_se",
    "relative_discrepancy",
    "relative_discrepancy_se",
    "effective_draws",
    "half_life_mean",
)
BINNED = ("quantile_value", "median", "top_share")


@pytest.fixture(scope="module")
def exact():
    return D()


@pytest.fixture
def counting(monkeypatch):
    summaries = import_module("firstbit.memory.discrepancy.summaries")
    monkeypatch.setattr(summaries, "MOST_KEPT", 0)


@pytest.mark.slow
def test_every_number_is_as_close_as_said(exact, counting):
    found = D()
    assert (exact.quantile_error, found.quantile_error) == (0, 1 / 512)
    for name in (*COUNTED, "retained_ci", "below_rounding_ci"):
        assert found[name].identical(exact[name])
    for name in SUMMED:
        np.testing.assert_allclose(found[name], exact[name], rtol=1e-12)
    for name in BINNED:
        np.testing.assert_allclose(found[name], exact[name], rtol=QUANTILE_ERROR)
    assert_holds(found.median_ci, exact.median_ci, 2 * QUANTILE_ERROR)
    assert_holds(found.discrepancy_ci, exact.discrepancy_ci, np.inf)
    assert (found.discrepancy_ci.diff("ci_bound") < 2).all()


def assert_holds(found, wanted, slack):
    """Hold that intervals contain others, and go little further."""
    low, high = (found.sel(ci_bound=end).values for end in ("lower", "upper"))
    inner, outer = (wanted.sel(ci_bound=end).values for end in ("lower", "upper"))
    assert (low <= inner).all()
    assert (outer <= high).all()
    assert (low >= inner * (1 - slack)).all()
    assert (high <= outer * (1 + slack)).all()


@pytest.mark.slow
def test_workers_and_kept_blocks_change_no_bit(counting, tmp_path):
    found = D(execution=Execution(workers=1))
    assert D(execution=Execution(workers=2, resume=tmp_path)).identical(found)
    assert D(execution=Execution(resume=tmp_path, only_kept=True)).identical(found)


@pytest.mark.slow
def test_blocks_in_any_order_give_the_same_bits():
    ours = ensemble(Vanilla, hidden_sizes=[2], **ASKED)
    with in_double():
        blocks = [ours.block(job) for job in ours.jobs()]
    found = []
    for order in ([0, 1, 2], [2, 0, 1]):
        tally = Tally(ours.populations[0], 4, 1100, 0.01)
        answers = [tally.put(number, blocks[number]) for number in order]
        assert answers == [None, None, tally]
        found.append(summary_of_tally(tally, 0.95, 3.0))
    for one, other in zip(*found, strict=True):
        assert np.array_equal(one, other, equal_nan=True)
    with pytest.raises(SettingError, match="expected no distance above 1e-09, as"):
        summary_of_tally(tally, 0.95, 1e-9)
    assert np.isnan(summary_of_tally(tally, 0.95, np.inf).discrepancy_ci).all()


def test_without_zarr_the_package_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "zarr", None)
    with pytest.raises(PackageError, match=r"try pip install 'firstbit\[zarr\]'"):
        save_distances(tmp_path / "d.zarr", Vanilla, hidden_sizes=2, **ASKED)
    assert not list(tmp_path.iterdir())


def made_values():
    random = np.random.default_rng(0)
    values = random.lognormal(sigma=3, size=(3, 3001)) * [[1e-280], [1.0], [1e300]]
    values[0, :40] = 0
    values[1, 7] = np.inf
    values[2, 5:8] = np.inf, np.nan, np.nan
    return values


def test_quantiles_are_within_the_stated_error():
    values = made_values()
    counts = Octaves(3)
    for part in np.array_split(values, 7, axis=1):
        counts.add(part)
    ranks = np.arange(3001)
    ordered = np.sort(values, axis=1)
    np.testing.assert_allclose(counts.at(ranks), ordered, rtol=QUANTILE_ERROR)
    lower, upper = counts.ends(ranks)
    is_number = ~np.isnan(ordered)
    assert (lower <= ordered)[is_number].all()
    assert (ordered <= upper)[is_number].all()
    finite = counts.sum_of_top(30)[0]
    assert finite == pytest.approx(ordered[0, -30:].sum(), rel=QUANTILE_ERROR)


def test_the_order_of_parts_changes_no_count():
    parts = np.array_split(made_values(), 7, axis=1)
    found = []
    for order in (parts, parts[::-1]):
        counts = Octaves(3)
        for part in order:
            counts.add(part)
        found.append(counts.at(np.arange(0, 3001, 50)))
    assert np.array_equal(*found, equal_nan=True)


def test_moments_of_parts_are_those_of_all():
    values = np.random.default_rng(1).normal(5, 1, size=(2, 3, 90))
    first, *others = np.split(values, [7, 50, 51], axis=2)
    moments = Moments.of(first)
    for other in others:
        moments = moments.merged(Moments.of(other))
    assert moments.number == 90
    np.testing.assert_allclose(moments.mean, values.mean(axis=2), rtol=1e-14)
    for length in range(3):
        wanted = np.cov(values[:, length]) * 89
        found = moments.products[:, :, length]
        np.testing.assert_allclose(found, wanted, rtol=1e-12)
