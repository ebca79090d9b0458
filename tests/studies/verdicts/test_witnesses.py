"""Witnesses: found among trained runs, built by hand, or guessed; all are tested."""

from dataclasses import replace

import jax
import pytest

from firstbit.cells.given import Given
from firstbit.languages import Language, embedded_reber, sample
from firstbit.languages.words.lags import lags
from firstbit.studies.verdicts.guessing import guess
from firstbit.studies.verdicts.witnesses import (
    guessed_witness,
    trained_witness,
    witness_by_hand,
)
from firstbit.training import solves
from made_runs import evidence

KEY = jax.random.key(0)


def required(witness):
    """The witness, which must be there."""
    assert witness is not None
    return witness


def network_of(witness):
    """The witness's network, which must be there."""
    assert required(witness).network is not None
    return witness.network


def test_a_trained_witness_is_of_the_same_architecture():
    own = evidence(0, 8)
    other = evidence(3, 8, cell="vanilla:18,initializer=orthogonal")
    foreign = evidence(8, 8, cell="gru:10", architecture="GRU:10")
    assert trained_witness(own, [foreign]) is None
    assert required(trained_witness(own, [foreign, other])).description == (
        "3 of 8 seeds of vanilla:18,initializer=orthogonal, rule published solve"
    )
    assert required(trained_witness(evidence(1, 8), [])).description == (
        "1 of 8 seeds of this configuration solve"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell", "size"),
    [("vanilla:18", 18), ("vanilla:5,activation=tanh", 5), ("vanilla:6", 6)],
)
def test_a_witness_by_hand_has_the_size_asked_for(cell, size):
    found = required(witness_by_hand(cell, embedded_reber()))
    assert found.architecture == Given.of(cell).architecture
    assert network_of(found).cell.W_h.shape == (size, size)
    assert f"5 of the {size} units" in found.description
    words = sample(embedded_reber(), 300, seed=7)
    assert solves(network_of(found), embedded_reber(), words)


def test_a_code_is_for_the_states_not_for_the_name():
    other = replace(embedded_reber(), name="another name")
    found = required(witness_by_hand("vanilla:6", other))
    assert "5 of the 6 units" in found.description


@pytest.mark.slow
def test_a_witness_must_pass_on_long_lags_too():
    asked = []

    def short_words_only(network, language, words):
        asked.append(max(lags(language, words).max(axis=1)))
        return solves(network, language, words) and len(asked) < 2

    language = embedded_reber()
    assert witness_by_hand("vanilla:5", language, criterion=short_words_only) is None
    assert asked[1] >= 2 * asked[0]
    found = required(witness_by_hand("vanilla:5", language))
    assert found.description.endswith(
        "tested on 1000 fresh words, and on 1000 whose lag is at least "
        f"{2 * asked[0]}, twice any seen"
    )


@pytest.mark.slow
def test_a_witness_without_a_bias_of_the_readout():
    found = required(witness_by_hand("vanilla:18,readout_bias=no", embedded_reber()))
    assert network_of(found).readout.b_O is None
    assert "18 of the 18 units run it" in found.description
    assert witness_by_hand("vanilla:17,readout_bias=no", embedded_reber()) is None


@pytest.mark.parametrize("cell", ["vanilla:4", "gru:18", "vanilla:18,activation=relu"])
def test_where_nothing_can_be_built(cell):
    assert witness_by_hand(cell, embedded_reber()) is None


@pytest.mark.slow
def test_a_guessed_net_is_a_witness_only_if_it_passes():
    easy = Language.from_regex("a(b|c)d")
    found = guess("gru:5", easy, num_draws=4, key=KEY)
    witness = required(guessed_witness(found, "GRU:5", "normal"))
    assert solves(network_of(witness), easy, ["abd", "acd"])
    assert "4 of 4 draws solve, the first is number 1" in witness.description
    none = guess("gru:5", easy, num_draws=4, criterion=lambda *_: False, key=KEY)
    assert none.solved == ()
    assert guessed_witness(none, "GRU:5", "normal") is None
