"""Gradients by lag: fans, and the medians of the parameters."""

import numpy as np
import pytest
import xarray as xr

from figure_reader import left_titles, texts
from firstbit.plots import gradients_by_lag


@pytest.fixture
def ds():
    levels = np.array([0.5, 1.0, 2.0])
    decay = 10.0 ** -np.arange(0, 20, 5)
    fan = np.broadcast_to(decay[:, None] * levels, (2, 4, 3))
    names = [f"W_{i}" for i in range(9)]
    contribution = np.broadcast_to(fan[:, None], (2, 9, 4, 3)).copy()
    contribution[:, 0, 1:] = np.nan
    dims = ("epoch", "lag", "quantile")
    return xr.Dataset(
        {
            **dict.fromkeys(("loss_gradient", "jacobian", "share"), (dims, fan)),
            "contribution": (("epoch", "parameter", "lag", "quantile"), contribution),
        },
        {
            "epoch": [0, 10],
            "lag": range(4),
            "quantile": [0.25, 0.5, 0.75],
            "parameter": names,
        },
    )


def test_each_epoch_has_a_column(ds):
    figure = gradients_by_lag(ds)
    assert len(figure.axes) == 8
    assert left_titles(figure)[:2] == ["after 0 epochs", "after 10 epochs"]
    assert figure.get_suptitle() == "Gradients by lag"


def test_a_fan_has_bands_and_a_median(ds):
    axes = gradients_by_lag(ds).axes[0]
    assert len(axes.collections) == 1
    assert axes.lines[0].get_ydata() == pytest.approx([1, 1e-5, 1e-10, 1e-15])
    assert axes.get_yscale() == "log"


def test_parameters_differ_by_colour_and_then_by_dashes(ds):
    figure = gradients_by_lag(ds)
    lines = figure.axes[-1].lines
    assert [line.get_label() for line in lines][:2] == ["$W_{0}$", "$W_{1}$"]
    assert lines[8].get_color() == lines[0].get_color()
    assert (lines[0].get_linestyle(), lines[8].get_linestyle()) == ("-", "--")


def test_names_stand_at_the_lines_of_the_last_panel(ds):
    *others, last = gradients_by_lag(ds).axes
    assert sorted(texts(last)) == [f"$W_{{{i}}}$" for i in range(9)]
    assert not any(map(texts, others))
    heights = sorted(name.get_position()[1] for name in last.texts)
    assert min(np.diff(heights)) > 0.09
    assert 0 <= heights[0] <= heights[-1] <= 1 + 1e-9


def test_a_parameter_with_one_lag_is_a_point(ds):
    lines = gradients_by_lag(ds).axes[-1].lines
    assert [line.get_marker() for line in lines[:2]] == [".", ""]
