"""The result of many seeds: solved, diverged, names, units, the table."""

from functools import partial

import numpy as np
import pytest

import firstbit
from firstbit.cells import Vanilla
from firstbit.datasets import interval
from firstbit.errors import SettingError
from firstbit.files import save
from firstbit.intervals import clopper_pearson
from firstbit.languages import reber
from firstbit.training import Checks, Modern, Published
from small_trainings import KEY, VANILLA, WORDS


@pytest.fixture(scope="module")
def result():
    return firstbit.train(
        VANILLA,
        reber(),
        hidden_size=6,
        rule=Modern(0.02, batch_size=4, max_epochs=40),
        num_seeds=3,
        num_words=64,
        checks=Checks(stop=True),
        confidence=0.9,
        key=KEY,
    )


@pytest.mark.slow
def test_reber_is_solved(result):
    solved = result.solved.values & np.isfinite(result.epochs_to_solve.values)
    first = result.isel(seed=int(np.flatnonzero(solved)[0]))
    assert first.epochs_to_solve == np.isfinite(first.loss).sum()
    assert first.symbols_to_solve == first.symbols_read
    assert result.attrs["lag"] == 1  # two symbols are enough
    assert first.fresh_error <= 0.01
    assert first.keeps_to == 1
    assert not first.behaves_like.item()


@pytest.mark.slow
def test_the_success_rate_has_an_interval(result):
    lower, upper = interval(result, "success_rate")
    num_solved = int(result.solved.sum())
    assert result.success_rate == num_solved / 3
    assert (float(lower), float(upper)) == clopper_pearson(num_solved, 3, 0.9)
    assert result.success_rate_ci.attrs["ci_prob"] == 0.9
    with pytest.raises(SettingError, match="confidence between 0 and 1, got 95"):
        firstbit.train(
            VANILLA, reber(), rule=Modern(), num_seeds=1, key=KEY, confidence=95.0
        )


@pytest.mark.slow
def test_every_variable_has_a_name_and_a_unit(result, tmp_path):
    for name in result.variables:
        assert {"long_name", "units"} <= set(result[name].attrs)
    assert result.attrs["key"].tolist() == [0, 5]
    save(result, tmp_path / "t.nc")


@pytest.mark.slow
def test_the_table_has_one_row_a_seed(result):
    table = result.to_dataframe()
    assert table.index.name == "seed"
    assert len(table) == 3
    assert {"solved", "epochs_to_solve", "final_loss", "behaves_like"} <= set(
        table.columns
    )
    assert "loss" not in table.columns


@pytest.mark.slow
def test_a_seed_that_diverges_is_marked_and_the_others_go_on():
    d = firstbit.train(
        partial(Vanilla, activation="identity"),
        reber(),
        hidden_size=3,
        rule=Published(0.002, max_epochs=4),
        words=WORDS,
        num_seeds=8,
        key=KEY,
    )
    lost = np.isfinite(d.diverged_epoch.values)
    assert 0 < lost.sum() < 8
    assert np.isfinite(d.loss.values[~lost]).all()
    assert not d.solved.values[lost].any()
    assert np.isnan(d.squared_distance.values[lost]).all()
