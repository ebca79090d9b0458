"""Success rates with their intervals."""

import numpy as np
import pytest

from figure_reader import errorbars, legend_texts, tick_labels
from firstbit.datasets import Variable, dataset
from firstbit.errors import SettingError
from firstbit.plots import success_rates
from firstbit.plots.styles import look

DIMS = ("cell", "setting")


@pytest.fixture
def rates():
    rate = np.array([[0.5, np.nan], [0.25, 1.0]])
    share = Variable("success_rate", DIMS, rate, "rate", ci=(rate - 0.2, rate + 0.3))
    one = dataset([share], {"cell": ["a", "b"]}, rows=DIMS, configuration={})
    return one.assign_coords(setting=["5", "10"])


def test_each_cell_has_its_points_side_by_side(rates):
    axes = success_rates(rates, xlabel="lag", title="t").axes[0]
    assert legend_texts(axes) == ["a", "b"]
    assert tick_labels(axes.xaxis) == ["5", "10"]
    first, second = errorbars(axes)
    assert first.lines[0].get_xdata() == pytest.approx([-0.175, 0.825])
    assert second.lines[0].get_ydata() == pytest.approx([0.25, 1.0])
    assert first.lines[0].get_color() != second.lines[0].get_color()


def test_whiskers_go_from_the_lower_to_the_upper_end(rates):
    _, second = errorbars(success_rates(rates, xlabel="lag").axes[0])
    whisker = second.lines[2][0].get_segments()[0]
    assert whisker[:, 1] == pytest.approx([0.05, 0.55])


def test_a_line_joins_the_points_of_a_cell_where_asked(rates):
    loose, _ = errorbars(success_rates(rates, xlabel="lag").axes[0])
    joined, _ = errorbars(success_rates(rates, xlabel="lag", joined=True).axes[0])
    assert loose.lines[0].get_linestyle() == "None"
    assert joined.lines[0].get_linestyle() == "-"


def test_long_names_stand_below_each_other_the_first_on_top(rates):
    axes = success_rates(rates.isel(cell=[1]), xlabel="rule", across=True).axes[0]
    assert tick_labels(axes.yaxis) == ["5", "10"]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]
    (points,) = errorbars(axes)
    assert points.lines[0].get_xdata() == pytest.approx([0.25, 1.0])
    assert points.lines[0].get_ydata() == pytest.approx([0, 1])
    whisker = points.lines[2][0].get_segments()[0]
    assert whisker[:, 0] == pytest.approx([0.05, 0.55])
    assert axes.get_legend() is None, "one cell is named by the title"


@pytest.mark.parametrize("across", [False, True])
def test_the_line_of_one_half_is_named(rates, across):
    axes = success_rates(rates, xlabel="lag", across=across).axes[0]
    assert [text.get_text() for text in axes.texts] == ["one half"]


def test_cells_as_rows_have_a_ring_for_the_first_setting(rates):
    axes = success_rates(rates, xlabel="rule", rows=True, title="t").axes[0]
    assert tick_labels(axes.yaxis) == ["a", "b"]
    assert legend_texts(axes) == ["5", "10"]
    marks = [one.lines[0] for one in errorbars(axes)]
    rings = [mark.get_markerfacecolor() == look().page.page for mark in marks]
    assert rings == [True, False, True, False]
    assert [float(mark.get_xdata()[0]) for mark in marks[2:]] == [0.25, 1.0]
    assert axes.get_ylim()[0] > axes.get_ylim()[1], "the first cell stands on top"
    three = rates.isel(setting=[0, 1, 1]).assign_coords(setting=["1", "2", "3"])
    with pytest.raises(SettingError, match="up to 2 settings for `rows`, got 3"):
        success_rates(three, xlabel="rule", rows=True)
