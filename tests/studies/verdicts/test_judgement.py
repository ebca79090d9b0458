"""From evidence to a verdict: the rules, in their order, and the reasons they give."""

import json

import pytest

from firstbit.errors import SettingError
from firstbit.languages import embedded_reber
from firstbit.studies.verdicts.applicability import Inapplicable
from firstbit.studies.verdicts.arguments import rank_argument
from firstbit.studies.verdicts.judgement import Standard, conditions, judge
from firstbit.studies.verdicts.witnesses import Witness
from made_runs import evidence

WITNESS = Witness("guessing", "Vanilla:18", "draw 7 solves")
(RANK,) = filter(None, [rank_argument(embedded_reber(), 4)])
LACKING = [
    Inapplicable("contraction", "no bound"),
    Inapplicable("theorem", "no cycle"),
]
LACK = "contraction does not apply: no bound; theorem does not apply: no cycle"


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


def test_a_reason_has_its_numbers():
    assert judge(evidence(32, 32)).reason == (
        "32 of 32 runs solve, 95 % interval [0.893, 1.000], lower end above 0.5"
    )
    assert judge(evidence(3, 4)).reason == (
        "3 of 4 runs solve, 95 % interval [0.301, 0.954], lower end not above 0.5; the "
        "interval holds the solve rate, so more seeds may show that it solves. No "
        "witness was found, and no argument applies"
    )
    assert "more seeds" not in judge(evidence(0, 32)).reason


def test_a_reason_names_witness_and_argument():
    assert "can: draw 7 solves" in judge(evidence(0, 32), witness=WITNESS).reason
    both = judge(evidence(0, 32), witness=WITNESS, arguments=[RANK]).reason
    assert "What stays excluded: rank: for every cell of 4 units" in both
    assert "stays at least" in judge(evidence(0, 32), arguments=[RANK]).reason


def test_a_reason_names_the_arguments_that_do_not_apply():
    undecided = judge(evidence(0, 32), arguments=LACKING)
    assert undecided.verdict == "undecided"
    assert undecided.reason.endswith(f"no argument applies: {LACK}")
    intrinsic = judge(evidence(0, 32), arguments=[RANK, *LACKING])
    assert intrinsic.verdict == "intrinsic"
    assert intrinsic.reason.endswith(f"above the full floor. Of the others, {LACK}")


@pytest.mark.parametrize("witness", [None, WITNESS])
def test_a_row_has_the_arguments_that_do_not_apply(witness):
    row = judge(evidence(0, 32), witness=witness, arguments=LACKING).as_row()
    assert "; ".join(row["inapplicable"]) == LACK


def test_the_standard_decides():
    lower = Standard(solve_rate=0.2)
    assert judge(evidence(3, 4), standard=lower).verdict == "solves"
    assert judge(evidence(3, 4)).verdict == "undecided"
    certain = evidence(4, 4, confidence=0.99)
    assert judge(certain).verdict == "undecided"
    assert "99 % interval" in judge(certain).reason


def test_conditions_name_the_confidence():
    found = dict(conditions(Standard(confidence=0.9)))
    assert list(found) == ["solves", "trainability", "intrinsic", "undecided"]
    assert found["solves"].startswith("the lower end of the Wilson 90 % interval")


def test_standards_and_witnesses_that_make_no_sense():
    with pytest.raises(
        SettingError, match="expected a solve rate from 0 to below 1, got 1"
    ):
        Standard(solve_rate=1.0)
    with pytest.raises(SettingError, match="expected a confidence between 0 and 1"):
        Standard(confidence=95.0)
    with pytest.raises(SettingError, match="`num_guesses` must be at least 0; got -1"):
        Standard(num_guesses=-1)
    with pytest.raises(
        SettingError, match="expected a witness of Vanilla:4, got one of Vanilla:18"
    ):
        judge(evidence(1, 2, architecture="Vanilla:4"), witness=WITNESS)
