"""The paper on trial, in a quick run.

Every part works, exact verdicts stand, and ones cut short are not given.
"""

from dataclasses import replace

import numpy as np
import pytest
import scipy.stats

from firstbit.errors import LanguageError, SettingError
from firstbit.languages import (
    Language,
    embedded_reber,
    loss_of_truth,
    merged_floor,
    reber,
    sample_floor,
    true_probabilities,
)
from firstbit.memory.gradients.compared_sizes import compare_sizes
from firstbit.memory.state_clusters import separation
from firstbit.paper import Settings, grids
from firstbit.paper.claims import CLAIMS, judge
from firstbit.paper.claims.claim import bootstrap_mean
from firstbit.paper.claims.dynamics import smallest_size_from_which
from firstbit.paper.trainings import task_words
from firstbit.progress import silent


@pytest.fixture
def evidence(quick_paper):
    return quick_paper.paper.evidence


@pytest.mark.slow
def test_progress_never_passes_its_end(quick_paper):
    parts = {what for what, _, _ in quick_paper.reports}
    assert parts >= {
        "training embedded_reber_gru",
        "D(l,k) gru_normal",
        "gradients",
        "claims",
        "figures",
    }
    assert all(done <= total for _, done, total in quick_paper.reports)


@pytest.mark.slow
def test_a_quick_run_judges_only_what_it_did_in_full(evidence):
    claims = {claim.id: claim for claim in judge(evidence)}
    assert len(claims) == len(CLAIMS) >= 14
    assert claims["two_letters"].verdict == "holds"
    assert claims["printed_expression"].verdict == "does not hold"
    assert claims["printed_expression"].numbers["shortest_difference"] == "BPVPXVVE"
    assert claims["equations"].verdict == "differs from the published code"
    assert claims["training_strings"].verdict.startswith("not tested")
    assert claims["turing_complete"].verdict.startswith(
        "not tested (cited; Siegelmann and Sontag 1995"
    )
    assert claims["gru_discrepancy"].verdict == "not tested (quick run)"
    for claim in claims.values():
        assert set(claim.as_json()) >= {
            "id",
            "claim",
            "place",
            "measured",
            "verdict",
            "figure",
        }


@pytest.mark.proof
def test_large_vanilla_nets_keep_their_discrepancy(evidence):
    large = grids.BEYOND[0]
    measured = grids.measure(large, large.hidden_sizes, Settings(), silent)
    full = replace(
        evidence, settings=Settings(), grids={**evidence.grids, large.name: measured}
    )
    verdict = {claim.id: claim for claim in judge(full)}["vanilla_discrepancy"]
    share = verdict.numbers["beyond"]["share"]
    assert share[0] < share[1] < share[2]  # k = 100, 200, 400: near .30, .72, 1.01
    assert share[2] == pytest.approx(1.01, abs=0.15)


@pytest.mark.slow
def test_runs_and_gradients_are_complete(evidence):
    run = evidence.runs["embedded_reber_vanilla"].as_json()
    assert (run["num_parameters"], run["num_parameters_as_the_authors_count"]) == (
        601,
        594,
    )
    assert evidence.runs["embedded_reber_gru"].as_json()["num_parameters"] == 610
    assert evidence.gradients["gradient"].shape == (3, 256, 601 + 610)
    assert evidence.gradients["epoch"].values.tolist() == [0, 30, 60]


def test_words_beyond_the_published_are_drawn_with_the_seed():
    drawn = tuple(f"w{i}" for i in range(256))
    assert task_words(reber(), drawn, Settings(num_words=250)) == drawn[:250]
    more = task_words(reber(), drawn, Settings(num_words=260, seed=1))
    assert more[:256] == drawn
    assert all(reber().accepts(word) for word in more[256:])
    assert not Settings(num_words=250).is_published
    assert (Settings().max_epochs, Settings().num_draws) == (1000, 2000)
    with pytest.raises(SettingError, match="`num_words` must be at least 1"):
        Settings(num_words=0)


def test_compared_sizes_of_equal_pools_are_equal():
    pool = np.random.Generator(np.random.PCG64(0)).exponential(size=(64, 40))
    same, doubled = (
        compare_sizes(pool, pool, seed=0),
        compare_sizes(2 * pool, pool, seed=0),
    )
    assert (same.ks_distance, same.median_ratio) == (0, 1)
    assert doubled.median_ratio == pytest.approx(2)
    low, high = doubled.ratio_interval
    assert low < 2 < high
    # KS distance of Exp(1) against 2 Exp(1): the largest of e^(-x/2) - e^(-x) is 1/4.
    assert doubled.ks_distance == pytest.approx(0.25, abs=0.04)


def test_one_word_has_no_interval():
    found = compare_sizes(np.ones((1, 3)), 2 * np.ones((1, 4)), seed=0)
    assert (found.ks_distance, found.median_ratio) == (1, 0.5)
    assert np.isnan([found.ks_interval, found.ratio_interval]).all()


def test_separation_leaves_single_labels_out():
    found = separation(
        np.array([[0.0], [0.2], [1.0], [1.2], [9.0]]), ["a", "a", "b", "b", "c"]
    )
    assert (found.within, found.between, found.nearest_right) == (0.2, 1.0, 1.0)


def test_small_statistics():
    low, high = bootstrap_mean(np.arange(101.0), seed=0)
    normal = scipy.stats.t.interval(
        0.95, 100, 50, np.arange(101.0).std(ddof=1) / 101**0.5
    )
    assert (low, high) == pytest.approx(normal, abs=0.4)
    assert bootstrap_mean(np.full(9, 3.0), seed=0) == (3, 3)
    assert smallest_size_from_which(np.array([False, True, False, True, True])) == 4
    assert smallest_size_from_which(np.array([True, True])) == 1


def test_true_probabilities_and_wrong_partitions():
    truth = true_probabilities(embedded_reber(), ["BTBTXSETE", "BPBTXSEPE"])
    assert truth[0, 6, embedded_reber().alphabet.index("T")] == 1
    with pytest.raises(LanguageError, match="each state exactly once"):
        merged_floor(reber(), [["q0"]])
    with pytest.raises(SettingError, match="'state' or 'prefix'"):
        sample_floor(reber(), ["BPVVE"], by="letter")
    assert loss_of_truth(Language.from_regex("a*"), ["aa"]) == pytest.approx(2 * 0.5)
    with pytest.raises(LanguageError, match="final state 'x' is not among"):
        Language.from_transitions({"s": {"0": "s"}}, start="s", final=["x"])
    with pytest.raises(LanguageError, match="not in the alphabet"):
        Language.from_transitions(
            {"s": {"0": "s"}}, start="s", final=["s"], alphabet="1"
        )
    with pytest.raises(LanguageError, match="one character"):
        Language.from_transitions({"s": {"ab": "s"}}, start="s", final=["s"])
    assert reber().shortest_difference(reber()) is None
