"""Figs. 3, 4, 6 and 7: numbers in cells, words beside them."""

import numpy as np
import pytest
import xarray as xr

from figure_reader import is_cut_off, texts, tick_labels
from firstbit.plots import save
from firstbit.plots.paper import hidden, outputs
from firstbit.plots.paper.heatmaps import LOGISTIC, SIGNED, value_scale


@pytest.fixture
def answers():
    rng = np.random.default_rng(0)
    probability = np.array([[0, 0.5, 0.5], [0, 0, 1.0]])
    output = probability + rng.normal(0, 0.01, (2, 3))
    dims = ("word", "symbol")
    return xr.Dataset(
        {"output": (dims, output), "probability": (dims, probability)},
        {"word": ["B", "BTX"], "symbol": ["B", "T", "P"]},
    )


@pytest.fixture
def states():
    values = np.arange(6.0).reshape(3, 2) / 10
    coords = {
        "word": ["BT", "B", "BTS"],
        "unit": [0, 1],
        "state": ("word", ["q1", "q0", "q1"]),
    }
    return xr.Dataset({"hidden": (("word", "unit"), values)}, coords)


def test_outputs_stand_beside_the_truth(answers):
    left, right = outputs(answers).axes
    assert texts(right) == ["0.00", "0.50", "0.50", "0.00", "0.00", "1.00"]
    assert "-" not in "".join(texts(left))
    written = [float(text.replace("−", "-")) for text in texts(left)]
    assert written == pytest.approx(answers["output"].values.ravel(), abs=0.005)
    assert "−0.00" not in texts(left)
    drawn = left.collections[0].get_array()
    np.testing.assert_array_equal(drawn, answers["output"].values)
    assert left.collections[0].get_clim() == (0, 1)


def test_words_are_rows_and_symbols_columns(answers):
    left, *_ = outputs(answers).axes
    assert tick_labels(left.yaxis) == ["B", "BTX"]
    assert tick_labels(left.xaxis) == ["B", "T", "P"]
    bottom, top = left.get_ylim()
    assert bottom > top, "the first word stands on top"


def test_legal_symbols_have_a_frame(answers):
    left, right = outputs(answers).axes
    assert len(left.patches) == 3
    assert not right.patches


def test_dims_may_have_any_order(answers):
    right = outputs(answers.transpose("symbol", "word")).axes[1]
    assert texts(right)[1] == "0.50"


def test_on_a_phone_panels_stand_below_each_other_and_words_are_short(answers, states):
    for width, number in (("720 px", 1), ("300 px", 2)):
        panels = outputs(answers, width=width).axes
        assert len({axes.get_position().y0 for axes in panels}) == number
    states["word"] = ["BT", "B", "BPTTTTVPXTTVPXTTTTTTTTTVPXVPX"]
    words = tick_labels(hidden(states, width="300 px").axes[0].yaxis)
    assert words == ["BT", "BPTTTT…VPXVPX", "B"]


def test_hidden_groups_words_by_state(states):
    axes = hidden(states).axes[0]
    assert tick_labels(axes.yaxis) == ["BT", "BTS", "B"]
    assert tick_labels(axes.yaxis, minor=True) == ["q1", "q0"]
    assert texts(axes) == ["0.00", "0.10", "0.40", "0.50", "0.20", "0.30"]


def test_scale_follows_the_sign():
    assert value_scale(np.array([0.0, 0.9])) == LOGISTIC
    assert value_scale(np.array([-0.1, 0.9])) == SIGNED


@pytest.mark.slow
def test_long_words_are_not_cut_off(tmp_path, states):
    states["word"] = ["B", "BPTTTTVPXTTVPXTTTTTTTTTVPXVPX", "BT"]
    save(hidden(states, title="hidden"), tmp_path / "hidden")
    assert not is_cut_off(tmp_path / "hidden.png")
