"""Which prediction is right: the nearest row, with a resolution."""

import numpy as np
import pytest

from firstbit.errors import SettingError
from firstbit.languages import Language, Rows, embedded_reber, language_by_name

TERNARY = Language.from_regex("((a|b)c)*")


def slowly_right(rows, output, row, resolution):
    """One output after the other: the nearest row of all must be near the true one."""
    found = []
    for y, true in zip(output, row, strict=True):
        distances = [np.linalg.norm(y - other) for other in rows.table]
        nearest = np.flatnonzero(np.isclose(distances, min(distances), 1e-9, 1e-9))
        apart = [np.linalg.norm(rows.table[i] - rows.table[true]) for i in nearest]
        found.append(max(apart) <= resolution)
    return found


@pytest.mark.parametrize("name", ["embedded-reber", "parity", "marked-sum", "dyck"])
@pytest.mark.parametrize("resolution", [0.0, 0.15, 0.35])
def test_right_equals_a_slow_search(name, resolution):
    rows = Rows.of(language_by_name(name))
    random = np.random.default_rng(1)
    row = random.integers(len(rows.table), size=300)
    output = rows.table[row] + 0.4 * random.standard_normal((300, rows.table.shape[1]))
    expected = slowly_right(rows, output, row, resolution)
    assert rows.right(output, row, resolution=resolution).tolist() == expected
    assert 0 < np.mean(expected) < 1


def test_rows_are_those_of_states_that_follow_a_symbol_and_predict():
    language = embedded_reber()
    rows = Rows.of(language)
    assert rows.of_state[0] == -1  # the start: nothing leads back to it
    assert (rows.of_state[language.next_output.sum(axis=1) == 0] == -1).all()
    for state, number in enumerate(rows.of_state):
        if number >= 0:
            np.testing.assert_allclose(rows.table[number], language.next_output[state])
    # T:end and P:end differ, all other copies are alike.
    assert len(rows.table) == 8


def test_an_output_half_way_between_rows_is_wrong_for_both():
    rows = Rows.of(language_by_name("count-mod"))
    half_way = rows.table.mean(axis=0)
    assert not rows.right(np.tile(half_way, (2, 1)), np.array([0, 1])).any()
    thirds = np.full((1, 3), 1 / 3)
    even = Rows.of(TERNARY)
    for row in range(len(even.table)):
        tie = (even.table[row] + even.table[row - 1]) / 2
        assert not even.right(tie[None], np.array([row]))[0]
    assert thirds.sum() == pytest.approx(1)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e200])
def test_outputs_that_are_no_numbers_are_wrong(bad):
    rows = Rows.of(language_by_name("parity"))
    assert not rows.right(np.full((2, 3), bad), np.array([0, 1])).any()


def test_a_row_within_the_resolution_passes_for_the_true_one():
    flat = Language.from_regex("(a|b)c*").with_probabilities(
        {"s1": {"c": 0.55, "$": 0.45}}
    )
    near = {"s2": {"c": 0.5, "$": 0.5}} if "s2" in flat.states else {}
    rows = Rows.of(flat.with_probabilities(near))
    output, row = rows.table[[0]], np.array([len(rows.table) - 1])
    assert rows.right(output, row, resolution=rows.distances.max() * 0.999).all() == (
        len(rows.table) == 1
    )


def test_a_resolution_as_large_as_the_largest_distance_is_refused():
    rows = Rows.of(language_by_name("parity"))
    with pytest.raises(SettingError, match=r"below 0\.408, the largest distance"):
        rows.right(rows.table, np.array([0, 1]), resolution=0.41)
    Rows.of(language_by_name("tomita-1")).require_resolution(0.9)  # one row only


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *[(f"tomita-{n}", True) for n in (1, 3, 4, 5, 6, 7)],
        ("parity", True),
        ("count-mod", True),
        ("no-triple", False),
        ("tomita-2", False),
        ("reber", False),
        ("embedded-reber", False),
        ("flip-flop", False),
    ],
)
def test_one_ranking_passes_where_the_legal_sets_are_nested(name, expected):
    rows = Rows.of(language_by_name(name))
    assert rows.has_one_ranking == expected
    # A ranking by the number of rows in which an output is legal is the only candidate.
    legal = rows.table > 0
    activity = legal.sum(axis=0)
    passes = all(
        activity[mask].min() > activity[~mask].max(initial=-1) for mask in legal
    )
    assert passes == expected


def test_the_two_rows_that_are_nearest():
    rows = Rows.of(embedded_reber())
    nearest = rows.most_confused()
    assert nearest is not None
    one, other = nearest
    apart = rows.distances + 10 * np.eye(len(rows.table))
    assert rows.distances[one, other] == apart.min()
    assert Rows.of(language_by_name("tomita-1")).most_confused() is None
