"""Demand and supply in one call: the same numbers as those of its parts."""

import equinox as eqx
import jax
import numpy as np
import pytest

import errands
from firstbit import demand_and_supply, discrepancy, memory_demand
from firstbit.cells import GRU, Vanilla
from firstbit.cells.given import Given
from firstbit.datasets import Result, interval
from firstbit.errors import SettingError
from firstbit.languages import embedded_reber, reber, window_floor
from firstbit.studies.supply import reached

KEY = jax.random.key(3)
CELLS = ["vanilla:4", "gru:3,initializer=orthogonal"]
SETTINGS = {"num_draws": 64, "key": KEY}


@pytest.fixture(scope="module")
def both():
    return demand_and_supply(embedded_reber(), CELLS, longest=8, **SETTINGS)


@pytest.mark.slow
def test_the_demand_is_that_of_its_own_call(both):
    demand = memory_demand(embedded_reber(), 8)
    for name in demand.data_vars:
        assert np.array_equal(both[name], demand[name], equal_nan=True)


@pytest.mark.slow
@pytest.mark.parametrize("cell", CELLS)
def test_the_supply_is_that_of_its_own_call(both, cell):
    with_bias = f"{cell},use_bias=yes"  # as in training
    alone = discrepancy(with_bias, length=8, num_draws=64, key=KEY)
    alone = alone.isel(hidden_size=0)
    one = both.sel(cell=cell)
    for name in ("discrepancy", "discrepancy_ci", "retained", "retained_ci"):
        assert np.array_equal(one[name], alone[name])


@pytest.mark.slow
@pytest.mark.parametrize("cell", CELLS)
def test_the_reach_ends_where_half_of_the_nets_have_lost_it(both, cell):
    one = both.sel(cell=cell)
    kept = one["retained"].values >= 0.5
    reach = 8 if kept.all() else int(np.argmin(kept))
    low, high = interval(one, "reach")
    assert int(one["reach"]) == reach
    assert int(low) <= reach <= int(high)
    assert float(one["floor_at_reach"]) == window_floor(embedded_reber(), reach)


@pytest.mark.slow
def test_beyond_numbers_the_reach_may_be_any():
    """From 3 symbols on nobody knows whether the net keeps the first one."""
    wild = Vanilla(7, 1, activation="identity", key=KEY)
    wild = eqx.tree_at(lambda cell: cell.W_h, wild, np.array([[1e200]]))
    found = demand_and_supply(reber(), [wild], longest=4, key=KEY).isel(cell=0)
    assert np.isnan(found.retained).values.tolist() == [False, False, True, True]
    assert (int(found.reach), found.reach_ci.values.tolist()) == (2, [2, 4])


@pytest.mark.slow
def test_an_executor_gives_the_bits_of_threads(both):
    with errands.Counting(2) as executor:
        found = demand_and_supply(
            embedded_reber(), CELLS, longest=8, **SETTINGS, executor=executor
        )
        assert executor.jobs == len(CELLS)
    assert found.identical(both)


@pytest.mark.slow
def test_every_cell_says_what_it_is(both):
    assert both["initializer"].values.tolist() == ["normal", "orthogonal"]
    assert both["hidden_size"].values.tolist() == [4, 3]
    assert both["cell_name"].values.tolist() == ["vanilla", "gru"]
    for name in both.data_vars:
        assert {"long_name", "units"} <= set(both[name].attrs)
    about = {"configuration", "firstbit_version", "key", "language", "num_draws"}
    assert {*about, "threshold"} <= set(both.attrs)


@pytest.mark.slow
def test_the_table_has_a_row_for_each_cell(both):
    assert isinstance(both, Result)
    table = both.to_dataframe()
    assert table.index.tolist() == CELLS
    ends = {"reach", "reach_lower", "reach_upper", "floor_at_reach"}
    assert {*ends, "hidden_size", "initializer"} <= set(table.columns)


@pytest.mark.slow
def test_progress_names_the_cell():
    seen = []
    demand_and_supply(
        reber(),
        CELLS,
        longest=2,
        progress=lambda *report: seen.append(report),
        **SETTINGS,
    )
    assert {report[0] for report in seen} == set(CELLS)


@pytest.mark.slow
def test_another_confidence_gives_narrower_intervals(both):
    half = demand_and_supply(
        embedded_reber(), CELLS, longest=8, confidence=0.5, **SETTINGS
    )
    assert half["retained_ci"].attrs["ci_prob"] == 0.5
    assert np.array_equal(half["retained"], both["retained"])
    narrow, wide = interval(half, "discrepancy"), interval(both, "discrepancy")
    assert bool((narrow[0] >= wide[0]).all() and (narrow[1] < wide[1]).all())


def test_without_cells_it_is_the_demand():
    assert demand_and_supply(reber(), [], longest=3, key=KEY).identical(
        memory_demand(reber(), 3)
    )


def test_bad_input_is_refused_before_any_work():
    one, other = (Given.of(GRU, hidden_sizes=[3]) for _ in "ab")
    with pytest.raises(
        SettingError, match=r"expected cells with different names, got GRU:3, GRU:3"
    ):
        demand_and_supply(reber(), [one, other], key=KEY)
    with pytest.raises(SettingError, match="must be at least 1; got 0"):
        demand_and_supply(reber(), CELLS, longest=0, key=KEY)


def test_a_reach_ends_where_half_have_lost_it_for_the_first_time():
    share = np.array([[1.0, 0.5, 0.4, 0.9], [0.2, 1, 1, 1], [1, 1, 1, 1]])
    assert reached(share).tolist() == [2, 0, 4]
