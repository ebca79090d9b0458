"""Fates of pairs of words as stacked shares."""

import numpy as np
import pytest
import xarray as xr

from figure_reader import left_titles, texts, tick_labels
from firstbit.memory.fates import FATES
from firstbit.plots import fate_shares


def shares(sizes):
    share = np.tile([0.2, 0.5, 0.3], (len(sizes), 1))
    dims = ("hidden_size", "fate")
    return xr.Dataset(
        {"share": (dims, share), "share_of_discrepancy": (dims, share[:, ::-1])},
        {"hidden_size": sizes, "fate": ["merged", "separated", "chaotic"]},
        {"length": 20},
    )


def test_one_cell_has_its_panels_side_by_side():
    ds = shares([4, 5])
    figure = fate_shares({"tanh": ds}, title="fates")
    assert left_titles(figure) == ["tanh", "tanh"]
    of_what = [axes.get_ylabel() for axes in figure.axes]
    assert of_what == ["share of draws", "share of D(20,k)"]
    assert figure.axes[0].get_subplotspec().get_gridspec().nrows == 1
    assert tick_labels(figure.axes[0].xaxis) == ["4", "5"]


def test_several_cells_have_columns():
    figure = fate_shares({"a": shares([4]), "b": shares([4]), "c": shares([4])})
    assert len(figure.axes) == 6
    assert left_titles(figure) == ["a", "b", "c"] * 2


@pytest.mark.parametrize(("panel", "name"), [(0, "share"), (1, "share_of_discrepancy")])
def test_shares_stand_on_each_other(panel, name):
    ds = shares([4, 5])
    axes = fate_shares({"tanh": ds}).axes[panel]
    for i, bars in enumerate(axes.containers):
        heights = [bar.get_height() for bar in bars]
        assert heights == pytest.approx(ds[name][:, i].values)
        bottoms = [bar.get_y() for bar in bars]
        assert bottoms == pytest.approx(ds[name][:, :i].sum("fate").values)
    colours = {bars[0].get_facecolor() for bars in axes.containers}
    assert len(colours) == 3


def test_many_sizes_are_named_in_fives():
    axes = fate_shares({"tanh": shares(range(1, 21))}).axes[0]
    assert tick_labels(axes.xaxis) == ["1", "5", "10", "15", "20"]


def eight_fates():
    share = np.array([[0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.0]])
    dims = ("hidden_size", "fate")
    return xr.Dataset(
        {"share": (dims, share), "share_of_discrepancy": (dims, share)},
        {"hidden_size": [5], "fate": [*FATES]},
        {"length": 20},
    )


def test_fixed_points_phases_and_orbits_are_one_group_and_no_empty_one_is_drawn():
    figure = fate_shares({"tanh": eight_fates()})
    heights = [bars[0].get_height() for bars in figure.axes[0].containers]
    assert heights == pytest.approx([0.4, 0.3, 0.1, 0.1, 0.1])
    assert "fixed or periodic: other fixed points" in figure.get_supxlabel()


def test_groups_are_named_beside_the_last_bar_in_their_order():
    first, last = fate_shares({"tanh": eight_fates()}).axes
    assert texts(first) == []
    names = sorted(last.texts, key=lambda text: text.get_position()[1])
    shown = [text.get_text() for text in names]
    assert shown == ["merged", "fixed or periodic", "slow", "chaotic", "unresolved"]
