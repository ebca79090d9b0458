"""The certificate of forgetting of one given network.

It bounds rigorously how far apart two words can leave the network.
"""

from collections.abc import Callable
from enum import StrEnum
from itertools import accumulate
from typing import Any

import numpy as np
import xarray as xr
from jaxtyping import Float, Int

from firstbit.cells import Vanilla
from firstbit.cells.given import CellLike, Given
from firstbit.cells.state import State
from firstbit.datasets import Result, Variable, dataset
from firstbit.errors import CellError, SettingError
from firstbit.languages import Language
from firstbit.memory.forgetting.contracting_norms import (
    Metric,
    diagonal,
    euclidean,
    quadratic,
)
from firstbit.memory.forgetting.reachable import (
    Reached,
    VanillaNet,
    edges_of,
    reachable,
    rounding_of_a_step,
)
from firstbit.memory.forgetting.slope_bounds import curve_of, whole_line

UNIT = "units of the hidden state"


class Bound(StrEnum):
    """The five bounds of a certificate, each at least as good as the one it refines."""

    GLOBAL_SLOPE = "global slope"
    DIAGONAL = "diagonal metric"
    QUADRATIC = "quadratic metric"
    BOX_DIAGONAL = "reachable box, diagonal"
    BOX_QUADRATIC = "reachable box, quadratic"


def certificate_of_forgetting(
    cell: CellLike,
    *,
    language: Language | None = None,
    readout_norm: float = 1.0,
    delta: float = 1e-3,
    distance: float | None = None,
    initial_state: Callable[[Any], State] | None = None,
) -> Result:
    r"""Bound the distance of two states of one given network after n common symbols.

    $$ \lVert h_u - h_v \rVert_2 \le \kappa \rho^n \lVert h_u - h_v \rVert_2^{(0)} $$

    for every pair of prefixes followed by the same n symbols. By the mean value theorem
    a Vanilla cell's difference is multiplied by S W, S a diagonal of slopes. There are
    five bounds, each no worse than the one it refines: the largest slope anywhere times
    the spectral norm; the same in the best diagonal and in the best quadratic metric;
    and both again with the slopes over the box of states that the language can reach,
    by interval arithmetic on its automaton.

    It is one-sided: a rate of 1 or more says nothing. The bound is that of exact
    arithmetic, where a contraction that is one-to-one never makes two states equal.
    What is certified: no read-out with Lipschitz constant R moves its output by more
    than delta. In float64 two states may stay apart for good, by a few last places or
    by thousands:

    $$ \lVert h_u - h_v \rVert_2 \le
       \kappa \left( \rho^n \lVert h_u - h_v \rVert_2^{(0)}
       + \frac{2 \eta}{1 - \rho} \right) $$

    with eta the rounding of one step, (k + 4) / 2 eps of the terms of each field times
    the slope, and 8 eps of the activation's value.

    Args:
        cell: a built Vanilla cell whose activation is one of this library's; its
            weights are taken as float64.
        language: the words that count; by default all words over the cell's inputs, as
            one-hot vectors.
        readout_norm: R, above 0.
        delta: above 0, in units of the output.
        distance: of the two states at n = 0; by default the diameter of the box of
            reachable states.
        initial_state: a function of the cell, where it isn't zero.

    Returns:
        Dataset over `bound` (see `Bound`): `rate` per symbol and `factor` kappa; in
        symbols, inf where no rate is below 1, by the bound or one that it refines:
        `forgotten_after`, the n after which no read-out moves by more than delta, and
        `below_rounding_after`, the n after which the distance in exact arithmetic is
        below the rounding of the largest unit; `float64_floor`, kappa 2 eta /
        (1 - rho), the distance that float64 may keep. Also `distance`.

    Raises:
        CellError: the cell isn't Vanilla, its activation has no known slopes, or a
            weight isn't finite.
        SettingError: a number isn't above 0, or the language's alphabet isn't the
            cell's inputs.

    Example:
        >>> import equinox as eqx, jax
        >>> cell = Vanilla(2, 1, activation="tanh", key=jax.random.key(0))
        >>> weights = (np.eye(1, 2), np.array([[0.5]]))
        >>> cell = eqx.tree_at(lambda c: (c.U_h, c.W_h), cell, weights)
        >>> proved = certificate_of_forgetting(cell, delta=0.01)
        >>> float(proved.rate[0].round(9)), int(proved.forgotten_after[0])
        (0.5, 7)
    """
    _require_above_zero("readout_norm", readout_norm)
    _require_above_zero("delta", delta)
    _require_above_zero("distance", 1.0 if distance is None else distance)
    given = Given.of(cell, initial_state=initial_state)
    net = _checked(given, language)
    reached = reachable(net, edges_of(language, net.U.shape[1]))
    box = reached.states
    apart = distance
    if apart is None:
        apart = float(np.linalg.norm(box.high - box.low))
    scale = float(box.largest.max())
    rounding = 2.0**-53 * scale if np.isfinite(scale) else 0.0
    metrics = _metrics(net, reached)
    rate, factor = _best_of(metrics)
    forgotten = _least(_symbols_until(rate, factor * apart, delta / readout_norm))
    rounded = _least(_symbols_until(rate, factor * apart, rounding))
    # Of its own rate and factor: `separation_bound` adds it to what these leave.
    floor = _float64_floor(rate, factor, rounding_of_a_step(net, reached))
    over = ["bound"]
    until = "common symbols until"
    return dataset(
        [
            Variable("rate", over, rate, "growth of the distance per symbol, at most"),
            Variable("factor", over, factor, "what the change of norm may cost"),
            Variable(
                "forgotten_after", over, forgotten, f"{until} delta / R", "symbols"
            ),
            Variable(
                "below_rounding_after",
                over,
                rounded,
                f"{until} the distance in exact arithmetic is below rounding",
                "symbols",
            ),
            Variable("float64_floor", over, floor, "distance float64 may keep", UNIT),
            Variable("distance", [], apart, "distance before", UNIT),
        ],
        {"bound": [str(bound) for bound in Bound]},
        rows=over,
        configuration={
            "measure": "certificate_of_forgetting",
            "cell": given.name,
            "language": None if language is None else language.name,
            "readout_norm": readout_norm,
            "delta": delta,
        },
    )


def separation_bound(
    certificate: xr.Dataset,
    num_symbols: Int[np.ndarray, " length"],
    distance: float | None = None,
    *,
    in_float64: bool = False,
) -> Float[np.ndarray, " length"]:
    """Return the least of the five bounds on the distance of two states.

    Args:
        certificate: of `certificate_of_forgetting`.
        num_symbols: n, the number of common symbols, each at least 0.
        distance: of the two states at n = 0; by default the certificate's own.
        in_float64: whether the states are those that float64 computes; else those of
            exact arithmetic.
    """
    apart = distance
    if apart is None:
        apart = float(certificate["distance"])
    rate = certificate["rate"].values[:, None]
    factor = certificate["factor"].values[:, None]
    with np.errstate(over="ignore"):  # a rate above 1 may bound nothing at all
        bounds = factor * rate ** np.asarray(num_symbols) * apart
    if in_float64:
        bounds = bounds + certificate["float64_floor"].values[:, None]
    return bounds.min(axis=0)


def _require_above_zero(name: str, value: float) -> None:
    if not 0 < value < np.inf:
        raise SettingError(f"expected a `{name}` above 0, got {value:g}.")


def _checked(given: Given, language: Language | None) -> VanillaNet:
    """Return the arrays of a built Vanilla cell, in float64."""
    cell = given.built
    if not isinstance(cell, Vanilla):
        raise CellError(
            f"expected a built Vanilla cell, got {given.name}; for other cells "
            "bounds of the slopes of every gate over the "
            "reachable box are missing; its Lyapunov exponents are measured, not "
            "certified."
        )
    curve = curve_of(cell.activation)
    U = np.asarray(cell.U_h, float)
    W = np.asarray(cell.W_h, float)
    size = np.abs(U)
    if cell.b_h is not None:
        bias = np.asarray(cell.b_h, float)
        U = U + bias[:, None]
        size = size + np.abs(bias)[:, None]
    is_finite = np.isfinite(U).all() and np.isfinite(W).all()
    if not is_finite:
        raise CellError(
            "expected finite weights, got some that are not; a certificate is for "
            "one given network."
        )
    if language is not None and len(language.alphabet) != U.shape[1]:
        raise SettingError(
            f"expected a language of {U.shape[1]} symbols, as the cell has inputs; "
            f"{language.name} has {len(language.alphabet)}."
        )
    start = np.asarray(given.initial(cell), float)
    return VanillaNet(curve, U, size, W, start)


def _metrics(net: VanillaNet, reached: Reached) -> list[Metric]:
    """Return the norm of each bound, in the order of `Bound`."""
    line = whole_line((1, len(net.W)))
    everywhere = net.curve.slopes(line)
    largest = float(everywhere.largest.max())
    found = [euclidean(net.W, largest)]
    for slopes in (everywhere, reached.slopes):
        of_diagonal = diagonal(net.W, slopes)
        found.append(of_diagonal[0])
        found.append(quadratic(net.W, slopes, of_diagonal))
    return found


def _best_of(metrics: list[Metric]) -> tuple[np.ndarray, np.ndarray]:
    """Return rate and factor of each bound, or of a better one that it refines.

    The other's rate, in its own norm, holds as well.
    """
    best = accumulate(metrics, min)
    rate, factor = np.array(list(best)).T
    return rate, factor


def _least(of_bound: Float[np.ndarray, " bound"]) -> Float[np.ndarray, " bound"]:
    """Return the least of each bound and those that it refines: all of these hold."""
    return np.minimum.accumulate(of_bound)


def _float64_floor(
    rate: Float[np.ndarray, " bound"],
    factor: Float[np.ndarray, " bound"],
    rounding: float,
) -> Float[np.ndarray, " bound"]:
    """Return the distance that the rounding of both states' steps can keep up."""
    with np.errstate(divide="ignore"):
        floor = factor * 2 * rounding / (1 - rate)
    return np.where(rate < 1, floor, np.inf)


def _symbols_until(
    rate: Float[np.ndarray, " bound"],
    distance: Float[np.ndarray, " bound"],
    enough: float,
) -> Float[np.ndarray, " bound"]:
    """Return the least n with distance rate^n <= enough; inf where there is none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.log(enough / distance) / np.log(rate)
        needed = np.maximum(0, np.ceil(steps - 1e-9))
        left = distance * rate**needed
        needed += left > enough * (1 + 1e-12)
    needed = np.where(distance <= enough, 0.0, needed)  # two logarithms may be infinite
    is_bounded = (rate < 1) & np.isfinite(distance)
    return np.where(is_bounded, needed, np.inf)
