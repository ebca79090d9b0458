r"""What a run that does not solve behaves like, and whether it still moves.

A run behaves like f, a predictor that knows too little, if

$$ E |y - f|^2 \le \tfrac14 \, E |f - P|^2 $$

y: its probabilities, P: the true ones, a word, on the same words, without targets.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from firstbit.languages import Language
from firstbit.languages.demand.plateau import outer_symbol_lost
from firstbit.languages.judging.paths import Paths
from firstbit.languages.judging.simple_predictors import by_blocks, by_window
from firstbit.training.reading import Replies

NUM_WORDS = 1000
"""Fresh words on which behaviours are compared."""

LONGEST_WINDOW = 8

NEAR = 0.25
"""Share of the distance of f from the truth within which a run behaves like f."""

SAME = 1e-9
"""Squared distances a word that are nearer to each other than this are equal."""

STILL = 0.1
"""Share by which a run at rest may change, and share of its first learning rate that
it still has."""

Probabilities = Float[np.ndarray, "prediction output"]


class Likeness(NamedTuple):
    """What a run behaves like.

    Attributes:
        name: of the predictors, joined by semicolons; "" for none.
        distance: E |f - P|^2 of them, in squared error a word; NaN for none.
    """

    name: str
    distance: float


NOTHING = Likeness("", np.nan)


class Motion(NamedTuple):
    """Whether a run that does not solve still moves.

    Attributes:
        at_rest: it has stopped, at a learning rate that would let it move.
        frozen: it has stopped, at a learning rate below a tenth of its first.
    """

    at_rest: bool
    frozen: bool


def behaves_like(replies: Replies) -> Likeness:
    """Find the nearest predictor of too little knowledge, if the run is near enough.

    Args:
        replies: of fresh words.

    Returns:
        Of a merged automaton, a constant and windows of up to 8 symbols the nearest
        within a quarter; two are both named if they are equally near.
    """
    given = replies.probability
    truth = replies.asked.truth
    near: list[tuple[float, float, str]] = []
    for name, predicted in known_too_little(replies):
        distance = _squared(replies, predicted - truth)
        apart = _squared(replies, given - predicted)
        if distance > SAME and apart <= NEAR * distance:
            near.append((apart, distance, name))
    if not near:
        return NOTHING
    nearest, distance, _ = min(near)
    names = []
    for apart, _, name in near:
        if apart <= nearest + SAME:
            names.append(name)
    return Likeness("; ".join(names), distance)


def first_of(replies: Replies) -> Replies:
    """Return the replies to the first fresh words, on which behaviours are compared."""
    asked = replies.asked
    here = asked.word < NUM_WORDS
    some = asked._replace(
        words=asked.words[:NUM_WORDS],
        word=asked.word[here],
        time=asked.time[here],
        state=asked.state[here],
        truth=asked.truth[here],
        target=asked.target[here],
    )
    return replies._replace(
        hidden=replies.hidden[here], output=replies.output[here], asked=some
    )


def known_too_little(replies: Replies) -> Iterator[tuple[str, Probabilities]]:
    """Yield the name and the predictions of each predictor that knows too little."""
    language: Language = replies.asked.language
    places = replies.asked.word, replies.asked.time
    for name, blocks in outer_symbol_lost(language).items():
        yield name, by_blocks(language, blocks)[replies.asked.state]
    paths = Paths.of(language, replies.asked.words)
    for window in range(LONGEST_WINDOW + 1):
        yield window_name(window), by_window(language, paths, places, window)


def window_name(window: int) -> str:
    """Return the name of the best predictor from a window."""
    if window == 0:
        return "constant"
    if window == 1:
        return "last symbol"
    return f"last {window} symbols"


def motion(
    last: Replies, late: Replies | None, likeness: Likeness, *, rate: float
) -> Motion:
    """Return whether a run is at rest, or frozen.

    Args:
        last: of the network at the end.
        late: of the network at nine tenths of the budget, on the same words; None if
            the rule ended the run before.
        likeness: what the run behaves like; its distance from the truth is the scale,
            and the run's own where it behaves like nothing.
        rate: the last learning rate over the first.
    """
    now = _squared(last, last.probability - last.asked.truth)
    scale = likeness.distance if likeness.name else now
    is_still = True
    if late is not None:
        before = _squared(late, late.probability - late.asked.truth)
        is_still = abs(now - before) < STILL * scale
    can_move = rate >= STILL
    return Motion(at_rest=is_still and can_move, frozen=is_still and not can_move)


def _squared(replies: Replies, apart: Probabilities) -> float:
    """Return the squared distance a word."""
    with np.errstate(all="ignore"):  # a diverged network gives no number
        return replies.per_word((apart**2).sum(axis=1))
