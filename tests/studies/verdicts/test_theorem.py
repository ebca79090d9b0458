"""The theorem on eigenvalues that are real and at least 0, against made recurrences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstbit.cli.language.find import find
from firstbit.languages import Language, embedded_reber, parity, reber
from firstbit.languages.demand.rows import Rows
from firstbit.languages.judging.cycles import alternating_cycle
from firstbit.studies.verdicts.applicability import arguments_on
from firstbit.studies.verdicts.arguments import Argument
from firstbit.studies.verdicts.theorem import (
    length_of_failure,
    theorem_at_a_given_length,
    theorem_at_unbounded_length,
)


def required(found):
    assert found is not None
    return found


def with_eigenvalues(values, random):
    """A dense matrix with these eigenvalues, defective where two of them are equal."""
    k = len(values)
    jordan = np.diag(values) + np.diag(np.diff(values) == 0, 1)[:k, :k]
    basis = random.standard_normal((k, k)) + 2 * np.eye(k)
    return basis @ jordan @ np.linalg.inv(basis)


@pytest.mark.slow
@given(st.integers(0, 10**6), st.integers(1, 4))
@settings(max_examples=60)
def test_an_affine_output_changes_its_sign_at_most_k_times(seed, k):
    random = np.random.default_rng(seed)
    values = np.sort(random.choice([0.0, 0.3, 0.7, 0.7, 1.0, 1.1], k))
    A, h = with_eigenvalues(values, random), random.standard_normal(k)
    b, o = random.standard_normal((2, k))
    outputs = []
    for _ in range(40):
        h = A @ h + b
        outputs.append(o @ h)
    outputs = np.array(outputs) - np.median(outputs[:6])
    clear = outputs[np.abs(outputs) > 1e-6 * np.abs(outputs).max()]
    assert (np.diff(np.sign(clear)) != 0).sum() <= k


def outputs_on_ones(k, num_right):
    """Right or not on 1^n: a diagonal recurrence that is exact on the first ones."""
    rows = Rows.of(parity())
    of_state = [int(rows.of_state[parity().states.index(s)]) for s in ("even", "odd")]
    wanted = rows.table[[of_state[n % 2] for n in range(1, num_right + 1)]]
    values = np.linspace(0.1, 0.9, k)
    powers = values ** np.arange(1, 4 * k + 1)[:, None]
    features = np.hstack([powers, np.ones((len(powers), 1))])
    fitted = np.linalg.solve(features[:num_right], wanted)
    truth = np.array([of_state[n % 2] for n in range(1, len(powers) + 1)])
    return rows.right(features @ fitted, truth)


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_the_given_length_is_the_least_there_is(k):
    """k + 1 words can be right, by interpolation; k + 2 can't."""
    longest = length_of_failure(required(alternating_cycle(parity())), k)
    assert longest == k + 2
    right = outputs_on_ones(k, k + 1)
    assert right[: longest - 1].all()
    assert not right[:longest].all()


@given(st.integers(0, 10**6), st.integers(1, 3))
@settings(max_examples=40)
def test_no_made_recurrence_is_right_up_to_that_length(seed, k):
    random = np.random.default_rng(seed)
    cycle = required(alternating_cycle(parity()))
    longest = length_of_failure(cycle, k)
    A = with_eigenvalues(np.sort(random.uniform(0, 1, k)), random)
    states, h = [], random.standard_normal(k)
    for _ in range(longest):
        h = A @ h + 1.0
        states.append([*h, 1.0])
    truth = np.array([cycle.rows[n % 2] for n in range(1, longest + 1)])
    rows = Rows.of(parity())
    fitted = np.linalg.lstsq(np.array(states), rows.table[truth], rcond=None)[0]
    assert not rows.right(np.array(states) @ fitted, truth).all()


def test_which_languages_the_theorem_is_about():
    found = required(alternating_cycle(parity()))
    assert (found.symbol, found.before, found.length) == ("1", "", 2)
    assert required(alternating_cycle(find("count-mod:3"))).length == 3
    assert required(alternating_cycle(Language.from_regex("(aaa)*"))).symbol == "a"
    after = required(alternating_cycle(Language.from_regex("b(aa)*")))
    assert (after.symbol, after.before) == ("a", "b")
    for language in (reber(), embedded_reber(), find("flip-flop"), find("tomita-2")):
        assert alternating_cycle(language) is None


def test_a_cycle_of_rows_that_pass_for_each_other_is_none():
    assert alternating_cycle(parity(), resolution=0.4) is not None
    assert alternating_cycle(parity(), resolution=0.45) is None


def test_both_kinds_are_kept_apart():
    cycle = required(alternating_cycle(parity()))
    unbounded = theorem_at_unbounded_length(cycle, parity(), cell="MinGRU:4")
    bounded = theorem_at_a_given_length(cycle, parity(), cell="MinGRU:4", state_size=4)
    assert "at all lengths" in unbounded.excludes
    assert "for words up to a given length this says nothing" in unbounded.excludes
    assert "any number of layers and any read-out" in unbounded.quantifies_over
    assert "fixed precision" in unbounded.quantifies_over
    assert bounded.words == "'1' repeated 1 to 6 times"
    assert "affine read-out without softmax" in bounded.quantifies_over
    assert "exact arithmetic" in bounded.quantifies_over


def ring(rows, **others):
    """A language in which 1 leads from row to row and round again, and 0 out of it."""
    edges, final = {}, {}
    for place, (go_out, go_on, end) in enumerate(rows):
        onward = f"s{(place + 1) % len(rows)}"
        edges[f"s{place}"] = {"0": ("out", go_out), "1": (onward, go_on)}
        final[f"s{place}"] = end
    edges |= {"out": others}
    final |= {"out": 1 - sum(probability for _, probability in others.values())}
    return Language.from_transitions(edges, start="s0", final=final, alphabet="01")


def test_a_cycle_in_which_a_third_row_passes_for_all_is_none():
    even, middle, odd = (0.30, 0.40, 0.30), (0.37, 0.33, 0.30), (0.44, 0.26, 0.30)
    near = ring([even, odd], **{"0": ("out", middle[0]), "1": ("out", middle[1])})
    rows = Rows.of(near)
    truth = rows.of_state[[0, 1]]
    constant = np.tile(middle, (2, 1))
    assert rows.right(constant, truth).all()
    assert alternating_cycle(near) is None
    far = ring([even, odd], **{"0": ("out", 0.5)})
    assert required(alternating_cycle(far)).alone == set(Rows.of(far).of_state[[0, 1]])


@pytest.mark.parametrize("k", [1, 2, 3])
def test_rows_that_pass_for_each_other_alternate_in_vain(k):
    """A constant output is right while they do."""
    one, like, apart = (0.30, 0.40, 0.30), (0.36, 0.36, 0.28), (0.05, 0.90, 0.05)
    sixes = ring([one, like, one, like, one, apart], **{"0": ("out", 0.5)})
    cycle = required(alternating_cycle(sixes))
    rows = Rows.of(sixes)
    truth = rows.of_state[[1, 2, 3, 4]]
    assert rows.right(np.tile(one, (4, 1)), truth).all()
    assert length_of_failure(cycle, k) is None
    assert theorem_at_a_given_length(cycle, sixes, cell="MinGRU", state_size=k) is None
    found = arguments_on(f"mingru:{k}", sixes, is_softmax=False)
    unbounded, bounded = found[1:3]
    assert isinstance(unbounded, Argument)
    assert "pass for them" in bounded.statement
