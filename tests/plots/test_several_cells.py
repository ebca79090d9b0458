"""D(l,k) of several cells in one figure."""

import json

import numpy as np
import pytest

from figure_reader import heights, texts
from firstbit.errors import SettingError
from firstbit.look import roles
from firstbit.plots import several_cells
from made_results import discrepancies


def result(cell, sizes, *, rate=0.1, lengths=range(1, 9), **settings):
    configuration = {
        "cell": cell,
        "catalogue_name": cell.lower(),
        "initializer": "normal",
        "words": ["00...", "10..."],
        "threshold": 1e-3,
        **settings,
    }
    attrs = {"configuration": json.dumps(configuration), "num_draws": 200}
    return discrepancies(sizes, lengths, rate).assign_attrs(attrs)


def solid(axes):
    return [line for line in axes.lines if line.get_linestyle() == "-"]


def test_each_size_has_a_column_with_the_cells_that_have_it():
    gru, vanilla = result("GRU", [5, 10]), result("Vanilla", [10, 20], rate=0.5)
    figure = several_cells([gru, vanilla])
    distances = figure.axes[:3]
    assert [axes.get_title(loc="left") for axes in distances] == [
        "k = 5",
        "k = 10",
        "k = 20",
    ]
    of_ten = solid(distances[1])
    assert of_ten[0].get_ydata() == pytest.approx(gru.discrepancy[1])
    assert of_ten[1].get_ydata() == pytest.approx(vanilla.discrepancy[0])
    assert [len(solid(axes)) for axes in distances[1:]] == [2, 1]
    dotted = [line for line in distances[1].lines if line.get_linestyle() == ":"]
    assert dotted[1].get_ydata() == pytest.approx(vanilla["median"][0])


def test_the_share_stands_below_with_its_interval():
    gru = result("GRU", [5])
    shares = several_cells([gru]).axes[1]
    assert shares.get_ylabel() == "share of nets above 0.001"
    assert shares.lines[0].get_ydata() == pytest.approx(gru.retained[0])
    ends = gru.retained_ci
    assert heights(shares.collections[0]).min() == pytest.approx(float(ends.min()))
    assert heights(shares.collections[0]).max() == pytest.approx(float(ends.max()))


def test_cells_are_named_in_their_colours():
    figure = several_cells([result("Vanilla", [5]), result("mine.py:Slow", [5])])
    assert texts(figure.axes[0]) == ["Vanilla", "mine.py:Slow"]
    colours = [line.get_color() for line in solid(figure.axes[0])[:2]]
    families = roles().families
    assert colours == [families["vanilla"].light, families["yours"].light]


def test_cells_have_the_marks_of_their_families_at_different_places():
    names = [result("Vanilla", [5]), result("GRU", [5])]
    for axes in several_cells(names).axes:
        vanilla, gru = [line for line in axes.lines if line.get_markevery()]
        assert (vanilla.get_marker(), gru.get_marker()) == ("o", "s")
        assert vanilla.get_markevery() != gru.get_markevery()


def test_laws_are_named_where_they_differ():
    other = result("mine.py:Slow", [5], initializer="as-built")
    figure = several_cells([result("GRU", [5]), other])
    assert texts(figure.axes[0]) == [
        "GRU, weights normal",
        "mine.py:Slow, weights as-built",
    ]


def test_a_name_has_the_ink_of_its_family_and_stands_at_its_line():
    far, near = result("LSTM", [5], rate=0.1), result("GRU", [5], rate=1.0)
    axes = several_cells([far, near]).axes[0]
    low, high = axes.texts
    assert [low.get_text(), high.get_text()] == ["GRU", "LSTM"]
    assert low.get_position()[1] < high.get_position()[1]
    assert high.get_color() == roles().families["lstm"].text


def test_a_cell_that_the_last_column_lacks_is_still_named():
    axes = several_cells([result("GRU", [5]), result("LSTM", [2])]).axes[1]
    assert sorted(texts(axes)) == ["GRU", "LSTM: not measured here"]


def test_of_many_sizes_four_are_drawn():
    figure = several_cells([result("GRU", range(1, 21))])
    titles = [axes.get_title(loc="left") for axes in figure.axes[:4]]
    assert titles == ["k = 1", "k = 7", "k = 14", "k = 20"]


def test_lengths_may_differ_and_distances_may_be_zero():
    nothing = result("GRU", [5], lengths=range(1, 4))
    nothing["discrepancy"] *= 0
    figure = several_cells([nothing, result("LSTM", [5])])
    assert figure.axes[1].get_xlim() == (1, 8)
    assert np.isfinite(figure.axes[0].get_ylim()).all()
    figure.draw_without_rendering()
    several_cells([nothing]).draw_without_rendering()


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"words": ["01", "11"]}, "expected results of the same words, got"),
        ({"threshold": 0.5}, "of the same threshold, got 0.001 and 0.5; measure them"),
    ],
)
def test_what_was_measured_otherwise_is_refused(other, message):
    with pytest.raises(SettingError, match=message):
        several_cells([result("GRU", [5]), result("LSTM", [5], **other)])


def test_no_result_is_refused():
    with pytest.raises(SettingError, match="expected some results, got none"):
        several_cells([])


def test_more_cells_than_hues_have_a_panel_each_and_it_is_said():
    names = ["Vanilla", "GRU", "LSTM", "minGRU", "LRU", "mine.py:Slow", "MGU"]
    found = [result(name, [5, 10], rate=0.1 * i) for i, name in enumerate(names)]
    found[0] = result("Vanilla", [10], rate=0.3)
    figure = several_cells(found)
    panels = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title(loc="left") for axes in panels] == names
    for axes, one in zip(panels, found, strict=True):
        assert len(solid(axes)) == len(names) + 1
        own = solid(axes)[-1]
        assert own.get_ydata() == pytest.approx(one.discrepancy[-1])
        grey = {line.get_color() for line in solid(axes)[:-1]}
        assert grey == {roles().light.hair}
    assert "7 cells, more than hues: a panel each" in figure.get_supxlabel()
    assert len(several_cells(found, width="360 px").axes) == 8
