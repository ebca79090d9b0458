"""Does one net forget its first state under given inputs? The answer, and its kind."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, PRNGKeyArray

from firstbit.cells.given import CellLike, Given
from firstbit.cells.state import State
from firstbit.datasets import BOUND, Result, Variable, dataset
from firstbit.errors import CellError, SettingError, require_at_least, require_real
from firstbit.intervals import CONFIDENCE, require_confidence
from firstbit.memory.forgetting.certificate import Bound, certificate_of_forgetting
from firstbit.memory.forgetting.correlated_means import (
    NUM_BATCHES,
    batch_means_error,
    mean_half_width,
)
from firstbit.memory.forgetting.lyapunov import (
    checked_inputs,
    growth_along,
    require_steps,
)
from firstbit.memory.forgetting.many_starts import Starts
from firstbit.weights.threefry import key_numbers, require_key

CERTIFIED, MEASURED, REFUTED, UNDECIDED = ANSWERS = (
    "certified",
    "measured",
    "refuted",
    "undecided",
)
"""What may be said of the echo-state property."""

MET = 1e-9
"""Two states have met where their distance is below this share of their size."""

OF_ANY_STATE = (Bound.GLOBAL_SLOPE, Bound.DIAGONAL, Bound.QUADRATIC)
"""Bounds that hold for any inputs; the others are for one-hot ones."""

UNIT = "units of the state"


def echo_state(
    cell: CellLike,
    *,
    inputs: Float[np.ndarray, "..."],
    burn_in: int,
    num_states: int = 16,
    apart: float = 1e-3,
    initial_state: Callable[[Any], State] | None = None,
    confidence: float = CONFIDENCE,
    key: PRNGKeyArray,
) -> Result:
    r"""Say whether one net forgets its first state under given inputs, and how we know.

    $$ \lVert h_t - h'_t \rVert \to 0 \quad \text{for all } h_0, h'_0 $$

    That is the echo-state property, of whole states (of an LSTM, h and c). The answer
    is one of four words, and none stands for another:

    - `certified`: a norm in which every step contracts (`certificate_of_forgetting`). A
      proof, for all inputs of this kind.
    - `refuted`: two states that are still more than `apart` apart during the whole
      second half of the inputs, though along both the largest exponent says that close
      states part, or that they would have met by then. The two are returned.
    - `measured`: the largest exponent is below 0 by more than its error, and all states
      that were tried have met. It speaks of these inputs and these states.
    - `undecided`: none of these; `reason` says what is missing.

    Don't take `measured` for a proof: a state that wasn't tried may go elsewhere. Nor
    `refuted` for memory: two states that stay apart need not tell what was read
    (`decodability`). What float64 shows in a finite time is no proof either, so the
    distances are returned beside the word.

    Args:
        cell: a built cell, in Equinox's convention.
        inputs: (time, input) any real numbers.
        burn_in: steps that the exponent leaves out, fewer than the inputs have.
        num_states: first states that are tried, at least 2: the net's own, and random
            ones between the ends of its state (from -1 to 1 where it says none).
        apart: a distance above 0.
        initial_state: a function of the cell, where it isn't zero and the cell has no
            method `initial_state`.
        confidence: probability of the intervals.
        key: of the first states, and of the first frame of the exponents.

    Returns:
        Dataset with `echo_state`, one of the four words, and `reason`, a sentence;
        `rate`, the best certified growth a symbol, NaN where there is no certificate;
        `lyapunov_exponent` of the net from its own first state, in nats per symbol,
        with `lyapunov_exponent_se` and `lyapunov_exponent_ci`; where there is no
        interval, the means of 30 batches stand for it: `growth_range`. Of the two
        states that stay furthest apart: `first_state` and `last_state` over `start` and
        `number`, their `distance` over `time`, and `exponent_of_start` with its
        interval, NaN where they meet. `num_met` of `num_pairs` pairs have met.

    Raises:
        SettingError: the inputs or a number are out of range.
        CellError: the cell isn't built or can't take these inputs, or its state grows
            beyond all numbers.

    Example:
        >>> import equinox as eqx, jax, numpy as np
        >>> from firstbit.cells import Vanilla
        >>> unit = Vanilla(1, 1, activation="tanh", key=jax.random.key(0))
        >>> unit = eqx.tree_at(lambda cell: cell.W_h, unit, np.array([[2.0]]))
        >>> still, key = np.zeros((400, 1)), jax.random.key(0)
        >>> found = echo_state(unit, inputs=still, burn_in=100, key=key)
        >>> found.echo_state.item(), np.abs(found.last_state.values).round(3).tolist()
        ('refuted', [[0.958], [0.958]])

    References:
        Jaeger 2001, "The 'echo state' approach to analysing and training recurrent
        neural networks", Definition 1. Manjunath, Jaeger 2013, "Echo state property
        linked to an input".
    """
    burn_in = require_at_least("burn_in", burn_in, 0)
    num_states = require_at_least("num_states", num_states, 2)
    driven = checked_inputs(inputs, burn_in)
    apart = require_distance(apart)
    confidence = require_confidence(confidence)
    key = require_key(key)
    given = Given.of(cell, initial_state=initial_state)
    require_steps(given, driven.shape[1], key)
    starts = Starts.read(given, driven, num_states, key)

    def along(start: Callable[[Any], State] | None) -> _Exponent:
        growth = growth_along(replace(given, initial_state=start), driven, 1, key)
        return _Exponent.of(growth[burn_in:], confidence)

    found = _Found(
        rate=_certified_rate(given, driven),
        own=along(given.initial_state),
        starts=starts,
        apart=apart,
    )
    if found.has_pair:
        one, other = (along(starts.starting(given, place)) for place in found.pair)
        found = found._replace(of_pair=(one, other))
    answer, reason = _answer(found)
    configuration = {
        "measure": "echo_state",
        "cell": given.name,
        "num_steps": len(driven),
        "burn_in": burn_in,
        "num_states": num_states,
        "apart": apart,
        "confidence": confidence,
    }
    width = starts.first.shape[1]
    return dataset(
        [*_words(answer, reason), *_numbers(found)],
        {
            "start": found.pair,
            "number": np.arange(width),
            "time": np.arange(1, len(driven) + 1),
        },
        rows=[],
        configuration=configuration,
        confidence=confidence,
        key=key_numbers(key),
    )


class _Exponent(NamedTuple):
    """The largest exponent along one orbit.

    Attributes:
        value: the mean growth in a step.
        error: its standard error.
        reach: half the width of its interval; NaN where there is none.
        least: of the means of 30 batches.
        most: of the same.
    """

    value: float
    error: float
    reach: float
    least: float
    most: float

    @classmethod
    def of(cls, growth: Float[np.ndarray, "time 1"], confidence: float) -> "_Exponent":
        """Take the growth in each step that counts."""
        num_batches = min(NUM_BATCHES, len(growth))
        means = [batch.mean() for batch in np.array_split(growth, num_batches)]
        with np.errstate(invalid="ignore"):  # nothing may be left of a change
            error = batch_means_error(growth)[0]
            reach = mean_half_width(growth, confidence)[0]
        return cls(
            float(growth.mean()),
            float(error),
            float(reach),
            float(min(means)),
            float(max(means)),
        )

    @property
    def ends(self) -> tuple[float, float]:
        """Lower and upper end of the interval."""
        return self.value - self.reach, self.value + self.reach

    @property
    def surely(self) -> tuple[float, float]:
        """Between which the exponent lies: the interval, else the range of batches.

        At a fixed point, or on a short cycle, growth hardly varies, and no interval is
        known; then all batches are alike.
        """
        low, high = self.ends
        if np.isfinite(self.reach):
            return low, high
        return self.least, self.most


NO_EXPONENT = _Exponent(*[np.nan] * 5)


class _Found(NamedTuple):
    """All that the answer rests on."""

    rate: float
    own: _Exponent
    starts: Starts
    apart: float
    of_pair: tuple[_Exponent, ...] = (NO_EXPONENT, NO_EXPONENT)

    @property
    def second_half(self) -> Float[np.ndarray, "time pair"]:
        """The distances of all pairs in the second half of the inputs."""
        distances = self.starts.distances
        return distances[len(distances) // 2 :]

    @property
    def furthest(self) -> int:
        """Place of the pair whose least distance there is the largest."""
        return int(self.second_half.min(axis=0).argmax())

    @property
    def pair(self) -> list[int]:
        """Places of its two first states."""
        return self.starts.pairs[self.furthest].tolist()

    @property
    def has_pair(self) -> bool:
        """Whether it stays apart."""
        return bool(self.second_half[:, self.furthest].min() > self.apart)

    @property
    def has_met(self) -> np.ndarray:
        """Which pairs have met, but for rounding."""
        size = np.linalg.norm(self.starts.last, axis=1).max()
        return self.starts.distances[-1] <= MET * max(1.0, size)

    def keeps_apart(self, exponent: _Exponent) -> bool:
        """Return whether an orbit says that the pair will not meet."""
        low, high = exponent.surely
        if low > 0:
            return True
        among = self.second_half
        would_be = np.log(among[0, self.furthest]) + high * len(among)
        return bool(would_be < np.log(self.apart))


def _answer(found: _Found) -> tuple[str, str]:
    """Return the word, and the sentence that says why."""
    if found.rate < 1:
        return CERTIFIED, (
            "In a norm that was found, a step leaves two states at most "
            f"{found.rate:.4g} times as far apart."
        )
    low, high = found.own.surely
    exponent = f"{found.own.value:.4g} [{low:.4g}, {high:.4g}]"
    if found.has_pair:
        return _of_pair(found)
    num_apart = int((~found.has_met).sum())
    if high < 0 and not num_apart:
        return MEASURED, (
            f"The largest exponent is {exponent} nats per symbol under these inputs, "
            f"and all {len(found.starts.first)} states that were tried have met."
        )
    if num_apart:
        return UNDECIDED, (
            f"{num_apart} pairs of states have not met by the end, and none stays "
            f"more than {found.apart:g} apart; longer inputs may decide."
        )
    return UNDECIDED, (
        f"All states that were tried have met, but the largest exponent, {exponent}, "
        "isn't below 0 by more than its error; longer inputs may decide."
    )


def _of_pair(found: _Found) -> tuple[str, str]:
    """Return word and sentence where two states are apart at the end."""
    among = found.second_half[:, found.furthest]
    shown = f"Two states are never less than {among.min():.4g} apart"
    if all(map(found.keeps_apart, found.of_pair)):
        values = " and ".join(f"{one.value:.4g}" for one in found.of_pair)
        return REFUTED, (
            f"{shown} in the second half of the inputs; the exponents along them are "
            f"{values} nats per symbol."
        )
    return UNDECIDED, (
        f"{shown}, but the exponents along them don't say that they will not meet; "
        "longer inputs may decide."
    )


def _certified_rate(given: Given, inputs: Float[np.ndarray, "time input"]) -> float:
    """Return the best certified growth under inputs of this kind; NaN without any."""
    try:
        found = certificate_of_forgetting(
            given.built, initial_state=given.initial_state
        )
    except CellError:
        return np.nan  # no bounds are known for this cell
    is_bit = (inputs == 0) | (inputs == 1)
    is_one_hot = is_bit.all() and (inputs.sum(1) == 1).all()
    bounds = list(Bound) if is_one_hot else list(OF_ANY_STATE)
    names = [str(bound) for bound in bounds]
    return float(found["rate"].sel(bound=names).min())


def require_distance(apart: object) -> float:
    """Return the distance from which two states have not met, a number above 0.

    Raises:
        SettingError: it is none.
    """
    distance = require_real("apart", apart)
    if not 0 < distance < np.inf:
        raise SettingError(
            f"expected `apart`, a distance, above 0, got {distance:g}; try 0.001."
        )
    return distance


def _words(answer: str, reason: str) -> list[Variable]:
    return [
        Variable("echo_state", [], answer, "whether it forgets its first state"),
        Variable("reason", [], reason, "why"),
    ]


def _numbers(found: _Found) -> list[Variable]:
    """Return every number that the answer rests on."""
    own, starts, pair = found.own, found.starts, found.pair
    values = [one.value for one in found.of_pair]
    ends = [one.ends for one in found.of_pair]
    lows, highs = zip(*ends, strict=True)
    over = ["start", "number"]
    nats = "nats per symbol"
    distance = starts.distances[:, found.furthest]
    return [
        Variable("rate", [], found.rate, "certified growth of a distance per symbol"),
        Variable(
            "lyapunov_exponent",
            [],
            own.value,
            "largest Lyapunov exponent",
            nats,
            se=own.error,
            ci=own.ends,
        ),
        Variable(
            "growth_range",
            [BOUND],
            [own.least, own.most],
            "least and largest mean growth of 30 batches",
            nats,
        ),
        Variable(
            "exponent_of_start",
            ["start"],
            values,
            "largest Lyapunov exponent from a first state",
            nats,
            ci=(lows, highs),
        ),
        Variable("first_state", over, starts.first[pair], "first state", UNIT),
        Variable("last_state", over, starts.last[pair], "last state", UNIT),
        Variable("distance", ["time"], distance, "distance of the two states", UNIT),
        Variable("num_met", [], int(found.has_met.sum()), "pairs that met", "pairs"),
        Variable("num_pairs", [], len(starts.pairs), "pairs of first states", "pairs"),
    ]
