"""Where a discrepancy comes from: the fate of two words' states under one symbol."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import xarray as xr
from jaxtyping import Float, PRNGKeyArray

from firstbit.cells.given import CellLike, Given
from firstbit.cells.state import State
from firstbit.datasets import Variable, dataset
from firstbit.devices import require_device
from firstbit.errors import require_kind
from firstbit.execution import Execution
from firstbit.intervals import CONFIDENCE, require_confidence, wilson
from firstbit.memory.discrepancy.state_bound import keeps_bounds
from firstbit.memory.ensemble.ensemble import Compiling, Ensemble
from firstbit.memory.ensemble.pieces import compute_part
from firstbit.memory.ensemble.run import ahead_of
from firstbit.memory.ensemble.word_pair import CONSTANT, WordPair
from firstbit.memory.fates.classify import FATES, Outcome, Thresholds, classify
from firstbit.memory.fates.orbits import Watch
from firstbit.memory.fates.strips import strips_of, watched
from firstbit.weights.redraw import Initializer
from firstbit.weights.roles import Declared


def fates(
    cell: CellLike,
    *,
    hidden_sizes: Sequence[int] | int | None = None,
    length: int = 50,
    num_draws: int | None = None,
    initializer: Initializer | None = None,
    initial_state: Callable[[Any], State] | None = None,
    roles: Declared | None = None,
    thresholds: Thresholds | None = None,
    confidence: float = CONFIDENCE,
    key: PRNGKeyArray,
    device: str | None = None,
    execution: Execution | None = None,
) -> xr.Dataset:
    r"""Estimate the fate of the pair of words behind D(l,k), and its share of D.

    $$ u = 0 0 0 \dots, \quad v = 1 0 0 \dots: \qquad
       \text{share}_c = P(\text{fate} = c), \qquad
       \text{share of } D_c = \frac{\sum_{i: c} \lVert h_u - h_v \rVert_i}
                                   {\sum_i \lVert h_u - h_v \rVert_i}
       \text{ at length } l $$

    The draws are those of `discrepancy` with the same key. Both words, of `length`
    symbols, read `transient` more, then `horizon` more that are watched. Distances are
    of whole states (of an LSTM h and c), in units of the largest norm that either state
    has had. A trajectory is *periodic* if it comes back to its snapshot at the
    horizon's start, within `return_tolerance`, after p <= `largest_period` steps and
    again after each multiple of p. Its *exponent* is the mean growth per step of the
    logarithm of a tangent vector, with the standard error over ten parts of the
    horizon; the pair has the larger one. The first that fits is the fate:

    - *growing*: the largest norm rises through all ten parts of the horizon, above all
      norms before, by a fit of order p > `growth_floor` (t^p, or exponential); or it
      leaps by `growth_factor`, or leaves float64. A state that the cell's step bounds
      whatever the weights, such as a GRU's, can't grow.
    - *merged*: the distance stays below `same_tolerance`; or it shrinks, and the
      exponent is negative, both beyond `exponent_floor` and two standard errors. Where
      the exponent is positive, two states merge only if their distance shrinks, or has
      shrunk below 1e-100, or never was.
    - *different fixed points*: both have period 1.
    - *same orbit, other phase*: both have the same period, and v's snapshot is on u's
      orbit within `same_tolerance`.
    - *different orbits*: both are periodic, otherwise.
    - *chaotic*: the exponent is above the floor and two standard errors.
    - *separated*: the exponent is within the floor or two standard errors of zero:
      quasi-periodic, or slow.
    - *unresolved*: the rest; two states that are equal although a small change grows
      (rounding made them equal).

    Nothing here is a proof: a fate is a class of what these numbers show in a finite
    time. Slow pairs may still merge, very slow ones may look like fixed points, a long
    transient may look chaotic, orbits longer than the largest period are separated or
    unresolved. Rounding moves chaotic states, hardly the shares.

    Args:
        cell: text, a factory or a built cell, as in `discrepancy`.
        hidden_sizes: the values of k, each at least 1; by default those of the cell.
        length: the l at which shares of D are taken, at least 1.
        num_draws: at least 2; left out for a built cell, which is one net and has one
            fate.
        initializer: law of the weights, as in `discrepancy`; a built cell is drawn anew
            only if one is given.
        initial_state: a function of the cell, where the state before the first symbol
            can't be known.
        roles: as in `discrepancy`.
        thresholds: transient, horizon, largest period, tolerances and floor.
        confidence: probability of the intervals.
        key: the random key.
        device: `cpu`, or `gpu`, an accelerator; by default a GPU where there is one and
            the work is worth it. Its draws are the same bits, uniform weights too;
            normal ones agree to 1e-6, distances within that where the net isn't
            chaotic.
        execution: threads or an executor, progress in strips of draws, and a folder
            that keeps finished strips, or a part of them; changes no result.

    Returns:
        Dataset over `hidden_size` and `fate`: `share` of draws with `share_ci`
        (Wilson); `share_of_discrepancy` with `share_of_discrepancy_se` (to first order;
        NaN if D is 0 or not finite); `exponent_median`, in nats per symbol, NaN for an
        empty class.
        Over `hidden_size` and `draw`: `fate_number` (place in `fate`), `distance` at
        `length`, `exponent` with `exponent_se`, `growth_order` (p; inf for exponential
        growth, NaN for none), and `period` of each `word`. Over `hidden_size`:
        `num_unbounded`, the draws that grow. Thresholds are attributes.

    Raises:
        SettingError: a number is out of range, or the device isn't there or has no
            float64.
        CellError: the cell can't be built or measured; says why.
        OutputError: the folder to resume from holds strips of another measurement.

    Example:
        >>> import jax
        >>> short = Thresholds(transient=500, horizon=100)
        >>> key = jax.random.key(0)
        >>> found = fates("vanilla:2", num_draws=8, thresholds=short, key=key)
        >>> found.share.sel(fate="merged").item(), found.share.sum().item()
        (1.0, 1.0)

    References:
        Stérin, Farrugia, Gripon 2017, Definition V.1, Figs. 10 and 11.
    """
    device = require_device(device)
    confidence = require_confidence(confidence)
    given = Given.of(
        cell,
        hidden_sizes=hidden_sizes,
        initializer=initializer,
        initial_state=initial_state,
        roles=roles,
    )
    ensemble = Ensemble.of(
        given,
        WordPair.of(CONSTANT),
        length=length,
        num_draws=num_draws,
        key=key,
        device=device,
        # Thousands of steps cost more than one more program.
        compiling=Compiling(few=False),
    )
    decides = Thresholds() if thresholds is None else thresholds
    require_kind("thresholds", decides, Thresholds, "try Thresholds(horizon=200)")
    watch = Watch(
        length=ensemble.length,
        transient=decides.transient,
        horizon=decides.horizon,
        largest_period=decides.period,
        tolerance=decides.return_tolerance,
    )
    execution = execution or Execution()
    pieces = strips_of(ensemble, watch)
    if execution.part is not None:
        return compute_part(pieces, execution, ahead_of(ensemble))
    seen = watched(ensemble, pieces, execution)
    outcomes = []
    for population, (_, of_size) in zip(ensemble.populations, seen, strict=True):
        can_grow = not keeps_bounds(population, ensemble.words.input_size)
        outcomes.append(classify(of_size, decides, length, can_grow=can_grow))
    distances = [distance for distance, _ in seen]
    return _labelled(ensemble, distances, outcomes, decides, confidence)


CLASSES, DRAWS = ("hidden_size", "fate"), ("hidden_size", "draw")
UNIT = "units of the hidden state"
RATE = "nats per symbol"


def _labelled(
    ensemble: Ensemble,
    distances: list[Float[np.ndarray, " draw"]],
    outcomes: list[Outcome],
    thresholds: Thresholds,
    confidence: float,
) -> xr.Dataset:
    """Return the shares and the draws with names, units and provenance."""
    sizes = list(ensemble.given.sizes)
    attrs = {
        "length": ensemble.length,
        "num_draws": ensemble.num_draws,
        **thresholds.as_attrs(),
    }
    return dataset(
        [
            *_of_classes(distances, outcomes, confidence, ensemble.is_exact),
            *_of_draws(distances, outcomes),
        ],
        {
            "hidden_size": sizes,
            "fate": list(FATES),
            "word": ensemble.words.described,
        },
        rows=CLASSES,
        confidence=confidence,
        configuration={
            "measure": "fates",
            **ensemble.about,
            "confidence": confidence,
            **attrs,
        },
        key=ensemble.key_data,
        attrs=attrs,
    )


def _of_classes(
    distances: list[Float[np.ndarray, " draw"]],
    outcomes: list[Outcome],
    confidence: float,
    is_exact: bool,
) -> list[Variable]:
    """Return the variables over fates; one net as it is has no intervals."""
    number = len(distances[0])
    fate = np.stack([one.fate for one in outcomes])
    kinds = np.arange(len(FATES))[:, None]
    belongs = fate[:, None] == kinds
    shares = []
    errors = []
    medians = []
    for of_fates, distance, outcome in zip(belongs, distances, outcomes, strict=True):
        share, error = _shares_of_discrepancy(of_fates, distance)
        shares.append(share)
        errors.append(error)
        medians.append([_median(outcome.exponent[one]) for one in of_fates])
    ends = wilson(belongs.sum(axis=2), number, confidence)
    if is_exact:
        nothing = np.full(np.shape(shares), np.nan)
        ends = (nothing, nothing)
        errors = nothing
    return [
        Variable(
            "share",
            CLASSES,
            belongs.mean(axis=2),
            "share of draws",
            ci=ends,
        ),
        Variable("share_of_discrepancy", CLASSES, shares, "share of D(l,k)", se=errors),
        Variable(
            "exponent_median", CLASSES, medians, "median of the larger exponent", RATE
        ),
    ]


def _shares_of_discrepancy(
    belongs: np.ndarray, distance: Float[np.ndarray, " draw"]
) -> tuple[np.ndarray, np.ndarray]:
    """Return each fate's share of D, with its standard error; NaN where D is zero."""
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        total = distance.sum()
        share = (belongs * distance).sum(axis=1) / total
        apart = (belongs - share[:, None]) * distance
        spread = np.sqrt((apart**2).sum(axis=1))
        return share, spread / total


def _median(exponents: np.ndarray) -> float:
    if not len(exponents):
        return np.nan
    with np.errstate(invalid="ignore"):  # an exponent may be infinite
        return float(np.median(exponents))


def _of_draws(
    distances: list[Float[np.ndarray, " draw"]], outcomes: list[Outcome]
) -> list[Variable]:
    """Return the variables over draws."""

    def values(name: str) -> np.ndarray:
        return np.stack([getattr(one, name) for one in outcomes])

    order = values("growth_order")
    return [
        Variable(
            "fate_number",
            DRAWS,
            values("fate"),
            "fate as its place in the list of fates",
        ),
        Variable(
            "distance", DRAWS, distances, "distance of the two states at length l", UNIT
        ),
        Variable(
            "exponent",
            DRAWS,
            values("exponent"),
            "larger exponent of the two trajectories",
            RATE,
            se=values("exponent_se"),
        ),
        Variable(
            "period",
            ("hidden_size", "word", "draw"),
            values("period"),
            "period of the state; 0 if none was found",
            "symbols",
        ),
        Variable(
            "growth_order",
            DRAWS,
            order,
            "p of a growth of the states like t^p; inf for exponential; NaN for none",
        ),
        Variable(
            "num_unbounded",
            DRAWS[:1],
            (~np.isnan(order)).sum(axis=1),
            "draws whose state grows without bound or is not finite",
            "draws",
        ),
    ]
