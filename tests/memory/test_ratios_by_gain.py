"""The labels of a phase diagram, of measurements made up here."""

import json

import numpy as np
import pytest
import xarray as xr

from firstbit.errors import SettingError
from firstbit.memory import critical_gain, ratios_by_gain

GRID = ("hidden_size", "length")


def measured(scale=1.0, sizes=(10, 40), lengths=(1, 2, 50)):
    """Make results: D = sqrt(k) at l = 1, and `scale` times less at each next length.

    The medians are half of it.
    """
    mean = np.sqrt(np.array(sizes, float))[:, None] * scale ** np.arange(len(lengths))
    return xr.Dataset(
        {
            "discrepancy": (GRID, mean),
            "discrepancy_se": (GRID, 0.03 * mean),
            "quantile_value": ((*GRID, "quantile"), 0.5 * mean[..., None] ** 2),
        },
        {"hidden_size": list(sizes), "length": list(lengths), "quantile": [0.5]},
        {"configuration": json.dumps({"num_draws": 7}), "key": np.array([0, 1])},
    )


@pytest.mark.slow
def test_the_result_has_ratios_and_the_critical_line():
    ds = ratios_by_gain({0.2: measured(0.5), 0.1: measured(0.1)}, activation="tanh")
    assert ds.gain.values.tolist() == [0.1, 0.2]
    assert ds.discrepancy_ratio.values == pytest.approx(
        np.array([[0.01, 0.01], [0.25, 0.25]])
    )
    assert ds.median_ratio.values == pytest.approx(ds.discrepancy_ratio.values**2)
    assert ds.discrepancy_ratio_se.values == pytest.approx(
        0.03 * np.sqrt(2) * ds.discrepancy_ratio.values
    )
    assert ds.critical_gain.values == pytest.approx(
        [critical_gain("tanh", k) for k in ds.line_size.values]
    )
    assert ds.line_size[0] <= 5
    assert ds.line_size[-1] >= 80
    assert (np.diff(ds.critical_gain) < 0).all()
    assert json.loads(ds.attrs["configuration"])["activation"] == "tanh"
    assert ds.attrs["key"].tolist() == [0, 1]
    assert all({"long_name", "units"} <= set(ds[name].attrs) for name in ds.variables)


@pytest.mark.parametrize(
    ("by_gain", "text"),
    [
        ({}, r"one or more gains above 0, got \[\]"),
        ({-1.0: measured()}, r"one or more gains above 0, got \[-1.0\]"),
        (
            {1.0: measured(), 2.0: measured(sizes=(10, 50))},
            "same hidden sizes and lengths",
        ),
        ({1.0: measured(lengths=(1,))}, r"lengths from 1 to at least 2, got \[1\]"),
        (
            {1.0: measured(lengths=(2, 3))},
            r"lengths from 1 to at least 2, got \[2, 3\]",
        ),
        (
            {
                1.0: measured().assign_attrs(
                    configuration='{"cell": "GRU", "catalogue_name": "gru"}'
                )
            },
            "of Vanilla, got those of GRU; the critical line",
        ),
    ],
)
def test_wrong_measurements_are_refused(by_gain, text):
    with pytest.raises(SettingError, match=text):
        ratios_by_gain(by_gain)
