"""D(l,k) as a surface and as curves."""

import json

import numpy as np
import pytest
import xarray as xr
from matplotlib.collections import LineCollection
from mpl_toolkits.mplot3d.axes3d import Axes3D

from figure_reader import heights, texts
from firstbit.look import roles
from firstbit.look.numbers import written
from firstbit.plots import save, surface
from made_results import discrepancies


def curves_of(ds):
    return surface(ds).axes[1]


def segments(whiskers):
    assert isinstance(whiskers, LineCollection)
    return whiskers.get_segments()


def named(axes):
    return [line for line in axes.lines if not line.get_label().startswith("_")]


def medians_of(ds):
    return surface(ds).axes[2]


def test_there_is_a_solid_and_a_panel_for_means_and_one_for_medians():
    ds = discrepancies(range(1, 21), range(1, 6))
    solid, means, medians = surface(ds).axes
    assert isinstance(solid, Axes3D)
    labels = solid.get_xlabel(), solid.get_ylabel(), solid.get_title("left")
    assert labels == ("l", "k", "as in the paper")
    for axes, statistic in ((means, "discrepancy"), (medians, "median")):
        names = [text.partition(":")[0] for text in texts(axes)]
        assert names == ["k = 1", "k = 5", "k = 10", "k = 20"]
        last = float(ds[statistic][-1, -1])
        assert texts(axes)[-1] == f"k = 20: {written(last)}"
        assert axes.get_yscale() == "linear"
    titles = means.get_title("left"), medians.get_title("left")
    assert titles == ("mean of all nets", "median: half the nets are below")
    assert means.get_ylim() == medians.get_ylim()


@pytest.mark.slow
@pytest.mark.parametrize("last", [np.nan, np.inf, 1e307])
def test_what_left_the_finite_numbers_leaves_a_figure(last, tmp_path):
    ds = discrepancies(range(1, 3), range(1, 6))
    ds["discrepancy"][-1, -1] = last
    ds["discrepancy_ci"][...] = np.nan
    save(surface(ds), tmp_path / "d.svg")
    assert np.isfinite(curves_of(ds).get_ylim()).all()


def test_curves_show_the_mean_the_median_and_the_interval():
    ds = discrepancies(range(1, 21), range(1, 6))
    axes = curves_of(ds)
    of_five = ds.sel(hidden_size=5)
    assert named(axes)[1].get_ydata() == pytest.approx(of_five["discrepancy"])
    median = named(medians_of(ds))[1]
    assert median.get_ydata() == pytest.approx(of_five["median"])
    of_band = heights(axes.collections[1])
    ends = of_five["discrepancy_ci"]
    assert of_band.min() == pytest.approx(float(ends.sel(ci_bound="lower").min()))
    assert of_band.max() == pytest.approx(float(ends.sel(ci_bound="upper").max()))


def test_the_largest_half_width_stands_below():
    note = surface(discrepancies([1, 2], [1, 2])).get_supxlabel()
    assert note.endswith("; half-width: up to 0.12")


def test_the_probability_of_the_intervals_is_named():
    figure = surface(discrepancies([1, 2], [1, 2], confidence=0.5))
    text = "bands: 50 % interval of the mean"
    assert figure.get_supxlabel().startswith(text)


def test_curves_over_decades_have_a_log_axis():
    ds = discrepancies([1, 5], range(1, 30), rate=1.0)
    ds["median"] = ds["median"] * 1e-20
    assert curves_of(ds).get_yscale() == "log"
    assert not any("↓" in text for text in texts(curves_of(ds)))
    assert all("⁻" in text and "↓" in text for text in texts(medians_of(ds)))
    assert surface(ds).get_supxlabel().endswith("; ↓ below the axis")


@pytest.mark.parametrize("rate", [0.01, 1.0])
def test_figures_that_are_laid_side_by_side_have_one_scale(rate):
    ds = discrepancies([1, 5], range(1, 30), rate=rate)
    for axes in surface(ds, heights=(1e-30, 1e3)).axes[1:]:
        assert axes.get_ylim() == (1e-30, 1e3)
        assert axes.get_yscale() == "log"


def test_an_interval_that_goes_far_below_is_cut_a_decade_below_with_arrows():
    ds = discrepancies([1, 5], range(1, 30), rate=1.0)
    assert "arrows" not in surface(ds).get_supxlabel()
    assert not arrows(curves_of(ds))
    ends = ds["discrepancy_ci"]
    far = (ends["length"] > 10) & (ends["ci_bound"] == "lower")
    ds["discrepancy_ci"] = ends.where(~far, 0.0)
    text = "arrows: the interval goes on"
    assert text in surface(ds).get_supxlabel()
    axes = curves_of(ds)
    of_one, of_five = arrows(axes)
    assert list(of_one.get_xdata()) == [17, 24]
    assert list(of_five.get_xdata()) == [13, 20, 28]
    mean = ds["discrepancy"].sel(hidden_size=1, length=[17, 24])
    assert of_one.get_ydata() == pytest.approx(mean / 10)
    whiskers = segments(axes.collections[0])
    assert [low for (_, low), _ in whiskers[2:]] == pytest.approx(mean / 10)
    assert np.min(of_one.get_ydata()) > axes.get_ylim()[0]


def test_an_interval_that_goes_far_above_is_cut_a_decade_above_with_arrows():
    ds = discrepancies([1, 5], range(1, 30), rate=1.0)
    ends = ds["discrepancy_ci"]
    ds["discrepancy_ci"] = ends.where(ends["ci_bound"] == "lower", 1e3)
    assert "arrows" in surface(ds).get_supxlabel()
    axes = curves_of(ds)
    of_one, _ = arrows(axes, "^")
    lengths = of_one.get_xdata()
    mean = ds["discrepancy"].sel(hidden_size=1, length=lengths)
    assert of_one.get_ydata() == pytest.approx(10 * mean)
    whiskers = segments(axes.collections[0])
    assert [high for _, (_, high) in whiskers] == pytest.approx(10 * mean)


def test_whiskers_of_different_sizes_stand_at_different_lengths():
    axes = curves_of(discrepancies([1, 5, 10, 20], range(1, 51), rate=1.0))
    places = set()
    for whiskers in axes.collections:
        places |= {low[0] for low, _ in segments(whiskers)}
    assert len(places) == 16


def arrows(axes, mark="v"):
    return [line for line in axes.lines if line.get_marker() == mark]


def test_sizes_have_shades_of_the_cells_hue():
    ds = discrepancies([1, 5, 10, 20], range(1, 6))
    configuration = {"cell": "GRU(reset=before)", "catalogue_name": "gru"}
    ds.attrs["configuration"] = json.dumps(configuration)
    colours = [line.get_color() for line in named(curves_of(ds))]
    assert colours == list(roles().families["gru"].steps)
    figure = surface(ds)
    assert figure.get_supxlabel().startswith("GRU(reset=before); bands: ")
    assert figure.get_suptitle() == "D(l, k), GRU(reset=before)"


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((100, 200, 400), [100, 200, 400]),
        (range(2, 5), [2, 3, 4]),
        ((30,), [30]),
        (range(30, 40), [30, 33, 36, 39]),
    ],
)
def test_other_sizes_are_shown_where_the_usual_are_missing(sizes, expected):
    axes = curves_of(discrepancies(sizes, [1, 2]))
    labels = [line.get_label() for line in named(axes)]
    assert labels == [f"k = {size}" for size in expected]


@pytest.mark.slow
@pytest.mark.parametrize("lengths", [[3], range(1, 300)])
def test_one_length_and_many_can_be_drawn(lengths, tmp_path):
    save(surface(discrepancies([1, 5], lengths)), tmp_path / "surface")


def test_without_medians_or_memory_there_are_only_means():
    ds = xr.zeros_like(discrepancies([1, 5], [1, 2])).drop_vars("median")
    axes = curves_of(ds)
    assert len(axes.lines) == 2
    assert np.all(axes.lines[0].get_ydata() == 0)
