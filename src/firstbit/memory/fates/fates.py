"""Where a discrepancy comes from: what becomes of the two words' states if the common symbol goes on for ever."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np
import xarray as xr
from jaxtyping import Float, Int, PRNGKeyArray

from firstbit.cells.given import CellLike, name_of
from firstbit.errors import SettingError, require_at_least
from firstbit.intervals import CONFIDENCE, wilson
from firstbit.memory.discrepancy.discrepancy import checked_length, populations
from firstbit.memory.ensemble.random_cells import Population
from firstbit.memory.ensemble.word_pair import Pair
from firstbit.memory.fates.orbits import NUM_BATCHES, Seen, watch_strip
from firstbit.provenance import with_provenance
from firstbit.threads import run_blocks
from firstbit.weights.redraw import Initializer, described
from firstbit.weights.threefry import key_words

FATES = (
    "merged",
    "different fixed points",
    "same orbit, other phase",
    "different orbits",
    "separated",
    "chaotic",
    "unresolved",
)
MERGED, FIXED, PHASE, ORBITS, SEPARATED, CHAOTIC, UNRESOLVED = range(len(FATES))

SHORTEST_HORIZON = 10 * NUM_BATCHES
GROWS = 2.0
"""A state whose largest norm in the second half of the horizon is this times that in
the first is not bounded."""


class Thresholds(NamedTuple):
    """What decides; see `fates`."""

    transient: int
    horizon: int
    largest_period: int
    return_tolerance: float
    same_tolerance: float
    exponent_floor: float


class Outcome(NamedTuple):
    """Of each draw: fate as a number, periods (0 for none), larger exponent and its error, whether unbounded."""

    fate: Int[np.ndarray, " draw"]
    period: Int[np.ndarray, "word draw"]
    exponent: Float[np.ndarray, " draw"]
    exponent_error: Float[np.ndarray, " draw"]
    is_unbounded: np.ndarray


def fates(
    cell: CellLike,
    *,
    hidden_sizes: Sequence[int],
    length: int = 50,
    num_draws: int,
    initializer: Initializer = "normal",
    initial_state: Callable[[Any], Any] | None = None,
    transient: int = 3000,
    horizon: int = 1000,
    largest_period: int | None = None,
    return_tolerance: float = 1e-6,
    same_tolerance: float = 1e-4,
    exponent_floor: float | None = None,
    key: PRNGKeyArray,
    workers: int | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> xr.Dataset:
    r"""What becomes of the pair of words behind D(l,k) under the constant suffix, for each draw; and its share of D.

    $$ u = 0 0 0 \dots, \quad v = 1 0 0 \dots: \qquad
       \text{share}_c = P(\text{fate} = c), \qquad
       \text{share of } D_c = \frac{\sum_{i: c} \lVert h_u - h_v \rVert_i}{\sum_i \lVert h_u - h_v \rVert_i}
       \text{ at length } l $$

    The draws are those of `discrepancy` with the same key. Both words, of `length`
    symbols, read `transient` more, then `horizon` more that are watched. Distances are
    of whole states (of an LSTM h and c), in units of the largest norm that either state
    has had. A trajectory is *periodic* if it comes back to its snapshot at the
    horizon's start, within `return_tolerance`, after p <= `largest_period` steps and
    again after each multiple of p. Its *exponent* is the mean growth per step of the
    logarithm of a tangent vector, with the standard error over ten parts of the
    horizon; the pair has the larger one. The first that fits is the fate:

    - *merged*: the distance stays below `same_tolerance`; or it shrinks, and the
      exponent is negative, both beyond `exponent_floor` and two standard errors.
    - *different fixed points*: both have period 1.
    - *same orbit, other phase*: both have the same period, and v's snapshot is on u's
      orbit within `same_tolerance`.
    - *different orbits*: both are periodic, otherwise.
    - *chaotic*: the exponent is above the floor and two standard errors.
    - *separated*: the exponent is within the floor or two standard errors of zero:
      quasi-periodic, or slow.
    - *unresolved*: the rest, and states that grow without bound.

    Nothing here is a proof: a fate is what these numbers tell after so many steps. Slow
    pairs may still merge, very slow ones may look like fixed points, a long transient
    may look chaotic, orbits longer than the largest period are separated or unresolved.
    Rounding moves chaotic states, hardly the shares.

    Args:
        cell: a factory or a built cell, as in `discrepancy`.
        hidden_sizes: the values of k, each at least 1.
        length: the l at which shares of D are taken, at least 1.
        num_draws: at least 2.
        initializer: law of the weights, as in `discrepancy`.
        initial_state: a function of the cell, where the state before the first symbol
            can't be known.
        transient: symbols after the words that aren't watched, at least 0.
        horizon: symbols that are watched, at least 100.
        largest_period: up to half the horizon, which is the default.
        return_tolerance: of a return, above 0, in units of the largest norm.
        same_tolerance: within which two states are at the same place; above
            `return_tolerance`, since a slow approach returns more nearly than it has
            arrived.
        exponent_floor: least exponent per symbol that counts as different from zero; by
            default 2 / horizon.
        key: the random key.
        workers: threads; all processors by default; doesn't change the result.
        progress: called with (strips of draws done, strips in all).

    Returns:
        Dataset over `hidden_size` and `fate`: `share` of draws with `share_low`,
        `share_high` (95 %, Wilson); `share_of_discrepancy` with
        `share_of_discrepancy_error` (standard error to first order; NaN if D is 0 or
        not finite); `exponent_median`, per symbol, NaN for an empty class. Over
        `hidden_size` and `draw`: `fate_number` (place in `fate`), `distance` at
        `length`, `exponent`, `exponent_error`, and `period` of each `word`. Over
        `hidden_size`: `num_unbounded`. Thresholds are attributes.

    Raises:
        SettingError: a number is out of range.
        CellError: the cell can't be built or measured; says why.

    Example:
        >>> import jax
        >>> from firstbit.cells import Vanilla
        >>> found = fates(Vanilla, hidden_sizes=[2], num_draws=8, transient=500, horizon=100, key=jax.random.key(0))
        >>> found.share.sel(fate="merged").item(), found.share.sum().item()
        (1.0, 1.0)

    References:
        Stérin, Farrugia, Gripon 2017, Definition V.1, Figs. 10 and 11.
    """
    sizes, pair = [int(k) for k in hidden_sizes], Pair.of("constant")
    thresholds = _checked(
        transient,
        horizon,
        largest_period,
        return_tolerance,
        same_tolerance,
        exponent_floor,
    )
    checked_length(sizes, length, num_draws, pair, "hidden")
    of_sizes = populations(
        cell,
        sizes,
        pair=pair,
        initializer=initializer,
        initial_state=initial_state,
        measured="hidden",
        few=False,  # thousands of steps cost more than one more program
        key=key,
    )
    watched = _watched(
        of_sizes,
        length,
        num_draws,
        thresholds,
        key=key,
        workers=workers,
        progress=progress,
    )
    by_size = [
        _of_size(distance, classify(seen, thresholds)) for distance, seen in watched
    ]
    configuration = {
        "measure": "fates",
        "cell": name_of(cell),
        "initializer": described(initializer),
        "num_draws": num_draws,
        "length": length,
        "hidden_sizes": sizes,
        "confidence": CONFIDENCE,
        **thresholds._asdict(),
    }
    dataset = _labelled(sizes, by_size).assign_attrs(
        length=length, num_draws=num_draws, **thresholds._asdict()
    )
    return with_provenance(
        dataset, configuration=configuration, key=[int(word) for word in key_words(key)]
    )


def _checked(
    transient: int,
    horizon: int,
    largest_period: int | None,
    returned: float,
    same: float,
    floor: float | None,
) -> Thresholds:
    require_at_least("transient", transient, 0)
    require_at_least("horizon", horizon, SHORTEST_HORIZON)
    period = horizon // 2 if largest_period is None else largest_period
    if not 1 <= period <= horizon // 2:
        raise SettingError(
            "expected a largest period from 1 to half the horizon, "
            f"{horizon // 2}, got {period}."
        )
    if not 0 < returned < same < 1:
        raise SettingError(
            f"expected 0 < return_tolerance < same_tolerance < 1, got {returned:g} "
            f"and {same:g}; try 1e-6 and 1e-4."
        )
    floor = 2 / horizon if floor is None else floor
    if not 0 <= floor < float("inf"):
        raise SettingError(
            f"expected an exponent floor of at least 0, got {floor:g}; try "
            f"{2 / horizon:g}."
        )
    return Thresholds(transient, horizon, period, returned, same, floor)


def _watched(
    of_sizes: list[Population],
    length: int,
    num_draws: int,
    thresholds: Thresholds,
    *,
    key: PRNGKeyArray,
    workers: int | None,
    progress: Callable[[int, int], object] | None,
) -> list[tuple[Float[np.ndarray, " draw"], Seen]]:
    """The distance of every draw and what is seen of it, for each size; a strip of draws is the unit of work."""
    words, (transient, horizon, largest_period, tolerance, *_) = (
        key_words(key),
        thresholds,
    )
    strips = [-(-num_draws // population.width) for population in of_sizes]
    jobs = [
        (population, number)
        for population, count in zip(of_sizes, strips, strict=True)
        for number in range(count)
    ]

    def watched(job: tuple[Population, int]) -> tuple[np.ndarray, Seen]:
        return watch_strip(
            *job,
            words,
            (length, transient, horizon),
            largest_period=largest_period,
            tolerance=tolerance,
        )

    def joined(*parts: np.ndarray) -> np.ndarray:
        return np.concatenate(parts, axis=-1)[..., :num_draws]

    found = iter(run_blocks(watched, jobs, workers=workers, progress=progress))
    return [
        jax.tree.map(joined, *[next(found) for _ in range(count)]) for count in strips
    ]


def classify(seen: Seen, thresholds: Thresholds) -> Outcome:
    """The fate of each draw from what was seen of it."""
    with np.errstate(
        invalid="ignore", over="ignore", divide="ignore"
    ):  # what is not finite ends as unresolved
        rate = np.asarray(seen.growth).mean(axis=1)
        error = np.asarray(seen.growth).std(axis=1, ddof=1) / np.sqrt(NUM_BATCHES)
        # A tangent that vanishes has the exponent -inf, and no error.
        beyond = np.fmax(thresholds.exponent_floor, 2 * error)
        larger = 1 + np.argmax(rate[1:], axis=0)[None]
        exponent, exponent_error, margin = (
            np.take_along_axis(of, larger, 0)[0] for of in (rate, error, beyond)
        )
        period = np.where(seen.stays, seen.period, 0)
        is_periodic, (p_u, p_v) = (period > 0).all(axis=0), period
        same = thresholds.same_tolerance * seen.scale
        first_half, second_half = np.asarray(seen.largest)
        is_unbounded = ~np.isfinite(second_half) | (second_half > GROWS * first_half)
        shrinks = (rate[0] < -beyond[0]) & (exponent < -margin)
        fate = np.select(
            [
                is_unbounded,
                (seen.apart <= same) | shrinks,
                is_periodic & (p_u == 1) & (p_v == 1),
                is_periodic & (p_u == p_v) & (seen.nearest <= same),
                is_periodic,
                exponent > margin,
                np.abs(exponent) <= margin,
            ],
            [UNRESOLVED, MERGED, FIXED, PHASE, ORBITS, CHAOTIC, SEPARATED],
            UNRESOLVED,
        )
    return Outcome(fate, period, exponent, exponent_error, is_unbounded)


_CLASSES, _DRAWS = ("hidden_size", "fate"), ("hidden_size", "draw")
_VARIABLES = {
    "share": (_CLASSES, "share of draws", "1"),
    "share_low": (
        _CLASSES,
        "lower end of the 95 % interval of the share of draws",
        "1",
    ),
    "share_high": (
        _CLASSES,
        "upper end of the 95 % interval of the share of draws",
        "1",
    ),
    "share_of_discrepancy": (_CLASSES, "share of D(l,k)", "1"),
    "share_of_discrepancy_error": (
        _CLASSES,
        "standard error of the share of D(l,k)",
        "1",
    ),
    "exponent_median": (_CLASSES, "median of the larger exponent", "1/symbol"),
    "fate_number": (_DRAWS, "fate as its place in the list of fates", "1"),
    "distance": (
        _DRAWS,
        "distance of the two states at length l",
        "units of the hidden state",
    ),
    "exponent": (_DRAWS, "larger exponent of the two trajectories", "1/symbol"),
    "exponent_error": (_DRAWS, "standard error of the exponent", "1/symbol"),
    "period": (
        ("hidden_size", "word", "draw"),
        "period of the state; 0 if none was found",
        "symbols",
    ),
    "num_unbounded": (
        ("hidden_size",),
        "draws whose state grows without bound or is not a finite number",
        "draws",
    ),
}


def _labelled(sizes: list[int], by_size: list[dict[str, Any]]) -> xr.Dataset:
    """Shares and draws with names and units."""
    variables = {
        name: (
            dims,
            np.stack([of_size[name] for of_size in by_size]),
            {"long_name": text, "units": unit},
        )
        for name, (dims, text, unit) in _VARIABLES.items()
    }
    coords = {
        "hidden_size": ("hidden_size", sizes, {"long_name": "k", "units": "units"}),
        "fate": (
            "fate",
            list(FATES),
            {"long_name": "fate of the pair of words", "units": "1"},
        ),
        "word": ("word", ["00...", "10..."], {"long_name": "word", "units": "1"}),
    }
    return xr.Dataset(variables, coords)


def _of_size(distance: Float[np.ndarray, " draw"], outcome: Outcome) -> dict[str, Any]:
    """All variables of one size."""
    belongs = outcome.fate == np.arange(len(FATES))[:, None]
    low, high = wilson(belongs.sum(axis=1), len(distance))
    with np.errstate(
        invalid="ignore", over="ignore", divide="ignore"
    ):  # NaN where D is zero, or an exponent not finite
        total = distance.sum()
        of_distance = (belongs * distance).sum(axis=1) / total
        error = (
            np.sqrt((((belongs - of_distance[:, None]) * distance) ** 2).sum(axis=1))
            / total
        )
        medians = [
            np.median(outcome.exponent[one]) if one.any() else np.nan for one in belongs
        ]
    return {
        "share": belongs.mean(axis=1),
        "share_low": low,
        "share_high": high,
        "share_of_discrepancy": of_distance,
        "share_of_discrepancy_error": error,
        "exponent_median": medians,
        "fate_number": outcome.fate,
        "distance": distance,
        "exponent": outcome.exponent,
        "exponent_error": outcome.exponent_error,
        "period": outcome.period,
        "num_unbounded": outcome.is_unbounded.sum(),
    }
