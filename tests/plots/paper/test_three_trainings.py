"""The published runs: curves, published points, floors."""

from itertools import combinations

import numpy as np
import pytest
import xarray as xr

from figure_reader import texts
from firstbit.plots.paper import training_curves


@pytest.fixture
def runs():
    nan = np.nan
    curves = ("run", "epoch")
    errors = [[30, 5, 4.1], [29, 4.7, 3.6], [6.7, 3.4, nan]]
    published = [[30, nan, 4.1], [29, nan, 3.6], [6.7, 3.4, nan]]
    return xr.Dataset(
        {
            "mean_error": (curves, errors),
            "published": (curves, published),
            "floor": ("run", [3.5, 3.5, 3.1]),
            "merged_floor": ("run", [4.0, 4.0, nan]),
        },
        {"run": ["vanilla", "gru", "reber"], "epoch": [0, 1, 2]},
    )


def test_each_run_has_a_curve_and_its_published_points(runs):
    axes = training_curves(runs).axes[0]
    assert {"vanilla: 4.1", "gru: 3.6", "reber: 3.4"} <= {*texts(axes)}
    assert axes.get_ylabel() == "mean error of a word; hollow: published"
    assert axes.get_legend() is None
    curve, points = axes.lines[:2]
    np.testing.assert_array_equal(curve.get_xdata(), [1, 2, 3])
    np.testing.assert_array_equal(points.get_ydata(), runs["published"].values[0])
    assert [line.get_marker() for line in axes.lines[1:4:2]] == ["o", "s"]


def test_each_distinct_floor_has_a_line_with_its_name(runs):
    axes = training_curves(runs).axes[0]
    floors = [text for text in texts(axes) if text.startswith("least")]
    without = "least without outer symbol 4"
    assert floors == ["least possible 3.1", "least possible 3.5", without]


def test_a_floor_of_one_run_has_its_colour(runs):
    axes = training_curves(runs.drop_vars("published")).axes[0]
    found = [text for text in axes.texts if text.get_text().startswith("least")]
    of_reber, of_two, _ = found
    assert of_reber.get_color() == axes.lines[2].get_color()
    assert of_two.get_color() not in {line.get_color() for line in axes.lines[:3]}


def test_published_points_may_be_missing(runs):
    axes = training_curves(runs.drop_vars("published")).axes[0]
    assert axes.get_ylabel() == "mean error of a word"


def test_near_floors_keep_their_names_apart(runs):
    runs["floor"] = ("run", [3.5, 3.501, 3.502])
    axes = training_curves(runs).axes[0]
    start = "least possible 3"
    floors = [text for text in axes.texts if text.get_text().startswith(start)]
    for one, other in combinations(floors, 2):
        assert not one.get_window_extent().overlaps(other.get_window_extent())


def test_no_curve_runs_through_the_name_of_a_floor(runs):
    axes = training_curves(runs).axes[0]
    curves = [line for line in axes.lines if line.get_label() in runs["run"].values]
    assert len(curves) == 3
    for text in axes.texts:
        if text.get_text().startswith("least"):
            box = text.get_window_extent()
            for curve in curves:
                path = curve.get_transform().transform_path(curve.get_path())
                assert not path.intersects_bbox(box, filled=False), text.get_text()


def test_a_narrow_panel_has_short_lines(runs):
    axes = training_curves(runs, width="360 px").axes[0]
    assert "least without outer\nsymbol 4" in texts(axes)
