"""Demand and supply in one call: the same numbers as those of its parts."""

import jax
import numpy as np
import pytest

from firstbit import (
    GRU,
    Configuration,
    Vanilla,
    demand_and_supply,
    discrepancy,
    memory_demand,
)
from firstbit.errors import SettingError
from firstbit.languages import embedded_reber, reber, window_floor
from firstbit.studies.supply import reached

KEY = jax.random.key(3)
CELLS = [
    Configuration("vanilla", Vanilla, 4),
    Configuration("gru", GRU, 3, "orthogonal"),
]


def test_each_part_is_that_of_its_own_call():
    seen = []
    both = demand_and_supply(
        embedded_reber(),
        CELLS,
        longest=8,
        num_draws=64,
        key=KEY,
        progress=lambda *report: seen.append(report),
    )
    demand = memory_demand(embedded_reber(), 8)
    for name in demand.data_vars:
        assert np.array_equal(both[name], demand[name], equal_nan=True)
    for cell in CELLS:
        supply = discrepancy(
            cell.cell,
            hidden_sizes=[cell.hidden_size],
            length=8,
            num_draws=64,
            initializer=cell.law,
            key=KEY,
        ).isel(hidden_size=0)
        one = both.sel(cell=cell.name)
        for name in (
            "discrepancy",
            "interval_low",
            "interval_high",
            "retained",
            "retained_low",
            "retained_high",
        ):
            assert np.array_equal(one[name], supply[name])
        kept = supply["retained"].values >= 0.5
        reach = 8 if kept.all() else int(np.argmin(kept))
        assert int(one["reach"]) == reach
        assert int(one["reach_low"]) <= reach <= int(one["reach_high"])
        assert float(one["floor_at_reach"]) == window_floor(embedded_reber(), reach)
    assert both["initializer"].values.tolist() == ["normal", "orthogonal"]
    assert all(
        {"long_name", "units"} <= set(both[name].attrs) for name in both.data_vars
    )
    assert {
        "configuration",
        "firstbit_version",
        "key",
        "language",
        "num_draws",
        "threshold",
    } <= set(both.attrs)
    assert {report[0] for report in seen} == {"vanilla", "gru"}


def test_without_cells_it_is_the_demand():
    assert demand_and_supply(reber(), [], longest=3, key=KEY).identical(
        memory_demand(reber(), 3)
    )


def test_what_is_wrong_is_told_before_any_work():
    with pytest.raises(
        SettingError, match="expected cells with different names, got gru, gru"
    ):
        demand_and_supply(
            reber(),
            [Configuration("gru", GRU, 3), Configuration("gru", GRU, 4)],
            key=KEY,
        )
    with pytest.raises(SettingError, match="`length` must be at least 1; got 0"):
        demand_and_supply(reber(), CELLS, longest=0, key=KEY)


def test_a_reach_ends_where_half_have_lost_it_for_the_first_time():
    assert reached(
        np.array([[1.0, 0.5, 0.4, 0.9], [0.2, 1, 1, 1], [1, 1, 1, 1]])
    ).tolist() == [2, 0, 4]
