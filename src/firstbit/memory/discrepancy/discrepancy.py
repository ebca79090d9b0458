"""The (l,k)-discrepancy of a cell: how far apart a first bit drives random nets."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import xarray as xr
from jaxtyping import PRNGKeyArray
from numpy.typing import ArrayLike

from firstbit.cells.given import CellLike, Given
from firstbit.cells.sequence_model import SequenceModel, refuse_settings
from firstbit.cells.state import State
from firstbit.datasets import Variable, dataset
from firstbit.devices import require_device
from firstbit.errors import SettingError, require_real
from firstbit.execution import Execution
from firstbit.intervals import CONFIDENCE, require_confidence
from firstbit.memory.discrepancy.state_bound import (
    StateBound,
    distance_bounds,
    require_state_bound,
)
from firstbit.memory.discrepancy.summaries import quantile_error, summaries
from firstbit.memory.discrepancy.summary import QUANTILES, TOP, Summary
from firstbit.memory.ensemble.ensemble import Compiling, Ensemble
from firstbit.memory.ensemble.pieces import compute_part
from firstbit.memory.ensemble.run import ahead_of, blocks_of, is_here
from firstbit.memory.ensemble.word_pair import WordPair
from firstbit.memory.sequences.discrepancy import sequence_discrepancy
from firstbit.weights.redraw import Initializer
from firstbit.weights.roles import Declared

THRESHOLD = 1e-3
"""A draw is retained where its distance is above this, where none is asked for."""


def discrepancy(
    cell: CellLike | SequenceModel,
    *,
    hidden_sizes: Sequence[int] | int | None = None,
    length: int | None = None,
    num_draws: int | None = None,
    initializer: Initializer | None = None,
    words: str | Sequence[str] | WordPair = "constant",
    initial_state: Callable[[Any], State] | None = None,
    measured: str | None = None,
    roles: Declared | None = None,
    threshold: float = THRESHOLD,
    state_bound: StateBound | None = None,
    confidence: float = CONFIDENCE,
    key: PRNGKeyArray,
    device: str | None = None,
    execution: Execution | None = None,
) -> xr.Dataset:
    r"""Estimate the (l,k)-discrepancy of a cell over random parameters.

    $$ D(l,k) = E \lVert h_u - h_v \rVert_2, \qquad
       u = 0 0 \dots 0, \quad v = 1 0 \dots 0, \quad |u| = |v| = l $$

    The parameters are drawn afresh `num_draws` times for each k; biases are zero, or,
    where the law is that of the cell's own constructor, what it gives. A
    built cell is one net, measured as it is: its own D, exact, without intervals. One
    pass along the words gives every l. Draw i at size k depends on (key, k, i) only.
    The difference of the states is propagated itself, so D keeps its digits far below
    the rounding of the states.

    Do not take D for memory where the net is chaotic: it then separates u and v for
    ever, though nothing about the first bit can be read once the rest varies
    (`words="random"` shows it only in part). And where few draws carry the mean, read
    the quantiles: the mean of 2000 draws can be 10^7 times their median. Where the cell
    bounds the state, so that distances are bounded, the interval of D covers all the
    same; where it doesn't (relu), no interval does, and there is none.

    Args:
        cell: text such as `"gru:10,reset=after"`; a factory `(input_size, hidden_size,
            *, key) -> cell` in Equinox's convention, such as `Vanilla`, `GRU`,
            `eqx.nn.GRUCell` or a class of your own; a PyTorch class, function or
            module, such as `torch.nn.GRUCell` (see `firstbit.adapt`); one built cell
            or network, such as a trained one; or a `SequenceModel`, of which the
            outputs are measured, over `length` alone.
        hidden_sizes: the values of k, each at least 1, in any order; by default those
            of the text, or of the built cell.
        length: the largest l, at least 1; every l from 1 on is returned. By default,
            the length of the words given.
        num_draws: at least 2; left out for a built cell, unless `words` are random:
            then the suffixes are drawn.
        initializer: law of the weights: `normal` (N(0,1), the paper's), `as-built`
            (draw i is what the constructor gives with the i-th key), `fan-in-normal`,
            `fan-in-uniform`, `orthogonal`, `identity`, any of `jax.nn.initializers`, or
            a mapping from weights' names; see `redraw`. By default `normal` for cells
            that derive from `firstbit.cells.Cell`, and `as-built` for all others, but
            `normal` where a constructor draws nothing. A built cell is drawn anew only
            if a law is given.
        words: `constant`; `random`, with the same random suffix after both first bits,
            another for each draw; or two words of one length (with `WordPair.of(words,
            alphabet)` over an alphabet). Then D at l is taken after l symbols of each.
        initial_state: a function of the cell, where the state before the first symbol
            isn't zero and the cell has no method `initial_state`.
        measured: `hidden`, h (the default); `all`, every leaf of the state that is of
            units; `output`, what a step gives beside its state (in Equinox: a method
            `output(state)`); or the path of a leaf, such as `c` or `1`. Of complex
            numbers the modulus of the difference counts, as of two real ones. A copy
            of the last input and a clock are left out, and the result says so.
        roles: of arrays and leaves of the state, where they can't be read; see
            `firstbit.cells.roles`.
        threshold: a draw is retained where its distance is above this, at least 0.
        state_bound: ends between which every measured entry of the state lies, (low,
            high), or a number b for (-b, b). By default the cell's own `state_bound`,
            else what interval arithmetic finds in its step, for any weights: (0, 1) for
            logistic units, (-1, 1) for tanh, GRU and h of the LSTM.
        confidence: probability of the intervals.
        key: the random key.
        device: `cpu`, or `gpu`, an accelerator; by default a GPU where there is one and
            the work is worth it. Its draws are the same bits, uniform weights too;
            normal ones agree to 1e-6, distances within that where the net isn't
            chaotic.
        execution: threads or an executor, progress, and a folder that keeps finished
            blocks, or a part of them; changes no result.

    Returns:
        Dataset over `hidden_size` and `length` (and `quantile`). In units of the hidden
        state: `discrepancy` (mean distance) with `discrepancy_se` and `discrepancy_ci`
        (by betting: it covers with at least the probability `confidence`; NaN where no
        bound is known), `distance_bound` over `hidden_size`, `quantile_value` (exact
        quantiles of the distances), `median` with `median_ci` (by ranks). Shares:
        `retained` (of draws above the threshold) with `retained_ci` (Wilson),
        `top_share` (of the mean, carried by the top 1 % of
        draws). Ratios: `relative_discrepancy` (over the mean distance after two
        independent random words of the same length) with `relative_discrepancy_se`.
        `below_rounding`, the share of draws whose two states differ in no entry by more
        than its rounding in float64, 2^-53 of it, with `below_rounding_ci` (Wilson).
        `half_life_mean` and `half_life_median` over `hidden_size`, in symbols: the
        first l, interpolated linearly, at which D and the median are half of what they
        are at l = 1; NaN if never. `effective_draws`, (sum d)^2 / sum d^2: how few
        draws carry the mean. `num_not_finite`: draws whose distance or state is not
        finite; D, `retained` and `below_rounding` are then NaN.
        Attributes: `threshold`, `num_draws`, and `largest_half_width` of the intervals
        of D, NaN without intervals. `quantile_error`: 0, but above 2^27 distances of
        one size (1 GiB; of 50 symbols 2.6 million draws), which are counted, not kept,
        2^-9: quantiles, and what follows from them, are that close to the exact ones,
        relatively. The interval of D is then the empirical Bernstein one.

    Raises:
        SettingError: a size, the length, the number of draws or the bound is out of
            range, a distance is above the bound, the initializer is unknown or doesn't
            fit, or the device isn't there or has no float64.
        WordError: the words are not two different words of one length over the
            alphabet.
        CellError: the cell can't be built or measured; says why.
        OutputError: the folder to resume from holds blocks of another measurement.

    Example:
        >>> import jax
        >>> d = discrepancy("vanilla:1", length=3, num_draws=64, key=jax.random.key(0))
        >>> lower, upper = d.discrepancy_ci.sel(hidden_size=1, length=1)
        >>> d.discrepancy.dims, bool(lower < 0.2395 < upper)
        (('hidden_size', 'length'), True)

    References:
        Stérin, Farrugia, Gripon 2017, Definition V.1, Figs. 10 and 11.
    """
    threshold = require_real("threshold", threshold)
    if not threshold >= 0:
        raise SettingError(f"expected a threshold of at least 0, got {threshold}.")
    device = require_device(device)
    confidence = require_confidence(confidence)
    ends = require_state_bound(state_bound)
    execution = execution or Execution()
    if isinstance(cell, SequenceModel):
        refuse_settings(
            cell.name,
            hidden_sizes=hidden_sizes,
            initializer=initializer,
            initial_state=initial_state,
            measured=measured,
            roles=roles,
            state_bound=state_bound,
            device=device,
            part=execution.part,
            executor=execution.executor,
        )
        return sequence_discrepancy(
            cell,
            length=length,
            num_draws=num_draws,
            words=WordPair.of(words),
            threshold=threshold,
            confidence=confidence,
            key=key,
        )
    given = Given.of(
        cell,
        hidden_sizes=hidden_sizes,
        initializer=initializer,
        initial_state=initial_state,
        measured=measured,
        roles=roles,
    )
    ensemble = Ensemble.of(
        given,
        WordPair.of(words),
        length=length,
        num_draws=num_draws,
        key=key,
        compiling=Compiling(embeds=True, begins=is_here(execution)),
        device=device,
    )
    if execution.part is not None:
        return compute_part(blocks_of(ensemble), execution, ahead_of(ensemble))
    bounds = distance_bounds(ensemble, ends)
    found = summaries(
        ensemble,
        execution,
        threshold=threshold,
        confidence=confidence,
        bounds=bounds,
    )
    return _labelled(ensemble, found, bounds, threshold, confidence)


GRID = ("hidden_size", "length")
UNIT = "units of the hidden state"


def _labelled(
    ensemble: Ensemble,
    found: list[Summary],
    bounds: list[float],
    threshold: float,
    confidence: float,
) -> xr.Dataset:
    """Return the summaries with names, units and provenance."""
    sizes = list(ensemble.given.sizes)
    widths = [np.diff(one.discrepancy_ci, axis=1) for one in found]
    known = np.where(np.isfinite(bounds), bounds, np.nan)
    return dataset(
        [*_variables(found), _bound(known)],
        {
            "hidden_size": sizes,
            "length": np.arange(1, ensemble.length + 1),
            "quantile": list(QUANTILES),
        },
        rows=GRID,
        confidence=confidence,
        configuration={
            "measure": "discrepancy",
            **ensemble.about,
            "length": ensemble.length,
            "words": ensemble.words.described,
            "confidence": confidence,
            "threshold": threshold,
        },
        key=ensemble.key_data,
        attrs={
            "largest_half_width": float(np.max(widths)) / 2,
            "num_draws": ensemble.num_draws,
            "quantile_error": quantile_error(ensemble),
            "threshold": threshold,
        },
    )


def _bound(bounds: np.ndarray) -> Variable:
    """Return the bound of the distances at each size."""
    text = "largest possible distance, where a bound of the state is known"
    return Variable("distance_bound", GRID[:1], bounds, text, UNIT)


def _variables(found: list[Summary]) -> list[Variable]:
    """Return every variable over the grid, and the half-lives over the sizes."""

    def values(name: str) -> np.ndarray:
        return np.stack([getattr(one, name) for one in found])

    def ends(name: str) -> tuple[ArrayLike, ArrayLike]:
        both = values(f"{name}_ci")
        return both[..., 0], both[..., 1]

    def on_grid(name: str, text: str, unit: str = "1", **errors: Any) -> Variable:
        return Variable(name, GRID, values(name), text, unit, **errors)

    def half_life(name: str, of: str) -> Variable:
        text = f"length at which the {of} is half of that at l = 1"
        return Variable(name, GRID[:1], values(name), text, "symbols")

    return [
        on_grid(
            "discrepancy",
            "(l,k)-discrepancy D(l,k)",
            UNIT,
            se=values("discrepancy_se"),
            ci=ends("discrepancy"),
        ),
        Variable(
            "quantile_value",
            (*GRID, "quantile"),
            values("quantile_value"),
            "quantile of the distances",
            UNIT,
        ),
        on_grid("median", "median of the distances", UNIT, ci=ends("median")),
        on_grid(
            "retained",
            "share of draws with a distance above the threshold",
            ci=ends("retained"),
        ),
        on_grid(
            "top_share", f"share of the mean carried by the top {TOP:.0%} of draws"
        ),
        on_grid(
            "relative_discrepancy",
            "D(l,k) over the mean distance after two independent random words",
            se=values("relative_discrepancy_se"),
        ),
        on_grid(
            "effective_draws", "draws that carry the mean: (sum d)^2 / sum d^2", "draws"
        ),
        on_grid(
            "below_rounding",
            "share of draws whose distance is below the rounding of their own states",
            ci=ends("below_rounding"),
        ),
        on_grid("num_not_finite", "draws whose distance is not finite", "draws"),
        half_life("half_life_mean", "mean"),
        half_life("half_life_median", "median"),
    ]
