"""Fig. 9: how large gradients are, of each parameter, and as published."""

import numpy as np
import pytest
import xarray as xr
from matplotlib.collections import PathCollection

from figure_reader import is_cut_off, left_titles, texts, tick_labels
from firstbit.errors import SettingError
from firstbit.plots import save
from firstbit.plots.paper import figure_nine, gradients_as_published, gradients_each

NETWORKS = ["vanilla"] * 4 + ["gru"] * 2
PARAMETERS = ["U_h"] * 2 + ["O"] * 2 + ["W_z"] * 2
RANGES = (4.0, 0.5, 0.002, 0.0005)


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
            "epoch": [0, 10, 2000],
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


def test_each_epoch_has_a_panel_with_the_ratio_of_medians(gradients):
    ratio = "medians, Vanilla : GRU = 2.0 : 1 (1.5 to 2.5)"
    when = ["before training", "after 10 epochs", "after 2,000 epochs"]
    assert left_titles(figure_nine(gradients)) == [f"{one}\n{ratio}" for one in when]


def test_what_is_drawn_and_what_is_not_stands_below(gradients):
    note = figure_nine(gradients.isel(epoch=[2])).get_supxlabel()
    assert note.startswith("rows above: the middle half, a mark at the median")
    assert note.endswith("in the histogram: 6.2 % of Vanilla's, none of GRU's")


def test_rows_show_the_middle_half_and_the_median(gradients):
    axes = figure_nine(gradients).axes[0]
    first = np.abs(gradients["gradient"].values[0])
    half, mark = axes.lines[-2:]
    low, median, high = np.quantile(first[:, :4], [0.25, 0.5, 0.75])
    assert np.asarray(half.get_xdata()) == pytest.approx([low, high])
    assert np.asarray(mark.get_xdata()) == pytest.approx([median])
    gru, vanilla = texts(axes)
    assert vanilla.startswith("Vanilla, median ")
    assert gru.startswith("GRU, median ")


def test_lines_across_end_below_the_rows(gradients):
    for axes in figure_nine(gradients).axes:
        rows = [np.max(line.get_ydata()) for line in axes.lines[-4:]]
        assert 0 < axes.get_yticks().max() < min(rows) < max(rows) < axes.get_ylim()[1]


def test_histograms_hold_every_gradient_once(gradients):
    last = gradients["gradient"].isel(epoch=-1).values
    networks = last[:, :4], last[:, 4:]
    not_zero = [np.mean(values != 0) for values in networks]
    assert shares(figure_nine(gradients).axes[2]) == pytest.approx(not_zero)
    (window,) = gradients_as_published(gradients, ranges=(1e9,)).axes
    positive = [np.mean(values >= 0) for values in networks]
    assert shares(window) == pytest.approx(positive)


def test_tiny_gradients_are_counted_in_the_first_bin(gradients):
    gradients["gradient"][0, 0, -1] = 1e-40
    label = figure_nine(gradients).axes[0].get_xlabel()
    assert label.endswith("first bin: 0.7 % are smaller still)")


def test_gradients_all_zero_can_be_drawn(gradients):
    figure = figure_nine(xr.zeros_like(gradients))
    assert "100.0 % of Vanilla's" in figure.get_supxlabel()
    gradients_each(xr.zeros_like(gradients))


@pytest.mark.slow
def test_on_a_phone_panels_stand_below_each_other(gradients, tmp_path):
    figure = figure_nine(gradients.isel(epoch=[0, 2]), width="360 px")
    upper, lower = figure.axes
    assert upper.bbox.y0 > lower.bbox.y1
    save(figure, tmp_path / "nine")
    assert not is_cut_off(tmp_path / "nine.png")
    with pytest.raises(SettingError, match="at least 346 px"):
        figure_nine(gradients, width="300 px")


def test_the_published_view_has_a_window_for_each_range(gradients):
    figure = gradients_as_published(gradients, ranges=RANGES)
    assert tuple(axes.get_xlim()[1] for axes in figure.axes) == RANGES
    assert figure.get_supxlabel().startswith(
        "gradients after 2,000 epochs; those below"
    )
    narrow = gradients_as_published(gradients, ranges=RANGES[:3], width="360 px").axes
    assert [axes.get_visible() for axes in narrow] == [True, True, True, False]


def test_there_must_be_a_range(gradients):
    with pytest.raises(SettingError, match="at least one range; got none"):
        gradients_as_published(gradients, ranges=())


def medians(axes, *, cut):
    """Heights of the medians, from left to right: on the axis, or cut at its bottom."""
    found = []
    for dots in axes.collections:
        is_cut = not dots.get_clip_on()
        if isinstance(dots, PathCollection) and is_cut == cut:
            found += np.asarray(dots.get_offsets()).tolist()
    return [height for _, height in sorted(found)]


def test_each_parameter_has_its_quantiles_epochs_beside_each_other(gradients):
    (axes,) = gradients_each(gradients).axes
    assert tick_labels(axes.xaxis) == ["$U_{h}$", "$O$", "$W_{z}$"]
    assert texts(axes) == ["Vanilla", "GRU"]
    drawn = gradients["parameter_quantile"].values[:, :, 2].T.ravel()
    assert medians(axes, cut=False) == pytest.approx(drawn[drawn > 0])
    assert medians(axes, cut=True) == [axes.get_ylim()[0]]


def test_quantiles_of_every_epoch_fit_on_the_axis(gradients):
    factor = xr.DataArray([100.0, 1.0, 0.01], dims="epoch")
    gradients["parameter_quantile"] = gradients["parameter_quantile"] * factor
    highest = float(gradients["parameter_quantile"].max())
    (axes,) = gradients_each(gradients).axes
    assert axes.get_ylim()[1] > highest


def test_there_must_be_a_group_for_each_parameter(gradients):
    text = "expected a group for each of 3 parameters, got 2"
    with pytest.raises(SettingError, match=text):
        gradients_each(gradients.isel(group=[0, 1]))
