"""Distances of labelled states: near ones, shorter floats and complex numbers."""

import numpy as np
import pytest

from firstbit.errors import SettingError
from firstbit.memory import separation

LABELS = ["a", "a", "a", "b", "b", "b"]
STEPS = np.arange(6.0)[:, None]


@pytest.mark.parametrize("states", [1 + 1e-9 * STEPS, np.float32(1) + STEPS / 2**14])
def test_near_states_far_from_zero_keep_their_distances(states):
    found = separation(states, LABELS)
    step = float(states[1, 0] - states[0, 0])
    assert found.within == pytest.approx(4 / 3 * step, abs=2e-12)
    assert found.between == pytest.approx(3 * step, abs=2e-12)


def test_a_complex_number_is_two():
    turns = np.exp(1j * STEPS)
    parts = np.concatenate([np.real(turns), np.imag(turns)], axis=1)
    assert separation(turns, LABELS) == separation(parts, LABELS)


def test_one_label_is_refused():
    with pytest.raises(SettingError, match="at least two labels that several prefixes"):
        separation(STEPS, ["a", "a", "b", "c", "d", "e"])


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_states_that_are_not_finite_are_refused(wrong):
    states = STEPS.copy()
    states[[2, 4]] = wrong
    with pytest.raises(SettingError, match="after prefix 3 and 1 others; leave them"):
        separation(states, LABELS)


def test_names_of_labels_decide_no_tie():
    alike = np.zeros((5, 2))
    one, other = (separation(alike, list(names)) for names in ("aaabb", "bbbaa"))
    assert one.nearest_right == other.nearest_right == 0.5


@pytest.mark.parametrize("scale", [1.0, 2.0**-60, 2.0**60])
def test_distances_grow_with_the_states(scale):
    found = separation(scale * STEPS, LABELS)
    assert np.allclose(
        [found.within, found.between], [4 / 3 * scale, 3 * scale], atol=0
    )
    assert found.nearest_right == separation(STEPS, LABELS).nearest_right
