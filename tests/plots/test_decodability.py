"""How often a symbol is decoded, by lag: lines, bands, rings, names."""

import json

import numpy as np
import pytest
import xarray as xr
from matplotlib.lines import Line2D

from figure_reader import left_titles
from firstbit.errors import SettingError
from firstbit.plots import decodability

LAGS = 6


def told(cell, sizes=(3, 5), reach=2.0, words="random"):
    shape = (len(sizes), 2, LAGS)
    accuracy = np.broadcast_to(np.linspace(1, 0.5, LAGS), shape)
    ends = np.stack([accuracy - 0.02, accuracy + 0.02], axis=-1)
    grid = ("hidden_size", "readout", "lag")
    configuration = {"cell": cell, "catalogue_name": cell, "initializer": "normal"}
    return xr.Dataset(
        {
            "accuracy": (grid, accuracy),
            "accuracy_ci": ((*grid, "ci_bound"), ends, {"ci_prob": 0.95}),
            "reach": (grid[:2], np.full(shape[:2], reach)),
        },
        {
            "hidden_size": list(sizes),
            "readout": ["linear", "quadratic"],
            "lag": np.arange(LAGS),
            "ci_bound": ["lower", "upper"],
        },
        {
            "configuration": json.dumps(configuration),
            "words": words,
            "num_draws": 20,
            "num_words": 400,
            "reach_above": 0.55,
        },
    )


def rings(axes):
    return [line for line in axes.lines if line.get_markerfacecolor() == "none"]


def curves(axes):
    found = []
    for line in axes.lines:
        assert isinstance(line, Line2D)
        if len(line.get_xdata()) == LAGS:
            found.append(line)
    return found


def test_each_size_has_a_panel_and_each_cell_a_line_and_a_name():
    figure = decodability([told("gru"), told("vanilla", [5])])
    assert left_titles(figure) == ["k = 3", "k = 5"]
    assert [len(curves(axes)) for axes in figure.axes] == [1, 2]
    names = [text.get_text() for text in figure.axes[1].texts]
    assert sorted(names) == ["GRU 50 %", "Vanilla 50 %", "guessing"]
    for axes in figure.axes:
        for line in curves(axes):
            assert line.get_ydata() == pytest.approx(np.linspace(1, 0.5, LAGS))


def test_a_ring_marks_the_reach():
    (axes,) = decodability([told("gru", [3])]).axes
    (ring,) = rings(axes)
    assert ring.get_xdata() == pytest.approx([2.0])
    assert ring.get_ydata() == pytest.approx([0.8])
    (axes,) = decodability([told("gru", [3], np.nan)], readout="quadratic").axes
    assert not rings(axes)


def test_the_words_are_named():
    figure = decodability([told("gru", words="stream")])
    assert "random stream" in figure.get_suptitle()
    assert decodability([told("gru")], title="mine").get_suptitle() == "mine"


def test_the_last_line_names_the_law_of_each_cell():
    one, other = told("gru"), told("vanilla", [5])
    line = decodability([one, other]).get_supxlabel()
    assert "; weights normal;" in line
    about = json.loads(other.attrs["configuration"])
    other.attrs["configuration"] = json.dumps({**about, "initializer": "identity"})
    line = decodability([one, other]).get_supxlabel()
    assert "; weights normal (GRU), identity (Vanilla);" in line


def test_what_does_not_fit_is_refused():
    with pytest.raises(SettingError, match="expected some results, got none"):
        decodability([])
    with pytest.raises(SettingError, match="`accuracy"):
        decodability([told("gru").drop_vars(["accuracy", "accuracy_ci"])])
    with pytest.raises(SettingError, match="from linear, quadratic, got 'cubic'"):
        decodability([told("gru")], readout="cubic")
    with pytest.raises(SettingError, match="same words, got random and stream"):
        decodability([told("gru"), told("gru", words="stream")])
