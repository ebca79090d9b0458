"""Sentences of the study where a number is one, or nothing longer was tried."""

import pytest

from firstbit.studies.vanilla_or_gru.texts import ANSWER, PAGE


@pytest.mark.parametrize(
    ("longest", "text"),
    [
        (
            [(50, ["GRU", "LSTM"], False), (0, ["Vanilla"], False)],
            "GRU and LSTM solve l = 50 reliably, the longest that was tried; Vanilla "
            "solves no length reliably. At l = 50, ",
        ),
        (
            [(20, ["GRU"], True)],
            "GRU solves l = 20 reliably, and nothing longer of what was tried. At ",
        ),
    ],
)
def test_the_longest_length_that_was_tried_has_none_beyond(longest, text):
    numbers = {"last": 50, "num_solved": 1, "num_runs": 72, "symbols": 1000}
    said = ANSWER("lags", longest=longest, **numbers)
    assert said.startswith(f"The task is to recall the first of l random bits. {text}")


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (ANSWER("twins", num_fresh=1, num_both=0), "1 run of the table is right on"),
        (ANSWER("twins", num_fresh=2, num_both=1), "pass 1 net that fails so far"),
        (ANSWER("counting", lag=50, cells=[("GRU", 1)]), "1 run of GRU is right on"),
        (ANSWER("counting", lag=50, cells=[("GRU", 1)]), "It remembers the bit"),
        (
            ANSWER("counting", lag=50, cells=[("GRU", 7), ("LSTM", 1)]),
            "7 runs of GRU, 1 run of LSTM are right on twins and not on new words. Th",
        ),
        (PAGE("lead", num_left=1), "1 configuration is not measured yet."),
    ],
)
def test_one_is_no_plural(said, text):
    assert text in said
