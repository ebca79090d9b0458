"""Memory capacity by lag: lines, bands, totals beside the names."""

import json

import numpy as np
import pytest
import xarray as xr

from figure_reader import left_titles
from firstbit.errors import SettingError
from firstbit.plots import capacity

LAGS = 8
VALUES = 0.5 ** np.arange(LAGS)


def held(cell, sizes=(3, 5), law="uniform"):
    by_lag = np.tile(VALUES, (len(sizes), 1))
    total = np.linspace(1, 2, len(sizes))

    def ends(values):
        return np.stack([values - 0.02, values + 0.02], axis=-1)

    prob = {"ci_prob": 0.95}
    configuration = {"cell": cell, "catalogue_name": cell, "initializer": "normal"}
    return xr.Dataset(
        {
            "capacity": (("hidden_size", "lag"), by_lag),
            "capacity_ci": (("hidden_size", "lag", "ci_bound"), ends(by_lag), prob),
            "total_capacity": ("hidden_size", total),
            "total_capacity_ci": (("hidden_size", "ci_bound"), ends(total), prob),
            "num_read": ("hidden_size", np.array(sizes, float)),
        },
        {
            "hidden_size": list(sizes),
            "lag": np.arange(LAGS),
            "ci_bound": ["lower", "upper"],
        },
        {
            "configuration": json.dumps(configuration),
            "law": law,
            "scale": 1.0,
            "num_steps": 500,
            "num_draws": 4,
        },
    )


def test_each_size_has_a_panel_and_each_cell_a_line_and_its_total():
    figure = capacity([held("gru"), held("vanilla", [5])])
    first, second = (axes.get_ylabel() for axes in figure.axes)
    assert (first, second) == ("share of an input that is held", " ")
    assert left_titles(figure) == ["k = 3", "k = 5"]
    for axes, number in zip(figure.axes, (1, 2), strict=True):
        lines = [line for line in axes.lines if len(line.get_xdata()) == LAGS]
        assert len(lines) == number
        for line in lines:
            assert line.get_ydata() == pytest.approx(VALUES)
    names = sorted(text.get_text() for text in figure.axes[1].texts)
    assert names == ["GRU 2 of 5", "Vanilla 1 of 5"]


def test_the_axis_ends_where_nothing_is_held_and_the_last_line_says_so():
    few, many = held("gru"), held("vanilla")
    many["capacity"][:, 3:] = 0
    few["capacity"][:, 2:] = 0
    figure = capacity([few, many])
    assert [line.get_xdata()[-1] for line in figure.axes[0].lines] == [3, 3]
    assert "; beyond m = 3, up to 7: 0 %" in figure.get_supxlabel()
    assert "beyond" not in capacity([held("gru")]).get_supxlabel()


def test_the_last_line_names_the_law_of_each_cell():
    one, other = held("gru"), held("vanilla", [5])
    line = capacity([one, other]).get_supxlabel()
    assert "; weights normal;" in line
    about = json.loads(other.attrs["configuration"])
    other.attrs["configuration"] = json.dumps({**about, "initializer": "identity"})
    line = capacity([one, other]).get_supxlabel()
    assert "; weights normal (GRU), identity (Vanilla);" in line


def test_what_does_not_fit_is_refused():
    with pytest.raises(SettingError, match="expected some results, got none"):
        capacity([])
    with pytest.raises(SettingError, match="`capacity"):
        capacity([held("gru").drop_vars(["capacity", "capacity_ci"])])
    with pytest.raises(SettingError, match="same law, got uniform and normal"):
        capacity([held("gru"), held("gru", law="normal")])
