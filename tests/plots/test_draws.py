"""What the mean hides: quantiles of one size, shares of all."""

import pytest

from figure_reader import left_titles, legend_texts
from firstbit.plots import draws
from made_results import discrepancies


@pytest.fixture
def ds():
    return discrepancies([1, 2, 5, 10, 20, 40], [1, 2, 3], rate=0.5, confidence=0.9)


def test_three_panels_say_what_they_show(ds):
    assert left_titles(draws(ds)) == [
        "k = 40: every draw",
        "share of draws above 0.001",
        "share of the mean that the top 1 % of draws carry",
    ]


def test_the_fan_shows_one_size(ds):
    fan = draws(ds, hidden_size=5).axes[0]
    assert fan.get_title(loc="left") == "k = 5: every draw"
    assert legend_texts(fan) == ["25% to 75% of draws", "median", "mean, 90 % interval"]
    median, mean = fan.lines
    one = ds.sel(hidden_size=5)
    assert median.get_ydata() == pytest.approx(one["median"])
    assert mean.get_ydata() == pytest.approx(one["discrepancy"])


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
    assert legend_texts(top) == ["k = 40", "k = 20", "k = 5", "k = 2", "k = 1"]
    assert top.lines[-1].get_ydata() == pytest.approx(ds["top_share"][-1])
