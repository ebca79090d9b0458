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


def test_the_published_view_is_last(gradients):
    figure = figure_nine(gradients, ranges=(4.0, 0.5, 0.002, 0.0005))
    above, published = figure.axes[:4], figure.axes[4:]
    assert [axes.get_xlim()[1] for axes in published] == [4, 0.5, 0.002, 0.0005]
    assert len(above) == 4
    top, middle, bottom = figure.subfigs
    assert top.get_suptitle().startswith("Absolute values")
    assert middle.get_suptitle().endswith("each parameter, epochs 0, 10, 20")
    assert "epoch 20, the negative half dropped" in bottom.get_suptitle()


def test_each_epoch_has_its_distances(gradients):
    for axes in figure_nine(gradients, ranges=(4.0,)).axes[:3]:
        title = axes.get_title(loc="left")
        assert "KS distance 0.2 [0.1, 0.3]\nratio of medians 2 [1.5, 2.5]" in title
        vanilla, gru = legend_texts(axes)
        assert vanilla.startswith("Vanilla: 6.2 % exactly 0, ")
        assert gru.startswith("GRU: none exactly 0, ")


def test_each_parameter_has_its_quantiles_epochs_beside_each_other(gradients):
    each = figure_nine(gradients, ranges=(4.0,)).axes[3]
    assert tick_labels(each.xaxis) == ["$U_{h}$", "$O$", "$W_{z}$"]
    assert texts(each) == ["Vanilla", "GRU"]
    quantile = gradients["parameter_quantile"].values
    medians = {}
    for line in each.lines:
        if line.get_marker() == "o":
            medians[float(line.get_xdata()[0])] = float(line.get_ydata()[0])
    in_order = [medians[place] for place in sorted(medians)]
    drawn = quantile[:, :, 2].T.ravel()  # that of 0 is a triangle at the bottom
    assert in_order == pytest.approx(drawn[drawn > 0])


def test_lines_across_end_below_the_words(gradients):
    for axes in figure_nine(gradients, ranges=(4.0,)).axes[:3]:
        (words,) = axes.texts
        highest = words.get_position()[1] * axes.get_ylim()[1]
        assert 0 < axes.get_yticks().max() < highest


def test_the_line_is_where_the_shares_differ_most(gradients):
    left = figure_nine(gradients, ranges=(4.0,)).axes[0]
    place = left.lines[-1].get_xdata()[0]
    first = np.abs(gradients["gradient"].isel(epoch=0).values)
    vanilla, gru = first[:, :4].ravel(), first[:, 4:].ravel()
    gaps = {
        size: abs(np.mean(vanilla <= size) - np.mean(gru <= size))
        for size in first.flat
    }
    assert gaps[place] == max(gaps.values()) == 0.25
    told = [text.rsplit(", ", 1)[1] for text in legend_texts(left)]
    assert told == ["25.0 % left of line", "none left of line"]


@pytest.mark.slow
def test_a_median_of_zero_is_a_triangle_at_the_bottom(gradients):
    each = figure_nine(gradients, ranges=(4.0,)).axes[3]
    markers = [line.get_marker() for line in each.lines]
    assert (markers.count("v"), markers.count("o")) == (1, 8)


def test_histograms_hold_every_gradient_once(gradients):
    figure = figure_nine(gradients, ranges=(1e9,))
    last = gradients["gradient"].isel(epoch=-1).values
    networks = last[:, :4], last[:, 4:]
    positive = [np.mean(values >= 0) for values in networks]
    assert shares(figure.axes[4]) == pytest.approx(positive)
    not_zero = [np.mean(values != 0) for values in networks]
    assert shares(figure.axes[2]) == pytest.approx(not_zero)


def test_tiny_gradients_are_counted_in_the_first_bin(gradients):
    gradients["gradient"][0, 0, -1] = 1e-40
    figure = figure_nine(gradients, ranges=(4.0,))
    label = figure.subfigs[0].get_supxlabel()
    assert "first bin: 0.7 % are smaller still" in label


def test_gradients_all_zero_can_be_drawn(gradients):
    figure = figure_nine(xr.zeros_like(gradients), ranges=(4.0,))
    assert "100.0 % exactly 0" in legend_texts(figure.axes[0])[0]


def test_quantiles_of_every_epoch_fit_on_the_axis(gradients):
    factor = xr.DataArray([100.0, 1.0, 0.01], dims="epoch")
    gradients["parameter_quantile"] = gradients["parameter_quantile"] * factor
    highest = float(gradients["parameter_quantile"].max())
    each = figure_nine(gradients, ranges=(4.0,)).axes[3]
    assert each.get_ylim()[1] > highest


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
    above, published = figure.axes[:4], figure.axes[4:]
    assert [axes.get_visible() for axes in published] == [True, True, True, False]
    tops = [axes.bbox.y1 for axes in above]
    assert tops == sorted(tops, reverse=True)
    assert len(set(tops)) == len(above) == 4
    save(figure, tmp_path / "nine")
    assert not is_cut_off(tmp_path / "nine.png")
    with pytest.raises(SettingError, match="at least 346 px"):
        figure_nine(gradients, ranges=(4.0,), width="300 px")
