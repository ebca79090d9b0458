"""Numbers of the Reber grammars that are known from the literature."""

import pytest

from firstbit.languages import (
    copies_merged,
    embedded_reber,
    entropy,
    full_floor,
    loss_of_truth,
    mean_length,
    merged_floor,
    reber,
    sample_floor,
    window_floor,
)
from firstbit.paper import published


def test_floors_are_the_known_numbers():
    assert [window_floor(reber(), m) for m in range(4)] == pytest.approx(
        [81 / 14, 113 / 24, 3, 3], abs=1e-12
    )
    known = [203 / 22, 7.55, 4.75, 4, 4, 4, 3.875, 3.78125, 3.71875]
    assert [window_floor(embedded_reber(), m) for m in range(9)] == pytest.approx(
        known, abs=1e-12
    )
    assert merged_floor(
        embedded_reber(), copies_merged(embedded_reber())
    ) == pytest.approx(4, abs=1e-12)
    assert (
        full_floor(reber()),
        mean_length(reber()),
        entropy(reber()),
    ) == pytest.approx((3, 8, 6), abs=1e-12)
    words = published.words("embedded_reber")
    assert loss_of_truth(embedded_reber(), words) == pytest.approx(3.515625)
    assert loss_of_truth(
        embedded_reber(), words, copies_merged(embedded_reber())
    ) == pytest.approx(4.015625)
    assert sample_floor(embedded_reber(), words, by="state") == pytest.approx(
        3.4938, abs=1e-4
    )
    assert sample_floor(
        reber(), published.words("reber"), by="prefix"
    ) == pytest.approx(2.6388, abs=1e-4)
