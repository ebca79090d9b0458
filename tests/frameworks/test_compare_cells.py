"""Cells of several libraries side by side: one Dataset, one table in three forms."""

import csv
import io
from importlib import import_module

import equinox as eqx
import jax
import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("flax")

from firstbit import Drive, Reading, compare
from firstbit.cells import Given
from firstbit.studies import comparison_table

CELLS = [
    "torch.nn:GRUCell:3,initializer=normal",
    Given.of(eqx.nn.GRUCell, hidden_sizes=3, initializer="normal"),
    "flax.nnx:GRUCell:3",
]
NAMES = [Given.of(cell).title for cell in CELLS]


@pytest.mark.slow
def test_cells_of_libraries_stand_side_by_side(monkeypatch):
    timing = import_module("firstbit.cells.check.cost")
    monkeypatch.setattr(timing, "_nanoseconds", lambda *_: 1.0)
    found = compare(
        CELLS,
        measures=[
            "discrepancy",
            Reading(num_words=40, readouts=["linear"]),
            Drive("one-hot", num_steps=100, burn_in=10, lags=[3]),
            "cost",
        ],
        length=3,
        num_draws=8,
        key=jax.random.key(0),
    )
    assert found["cell"].values.tolist() == NAMES
    assert found["initializer"].values.tolist() == ["normal", "normal", "as-built"]
    same, other = found.discrepancy_difference.values[1:]  # the same draws, others
    assert np.allclose(same, 0, rtol=0, atol=1e-9)
    assert np.abs(other).min() > 1e-3
    assert np.isfinite(found.capacity_a_unit).all()
    assert found.multiplications.values.tolist() == [51, 51, 54]
    lines = list(csv.reader(io.StringIO(comparison_table(found, "csv"))))
    assert lines[0][1:4] == NAMES
    assert len(lines) == len(comparison_table(found).splitlines())
    assert comparison_table(found, "latex").count(r" \\") == len(lines)
