"""Sentences about verdicts: each is made from the fields of the result alone."""

import math
from collections.abc import Sequence

import xarray as xr

from firstbit.studies.about_test import no_twins, passing_window, repeats
from firstbit.studies.verdicts.decisions import Difference
from firstbit.studies.verdicts.judgement import OPEN, SOLVES, Verdict
from firstbit.studies.verdicts.tested import Tested
from firstbit.studies.verdicts.texts import PAGE, REASONS


def answer(verdicts: Sequence[Verdict], differences: Sequence[Difference]) -> str:
    """Return a sentence for each configuration and each difference that is shown."""
    sentences = [one.sentence for one in verdicts]
    for one in differences:
        if one.is_shown:
            sentences.append(difference_sentence(one))
    return " ".join(sentences)


def headline(verdicts: Sequence[Verdict], language: str) -> str:
    """Return the heading: the verdict on one configuration, or how many solve.

    Where seeds are too few to tell, it says of how many configurations it is open.
    """
    first = verdicts[0]
    return PAGE(
        "headline",
        language=language,
        verdict=first.verdict,
        cell=first.evidence.cell,
        num_solving=sum(one.verdict == SOLVES for one in verdicts),
        num_open=sum(one.verdict == OPEN for one in verdicts),
        number=len(verdicts),
    )


def difference_sentence(difference: Difference) -> str:
    """Say whether two configurations differ, with the size and the test."""
    low, high = difference.interval
    higher = difference.first
    lower = difference.second
    if difference.value < 0:
        higher, lower = lower, higher
        low, high = -high, -low
    return PAGE(
        "difference",
        higher=higher,
        lower=lower,
        is_shown=difference.is_shown,
        value=f"{abs(difference.value):.2f}",
        low=f"{low:.2f}",
        high=f"{high:.2f}",
        p_value=f"{difference.p_value:.2g}",
        adjusted=f"{difference.adjusted:.2g}",
        num_tests=difference.num_tests,
    )


def about_test(tested: Tested, language: str) -> str:
    """Say by which test a run solves."""
    return PAGE(
        "test",
        language=language,
        percent=f"{100 * tested.error:g}",
        resolution=f"{tested.resolution:g}",
        num_fresh=tested.num_fresh,
        num_pairs=tested.num_pairs,
        twin_lag=tested.twin_lag,
        no_twins=no_twins(tested.lag_of_test, tested.resolution, tested.memory_order),
        repeats=repeats(tested.num_repeats),
        num_words=tested.num_words,
        lag=tested.lag,
        order=None if math.isinf(tested.memory_order) else int(tested.memory_order),
        longest_word=tested.longest_word,
        window=passing_window(tested.shortest_window, tested.lag_of_test),
        confused=tested.confused,
    )


def uncovered(verdicts: Sequence[Verdict]) -> str:
    """Say what the verdicts do not cover."""
    tested = verdicts[0].evidence.tested
    return PAGE(
        "uncovered",
        is_list_shared=tested.is_list_shared,
        twin_lag=tested.twin_lag,
        longest_word=tested.longest_word,
        hochreiter_applies=verdicts[0].evidence.num_hochreiter is not None,
    )


def run_sentences(runs: xr.Dataset) -> list[str]:
    """Return a sentence for each run: whether it solves, how far it is right, and why.

    Example:
        `solves; keeps to 32; right to length 112`
    """
    has_twins = "twin_error" in runs and bool(runs["twin_error"].notnull().any())
    nothing_longer = _nothing_longer(runs)
    sentences = []
    for seed in range(runs.sizes["seed"]):
        one = runs.isel(seed=seed)
        text = REASONS(
            "run",
            solves=bool(one["solved"]),
            keeps_to=int(one["keeps_to"]),
            right_to_length=int(one["right_to_length"]),
            has_twins=has_twins,
            nothing_longer=nothing_longer,
            memory_is_there=bool(one.get("memory_is_there", False)),
            behaves_like=str(one["behaves_like"].item()),
            at_rest=bool(one["at_rest"]),
            frozen=bool(one["frozen"]),
            diverged=float(one["diverged_epoch"]) >= 0,
            **_contrast(one),
        )
        sentences.append(text)
    return sentences


def _contrast(one: xr.Dataset) -> dict[str, object]:
    """Return what a linear cell leaves at the longest lag; None for other cells."""
    nothing: dict[str, object] = {"contrast": None, "contrast_lag": None}
    if "contrast_left" not in one:
        return nothing
    left = one["contrast_left"].dropna("twin_lag")
    if not left.size:
        return nothing
    last = left.isel(twin_lag=-1)
    return {"contrast": f"{float(last):.2g}", "contrast_lag": int(last["twin_lag"])}


def _nothing_longer(runs: xr.Dataset) -> bool:
    """Return whether the language has no words as long as the longest of training."""
    if "long_error" not in runs:
        return False
    return not bool(runs["long_error"].notnull().any())
