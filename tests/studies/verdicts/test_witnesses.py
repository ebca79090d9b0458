"""Witnesses: among trained runs, built by hand, or guessed; all are tested anew."""

from typing import Any

import jax
import numpy as np
import pytest

from firstbit.cells import Network, Readout
from firstbit.cells.given import Given
from firstbit.languages import Language, embedded_reber, parity, reber
from firstbit.languages.judging.words_of_test import Sizes
from firstbit.studies.verdicts.by_hand import automaton_network
from firstbit.studies.verdicts.guessing import guess
from firstbit.studies.verdicts.one_unit import reber_unit
from firstbit.studies.verdicts.witness_test import OF_WITNESS, WitnessTest, plan_of
from firstbit.studies.verdicts.witnesses import (
    Trained,
    counted_witness,
    guessed_witness,
    trained_witness,
    widened,
    witness_by_hand,
)
from made_runs import evidence

KEY = jax.random.key(0)
FEW = Sizes(300, 50, 20)


def required(witness):
    """The witness, which must be there."""
    assert witness is not None
    return witness


def small(language, num_units=0, **settings):
    return WitnessTest(plan_of(language, 256, num_units=num_units), FEW, **settings)


def shifted(network, by):
    """The same network with a worse read-out."""
    readout: Any = network.readout
    return Network(network.cell, Readout(readout.O, readout.b_O + by))


def test_a_witness_is_tested_on_more_words_than_a_run():
    assert OF_WITNESS == (10_000, 3_000, 300)
    assert all(one >= run for one, run in zip(OF_WITNESS, Sizes(), strict=True))


def test_counts_alone_name_a_run_of_the_same_architecture():
    own = evidence(0, 8)
    other = evidence(3, 8, cell="vanilla:18,initializer=orthogonal")
    foreign = evidence(8, 8, cell="gru:10", architecture="GRU:10")
    assert counted_witness(own, [foreign]) is None
    assert required(counted_witness(own, [foreign, other])).description == (
        "3 of 8 seeds of vanilla:18,initializer=orthogonal under the published rule "
        "solve"
    )


@pytest.mark.slow
def test_a_trained_witness_passes_on_words_of_its_own():
    """A run that solved its own test by luck is left out; all nets are counted."""
    language = reber()
    right = widened(reber_unit(language), 18)
    wrong = shifted(right, 30 * np.eye(7)[1])
    own = Trained(evidence(2, 8), (0, 1), [wrong, wrong] + 6 * [wrong])
    other = Trained(
        evidence(1, 8, cell="vanilla:18,initializer=orthogonal"), (0,), 8 * [right]
    )
    foreign = Trained(
        evidence(8, 8, cell="gru:10", architecture="GRU:10"), (0,), 8 * [right]
    )
    test = small(language)
    none = trained_witness(own, [foreign], test)
    assert (none.witness, none.num_nets) == (None, 8)
    found = trained_witness(own, [foreign, other], test)
    assert found.num_nets == 16
    text = required(found.witness).description
    assert text.startswith(
        "seed 0 of vanilla:18,initializer=orthogonal, of 8 that were"
    )
    assert "0 of 300 fresh words are wrong, 0 of 50 twins at lag 1" in text
    first = trained_witness(own._replace(networks=[wrong, right]), [], test)
    assert "seed 1 of this configuration" in required(first.witness).description


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell", "units"), [("vanilla:18", 18), ("vanilla:20,activation=tanh", 18)]
)
def test_a_witness_by_hand_has_the_size_asked_for(cell, units):
    found = witness_by_hand(cell, embedded_reber(), small(embedded_reber()))
    witness = required(found.witness)
    given = Given.of(cell)
    assert witness.architecture == given.architecture
    assert isinstance(witness.network, Network)
    assert witness.network.cell.W_h.shape == (given.hidden_size, given.hidden_size)
    assert f"{units} of the {given.hidden_size} units run it" in witness.description


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 4])
def test_one_unit_is_the_witness_on_reber(size):
    found = witness_by_hand(f"vanilla:{size}", reber(), small(reber()))
    text = required(found.witness).description
    assert "with invariant intervals, right at every length: 1 of the" in text
    assert found.num_nets == 1


@pytest.mark.slow
def test_a_witness_without_a_bias_of_the_readout():
    language = embedded_reber()
    found = witness_by_hand("vanilla:18,readout_bias=no", language, small(language))
    network = required(found.witness).network
    assert isinstance(network, Network)
    assert network.readout.b_O is None
    none = witness_by_hand("vanilla:17,readout_bias=no", language, small(language))
    assert none.witness is None


@pytest.mark.parametrize("cell", ["vanilla:4", "gru:18", "vanilla:18,activation=relu"])
def test_where_nothing_can_be_built(cell):
    language = embedded_reber()
    assert witness_by_hand(cell, language, small(language)).witness is None


@pytest.mark.slow
def test_a_window_is_no_witness():
    """A net that gives the mean rows by the last symbol fails fresh words and twins."""
    language = embedded_reber()
    network = automaton_network(language)
    test = small(language)
    assert test.passes(network)
    cell: Any = network.cell
    forgetful = Network(
        widened(network, 18).cell.__class__.from_parameters(
            U_h=cell.U_h, W_h=0 * cell.W_h
        ),
        network.readout,
    )
    assert not test.passes(forgetful)
    twins = test.tried(forgetful).twins
    assert twins is not None
    assert twins.num_wrong == twins.number


@pytest.mark.slow
def test_repeats_are_among_the_tests_where_rows_go_in_a_cycle():
    """A net of alternating outputs passes the repeats; one that comes to rest fails."""
    language = parity()
    test = small(language, num_units=3)
    found = guess("mingru:3", language, num_draws=1, key=KEY, accepts=lambda _: True)
    network = found.network
    if network is not None:
        assert not test.tried(network).repeats_right
    assert small(reber(), num_units=1).tried(reber_unit(reber())).repeats_right


@pytest.mark.slow
def test_a_guessed_net_is_a_witness_only_if_it_passes():
    easy = Language.from_regex("a(b|c)d")
    test = small(easy)
    found = guess("gru:5", easy, num_draws=4, key=KEY)
    witness = required(guessed_witness(found, "GRU:5", "normal", test))
    assert "4 of 4 draws solve, the first is number 1" in witness.description
    none = guess("gru:5", easy, num_draws=4, accepts=lambda _: False, key=KEY)
    assert none.solved == ()
    assert guessed_witness(none, "GRU:5", "normal", test) is None
