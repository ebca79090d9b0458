"""From evidence to a verdict: the rules, in their order, and the reasons they give."""

import json

import pytest

from firstbit.errors import SettingError
from firstbit.languages import embedded_reber, parity
from firstbit.studies.verdicts.applicability import Inapplicable
from firstbit.studies.verdicts.arguments import order_argument, rank_argument
from firstbit.studies.verdicts.judgement import Standard, conditions, judge, spoken
from firstbit.studies.verdicts.sentences import headline
from firstbit.studies.verdicts.witnesses import Search, Witness
from made_runs import evidence

WITNESS = Witness("guessing", "Vanilla:18", "draw 7 solves")
FOUND = Search(WITNESS, 40)
NOTHING = Search(None, 40)
(RANK,) = filter(None, [rank_argument(embedded_reber(), 4)])
(ORDER,) = filter(None, [order_argument(parity(), cell="Vanilla:1")])
LACKING = [
    Inapplicable("order", "two units"),
    Inapplicable("theorem", "no cycle"),
]
LACK = "order does not apply: two units; theorem does not apply: no cycle"


@pytest.mark.parametrize(
    ("num_solved", "num_seeds", "search", "arguments", "expected"),
    [
        (32, 32, NOTHING, [], "solves"),
        (8, 8, NOTHING, [], "solves"),
        (4, 4, NOTHING, [], "open"),  # a rate of one half gives it in 6 %
        (7, 8, NOTHING, [], "open"),
        (22, 32, FOUND, [ORDER], "open"),
        (23, 32, FOUND, [ORDER], "solves"),
        (11, 32, NOTHING, [], "open"),
        (9, 32, NOTHING, [], "undecided"),
        (0, 32, FOUND, [], "trainability"),
        (5, 32, FOUND, [ORDER], "trainability"),
        (0, 32, NOTHING, [ORDER], "intrinsic"),
        (0, 32, NOTHING, [RANK], "undecided"),
        (0, 32, NOTHING, [], "undecided"),
    ],
)
def test_the_first_rule_that_fits(num_solved, num_seeds, search, arguments, expected):
    found = judge(evidence(num_solved, num_seeds), search=search, arguments=arguments)
    assert found.verdict == expected
    row = found.as_row()
    assert row["verdict"] == expected
    assert row["rate"] == num_solved / num_seeds
    assert f"{num_solved} of {num_seeds} runs solve" in row["reason"]
    assert (row["verdict"] == "solves") == (row["interval"][0] > 0.5)
    assert json.dumps(row, allow_nan=False)


@pytest.mark.parametrize(
    ("solved", "expected"),
    [
        ([0, 0], "None of 2 configurations solve parity"),
        ([0, 7], "None of 2 configurations is shown to solve parity; 1 is open"),
        ([7, 7], "None of 2 configurations is shown to solve parity; 2 are open"),
        ([8, 0], "1 of 2 configurations solves parity"),
        ([8, 7, 8], "2 of 3 configurations solve parity; 1 is open"),
        ([7], "It is open whether vanilla:18 solves parity"),
    ],
)
def test_a_heading_says_what_is_open(solved, expected):
    verdicts = [judge(evidence(number, 8), search=NOTHING) for number in solved]
    assert headline(verdicts, "parity") == expected


def test_a_person_reads_other_words_than_the_key():
    assert spoken("trainability") == "fails here, but such a net exists"
    found = judge(evidence(0, 32), search=FOUND)
    assert found.verdict == "trainability"
    for text in (found.sentence, found.reason):
        assert "trainability" not in text
    assert found.sentence == (
        "vanilla:18 fails here, but such a net exists: 0 of 32 runs solve, 95 % "
        "interval [0.000, 0.109]."
    )


def test_every_verdict_has_a_sentence_with_its_numbers():
    for num_solved, search, arguments in [
        (32, NOTHING, []),
        (16, NOTHING, []),
        (0, FOUND, []),
        (0, NOTHING, [ORDER]),
        (0, NOTHING, []),
    ]:
        found = judge(evidence(num_solved, 32), search=search, arguments=arguments)
        low, high = found.evidence.interval
        assert f"{num_solved} of 32 runs solve" in found.sentence
        assert f"[{low:.3f}, {high:.3f}]" in found.sentence
        assert found.sentence.endswith(".")


def test_a_reason_has_its_numbers_and_its_test():
    assert judge(evidence(32, 32)).reason == (
        "32 of 32 runs solve, 95 % interval [0.891, 1.000], above 0.5 (exact binomial "
        "test, p = 4.7e-10)"
    )
    reason = judge(evidence(7, 8), search=NOTHING).reason
    assert reason == (
        "7 of 8 runs solve, 95 % interval [0.473, 0.997], not shown to be above or "
        "below 0.5 (exact binomial test, p = 0.07); more seeds may decide"
    )
    among = Standard().decide([evidence(23, 32), *5 * [evidence(16, 32)]])[0]
    reason = judge(evidence(23, 32), decision=among, search=NOTHING).reason
    assert "by Holm 0.12 among 6 verdicts" in reason


def test_a_reason_names_witness_argument_and_the_number_of_nets():
    found = judge(evidence(0, 32), search=FOUND)
    assert "solves it: draw 7 solves (40 nets were tried)" in found.reason
    found = judge(evidence(0, 32), search=NOTHING, arguments=[ORDER, *LACKING])
    assert "No witness was found among 40 nets, and by order: for every" in found.reason
    found = judge(evidence(0, 32), search=NOTHING, arguments=LACKING)
    assert found.reason.endswith(
        f"No witness was found among 40 nets, and no argument applies: {LACK}"
    )


def test_a_list_that_all_seeds_share_is_named():
    shared = evidence(8, 8, configuration=json.dumps({"words": ["BTXSE"]}))
    assert "8 of 8 runs solve, given this list, 95 %" in judge(shared).sentence
    assert "given this list" not in judge(evidence(8, 8)).sentence


@pytest.mark.parametrize("search", [FOUND, NOTHING])
def test_a_row_has_the_arguments_that_do_not_apply(search):
    row = judge(evidence(0, 32), search=search, arguments=LACKING).as_row()
    assert "; ".join(row["inapplicable"]) == LACK
    assert row["nets_tried"] == 40


def test_the_standard_decides():
    lower = Standard(solve_rate=0.2)
    assert judge(evidence(6, 8), standard=lower).verdict == "solves"
    assert judge(evidence(6, 8)).verdict == "open"
    certain = Standard(confidence=0.999)
    assert judge(evidence(8, 8), standard=certain).verdict == "open"


def test_conditions_name_the_confidence():
    found = dict(conditions(Standard(confidence=0.9)))
    assert list(found) == [
        "solves",
        "open",
        "fails here, but such a net exists",
        "intrinsic",
        "undecided",
    ]
    assert "90 % interval" in found["solves"]


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
        judge(evidence(1, 8, architecture="Vanilla:4"), search=FOUND)
