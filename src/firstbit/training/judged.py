"""What each run was judged to be, as variables and attributes of a result."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from firstbit.datasets import Variable
from firstbit.intervals import clopper_pearson
from firstbit.languages import Errors, PlanOfTest, WordsOfTest
from firstbit.languages.judging.words_of_test import NOTHING_LONGER
from firstbit.training.behaviour import Likeness
from firstbit.training.outcomes import Outcome, Shown, window_that_passes
from firstbit.training.task import Task

SQUARED_ERROR, BITS = "squared error a word", "bits a word"

Texts = Mapping[str, tuple[str, str]]
"""Attribute -> long name and unit of the variable of that name."""

OF_NETWORK: Texts = {
    "memory_is_there": (
        "whether a run that is wrong is right with another read-out",
        "1",
    ),
}

OF_ANSWERS: Texts = {
    "squared_distance": (
        "squared distance from the exact next-output distribution",
        SQUARED_ERROR,
    ),
    "divergence": ("divergence from the exact next-output distribution", BITS),
}

OF_JUDGEMENT: Texts = {
    "solved": (
        "whether fresh words, twins at the lag that decides, and repeats are right",
        "1",
    ),
    "keeps_to": (
        "largest lag with right twins there and at all shorter lags",
        "symbols",
    ),
    "right_to_length": (
        "largest length with right words there and at all shorter lengths",
        "symbols",
    ),
    "repeats_right": (
        "whether a symbol that repeats and leads through different rows is right",
        "1",
    ),
    "passes_hochreiter": (
        "whether the most active outputs are always the legal ones",
        "1",
    ),
}

OF_MOTION: Texts = {
    "at_rest": (
        "whether a run that is wrong has stopped at a rate that lets it move",
        "1",
    ),
    "frozen": (
        "whether a run that is wrong has stopped for want of a learning rate",
        "1",
    ),
}


def judgements(
    judged: Sequence[Outcome], unit: str, *, has_states: bool
) -> list[Variable]:
    """Return what each seed's network was judged to be.

    Args:
        judged: of each seed.
        unit: of the loss.
        has_states: whether the networks' states can be seen.
    """
    of_network = _attributes(judged, OF_NETWORK) if has_states else []
    return [
        *of_answers([one.shown for one in judged], unit),
        *of_network,
        *_attributes([one.motion for one in judged], OF_MOTION),
        behaviour([one.likeness for one in judged]),
    ]


def of_answers(shown: Sequence[Shown], unit: str) -> list[Variable]:
    """Return what the answers alone show, over `seed`.

    Args:
        shown: of each seed.
        unit: of the loss.
    """
    return [
        *_attributes([one.judgement for one in shown], OF_JUDGEMENT),
        *_attributes(shown, OF_ANSWERS),
        Variable(
            "loss_above_floor",
            ["seed"],
            np.array([one.loss_above_floor for one in shown]),
            "loss on fresh words above that of the true probabilities",
            unit,
        ),
    ]


def behaviour(likenesses: Sequence[Likeness]) -> Variable:
    """Return what each run behaves like, over `seed`."""
    return Variable(
        "behaves_like",
        ["seed"],
        np.array([one.name for one in likenesses]),
        "the predictor that a run that is wrong behaves like",
    )


def unit_of(task: Task) -> str:
    """Return the unit of the rule's loss."""
    return unit_of_loss(is_softmax=task.rule.is_softmax)


def unit_of_loss(*, is_softmax: bool) -> str:
    """Return the unit of the loss that a predictor was trained on."""
    return BITS if is_softmax else SQUARED_ERROR


def _attributes(of_seeds: Sequence[object], texts: Texts) -> list[Variable]:
    """Return one variable for each attribute."""
    variables = []
    for name, (long_name, unit) in texts.items():
        values = np.array([getattr(one, name) for one in of_seeds])
        variables.append(Variable(name, ["seed"], values, long_name, unit))
    return variables


def errors(
    plan: PlanOfTest, judged: Sequence[Shown], confidence: float
) -> list[Variable]:
    """Return the shares of wrong words and pairs, with their intervals."""
    found = [one.judgement for one in judged]
    fresh = [(one.fresh,) for one in found]
    twins = [one.twins for one in found]
    long = [one.long for one in found]
    counts = [one.num_windows for one in judged]
    windows = np.array(counts).reshape(len(judged), -1)
    lengths = np.array(plan.lengths, dtype=float)
    lengths[lengths == NOTHING_LONGER] = np.nan
    text = "share of {} with a wrong prediction"
    return [
        _share("fresh_error", ["seed"], fresh, text.format("fresh words"), confidence),
        Variable("num_fresh", ["seed"], _numbers(fresh)[:, 0], "fresh words", "words"),
        _share(
            "twin_error",
            ["seed", "twin_lag"],
            twins,
            text.format("pairs of twins"),
            confidence,
        ),
        Variable("num_pairs", ["twin_lag"], _most(twins), "pairs of twins", "pairs"),
        Variable(
            "num_windows",
            ["twin_lag"],
            windows.max(axis=0, initial=-1),
            "different common last symbols, -1 where are no twins",
            "windows",
        ),
        _share(
            "long_error",
            ["seed", "longer"],
            long,
            text.format("long words"),
            confidence,
        ),
        Variable("num_long", ["longer"], _most(long), "long words", "words"),
        Variable(
            "long_length",
            ["longer"],
            lengths,
            "length of the long words; NaN where the language has none",
            "symbols",
        ),
    ]


def drift(left: Sequence[Float[np.ndarray, " lag"] | None]) -> list[Variable]:
    """Return what linear cells keep of a difference; nothing for other cells.

    Args:
        left: of each seed; None for a cell that isn't linear.
    """
    found = []
    for of_seed in left:
        if of_seed is None:
            return []
        found.append(of_seed)
    return [
        Variable(
            "contrast_left",
            ["seed", "twin_lag"],
            np.array(found),
            "median share of the difference of twins that the weights leave",
        )
    ]


Found = Sequence[Sequence[Errors | None]]
"""Of each seed the wrong words of each kind; None where there are no such words."""


def _share(
    name: str, dims: Sequence[str], found: Found, long_name: str, confidence: float
) -> Variable:
    """Return a share of wrong words with its exact interval; NaN where are none."""
    shape = len(found), len(found[0])
    share, low, high = (np.full(shape, np.nan) for _ in range(3))
    for seed, of_seed in enumerate(found):
        for kind, errors in enumerate(of_seed):
            if errors is None:
                continue
            place = seed, kind
            share[place] = errors.share
            low[place], high[place] = clopper_pearson(
                errors.num_wrong, errors.number, confidence
            )
    if len(dims) == 1:
        share = share[:, 0]
        low = low[:, 0]
        high = high[:, 0]
    return Variable(name, dims, share, long_name, ci=(low, high))


def _numbers(found: Found) -> Int[np.ndarray, "seed kind"]:
    """Return the number of words of each seed and kind."""
    shape = len(found), len(found[0])
    numbers = np.zeros(shape, dtype=np.int64)
    for seed, of_seed in enumerate(found):
        for kind, errors in enumerate(of_seed):
            if errors is not None:
                numbers[seed, kind] = errors.number
    return numbers


def _most(found: Found) -> Int[np.ndarray, " kind"]:
    """Return the number of words of each kind, which is the same for all seeds."""
    return _numbers(found).max(axis=0)


def about_the_test(plan: PlanOfTest, words: WordsOfTest) -> dict[str, Any]:
    """Return what the test was, as attributes.

    Args:
        plan: of the test.
        words: of the first seed.
    """
    rows = plan.rows
    closest = rows.most_confused()
    about: dict[str, Any] = {
        "lag": plan.lag,
        "longest_lag": plan.longest_lag,
        "longest_word": plan.longest_word,
        "num_words_read": plan.num_words,
        "memory_order": plan.memory_order,
        "resolution": plan.criterion.resolution,
        "error": plan.criterion.error,
        "num_repeats": plan.num_repeats,
        "hochreiter_applies": int(not rows.has_one_ranking),
        "shortest_passing_window": window_that_passes(plan, words),
    }
    if closest is not None:
        about["most_confused"] = _confused(plan, *closest)
        about["distance_of_most_confused"] = float(rows.distances[closest])
    return about


def _confused(plan: PlanOfTest, one: int, other: int) -> str:
    """Say which two rows are nearest to each other, by their legal outputs."""
    named = []
    for row in (one, other):
        shares = []
        outputs = plan.language.outputs
        of_row = plan.rows.table[row]
        for output, share in zip(outputs, of_row, strict=True):
            if share > 0:
                shares.append(f"{output} {share:.3g}")
        named.append(", ".join(shares))
    return " | ".join(named)
