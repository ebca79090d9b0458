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


def test_sizes_that_are_missing_are_no_smallest_size():
    numbers = {"tried": "2, 4", "last": 4, "size": 4, "needed": 5, "excess": "0.5"}

    def said(**cells):
        given = {"smallest": [], "unsolved": [], "unknown": [], **cells}
        return ANSWER("sizes", num_below=0, **given, **numbers)

    whole = said(
        smallest=[("2", ["GRU"])], unsolved=["LSTM", "MGU"], unknown=["Vanilla"]
    )
    assert whole.startswith(
        "The smallest of the sizes tried (2, 4) that solve reliably are 2 for GRU. No "
        "size up to 4 solves reliably for LSTM and MGU. The smallest size that "
        "solves reliably is not known for Vanilla, as sizes are missing. One limit"
    )
    assert said(unsolved=["GRU"]).startswith(
        "No size up to 4 solves reliably for GRU. On"
    )
    assert said(unknown=["GRU"]).startswith("The smallest size that solves reliably")
