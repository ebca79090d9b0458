"""From runs to a verdict, on Datasets made by hand."""

import json
from functools import partial

import jax
import pytest

from firstbit.cells import GRU, Vanilla
from firstbit.errors import SettingError
from firstbit.languages import Language, embedded_reber, reber, sample
from firstbit.languages.words.lags import lags
from firstbit.studies.verdicts.applicability import Inapplicable, arguments_on
from firstbit.studies.verdicts.arguments import Argument, rank_argument
from firstbit.studies.verdicts.evidence import evidence_of
from firstbit.studies.verdicts.guessing import Guessing, guess
from firstbit.studies.verdicts.judgement import judge
from firstbit.studies.verdicts.witnesses import (
    Witness,
    guessed_witness,
    trained_witness,
    witness_by_hand,
)
from firstbit.training.criteria import solves
from made_runs import runs

KEY = jax.random.key(0)


def evidence(
    num_solved, num_seeds, *, cell="vanilla:18", architecture="Vanilla:18", **given
):
    return evidence_of(
        runs(num_solved, num_seeds, **given),
        cell=cell,
        architecture=architecture,
        rule="published",
    )


def test_accuracy_far_back_is_that_of_the_longer_lags():
    found = evidence(1, 3)
    assert found.median_accuracy == pytest.approx((10 * 0.5 + 30 * 0.75) / 40)
    assert found.median_distance == 0.25


WITNESS = Witness("guessing", "Vanilla:18", "draw 7 solves")
RANK = rank_argument(embedded_reber(), 4)


def test_evidence_counts_and_censors():
    found = evidence(2, 8, num_fresh=3, diverged=2)
    assert (found.num_solved, found.num_fresh, found.num_long, found.num_diverged) == (
        2,
        3,
        2,
        2,
    )
    assert (found.median_epochs, found.median_symbols, found.median_loss) == (
        None,
        4500.0,
        0.5,
    )
    assert found.plateaus == {"full": 3, "merged": 3}
    assert (
        evidence(5, 8).median_epochs,
        evidence(5, 8).median_to_solve,
        found.median_to_solve,
    ) == (13.5, 1350.0, None)
    assert evidence(0, 2, diverged=2).median_loss is None
    assert json.dumps(found.as_json(), allow_nan=False)
    with pytest.raises(SettingError, match="got no plateau"):
        evidence_of(runs(1, 2).drop_vars("plateau"), cell="", architecture="", rule="")
    with pytest.raises(SettingError, match="got no seed"):
        evidence_of(runs(0, 0), cell="", architecture="", rule="")


def test_a_run_must_pass_both_tests_to_solve():
    assert evidence(0, 8, num_fresh=8).rate == 0
    assert judge(evidence(0, 8, num_fresh=8)).verdict == "undecided"


@pytest.mark.parametrize(
    ("num_solved", "num_seeds", "witness", "arguments", "expected"),
    [
        (32, 32, None, [], "solves"),
        (4, 4, None, [], "solves"),  # Wilson's lower end is 0.51
        (3, 3, None, [], "undecided"),  # and here 0.44
        (3, 4, None, [], "undecided"),
        (22, 32, WITNESS, [RANK], "solves"),
        (0, 32, WITNESS, [], "trainability"),
        (5, 32, WITNESS, [RANK], "trainability"),
        (0, 32, None, [RANK], "intrinsic"),
        (0, 32, None, [], "undecided"),
    ],
)
def test_the_first_rule_that_fits(num_solved, num_seeds, witness, arguments, expected):
    found = judge(evidence(num_solved, num_seeds), witness=witness, arguments=arguments)
    assert found.verdict == expected
    row = found.as_row()
    assert {"cell", "verdict", "rate", "interval", "reason", "witness"} <= set(row)
    assert row["rate"] == num_solved / num_seeds
    assert f"{num_solved} of {num_seeds} runs solve" in row["reason"]
    assert (row["verdict"] == "solves") == (row["interval"][0] > 0.5)
    assert json.dumps(row, allow_nan=False)


def test_what_the_reason_says():
    assert "more seeds may show that it solves" in judge(evidence(3, 4)).reason
    assert "more seeds" not in judge(evidence(0, 32)).reason
    assert "draw 7 solves" in judge(evidence(0, 32), witness=WITNESS).reason
    both = judge(evidence(0, 32), witness=WITNESS, arguments=[RANK]).reason
    assert "What stays excluded: rank: for every cell of 4 units" in both
    assert "stays at least" in judge(evidence(0, 32), arguments=[RANK]).reason
    assert judge(evidence(3, 4), solve_rate=0.2).verdict == "solves"


def test_the_arguments_that_do_not_apply_are_told():
    lacking = [
        Inapplicable("contraction", "no bound"),
        Inapplicable("theorem", "no cycle"),
    ]
    told = "contraction does not apply: no bound; theorem does not apply: no cycle"
    undecided = judge(evidence(0, 32), arguments=lacking)
    assert undecided.verdict == "undecided"
    assert undecided.reason.endswith(f"no argument applies: {told}")
    intrinsic = judge(evidence(0, 32), arguments=[RANK, *lacking])
    assert intrinsic.verdict == "intrinsic"
    assert intrinsic.reason.endswith(f"above the full floor. Of the others, {told}")
    for found in (
        undecided,
        intrinsic,
        judge(evidence(0, 32), witness=WITNESS, arguments=lacking),
    ):
        assert "; ".join(found.as_row()["inapplicable"]) == told


def test_rates_and_witnesses_that_make_no_sense():
    with pytest.raises(
        SettingError, match="expected a solve rate from 0 to below 1, got 1"
    ):
        judge(evidence(1, 2), solve_rate=1.0)
    with pytest.raises(
        SettingError, match="expected a witness of Vanilla:4, got one of Vanilla:18"
    ):
        judge(evidence(1, 2, architecture="Vanilla:4"), witness=WITNESS)


def test_a_trained_witness_is_of_the_same_architecture():
    own, other = (
        evidence(0, 8),
        evidence(3, 8, cell="vanilla:18,initializer=orthogonal"),
    )
    foreign = evidence(8, 8, cell="gru:10", architecture="GRU:10")
    assert trained_witness(own, [foreign]) is None
    assert (
        "3 of 8 seeds of vanilla:18,initializer=orthogonal"
        in trained_witness(own, [foreign, other]).description
    )
    assert (
        "1 of 8 seeds of this configuration"
        in trained_witness(evidence(1, 8), []).description
    )


@pytest.mark.parametrize(
    ("cell", "size"),
    [(Vanilla, 18), (partial(Vanilla, activation="tanh"), 5), (Vanilla, 6)],
)
def test_a_witness_by_hand_has_the_size_asked_for(cell, size):
    found = witness_by_hand(cell, embedded_reber(), hidden_size=size, architecture="a")
    assert found.network.cell.W_h.shape == (size, size)
    assert f"5 of the {size} units" in found.description
    assert solves(
        found.network, embedded_reber(), sample(embedded_reber(), 300, seed=7)
    )


def test_a_witness_must_pass_on_long_lags_too():
    asked = []

    def short_words_only(network, language, words):
        asked.append(max(lags(language, words).max(axis=1)))
        return solves(network, language, words) and len(asked) < 2

    arguments = {"hidden_size": 5, "architecture": "a"}
    assert (
        witness_by_hand(
            Vanilla, embedded_reber(), criterion=short_words_only, **arguments
        )
        is None
    )
    assert asked[1] >= 2 * asked[0]
    text = witness_by_hand(Vanilla, embedded_reber(), **arguments).description
    assert (
        "tested on 1000 fresh words, and on 1000 whose lag is at least "
        f"{2 * asked[0]}, twice any seen" in text
    )
    asked.clear()
    assert guess(
        Vanilla, reber(), hidden_size=12, num_draws=1, key=KEY
    ).tested.endswith("no word has a longer lag")


def test_witnesses_without_an_output_bias():
    found = witness_by_hand(
        Vanilla, embedded_reber(), hidden_size=18, architecture="a", output_bias=False
    )
    assert found.network.readout.b_O is None
    assert "18 of the 18 units run it" in found.description
    assert (
        witness_by_hand(
            Vanilla,
            embedded_reber(),
            hidden_size=17,
            architecture="a",
            output_bias=False,
        )
        is None
    )
    asked = {"hidden_size": 5, "is_softmax": False}
    published = [
        arguments_on(Vanilla, embedded_reber(), output_bias=bias, **asked)[0]
        for bias in (True, False)
    ]
    assert [type(argument) for argument in published] == [Inapplicable, Argument]
    guessed = guess(
        GRU,
        Language.from_regex("a(b|c)d"),
        hidden_size=5,
        num_draws=4,
        output_bias=False,
        key=KEY,
    )
    assert guessed.solved
    assert guessed.network.readout.b_O is None


@pytest.mark.parametrize(
    ("cell", "size"),
    [(Vanilla, 4), (GRU, 18), (partial(Vanilla, activation="relu"), 18)],
)
def test_where_nothing_can_be_built(cell, size):
    assert (
        witness_by_hand(cell, embedded_reber(), hidden_size=size, architecture="a")
        is None
    )


def test_guessing_counts_the_draws_that_solve():
    found = guess(
        Vanilla,
        reber(),
        hidden_size=12,
        num_draws=64,
        initializer="orthogonal",
        key=KEY,
    )
    again = guess(
        Vanilla,
        reber(),
        hidden_size=12,
        num_draws=40,
        initializer="orthogonal",
        key=KEY,
    )
    assert found.num_draws == 64
    assert again.solved == tuple(i for i in found.solved if i < 40), (
        "a draw depends on its number alone"
    )
    low, high = found.interval
    assert low <= len(found.solved) / 64 <= high
    assert (found.network is None) == (not found.solved)


def test_guessing_is_told_with_its_first_draw():
    found = Guessing(1000, (203, 777), None, "")
    assert found.counted == "2 of 1,000 [0.001, 0.007], the first is draw 204"
    assert found.as_json() == {
        "num_draws": 1000,
        "solved": 2,
        "first": 204,
        "interval": [*found.interval],
    }
    assert (Guessing(8, (), None, "").counted, Guessing(8, (), None, "").first) == (
        "0 of 8 [0.000, 0.324]",
        None,
    )


def test_guessing_reads_words_as_long_as_training_does():
    many, tested = Language.from_regex("ab*c"), []

    def remembers(_network, _language, words):
        tested.append(max(map(len, words)))
        return True

    for limit in (None, 5):
        assert guess(
            GRU,
            many,
            hidden_size=8,
            num_draws=1,
            max_length=limit,
            criterion=remembers,
            key=KEY,
        ).solved
    assert tested[0] > 5 >= tested[1]
    with pytest.raises(
        SettingError, match="expected words of at most 3 symbols in reber"
    ):
        guess(GRU, reber(), hidden_size=4, num_draws=1, max_length=3, key=KEY)


def test_a_guessed_net_is_a_witness_only_if_it_passes():
    easy = Language.from_regex("a(b|c)d")
    found = guess(GRU, easy, hidden_size=5, num_draws=4, key=KEY)
    witness = guessed_witness(found, "GRU:5", "normal")
    assert solves(witness.network, easy, ["abd", "acd"])
    assert "4 of 4 draws solve, the first is number 1" in witness.description
    none = guess(
        GRU, easy, hidden_size=5, num_draws=4, criterion=lambda *_: False, key=KEY
    )
    assert none.solved == ()
    assert guessed_witness(none, "GRU:5", "normal") is None
    with pytest.raises(SettingError, match="`num_draws` must be at least 1; got 0"):
        guess(GRU, easy, hidden_size=5, num_draws=0, key=KEY)
