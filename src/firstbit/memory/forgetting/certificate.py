"""The certificate of forgetting: a rigorous bound on how far apart two words can leave one given network."""

from collections.abc import Callable
from typing import Any

import numpy as np
import xarray as xr
from jaxtyping import Float, Int

from firstbit.cells import Vanilla
from firstbit.cells.given import name_of
from firstbit.cells.state import initial_state as start_of
from firstbit.errors import CellError, SettingError
from firstbit.languages import Language
from firstbit.languages.automaton.validity import NO_STATE
from firstbit.memory.forgetting.contracting_norms import (
    Metric,
    diagonal,
    euclidean,
    quadratic,
)
from firstbit.memory.forgetting.slope_bounds import Curve, Interval, curve_of
from firstbit.provenance import with_provenance

BOUNDS = (
    "global slope",
    "diagonal metric",
    "quadratic metric",
    "reachable box, diagonal",
    "reachable box, quadratic",
)
NUM_SWEEPS = 100
"""Times the box of reachable states is narrowed; it holds after each."""


def certificate_of_forgetting(
    cell: Any,
    *,
    language: Language | None = None,
    readout_norm: float = 1.0,
    delta: float = 1e-3,
    distance: float | None = None,
    initial_state: Callable[[Any], Any] | None = None,
) -> xr.Dataset:
    r"""Bound how far apart the states of one given network can be after n common symbols, whatever came before.

    $$ \lVert h_u - h_v \rVert_2 \le \kappa \rho^n \lVert h_u - h_v \rVert_2^{(0)} $$

    for every pair of prefixes followed by the same n symbols. By the mean value theorem
    a Vanilla cell's difference is multiplied by S W, S a diagonal of slopes. Five
    bounds, each no worse than the one it refines: the largest slope anywhere times the
    spectral norm; the same in the best diagonal and in the best quadratic metric; and
    both again with the slopes over the box of states that the language can reach, by
    interval arithmetic on its automaton.

    It is one-sided: a rate of 1 or more says nothing. And a contraction that is
    one-to-one keeps a bit for ever in exact arithmetic; what is certified is that no
    read-out with Lipschitz constant R moves its output by more than delta.

    Args:
        cell: a built Vanilla cell whose activation is one of this library's; its
            weights are taken as float64.
        language: words that count; by default all over the cell's inputs, as one-hot
            vectors.
        readout_norm: R, above 0.
        delta: above 0, in units of the output.
        distance: of the two states at n = 0; by default the diameter of the box of
            reachable states.
        initial_state: a function of the cell, where it isn't zero.

    Returns:
        Dataset over `bound`: `rate` per symbol, `factor` kappa; in symbols, inf where
        the rate isn't below 1, `forgotten_after`, the n after which no read-out moves
        by more than delta, and `rounded_after`, the n after which the two states are
        the same float64 numbers, at the scale of the largest unit (but for a last
        place, where a rounding boundary lies between them). Also `distance`.

    Raises:
        CellError: the cell isn't Vanilla, its activation has no known slopes, or a
            weight isn't finite.
        SettingError: a number isn't above 0, or the language's alphabet isn't the
            cell's inputs.

    Example:
        >>> import equinox as eqx, jax
        >>> cell = Vanilla(2, 1, activation="tanh", key=jax.random.key(0))
        >>> cell = eqx.tree_at(lambda c: (c.U_h, c.W_h), cell, (np.eye(1, 2), np.array([[0.5]])))
        >>> told = certificate_of_forgetting(cell, delta=0.01)
        >>> float(told.rate[0].round(9)), int(told.forgotten_after[0])
        (0.5, 7)
    """
    for name, value in {
        "readout_norm": readout_norm,
        "delta": delta,
        "distance": 1.0 if distance is None else distance,
    }.items():
        if not 0 < value < np.inf:
            raise SettingError(f"expected a `{name}` above 0, got {value:g}.")
    curve, U, W, start = _checked(cell, language, initial_state)
    box, slopes = _reachable(curve, U, W, start, _edges(language, U.shape[1]))
    everywhere = curve.slopes(
        Interval(np.full((1, len(W)), -np.inf), np.full((1, len(W)), np.inf))
    )
    metrics = [euclidean(W, float(everywhere.largest.max()))]
    for over in (everywhere, slopes):
        of_diagonal = diagonal(W, over)
        metrics += [of_diagonal[0], quadratic(W, over, of_diagonal)]
    reach = float(np.linalg.norm(box.high - box.low)) if distance is None else distance
    configuration = {
        "measure": "certificate_of_forgetting",
        "cell": name_of(cell),
        "language": None if language is None else language.name,
        "readout_norm": readout_norm,
        "delta": delta,
    }
    scale = float(box.largest.max())
    rounding = 2.0**-53 * scale if np.isfinite(scale) else 0.0
    return with_provenance(
        _labelled(metrics, reach, delta / readout_norm, rounding),
        configuration=configuration,
    )


def separation_bound(
    certificate: xr.Dataset,
    num_symbols: Int[np.ndarray, " length"],
    distance: float | None = None,
) -> Float[np.ndarray, " length"]:
    """The least of the five bounds on the distance of two states after so many common symbols.

    Args:
        certificate: of `certificate_of_forgetting`.
        num_symbols: n, each at least 0.
        distance: of the two states at n = 0; by default the certificate's own.
    """
    reach = float(certificate["distance"]) if distance is None else distance
    rate, factor = (
        certificate["rate"].values[:, None],
        certificate["factor"].values[:, None],
    )
    with np.errstate(over="ignore"):  # a rate above 1 may bound nothing at all
        return (factor * rate ** np.asarray(num_symbols)).min(axis=0) * reach


def _checked(
    cell: Any, language: Language | None, given: Callable | None
) -> tuple[Curve, np.ndarray, np.ndarray, np.ndarray]:
    """The curve, input matrix with the bias in every column, recurrent matrix and first state."""
    if not isinstance(cell, Vanilla):
        raise CellError(
            f"expected a built Vanilla cell, got {name_of(cell)}; for other cells "
            "bounds of the slopes of every gate over the "
            "reachable box are missing; its Lyapunov exponents are measured, not "
            "certified."
        )
    curve = curve_of(cell.activation)
    U, W = np.asarray(cell.U_h, float), np.asarray(cell.W_h, float)
    U = U if cell.b_h is None else U + np.asarray(cell.b_h, float)[:, None]
    if not (np.isfinite(U).all() and np.isfinite(W).all()):
        raise CellError(
            "expected finite weights, got some that are not; a certificate is for "
            "one given network."
        )
    if language is not None and len(language.alphabet) != U.shape[1]:
        raise SettingError(
            f"expected a language of {U.shape[1]} symbols, as the cell has inputs; "
            f"{language.name} has {len(language.alphabet)}."
        )
    return curve, U, W, np.asarray(start_of(cell, given), float)


def _edges(language: Language | None, num_symbols: int) -> Int[np.ndarray, "edge 3"]:
    """(state, symbol, next state); without a language one state that reads everything."""
    transition = (
        np.zeros((1, num_symbols), dtype=int)
        if language is None
        else language.transition
    )
    states, symbols = np.nonzero(transition != NO_STATE)
    return np.column_stack([states, symbols, transition[states, symbols]])


def _reachable(
    curve: Curve, U: np.ndarray, W: np.ndarray, start: np.ndarray, edges: np.ndarray
) -> tuple[Interval, Interval]:
    """The box of all states that occur, and for each symbol the slopes between any two states that may read it.

    From the activation's range, narrowed by one step of every edge at a time: what
    holds for the boxes of all states of the automaton holds for their images too. The
    first state is a point that stays in the start's box.
    """
    num_states = edges[:, [0, 2]].max() + 1
    entered = np.isin(np.arange(num_states), edges[:, 2])
    everything = curve.values(
        Interval(np.full(len(W), -np.inf), np.full(len(W), np.inf))
    )
    boxes = Interval(*(np.where(entered[:, None], end, start) for end in everything))
    boxes = _with_start(boxes, start)
    for _ in range(NUM_SWEEPS):
        after = curve.values(_fields(U, W, boxes, edges))
        fresh = Interval(
            np.full_like(boxes.low, np.inf), np.full_like(boxes.high, -np.inf)
        )
        np.minimum.at(fresh.low, edges[:, 2], after.low)
        np.maximum.at(fresh.high, edges[:, 2], after.high)
        # Intersected with what held before: rounding outward could else widen a box
        # that no longer narrows.
        narrowed = Interval(
            np.maximum(fresh.low, boxes.low), np.minimum(fresh.high, boxes.high)
        )
        boxes = _with_start(
            Interval(*(np.where(entered[:, None], end, start) for end in narrowed)),
            start,
        )
    fields, symbols = _fields(U, W, boxes, edges), np.unique(edges[:, 1])
    between = Interval(
        np.stack([fields.low[edges[:, 1] == a].min(axis=0) for a in symbols]),
        np.stack([fields.high[edges[:, 1] == a].max(axis=0) for a in symbols]),
    )
    return Interval(boxes.low.min(axis=0), boxes.high.max(axis=0)), curve.slopes(
        between
    )


def _with_start(boxes: Interval, start: np.ndarray) -> Interval:
    boxes.low[0], boxes.high[0] = (
        np.minimum(boxes.low[0], start),
        np.maximum(boxes.high[0], start),
    )
    return boxes


def _fields(
    U: np.ndarray, W: np.ndarray, boxes: Interval, edges: np.ndarray
) -> Interval:
    """U x + W h + b over each edge's box, rounded outward."""
    of_input = U.T[edges[:, 1]]
    with np.errstate(invalid="ignore"):  # 0 times an infinite end: nothing is known
        positive, negative = np.maximum(W, 0), np.minimum(W, 0)
        low = (
            of_input
            + boxes.low[edges[:, 0]] @ positive.T
            + boxes.high[edges[:, 0]] @ negative.T
        )
        high = (
            of_input
            + boxes.high[edges[:, 0]] @ positive.T
            + boxes.low[edges[:, 0]] @ negative.T
        )
        lost = (
            (len(W) + 4)
            * np.finfo(float).eps
            * (np.abs(of_input) + boxes.largest[edges[:, 0]] @ np.abs(W).T)
        )
        return Interval(
            *(
                np.where(np.isnan(end), limit, end)
                for end, limit in ((low - lost, -np.inf), (high + lost, np.inf))
            )
        )


def _labelled(
    metrics: list[Metric], distance: float, enough: float, rounding: float
) -> xr.Dataset:
    # A bound that refines another is no worse: the other's rate, in its own norm, holds
    # as well.
    best = [min(metrics[: i + 1]) for i in range(len(metrics))]
    rate, factor = np.array(best).T
    variables = {
        "rate": (rate, "growth of the distance per symbol, at most", "1"),
        "factor": (factor, "what the change of norm may cost", "1"),
        "forgotten_after": (
            _symbols_until(rate, factor * distance, enough),
            "common symbols until delta / R",
            "symbols",
        ),
        "rounded_after": (
            _symbols_until(rate, factor * distance, rounding),
            "common symbols until rounding",
            "symbols",
        ),
    }
    dataset = xr.Dataset(
        {
            name: ("bound", values, {"long_name": text, "units": unit})
            for name, (values, text, unit) in variables.items()
        },
        {"bound": ("bound", list(BOUNDS), {"long_name": "bound", "units": "1"})},
    )
    return dataset.assign(
        distance=(
            (),
            distance,
            {"long_name": "distance before", "units": "units of the hidden state"},
        )
    )


def _symbols_until(rate: np.ndarray, distance: np.ndarray, enough: float) -> np.ndarray:
    """Least n with distance rate^n <= enough; inf where there is none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = np.maximum(0, np.ceil(np.log(enough / distance) / np.log(rate) - 1e-9))
        needed += distance * rate**needed > enough * (1 + 1e-12)
    return np.where((rate < 1) & np.isfinite(distance), needed, np.inf)
