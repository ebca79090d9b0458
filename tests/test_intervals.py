"""Every interval holds the truth as often as it promises: small simulations.

Large ones, and those of slow bootstraps: tests/proof.
"""

import numpy as np
import pytest
import scipy.stats

from coverages import INTERVALS, least_of_wilson, measured
from firstbit.intervals import clopper_pearson, wilson

SLOW = ("bootstrap",)
FAST = [one for one in INTERVALS if not any(word in one.of for word in SLOW)]


@pytest.mark.slow
@pytest.mark.parametrize("one", FAST, ids=lambda one: one.of)
def test_coverage_in_ten_situations(one):
    found = measured(one, 300)
    assert len(found) == 10
    chance = 0.0 if one.is_exact else 3 * np.sqrt(0.95 * 0.05 / 300)
    if one.at_least:
        assert min(found.values()) >= 0.95 - chance, found
        return
    mean = np.mean(list(found.values()))
    assert 0.94 - chance / 3 <= mean <= 0.96 + chance / 3, found


def test_wilsons_least_coverage_is_the_one_of_its_docstring():
    assert least_of_wilson() == pytest.approx(0.84, abs=0.005)


@pytest.mark.parametrize("number", [1, 7, 200])
@pytest.mark.parametrize("confidence", [0.5, 0.95])
@pytest.mark.parametrize(
    ("ends", "method"), [(wilson, "wilson"), (clopper_pearson, "exact")]
)
def test_shares_as_in_scipy(number, confidence, ends, method):
    counts = np.array([0, number // 2, number])
    low, high = ends(counts, number, confidence)
    for place, count in enumerate(counts.tolist()):
        test = scipy.stats.binomtest(count, number)
        known = test.proportion_ci(confidence, method)
        assert (low[place], high[place]) == pytest.approx((known.low, known.high))
