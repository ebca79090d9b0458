"""Fig. 9: gradients as published, and as absolute values."""

import numpy as np
import pytest
import xarray as xr

from figure_reader import is_cut_off, legend_texts, texts, tick_labels
from firstbit.errors import SettingError
from firstbit.plots import save
from firstbit.plots.paper import figure_nine

NETWORKS = ["vanilla"] * 4 + ["gru"] * 2
PARAMETERS = ["U_h"] * 2 + ["O"] * 2 + ["W_z"] * 2


@pytest.fixture
def gradients():
    rng = np.random.default_rng(1)
    gradient = rng.normal(size=(3, 8, 6)) * 10.0 ** rng.uniform(-5, 0, (3, 8, 6))
    gradient[:, :2, 0] = 0
    quantile = np.sort(np.abs(rng.normal(size=(3, 3, 5))), axis=-1)
    quantile[0, 0] = 0
    return xr.Dataset(
        {
            "gradient": (("epoch", "word", "coefficient"), gradient),
            "parameter_quantile": (("epoch", "group", "quantile"), quantile),
            "ks_distance": ("epoch", [0.2] * 3),
            "ks_distance_ci": (("epoch", "ci_bound"), [[0.1, 0.3]] * 3),
            "median_ratio": ("epoch", [2.0] * 3),
            "median_ratio_ci": (("epoch", "ci_bound"), [[1.5, 2.5]] * 3),
        },
        {
            "epoch": [0, 10, 20],
            "network": ("coefficient", NETWORKS),
            "parameter": ("coefficient", PARAMETERS),
            "group": ["vanilla U_h", "vanilla O", "gru W_z"],
            "quantile": [0.05, 0.25, 0.5, 0.75, 0.95],
            "ci_bound": ["lower", "upper"],
        },
    )


def shares(axes):
    """Of each network, the sum of its histogram."""
    return [stairs.get_data().values.sum() for stairs in axes.patches]


def test_the_published_view_is_on_top(gradients):
    figure = figure_nine(gradients, ranges=(4.0, 0.5, 0.002, 0.0005))
    published, below = figure.axes[:4], figure.axes[4:]
    assert [axes.get_xlim()[1] for axes in published] == [4, 0.5, 0.002, 0.0005]
    assert len(below) == 6
    top, bottom = figure.subfigs
    assert "epoch 20, the negative half dropped" in top.get_suptitle()
    assert bottom.get_suptitle().startswith("Absolute values")


def test_each_epoch_has_its_distances_and_quantiles(gradients):
    left, right = figure_nine(gradients, ranges=(4.0,)).axes[1:3]
    title = left.get_title(loc="left")
    assert "KS distance 0.2 [0.1, 0.3]; ratio of medians 2 [1.5, 2.5]" in title
    vanilla, gru = legend_texts(left)
    assert vanilla.startswith("Vanilla: 6.2 % exactly 0, ")
    assert gru.startswith("GRU: none exactly 0, ")
    assert tick_labels(right.xaxis) == ["$U_{h}$", "$O$", "$W_{z}$"]
    assert texts(right) == ["Vanilla", "GRU"]


def test_the_line_is_where_the_shares_differ_most(gradients):
    left = figure_nine(gradients, ranges=(4.0,)).axes[1]
    place = left.lines[-1].get_xdata()[0]
    first = np.abs(gradients["gradient"].isel(epoch=0).values)
    vanilla, gru = first[:, :4].ravel(), first[:, 4:].ravel()
    gaps = {
        size: abs(np.mean(vanilla <= size) - np.mean(gru <= size))
        for size in first.flat
    }
    assert gaps[place] == max(gaps.values()) == 0.25
    told = [text.rsplit(", ", 1)[1] for text in legend_texts(left)]
    assert told == ["25.0 % left of the line", "none left of the line"]


@pytest.mark.slow
def test_a_median_of_zero_is_a_triangle_at_the_bottom(gradients):
    right = figure_nine(gradients, ranges=(4.0,)).axes[2]
    markers = [line.get_marker() for line in right.lines]
    assert (markers.count("v"), markers.count("o")) == (1, 2)


def test_histograms_hold_every_gradient_once(gradients):
    figure = figure_nine(gradients, ranges=(1e9,))
    last = gradients["gradient"].isel(epoch=-1).values
    networks = last[:, :4], last[:, 4:]
    positive = [np.mean(values >= 0) for values in networks]
    assert shares(figure.axes[0]) == pytest.approx(positive)
    not_zero = [np.mean(values != 0) for values in networks]
    assert shares(figure.axes[5]) == pytest.approx(not_zero)


def test_tiny_gradients_are_counted_in_the_first_bin(gradients):
    gradients["gradient"][0, 0, -1] = 1e-40
    figure = figure_nine(gradients, ranges=(4.0,))
    assert "first bin: 0.7 % are smaller still" in figure.axes[-2].get_xlabel()


def test_gradients_all_zero_can_be_drawn(gradients):
    figure = figure_nine(xr.zeros_like(gradients), ranges=(4.0,))
    assert "100.0 % exactly 0" in legend_texts(figure.axes[1])[0]


def test_quantiles_of_every_epoch_fit_on_the_shared_axis(gradients):
    factor = xr.DataArray([100.0, 1.0, 0.01], dims="epoch")
    gradients["parameter_quantile"] = gradients["parameter_quantile"] * factor
    highest = float(gradients["parameter_quantile"].max())
    for axes in figure_nine(gradients, ranges=(4.0,)).axes[2::2]:
        assert axes.get_ylim()[1] > highest


def test_there_must_be_a_range(gradients):
    with pytest.raises(SettingError, match="at least one range; got none"):
        figure_nine(gradients, ranges=())


def test_there_must_be_a_group_for_each_parameter(gradients):
    text = "expected a group for each of 3 parameters, got 2"
    with pytest.raises(SettingError, match=text):
        figure_nine(gradients.isel(group=[0, 1]), ranges=(4.0,))


@pytest.mark.slow
def test_on_a_phone_panels_stand_below_each_other(gradients, tmp_path):
    figure = figure_nine(gradients, ranges=(4.0, 0.5, 0.002), width="360 px")
    published, below = figure.axes[:4], figure.axes[4:]
    assert [axes.get_visible() for axes in published] == [True, True, True, False]
    tops = [axes.get_position().y1 for axes in below]
    assert tops == sorted(tops, reverse=True)
    assert len(set(tops)) == len(below) == 6
    save(figure, tmp_path / "nine")
    assert not is_cut_off(tmp_path / "nine.png")
    with pytest.raises(SettingError, match="at least 346 px"):
        figure_nine(gradients, ranges=(4.0,), width="300 px")
