"""Fig. 8: two words' hidden vectors in both networks."""

from itertools import pairwise

import numpy as np
import pytest
import xarray as xr
from matplotlib.colors import to_hex

from figure_reader import texts, tick_labels
from firstbit.plots import style
from firstbit.plots.paper import confusion
from firstbit.plots.styles import look


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


def test_both_networks_have_their_distance_beside_their_line(pair):
    differences = confusion(pair).axes[0]
    assert texts(differences) == [
        "Vanilla, k = 3:\n4.0·10⁻⁴ apart",
        "GRU, k = 2:\n1.0 apart",
    ]
    hues = [text.get_color() for text in differences.texts]
    assert hues == [look().ink("vanilla"), look().ink("gru")]


@pytest.mark.parametrize("width", ["720 px", "360 px"])
def test_differences_go_from_the_largest_to_rings_at_the_end(pair, width):
    differences = confusion(pair, width=width).axes[0]
    vanilla, off, gru, also_off = differences.lines
    assert vanilla.get_ydata() == pytest.approx([4e-4, 1e-9, 1e-9])
    assert gru.get_ydata() == pytest.approx([1.0, 1e-9])
    assert [len(one.get_xdata()) for one in (off, also_off)] == [2, 1]
    assert off.get_markerfacecolor() == look().page.page
    assert differences.get_yscale() == "log"


@pytest.mark.parametrize("width", ["720 px", "360 px"])
def test_cells_hold_the_vectors_in_the_hue_of_their_network(pair, width):
    _, vanilla, gru, _ = confusion(pair, width=width).axes
    assert sorted(texts(vanilla)) == ["0.10", "0.10", "0.50", "0.50", "0.90", "0.90"]
    assert sorted(texts(gru)) == ["0.20", "0.20", "0.50", "−0.50"]
    for axes, name in ((vanilla, "vanilla"), (gru, "gru")):
        (cells,) = axes.collections
        assert to_hex(cells.get_cmap()(1.0)) == look().hue(name).lower()
        assert cells.get_clim() == (0, 1)
    assert gru.collections[0].get_array().min() == pytest.approx(0.2)  # of its size


@pytest.mark.parametrize(("width", "number"), [("720 px", 5), ("360 px", 3)])
def test_a_key_says_what_the_colours_mean(pair, width, number):
    told = texts(confusion(pair, width=width).axes[3])
    for name in ("Vanilla: size of an activation", "GRU: size of an activation"):
        place = told.index(name)
        assert (told[place - number], told[place - 1]) == ("0.00", "1.00")
    assert len(told) == 2 * (number + 1)


def test_numbers_of_the_key_do_not_touch_on_a_phone(pair):
    figure = confusion(pair, width="360 px")
    figure.draw_without_rendering()
    numbers = [text for text in figure.axes[3].texts if len(text.get_text()) == 4]
    boxes = [text.get_window_extent() for text in numbers[:3]]
    assert all(a.x1 + a.width / 4 < b.x0 for a, b in pairwise(boxes))


def test_rows_are_words_and_columns_units(pair):
    gru = confusion(pair).axes[2]
    assert tick_labels(gru.yaxis) == ["BPBTXSE", "BTBTXSE"]
    assert tick_labels(gru.xaxis) == ["0", "1"]


def test_on_a_phone_rows_are_units_and_columns_words(pair):
    gru = confusion(pair, width="360 px").axes[2]
    assert tick_labels(gru.yaxis) == ["0", "1"]
    assert tick_labels(gru.xaxis) == ["BPBTXSE", "BTBTXSE"]
    assert texts(gru) == ["−0.50", "0.50", "0.20", "0.20"]


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
    vanilla, *_ = confusion(xr.zeros_like(pair)).axes[0].lines
    assert vanilla.get_ydata() == pytest.approx([1e-9] * 3)
