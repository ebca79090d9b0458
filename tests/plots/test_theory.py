"""The mean-field prediction through the measured points."""

import numpy as np
import pytest

from figure_reader import texts, tick_labels
from firstbit.plots import theory_overlay
from made_results import discrepancies


def with_prediction(ds, predicted):
    return ds.assign(predicted_discrepancy=predicted(ds["discrepancy"]))


def points(axes):
    return [line for line in axes.lines if line.get_marker() == "o"]


def test_lines_and_points_are_in_units_of_root_k():
    ds = discrepancies([10, 40], [1, 2, 50], rate=0.01)
    ds = with_prediction(ds, lambda d: 1.1 * d)
    ds["predicted_discrepancy_se"] = 0.01 * ds["discrepancy"]
    axes = theory_overlay(ds).axes[0]
    lines = [line for line in axes.lines if str(line.get_label()).startswith("k")]
    assert texts(axes) == ["k = 10", "k = 40"]
    assert {line.get_linestyle() for line in lines} == {"--"}
    assert [line.get_label() for line in lines] == ["k = 10", "k = 40"]
    decay = np.exp(-0.01 * np.array([1, 2, 50]))
    for line, measured in zip(lines, points(axes), strict=True):
        assert line.get_ydata() == pytest.approx(1.1 * decay)
        assert measured.get_ydata() == pytest.approx(decay)
    assert len(axes.collections) == 4, "a band and a set of intervals for each size"
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear")
    assert tick_labels(axes.xaxis) == ["1", "2", "5", "10", "20", "50"]


def test_the_note_names_the_intervals():
    ds = with_prediction(discrepancies([10], [1, 2], confidence=0.9), lambda d: d)
    note = theory_overlay(ds).get_supxlabel()
    assert note.endswith("points: measured, with 90 % intervals")


def test_an_axis_over_decades_shows_what_was_measured():
    ds = discrepancies([10, 40], [1, 2, 3], rate=np.log(100))
    axes = theory_overlay(with_prediction(ds, lambda d: d**9)).axes[0]
    assert axes.get_yscale() == "log"
    assert axes.get_ylim() == pytest.approx((1e-7, 0.02))


def test_many_lengths_have_few_points():
    ds = with_prediction(discrepancies([10], range(1, 301)), lambda d: d)
    shown = points(theory_overlay(ds).axes[0])[0].get_xdata()
    assert len(shown) <= 14
    assert (shown[0], shown[-1]) == (1, 300)
