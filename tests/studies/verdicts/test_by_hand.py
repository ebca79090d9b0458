"""Networks that solve a task without being trained: built by hand, or guessed."""

import numpy as np
import pytest

from firstbit.cells import Network, Readout
from firstbit.errors import CellError
from firstbit.languages import Language, embedded_reber, reber, sample
from firstbit.studies.verdicts.by_hand import EMBEDDED_REBER_CODE, automaton_network
from firstbit.training.criteria import solves

FRESH = sample(embedded_reber(), 1000, seed=20)
INSIDE = [
    inner
    for n in (50, 500)
    for inner in (f"BT{'S' * n}XSE", f"BP{'T' * n}VVE", f"BTXX{'VPX' * n}VVE")
]
LONG = [f"B{symbol}{inner}{symbol}E" for symbol in "TP" for inner in INSIDE]


def slow_run(network, word, alphabet):
    """Outputs of a Vanilla network after each symbol, unit by unit."""
    U, W = network.cell.U_h, network.cell.W_h
    function = {"sigmoid": lambda x: 1 / (1 + np.exp(-x)), "tanh": np.tanh}[
        network.cell.activation.__name__
    ]
    hidden, found = np.zeros(len(W)), []
    for symbol in word:
        with np.errstate(over="ignore"):
            hidden = function(U[:, alphabet.index(symbol)] + W @ hidden)
        found.append(network.readout.O @ hidden + network.readout.b_O)
    return np.array(found)


@pytest.mark.slow
@pytest.mark.parametrize("activation", ["logistic", "tanh"])
@pytest.mark.parametrize("code", [None, EMBEDDED_REBER_CODE])
def test_a_vanilla_net_built_by_hand_solves_embedded_reber(activation, code):
    network = automaton_network(embedded_reber(), code=code, activation=activation)
    assert network.cell.hidden_size == (18 if code is None else len(code["last"]))
    assert solves(network, embedded_reber(), FRESH)
    assert solves(network, embedded_reber(), LONG)


def test_the_test_itself_by_a_slow_twin():
    network = automaton_network(embedded_reber(), code=EMBEDDED_REBER_CODE)
    language = embedded_reber()
    for word in [*FRESH[:40], LONG[0]]:
        for t, output in enumerate(slow_run(network, word, language.alphabet)[:-1]):
            legal = [
                language.outputs.index(symbol)
                for symbol in language.next_symbols(word[: t + 1])
            ]
            assert set(np.argsort(-output)[: len(legal)]) == set(legal)


@pytest.mark.slow
def test_one_output_too_many_or_forgotten_fails():
    network = automaton_network(embedded_reber())
    forgets = Network(
        network.cell,
        Readout(network.readout.O, network.readout.b_O + np.eye(7)[1] * 100),
    )
    assert not solves(forgets, embedded_reber(), FRESH[:50])
    assert not solves(
        Network(network.cell, Readout(0 * network.readout.O)),
        embedded_reber(),
        FRESH[:50],
    )


@pytest.mark.slow
@pytest.mark.parametrize("expression", ["a(a|b)b*", "(ab)*", "0(0|1)*1"])
def test_any_small_language_has_its_network(expression):
    language = Language.from_regex(expression)
    assert solves(automaton_network(language), language, sample(language, 200, seed=1))


def test_codes_that_cannot_work_are_refused():
    with pytest.raises(CellError, match="none for q1, q2, q4, q5, q3"):
        automaton_network(reber(), code={"q0": "1"})
    with pytest.raises(
        CellError, match="expected codes of 0 and 1, all of one length; got 1, 12"
    ):
        automaton_network(Language.from_regex("ab"), code={"s1": "1", "s2": "12"})
    two = {"q0": "0", "q1": "0", "q2": "0", "q4": "0", "q5": "0", "q3": "1"}
    with pytest.raises(CellError, match=r"unit 1 needs more than one threshold"):
        automaton_network(reber(), code=two)
    with pytest.raises(
        CellError, match="no linear read-out puts the legal outputs first"
    ):
        automaton_network(reber(), code=dict.fromkeys(two, "1"))
    with pytest.raises(
        CellError, match="expected the activation logistic or tanh, got 'relu'"
    ):
        automaton_network(reber(), activation="relu")
