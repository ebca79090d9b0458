"""Every plot is drawn at the width that is asked, or says what fits."""

import inspect
import re

import numpy as np
import pytest
import xarray as xr

import firstbit.plots
import firstbit.plots.paper
from figure_reader import is_cut_off
from firstbit.errors import SettingError
from firstbit.languages import memory_demand, reber
from firstbit.plots import (
    automaton,
    demand_and_supply,
    fate_shares,
    figure_bytes,
    save,
    several_cells,
    style,
    success_rates,
)
from firstbit.plots.panels import Size
from firstbit.plots.paper import hidden, network
from firstbit.plots.shown import ShownFigure
from made_results import around, discrepancies

NO_PLOTS = {"save", "figure_bytes", "style", "PlannedFigure"}


def rates(num_settings):
    shares = np.full((2, num_settings), 0.5)
    dims = ("cell", "setting")
    ends = np.stack(around(shares), axis=-1)
    return xr.Dataset(
        {
            "success_rate": (dims, shares),
            "success_rate_ci": ((*dims, "ci_bound"), ends),
        },
        {
            "cell": ["GRU", "LSTM"],
            "setting": [str(i) for i in range(num_settings)],
            "ci_bound": ["lower", "upper"],
        },
    )


def cells(number):
    found = discrepancies(range(1, number + 1), [1, 2, 5])
    configuration = '{"cell": "GRU", "catalogue_name": "gru", "initializer": "normal"}'
    return [found.assign_attrs(configuration=configuration, num_draws=9)]


def fates(number):
    share = xr.DataArray(
        [[0.25, 0.75]], {"hidden_size": [5], "fate": ["merged", "slow"]}
    )
    one = xr.Dataset({"share": share, "share_of_discrepancy": share})
    return {str(i): one.assign_attrs(length=5) for i in range(number)}


def states():
    coords = {"word": ["B", "BT"], "unit": [0, 1], "state": ("word", ["q0", "q1"])}
    return xr.Dataset({"hidden": (("word", "unit"), [[0.1, 0.9], [0.8, 0.2]])}, coords)


@pytest.mark.parametrize("chapter", [firstbit.plots, firstbit.plots.paper])
def test_every_plot_has_a_width(chapter):
    for name in set(chapter.__all__) - NO_PLOTS:
        assert "width" in inspect.signature(getattr(chapter, name)).parameters, name


@pytest.mark.slow
@pytest.mark.parametrize(
    ("draw", "width"),
    [
        (lambda width: success_rates(rates(3), xlabel="lag", width=width), "360 px"),
        (lambda width: several_cells(cells(1), width=width), "360 px"),
        (lambda width: several_cells(cells(4), width=width), "183 mm"),
        (lambda width: fate_shares(fates(1), width=width), "360 px"),
        (lambda width: hidden(states(), width=width), "400 px"),
        (lambda width: network(4, 5, 1, width=width), "89 mm"),
        (
            lambda width: demand_and_supply(memory_demand(reber(), 4), width=width),
            "540 px",
        ),
    ],
)
def test_at_the_width_that_is_asked_nothing_is_cut_off(draw, width, tmp_path):
    own, figure = draw(None), draw(width)
    assert figure.get_figwidth() != pytest.approx(own.get_figwidth())
    assert figure.get_figheight() >= own.get_figheight()
    save(figure, tmp_path / "figure")
    assert not is_cut_off(tmp_path / "figure.png")


@pytest.mark.parametrize(
    ("draw", "fits"),
    [
        (lambda: success_rates(rates(60), xlabel="lag", width="360 px"), 4.9),
        (lambda: several_cells(cells(4), width="360 px"), 6.7),
        (lambda: fate_shares(fates(4), width="360 px"), 7.2),
        (lambda: hidden(states(), width="150 px"), 1.73),
        (lambda: network(4, 5, 1, width="200 px"), 3.0),
        (lambda: demand_and_supply(memory_demand(reber(), 4), width="360 px"), 5.4),
    ],
)
def test_a_width_that_is_too_small_is_refused_and_what_fits_is_said(draw, fits):
    pixels, mm = np.ceil([96 * fits - 1e-9, 25.4 * fits - 1e-9])
    text = f"at least {pixels:.0f} px .{mm:.0f} mm. for the panels asked, got .*; try"
    with pytest.raises(SettingError, match=text):
        draw()


def test_an_automaton_is_at_most_as_wide_as_asked():
    def drawn(**width):
        svg = figure_bytes(automaton(reber(), **width), "svg").decode()
        return float(re.search(r'<svg width="(\d+)pt"', svg)[1]) / 72

    own = drawn()
    assert drawn(width=0.8 * own) == pytest.approx(0.8 * own, abs=0.02)
    assert drawn(width=2 * own) == own


def test_what_fits_grows_with_the_type():
    with style("talk"), pytest.raises(SettingError, match=r"at least 5\d\d px"):
        network(4, 5, 1, width="500 px")
    assert network(4, 5, 1, width="500 px").get_figwidth() == pytest.approx(500 / 96)


def test_a_figure_that_is_given_room_keeps_its_height():
    size = Size(6.0, 3.0)
    assert size.across(None, 2.0) == size
    assert size.across(3.0, 2.0) == (3.0, 3.0)
    assert size.across(12.0, 2.0) == (12.0, 6.0)


def test_a_notebook_shows_a_figure_at_the_size_at_which_it_was_drawn():
    figure = network(4, 5, 1, width="400 px")
    assert isinstance(figure, ShownFigure)
    png, size = figure._repr_png_()
    assert png.startswith(b"\x89PNG")
    pixels = [int.from_bytes(png[i : i + 4], "big") for i in (16, 20)]
    assert pixels == pytest.approx([2 * size["width"], 2 * size["height"]], abs=2)
    assert size["width"] == 400
