"""The loss of the read-out that is fitted anew: its sums, and its slope."""

import numpy as np
import pytest

from firstbit.training.refit import _Loss, _over_rows


@pytest.mark.parametrize("num_rows", [1, 2, 7, 8, 9, 20])
def test_sums_over_rows_have_the_bits_of_numpy(num_rows):
    values = np.exp(np.random.default_rng(num_rows).normal(0, 30, (num_rows, 500)))
    expected = np.ascontiguousarray(values.T).sum(axis=1)
    assert (_over_rows(values) == expected).all()


@pytest.mark.parametrize("steepness", [1.0, 10.0])
def test_the_slope_is_that_of_the_loss(steepness):
    generator = np.random.default_rng(0)
    features = np.column_stack([generator.normal(size=(40, 3)), np.ones(40)])
    table = np.array([[0.5, 0.5, 0.0], [0.0, 0.5, 0.5], [1.0, 0.0, 0.0]])
    passes = np.eye(3, dtype=bool)[generator.integers(3, size=40)]
    loss = _Loss.of(features, passes, table)
    at, way = generator.normal(size=(2, 12)) / 3
    _, slope = loss.with_slope(at, steepness)
    step = 1e-6
    (after, _), (before, _) = (
        loss.with_slope(at + sign * step * way, steepness) for sign in (1, -1)
    )
    assert (after - before) / (2 * step) == pytest.approx(slope @ way, rel=1e-6)
    # By the definition: minus the logarithm of the share of the rows that pass.
    apart = (features @ at.reshape(4, 3))[:, None] - table
    powers = np.exp(-steepness * (apart**2).sum(axis=-1))
    shares = (powers * passes).sum(axis=1) / powers.sum(axis=1)
    value, _ = loss.with_slope(at, steepness)
    ridge = 1e-9 * (at**2).sum()
    assert value == pytest.approx(-np.log(shares).mean() + ridge, rel=1e-9)
