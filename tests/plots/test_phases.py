"""The phase diagram: a cell for each ratio, and the theory's line."""

import numpy as np
import pytest
import xarray as xr

from figure_reader import tick_labels
from firstbit.plots import phase_diagram, save


def diagram(gains, sizes):
    ratio = np.geomspace(0.01, 1, len(gains) * len(sizes))
    return xr.Dataset(
        {
            "discrepancy_ratio": (
                ("gain", "hidden_size"),
                ratio.reshape(len(gains), len(sizes)),
                {"long_name": "D(50,k) / D(1,k)"},
            ),
            "critical_gain": ("line_size", [0.3, 0.2]),
        },
        {"gain": gains, "hidden_size": sizes, "line_size": [5, 80]},
    )


def test_each_ratio_has_a_cell_and_the_theory_a_line():
    ds = diagram([0.1, 0.2, 0.4], [10, 40])
    ds["discrepancy_ratio"][0, 0] = np.nan
    axes, bar = phase_diagram(ds, title="phases").axes
    drawn = np.ma.asarray(axes.collections[0].get_array()).filled(-1)
    assert drawn == pytest.approx(ds["discrepancy_ratio"].fillna(-1).values)
    assert np.array_equal(axes.lines[0].get_ydata(), ds["critical_gain"])
    assert bar.get_ylabel() == "D(50,k) / D(1,k)"


def test_the_axes_end_half_a_cell_beyond_the_outer_centres():
    axes = phase_diagram(diagram([0.1, 0.2, 0.4], [10, 40])).axes[0]
    assert axes.get_xlim() == pytest.approx((5, 80))
    assert axes.get_ylim() == pytest.approx((0.1 / 2**0.5, 0.4 * 2**0.5))
    assert tick_labels(axes.yaxis) == ["0.1", "0.2", "0.4"]


def test_up_to_a_dozen_gains_are_named():
    axes = phase_diagram(diagram(np.geomspace(0.05, 1, 30), [10, 40])).axes[0]
    assert len(tick_labels(axes.yaxis)) == 12


def test_one_gain_and_one_size_can_be_drawn(tmp_path):
    save(phase_diagram(diagram([1.0], [20])), tmp_path / "one")
