"""Every plot with one panel draws into a caller's; every plot has an optional title."""

import inspect

import numpy as np
import pytest
import xarray as xr
from matplotlib.figure import Figure

import firstbit.plots
import firstbit.plots.paper
from figure_reader import heights
from firstbit.languages import length_distribution, memory_demand, reber
from firstbit.plots import (
    demand_and_supply,
    lengths,
    phase_diagram,
    success_rates,
    surface,
    theory_overlay,
)
from firstbit.plots.panels import Size, band, blank, finished, length_axis, spread
from firstbit.plots.paper import hidden, network, training_curves
from made_results import around, discrepancies


def phases():
    coords = {"gain": [0.5, 1.0], "hidden_size": [10, 20]}
    ratio = xr.DataArray([[0.01, 0.5], [0.9, 1.2]], coords)
    line = xr.DataArray([0.8, 0.6], {"line_size": [10, 20]})
    return xr.Dataset({"discrepancy_ratio": ratio, "critical_gain": line})


def rates():
    ends = np.stack(around([[0.5]]), axis=-1)
    dims = ("cell", "setting")
    return xr.Dataset(
        {
            "success_rate": (dims, [[0.5]]),
            "success_rate_ci": ((*dims, "ci_bound"), ends),
        },
        {"cell": ["GRU"], "setting": ["5"], "ci_bound": ["lower", "upper"]},
    )


def theory():
    measured = discrepancies([1, 5], [1, 2, 5])
    return measured.assign(predicted_discrepancy=measured["discrepancy"])


def states():
    coords = {"word": ["B", "BT"], "unit": [0, 1], "state": ("word", ["q0", "q1"])}
    values = (("word", "unit"), [[0.1, 0.9], [0.8, 0.2]])
    return xr.Dataset({"hidden": values}, coords)


def runs():
    variables = {
        "mean_error": (("run", "epoch"), [[6.0, 4.0, 3.5]]),
        "floor": ("run", [3.0]),
        "merged_floor": ("run", [np.nan]),
    }
    return xr.Dataset(variables, {"run": ["GRU"], "epoch": [0, 1, 2]})


ONE_PANEL = {
    "demand": lambda **to: demand_and_supply(memory_demand(reber(), 4), **to),
    "hidden": lambda **to: hidden(states(), **to),
    "lengths": lambda **to: lengths(length_distribution(reber(), 9), **to),
    "network": lambda **to: network(2, 3, 1, **to),
    "phase_diagram": lambda **to: phase_diagram(phases(), **to),
    "success_rates": lambda **to: success_rates(rates(), xlabel="lag", **to),
    "theory_overlay": lambda **to: theory_overlay(theory(), **to),
    "training_curves": lambda **to: training_curves(runs(), **to),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ONE_PANEL)
def test_a_plot_of_one_panel_draws_into_the_callers(name):
    figure = Figure(layout="constrained")
    mine, other = figure.subplots(1, 2)
    size = other.xaxis.get_ticklabels()[0].get_fontsize()
    assert ONE_PANEL[name](ax=mine, title="the title") is figure
    assert mine.has_data()
    assert not other.has_data()
    assert other.xaxis.get_ticklabels()[0].get_fontsize() == size
    title = mine.get_title("left")
    assert title.startswith("the title\n"), "a line above the panel's own note"
    assert figure.get_suptitle() == ""
    figure.draw_without_rendering()


@pytest.mark.parametrize("name", ONE_PANEL)
def test_without_a_panel_there_is_a_new_figure_with_the_title(name):
    figure = ONE_PANEL[name](title="the title")
    assert isinstance(figure, Figure)
    assert figure.get_suptitle() == "the title"
    assert ONE_PANEL[name](title="").get_suptitle() == ""


def test_a_panel_of_a_subfigure_belongs_to_the_figure():
    figure = Figure()
    left = figure.subfigures(1, 2, squeeze=False)[0, 0]
    assert network(1, 1, 1, ax=left.subplots()) is figure


@pytest.mark.parametrize("chapter", [firstbit.plots, firstbit.plots.paper])
def test_every_plot_has_an_optional_title_by_keyword(chapter):
    for name in chapter.__all__:
        plot = getattr(chapter, name)
        if name in ("PlannedFigure", "figure_bytes", "save", "style"):
            continue
        title = inspect.signature(plot).parameters["title"]
        assert title.kind is inspect.Parameter.KEYWORD_ONLY, name
        assert title.default is None, name


def test_a_blank_figure_has_a_title_that_is_no_mathematics():
    assert blank(Size(3, 2), "costs $1$").get_suptitle() == r"costs \$1\$"
    assert blank(Size(3, 2), None).get_suptitle() == ""


def test_a_surface_has_no_title_unless_asked():
    assert surface(discrepancies([1, 2], [1, 2])).get_suptitle() == ""


@pytest.mark.slow
def test_a_band_lies_between_the_ends():
    axes = Figure().subplots()
    band(axes, [1, 2], ([0.0, 1.0], [2.0, 3.0]), "red")
    of_band = heights(axes.collections[0])
    assert (of_band.min(), of_band.max()) == (0.0, 3.0)
    assert finished(axes) is axes.figure


def test_an_axis_of_one_length_has_a_width():
    axes = Figure().subplots()
    length_axis(axes, np.array([3]))
    assert axes.get_xlim() == (3, 4)


@pytest.mark.parametrize(
    ("number", "most", "places"),
    [(1, 5, [0]), (5, 5, [0, 1, 2, 3, 4]), (10, 4, [0, 3, 6, 9])],
)
def test_places_are_evenly_spread(number, most, places):
    assert spread(number, most).tolist() == places
