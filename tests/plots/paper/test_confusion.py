"""Fig. 8: two words' hidden vectors in both networks."""

import numpy as np
import pytest
import xarray as xr

from figure_reader import texts, tick_labels
from firstbit.plots import style
from firstbit.plots.paper import confusion


@pytest.fixture
def pair():
    vanilla = np.array([[0.5, 0.1, 0.9], [0.5, 0.1004, 0.9]])
    gru = np.array([[-0.5, 0.2], [0.5, 0.2]])
    return xr.Dataset(
        {
            "vanilla": (("word", "vanilla_unit"), vanilla),
            "gru": (("word", "gru_unit"), gru),
            "vanilla_difference": ("vanilla_unit", abs(vanilla[0] - vanilla[1])),
            "gru_difference": ("gru_unit", abs(gru[0] - gru[1])),
        },
        {"word": ["BPBTXSE", "BTBTXSE"], "vanilla_unit": [0, 1, 2]},
        {"vanilla_distance": 0.0004, "gru_distance": 1.0},
    )


def test_both_networks_have_their_distance_in_the_title(pair):
    vanilla, gru, _ = confusion(pair).axes
    assert vanilla.get_title(loc="left") == (
        "Vanilla, k = 3: the vectors are 4.0·10⁻⁴ apart"
    )
    assert gru.get_title(loc="left") == "GRU, k = 2: the vectors are 1.0 apart"


@pytest.mark.parametrize("width", ["720 px", "360 px"])
def test_cells_hold_the_vectors_and_their_difference(pair, width):
    vanilla, gru, _ = confusion(pair, width=width).axes
    assert texts(vanilla)[-3:] == ["0.00", "4·10⁻⁴", "0.00"]
    assert sorted(texts(gru)) == ["0.00", "0.20", "0.20", "0.50", "1.00", "−0.50"]
    assert vanilla.collections[1].get_clim() == pytest.approx((1e-9, 1))


@pytest.mark.parametrize("width", ["720 px", "360 px"])
def test_a_key_says_what_the_colours_mean(pair, width):
    key = confusion(pair, width=width).axes[2]
    ends = {"Vanilla, activation": "0.00", "GRU, activation": "−1.00"}
    told = texts(key)
    for name, lowest in ends.items():
        assert told[told.index(name) - 5] == lowest
        assert told[told.index(name) - 1] == "1.00"
    assert told[-1] == "dark: forgotten; bright: known"
    assert told[-5:-1] == ["1·10⁻⁹", "1·10⁻⁶", "1·10⁻³", "1.00"]


def test_rows_are_words_and_columns_units(pair):
    gru = confusion(pair).axes[1]
    assert tick_labels(gru.yaxis) == ["BPBTXSE", "BTBTXSE", "|difference|"]
    assert tick_labels(gru.xaxis) == ["0", "1"]


def test_on_a_phone_rows_are_units_and_columns_words(pair):
    gru = confusion(pair, width="360 px").axes[1]
    assert tick_labels(gru.yaxis) == ["0", "1"]
    assert tick_labels(gru.xaxis) == ["BPBTXSE", "BTBTXSE", "|difference|"]
    assert texts(gru)[:4] == ["−0.50", "0.50", "0.20", "0.20"]


def test_a_column_of_a_journal_holds_all_units_of_the_paper():
    rows = {"vanilla": 18, "gru": 10}
    drawn = {}
    for name, size in rows.items():
        drawn[name] = (("word", f"{name}_unit"), np.zeros((2, size)))
        drawn[f"{name}_difference"] = (f"{name}_unit", np.zeros(size))
    coords = {f"{name}_unit": np.arange(size) for name, size in rows.items()}
    distances = {"vanilla_distance": 0.0, "gru_distance": 0.0}
    ds = xr.Dataset(drawn, {"word": ["BP", "BT"], **coords}, distances)
    with style("paper"):
        _, height = confusion(ds, width="89 mm").get_size_inches()
    assert 25.4 * height <= 170


def test_equal_vectors_can_be_drawn(pair):
    figure = confusion(xr.zeros_like(pair))
    assert figure.axes[1].collections[1].get_clim() == pytest.approx((1e-9, 1))
