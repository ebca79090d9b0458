"""What the mean hides: quantiles of one size, shares of all."""

import pytest

from figure_reader import left_titles, texts
from firstbit.plots import draws, style
from made_results import discrepancies


@pytest.fixture
def ds():
    return discrepancies([1, 2, 5, 10, 20, 40], [1, 2, 3], rate=0.5, confidence=0.9)


def test_three_panels_say_what_they_show(ds):
    assert left_titles(draws(ds)) == [
        "k = 40: distance of\nthe two states",
        "share of draws\nabove 0.001",
        "share of the mean\nheld by the top 1 %",
    ]


def test_the_fan_shows_one_size(ds):
    figure = draws(ds, hidden_size=5)
    fan = figure.axes[0]
    assert fan.get_title(loc="left").startswith("k = 5: distance")
    assert texts(fan) == ["median", "mean"]
    note = "bands: 25 % to 75 % of draws; the mean has its 90 % interval"
    assert figure.get_supxlabel() == note
    median, mean = fan.lines
    one = ds.sel(hidden_size=5)
    assert median.get_ydata() == pytest.approx(one["median"])
    assert mean.get_ydata() == pytest.approx(one["discrepancy"])


def rows_of(figure):
    return figure.axes[0].get_subplotspec().get_gridspec().nrows


def test_panels_stand_below_each_other_where_they_would_be_narrow(ds):
    wide, narrow = draws(ds, width="720 px"), draws(ds, width="360 px")
    assert (rows_of(wide), rows_of(narrow)) == (1, 3)
    assert wide.get_figwidth() == pytest.approx(7.5)
    assert narrow.get_figwidth() == pytest.approx(3.75)
    assert narrow.get_figheight() > narrow.get_figwidth()
    with style("paper"):
        printed = draws(ds, width="183 mm")
    assert rows_of(printed) == 1


def test_the_fan_ends_at_its_smallest_quantile(ds):
    fan = draws(ds, hidden_size=1).axes[0]
    least = ds["quantile_value"].sel(hidden_size=1).min()
    assert fan.get_ylim()[0] == pytest.approx(float(least))


def test_zeros_are_drawn_at_the_bottom(ds):
    ds["quantile_value"][{"length": -1}] = 0.0
    fan = draws(ds).axes[0]
    assert fan.lines[0].get_ydata()[-1] == fan.get_ylim()[0] > 0


def test_shares_are_drawn_for_up_to_five_sizes(ds):
    _, retained, top = draws(ds).axes
    assert len(retained.lines) == len(top.lines) == 5
    assert len(retained.collections) == 5
    assert len(top.collections) == 0
    names = ["k = 1", "k = 2", "k = 5", "k = 20", "k = 40"]
    assert sorted(texts(top)) == sorted(texts(retained)) == sorted(names)
    assert top.lines[-1].get_ydata() == pytest.approx(ds["top_share"][-1])
