"""Every rule of the claims can fail, and can hold: on made evidence."""

import numpy as np
import pytest

from firstbit.cells import GRU, Vanilla
from firstbit.languages import embedded_reber
from firstbit.paper.claims import dynamics, hidden_layer, outer_symbol
from firstbit.paper.claims.claim import (
    DEPENDS,
    FAILS,
    HOLDS,
    ON_THE_GRID,
    Claim,
    Estimate,
    holds_if,
    of_readings,
)
from firstbit.paper.claims.cost import HEAVY, multiplications
from firstbit.paper.claims.dynamics import GONE, LeftOver, at_most, goes_to_zero
from firstbit.paper.claims.gradients import are_alike, stays_in_size
from firstbit.paper.page import _readings
from firstbit.studies.verdicts.by_hand import automaton_network


def about(value, reach=0.001):
    return Estimate(value, value - reach, value + reach)


def left(*values, reach=0.001):
    share = np.array(values)
    return LeftOver(share, share - reach, share + reach)


def test_readings_that_differ_are_said():
    assert of_readings({"a": FAILS, "b": FAILS}) == FAILS
    assert of_readings({"a": HOLDS, "b": FAILS}) == DEPENDS
    shown = {"distances": [], "near": 0.1}
    readings = {"the mean": HOLDS, "the median": FAILS}
    claim = Claim.written("softmax_probability", readings, numbers={}, **shown)
    assert claim.verdict == DEPENDS
    assert _readings(claim) == " Holds: the mean; does not hold: the median."
    alone = Claim.written("softmax_probability", HOLDS, numbers={}, **shown)
    assert _readings(alone) == ""


def test_a_step_is_heavy_at_equal_units_and_not_at_equal_parameters():
    heavy = multiplications(GRU, 7, 10)
    assert holds_if(heavy / multiplications(Vanilla, 7, 10) > HEAVY) == HOLDS
    assert holds_if(heavy / multiplications(Vanilla, 7, 18) > HEAVY) == FAILS


@pytest.mark.parametrize(
    ("ks", "ratio", "alike"),
    [
        (about(0.05), about(1.0), True),
        (about(0.141), about(1.0), False),  # the paper's epoch 0
        (about(0.05), about(1.7), False),
        (about(0.05), about(0.6), False),
        (Estimate(0.09, 0.05, 0.12), about(1.0), False),  # the interval counts
    ],
)
def test_gradients_can_differ(ks, ratio, alike):
    assert are_alike(ks, ratio) is alike


@pytest.mark.parametrize(
    ("low", "high", "stays"),
    [
        (-1.9, -1.7, True),
        (-3.1, -2.9, False),  # vanishes
        (2.1, 2.4, False),  # explodes
        (-2.2, -1.9, True),  # not shown
    ],
)
def test_gradients_can_vanish_and_explode(low, high, stays):
    assert stays_in_size(low, high) is stays


def test_a_discrepancy_can_stay_at_any_k():
    gone, stays = left(0.001, 0.002), left(0.001, 0.3)
    assert goes_to_zero(gone, gone) == HOLDS
    assert goes_to_zero(gone, stays) == ON_THE_GRID
    assert goes_to_zero(stays, gone) == FAILS
    assert goes_to_zero(left(0.04, 0.049, reach=0.01), gone) == FAILS


def test_one_net_in_many_does_not_decide_for_most():
    one_of_many = [Estimate.of_share(1, 2000)] * 20
    assert at_most(0.01, one_of_many)
    some = [*one_of_many, Estimate.of_share(108, 2000)]
    assert not at_most(0.01, some)
    assert at_most(0.5, some)
    assert not at_most(0.5, [Estimate.of_share(1001, 2000)])


def test_the_gru_of_small_nets_is_part_of_the_claim():
    stays = left(0.008, 0.016, 0.029, 0.047, 0.073).low > GONE
    assert dynamics.smallest_size_from_which(stays) == 5
    assert holds_if(stays.all()) == FAILS


@pytest.mark.slow
def test_a_net_by_hand_knows_the_outer_symbol_and_a_blind_one_does_not():
    language = embedded_reber()
    network = automaton_network(language)
    words = ["BTBTXSETE", "BPBTXSEPE", "BTBPVVETE", "BPBPVVEPE"]
    output = outer_symbol.outer_outputs(network, language, words)
    assert outer_symbol.share_of_wins(output).value == 1
    assert network.cell.hidden_size <= 18
    blind = np.tile(output[:1], (len(words), 1))[:, ::-1]
    assert outer_symbol.share_of_wins(blind).value == 0


@pytest.mark.parametrize(
    "fit", [hidden_layer.by_least_squares, hidden_layer.by_linear_programme]
)
def test_linear_classifiers_read_a_faint_symbol_and_no_noise(fit):
    draws = np.random.default_rng(0)
    common = draws.normal(size=(100, 5))
    faint = np.array([0.0, 0.0, 0.0, 0.0, 1.0])
    common[:, 4] = 0
    states = np.concatenate([common + 1e-6 * faint, common - 1e-6 * faint])
    assert hidden_layer.num_right(states, 100, fit) == 200
    noise = draws.normal(size=(200, 5))
    assert 70 < hidden_layer.num_right(noise, 100, fit) < 130


def test_a_linear_programme_finds_a_plane_that_least_squares_miss():
    far = np.concatenate([np.linspace(1, 2, 30), [400.0, 900.0]])
    states = np.concatenate([far, -np.ones(32) * 0.9])[:, None]
    programme = hidden_layer.num_right(states, 32, hidden_layer.by_linear_programme)
    assert programme > hidden_layer.num_right(states, 32, hidden_layer.by_least_squares)
    assert programme >= 60
