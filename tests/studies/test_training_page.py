"""The page of many seeds: its table, its sentences, and whether gradients vanish."""

import jax
import numpy as np
import pytest
import xarray as xr

from firstbit import Modern, train
from firstbit.languages import reber
from firstbit.plots import seeds
from firstbit.plots.styles import look
from firstbit.studies.training_gradients import vanishing
from firstbit.studies.training_page import by_seed, summary


@pytest.fixture(scope="module")
def fresh_only():
    """Two runs: one passes fresh words only, one diverges in its second epoch."""
    rule = Modern(max_epochs=2, batch_size=4)
    d = train(
        "vanilla:3", reber(), rule=rule, num_seeds=2, num_words=8, key=jax.random.key(0)
    )
    changed = {
        "solved": [False, False],
        "fresh_error": [0.0, 1.0],
        "frozen": [True, False],
        "diverged_epoch": [np.nan, 1.0],
    }
    return d.assign({name: ("seed", values) for name, values in changed.items()})


@pytest.mark.slow
def test_a_run_that_passes_fresh_words_only_does_not_solve(fresh_only):
    said = " ".join(summary(fresh_only).split())
    assert said.startswith(
        "0 of 2 seeds solve the task: 0%, 95 % interval 0% to 84% (exact);"
    )
    assert "1 more is right on fresh words, but not on twins at lag 1." in said
    assert said.endswith("1 stopped for want of a learning rate.")
    right_twins = fresh_only.assign(twin_error=0 * fresh_only["twin_error"])
    said = " ".join(summary(right_twins).split())
    assert "1 more is right on fresh words and twins, but not while one symbol" in said
    assert "but not on twins" not in said
    columns, rows = by_seed(fresh_only)
    assert columns[1:3] == ["solves", "keeps to"]
    assert [row[1] for row in rows] == ["no", "diverged at epoch 2"]
    assert rows[0][-1].endswith("frozen")
    lines = seeds(fresh_only).axes[0].get_lines()
    ends = [look().status(status) for status in ("bad", "open")]
    assert [line.get_color() for line in lines[:2]] == ends


@pytest.mark.parametrize(
    ("start", "end", "answer"),
    [
        ([-3.0, -3.1, -2.9], [-0.1, -0.1, -0.1], "Yes"),
        ([-1.0, -1.1, -0.9], [-0.1, -0.1, -0.1], "No"),
        (
            [-2.3, -2.4, -2.2],
            [-0.1, -0.1, -0.1],
            "Undecided",
        ),  # below by itself, but not of two epochs
        (
            [-1.0, -1.1, -0.9],
            [-0.1, -9.0, np.nan],
            "Undecided",
        ),  # two seeds far apart: the interval holds all
        (
            [-3.0, np.nan, np.nan],
            [-3.0, np.nan, np.nan],
            "Undecided",
        ),  # one seed has no interval
        ([-np.inf] * 3, [-np.inf] * 3, "Yes"),  # nothing at all is left
        ([-np.inf, -0.1, -0.2], [-0.1, -0.2, -0.1], "Undecided"),
    ],
)
def test_whether_gradients_vanish_goes_by_the_whole_interval(start, end, answer):
    answered = vanishing(
        xr.Dataset({"log_share": (("epoch", "seed"), [start, end])}, {"epoch": [0, 5]})
    )
    assert answered.startswith(f"Do the gradients vanish? {answer}. ")
    assert f"after 0 epochs {10 ** np.nanmean(start):.2g} (" in answered


@pytest.mark.slow
@pytest.mark.parametrize(
    ("median", "text"), [(12.5, "after 12.5 epochs"), (1.0, "after 1 epoch,")]
)
def test_the_median_of_epochs_is_not_cut(fresh_only, median, text):
    found = fresh_only.assign(median_epochs_to_solve=median)
    found["median_symbols_to_solve"] = 100.0
    assert text in " ".join(summary(found).split())
