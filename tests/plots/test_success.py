"""Success rates with their intervals."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from figure_reader import errorbars, left_titles, legend_texts, tick_labels
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


def test_each_cell_has_a_panel_with_its_name(rates):
    figure = success_rates(rates, xlabel="lag", title="t")
    assert left_titles(figure) == ["a", "b"]
    for axes, rate in zip(figure.axes, ([0.5, np.nan], [0.25, 1.0]), strict=True):
        (points,) = errorbars(axes)
        assert points.lines[0].get_ydata() == pytest.approx(rate, nan_ok=True)
        assert np.asarray(points.lines[0].get_xdata()).tolist() == [0, 1]
        assert tick_labels(axes.xaxis) == ["5", "10"]
    first, second = (errorbars(axes)[0].lines[0] for axes in figure.axes)
    assert first.get_color() != second.get_color()
    assert first.get_marker() != second.get_marker()


def test_whiskers_go_from_the_lower_to_the_upper_end(rates):
    (points,) = errorbars(success_rates(rates.isel(cell=[1]), xlabel="lag").axes[0])
    whisker = points.lines[2][0].get_segments()[0]
    assert whisker[:, 1] == pytest.approx([0.05, 0.55])


def test_joined_settings_stand_on_an_axis_of_numbers_before_the_other_cells(rates):
    axes = success_rates(rates, xlabel="lag", joined=True).axes[1]
    (points,) = errorbars(axes)
    assert points.lines[0].get_linestyle() == "-"
    assert points.lines[0].get_xdata() == pytest.approx(np.log2([5, 10]))
    grey = [line for line in axes.lines if line.get_color() == look().page.hair]
    assert [line.get_ydata()[0] for line in grey] == [0.5, 0.25]


def test_a_panel_of_the_callers_has_one_cell(rates):
    panel = Figure().add_subplot()
    with pytest.raises(SettingError, match="expected no `ax` for 2 cells, which have"):
        success_rates(rates, xlabel="lag", ax=panel)
    assert success_rates(rates.isel(cell=[0]), xlabel="lag", ax=panel) is panel.figure


def test_long_names_stand_below_each_other_the_first_on_top(rates):
    axes = success_rates(rates.isel(cell=[1]), xlabel="rule", across=True).axes[0]
    assert tick_labels(axes.yaxis) == ["5", "10"]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]
    (points,) = errorbars(axes)
    assert points.lines[0].get_xdata() == pytest.approx([0.25, 1.0])
    assert points.lines[0].get_ydata() == pytest.approx([0, 1])
    whisker = points.lines[2][0].get_segments()[0]
    assert whisker[:, 0] == pytest.approx([0.05, 0.55])


@pytest.mark.parametrize("across", [False, True])
def test_the_line_of_one_half_is_named(rates, across):
    figure = success_rates(rates, xlabel="lag", across=across)
    named = [[text.get_text() for text in axes.texts] for axes in figure.axes]
    assert named == ([["one half"]] * 2 if across else [[], ["one half"]])


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
