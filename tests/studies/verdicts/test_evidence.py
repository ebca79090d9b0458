"""Evidence: what many runs of one configuration show, on Datasets made by hand."""

import json
from functools import partial

import numpy as np
import pytest

from firstbit.errors import SettingError
from firstbit.studies.verdicts.evidence import evidence_of, labelled
from made_runs import evidence, runs


def test_evidence_counts_and_censors():
    found = evidence(2, 8, num_fresh=3, diverged=2)
    assert (found.num_solved, found.num_fresh, found.num_long) == (2, 3, 2)
    assert found.num_diverged == 2
    assert found.median_epochs is None
    assert found.median_to_solve is None
    assert found.median_symbols == 4500.0
    assert found.median_loss == 0.5
    assert found.plateaus == {"full": 3, "merged": 3}
    assert json.dumps(found.as_json(), allow_nan=False)


def test_a_median_is_there_if_half_of_the_runs_solve():
    found = evidence(5, 8)
    assert (found.median_epochs, found.median_to_solve) == (13.5, 1350.0)
    assert evidence(0, 2, diverged=2).median_loss is None


def test_accuracy_far_back_is_that_of_the_longer_lags():
    found = evidence(1, 3)
    assert found.median_accuracy == pytest.approx((10 * 0.5 + 30 * 0.75) / 40)
    assert found.median_distance == 0.25


def test_the_interval_has_the_confidence_asked_for():
    low, high = evidence(4, 8).interval
    narrow = evidence(4, 8, confidence=0.5).interval
    assert low < narrow[0] < 0.5 < narrow[1] < high


def test_what_is_no_training_is_refused():
    read = partial(evidence_of, cell="", architecture="", rule="")
    with pytest.raises(SettingError, match="got no plateau"):
        read(runs(1, 2).drop_vars("plateau"))
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
