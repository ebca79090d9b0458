"""Evidence: what many runs of one configuration show, on Datasets made by hand."""

import json
from functools import partial

import numpy as np
import pytest

from firstbit.errors import SettingError
from firstbit.intervals import clopper_pearson
from firstbit.studies.verdicts.evidence import evidence_of, labelled
from made_runs import evidence, runs


def test_evidence_counts_and_censors():
    found = evidence(2, 8, num_fresh=3, diverged=2, num_memory=1)
    assert (found.num_solved, found.num_fresh, found.num_twins) == (2, 3, 2)
    assert found.num_diverged == 2
    assert found.num_memory == 1
    assert found.num_hochreiter == 3
    assert found.median_epochs is None
    assert found.median_to_solve is None
    assert found.median_symbols == 4500.0
    assert found.median_loss == 0.5
    assert found.behaviours == {"outer symbol lost": 4}
    assert (found.num_at_rest, found.num_frozen) == (4, 0)
    assert found.keeps_to[:4] == (23, 23, 1, 0)
    assert found.right_to_length[:3] == (56, 56, 0)
    assert json.dumps(found.as_json(), allow_nan=False)


def test_the_test_of_the_runs_is_read():
    found = evidence(2, 8).tested
    assert (found.lag, found.twin_lag, found.num_words) == (23, 23, 256)
    assert (found.error, found.resolution) == (0.01, 0.15)
    assert (found.num_fresh, found.num_pairs) == (4000, 1000)
    assert found.shortest_window is None
    assert found.longest_word == 28
    assert not found.is_list_shared


def test_twins_beyond_the_order_decide_nothing():
    assert evidence(2, 8, lag=1, memory_order=2).tested.twin_lag == 1
    of_one = evidence(2, 8, lag=0, memory_order=1)
    assert of_one.tested.twin_lag is None
    assert of_one.num_twins is None


def test_a_test_that_cannot_fail_counts_nothing():
    assert evidence(2, 8, hochreiter_applies=0).num_hochreiter is None


def test_a_median_is_there_if_half_of_the_runs_solve():
    found = evidence(5, 8)
    assert (found.median_epochs, found.median_to_solve) == (13.5, 1350.0)
    assert evidence(0, 2, diverged=2).median_loss is None


def test_a_run_that_passes_a_check_and_fails_the_test_is_no_success():
    found = evidence(3, 8, num_fresh=7)
    assert found.num_denied == 4
    assert (found.median_epochs, found.median_to_solve) == (None, None)
    assert evidence(5, 8).num_denied == 0


def test_accuracy_far_back_is_that_of_the_longer_lags():
    found = evidence(1, 3)
    assert found.median_accuracy == pytest.approx((10 * 0.5 + 30 * 0.75) / 40)
    assert found.median_distance == 0.25


def test_the_interval_is_exact_at_the_confidence_asked_for():
    assert evidence(4, 8).interval == clopper_pearson(4, 8)
    assert evidence(4, 8, confidence=0.5).interval == clopper_pearson(4, 8, 0.5)


def test_what_is_no_training_is_refused():
    read = partial(evidence_of, cell="", architecture="", rule="")
    with pytest.raises(SettingError, match="got no behaves_like"):
        read(runs(1, 2).drop_vars("behaves_like"))
    with pytest.raises(SettingError, match="got no seed"):
        read(runs(0, 0))


def test_evidence_as_variables_has_nan_where_there_is_no_number():
    rows = [evidence(2, 8, num_fresh=3), evidence(5, 8)]
    variables = labelled(rows)
    found = {one.name: np.asarray(one.values).tolist() for one in variables}
    assert found["success_rate"] == [0.25, 0.625]
    assert str(found["median_epochs"]) == "[nan, 13.5]"
    assert found["num_fresh"] == [3, 5]
    assert variables[0].ci is not None
    low, _ = variables[0].ci
    assert np.array_equal(low, [one.interval[0] for one in rows])
