"""The (l,k)-discrepancy: how far apart two words that differ in their first bit drive an untrained cell."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np
import xarray as xr
from jaxtyping import PRNGKeyArray

from firstbit.cells.first_step import require_step
from firstbit.cells.given import CellLike, Given, is_own, name_of
from firstbit.errors import SettingError, require_at_least
from firstbit.intervals import CONFIDENCE
from firstbit.memory.discrepancy.summary import QUANTILES, TOP, Summary, summary
from firstbit.memory.ensemble import block_sizes
from firstbit.memory.ensemble.block_sizes import LARGEST_BLOCK
from firstbit.memory.ensemble.blocks import Result, Sample, sample
from firstbit.memory.ensemble.fingerprint import depends_on
from firstbit.memory.ensemble.random_cells import Population
from firstbit.memory.ensemble.word_pair import Pair
from firstbit.provenance import with_provenance
from firstbit.store import Store
from firstbit.threads import num_workers
from firstbit.weights.initializers import initializer_by_name
from firstbit.weights.redraw import Initializer, described
from firstbit.weights.threefry import key_words

RETAINED_ABOVE = 1e-3


def discrepancy(
    cell: CellLike,
    *,
    hidden_sizes: Sequence[int],
    length: int | None = None,
    num_draws: int,
    initializer: Initializer = "normal",
    words: str | Sequence[str] = "constant",
    alphabet: str | None = None,
    initial_state: Callable[[Any], Any] | None = None,
    measured: str = "hidden",
    threshold: float = RETAINED_ABOVE,
    key: PRNGKeyArray,
    workers: int | None = None,
    progress: Callable[[int, int], object] | None = None,
    resume: Path | None = None,
) -> xr.Dataset:
    r"""Estimate the (l,k)-discrepancy of a cell over random parameters.

    $$ D(l,k) = E \lVert h_u - h_v \rVert_2, \qquad u = 0 0 \dots 0, \quad v = 1 0 \dots 0, \quad |u| = |v| = l $$

    The parameters are drawn afresh `num_draws` times for each k, biases are zero; one
    pass along the words gives every l. Draw i at size k depends on (key, k, i) only.
    The difference of the states is propagated itself, so D keeps its digits far below
    the rounding of the states.

    Do not take D for memory where the net is chaotic: it then separates u and v for
    ever, though nothing about the first bit can be read once the rest varies
    (`words="random"` shows it only in part). And where few draws carry the mean, look
    at the quantiles: the mean of 2000 draws can be 10^7 times their median, and its
    interval covers too seldom.

    Args:
        cell: a factory `(input_size, hidden_size, *, key) -> cell` in Equinox's
            convention, such as `Vanilla`, `GRU`, `eqx.nn.GRUCell` or a class of your
            own; or one built cell.
        hidden_sizes: the values of k, each at least 1, in any order.
        length: the largest l, at least 1; every l from 1 on is returned. By default,
            that of the words given.
        num_draws: at least 2.
        initializer: law of the weights: `normal` (N(0,1), the paper's),
            `fan-in-normal`, `fan-in-uniform`, `orthogonal`, `identity`, any of
            `jax.nn.initializers`, or a mapping from weights' names; see `redraw`.
        words: `constant`; `random`, with the same random suffix after both first bits,
            another for each draw; or two words of one length. Then D at l is taken
            after l symbols of each.
        alphabet: the symbols of the words given, by default those that they have.
        initial_state: a function of the cell, where it isn't zero and the cell has no
            method `initial_state`.
        measured: `hidden`, the first leaf of the state, h; or `all`, every leaf.
        threshold: a draw is retained where its distance is above this.
        key: the random key.
        workers: threads; all processors by default; doesn't change the result.
        progress: called with (blocks done, blocks in all), weighed by what they cost,
            without those that were kept.
        resume: folder that keeps finished blocks, of an interrupted run or of other
            processes; doesn't change the result.

    Returns:
        Dataset over `hidden_size` and `length` (and `quantile`). In units of the hidden
        state: `discrepancy` (mean distance), `standard_error`, `interval_low`,
        `interval_high` (95 %, Student's t), `quantile_value` (exact quantiles of the
        distances). Shares: `retained` (of draws above the threshold) with
        `retained_low` and `retained_high` (Wilson), `top_share` (of the mean, carried
        by the top 1 % of draws). Ratios: `relative_discrepancy` (over the mean distance
        after two independent random words) with `relative_standard_error`.
        `half_life_mean` and `half_life_median` over `hidden_size`, in symbols, NaN if
        not
        reached. `resolved`: false where the two states are the same numbers to
        rounding: no read-out in float64 sees
        D there. `num_not_finite`: draws that overflowed; D is then NaN.

    Raises:
        SettingError: a size, the length or the number of draws is out of range, or the
            initializer is unknown or doesn't fit.
        WordError: the words are not two different words of one length over the
            alphabet.
        CellError: the cell can't be built or measured; says why.
        OutputError: `resume` holds blocks of another measurement.

    Example:
        >>> import jax
        >>> from firstbit.cells import Vanilla
        >>> d = discrepancy(Vanilla, hidden_sizes=[1], length=3, num_draws=64, key=jax.random.key(0))
        >>> d.discrepancy.dims, bool(abs(d.discrepancy[0, 0] - 0.2395) < 4 * d.standard_error[0, 0])
        (('hidden_size', 'length'), True)

    References:
        Stérin, Farrugia, Gripon 2017, Definition V.1, Figs. 10 and 11.
    """
    pair = Pair.of(words, alphabet)
    if not threshold >= 0:
        raise SettingError(f"expected a threshold of at least 0, got {threshold}.")
    summaries = summarised(
        lambda of_size: summary(of_size, threshold),
        cell,
        hidden_sizes=hidden_sizes,
        length=length,
        num_draws=num_draws,
        initializer=initializer,
        words=words,
        alphabet=alphabet,
        initial_state=initial_state,
        measured=measured,
        key=key,
        workers=workers,
        progress=progress,
        resume=resume,
    )
    configuration = {
        "measure": "discrepancy",
        "cell": name_of(cell),
        "initializer": described(initializer),
        "num_draws": num_draws,
        "length": len(summaries[0].discrepancy),
        "hidden_sizes": [int(k) for k in hidden_sizes],
        "words": pair.described,
        "measured": measured,
        "confidence": CONFIDENCE,
        "retained_above": threshold,
    }
    labelled = _labelled(configuration["hidden_sizes"], num_draws, threshold, summaries)
    return with_provenance(labelled, configuration=configuration, key=_numbers(key))


def distances(cell: CellLike, **settings: Any) -> list[Sample]:
    """The distances behind `discrepancy`, with its arguments but the threshold: for each hidden size those of every draw."""
    return summarised(lambda of_size: of_size, cell, **settings, keeps_all=True)


def summarised(
    of_size: Callable[[Sample], Result],
    cell: CellLike,
    *,
    hidden_sizes: Sequence[int],
    length: int | None = None,
    num_draws: int,
    initializer: Initializer = "normal",
    words: str | Sequence[str] = "constant",
    alphabet: str | None = None,
    initial_state: Callable[[Any], Any] | None = None,
    measured: str = "hidden",
    key: PRNGKeyArray,
    workers: int | None = None,
    progress: Callable[[int, int], object] | None = None,
    resume: Path | None = None,
    keeps_all: bool = False,
) -> list[Result]:
    """What is told of the distances of each size; unless all are kept, those of at most one size a thread are held."""
    sizes = [int(k) for k in hidden_sizes]
    pair = Pair.of(words, alphabet)
    length = checked_length(sizes, length, num_draws, pair, measured)
    of_sizes = populations(
        cell,
        sizes,
        pair=pair,
        initializer=initializer,
        initial_state=initial_state,
        measured=measured,
        few=num_draws <= LARGEST_BLOCK,
        key=key,
    )
    _require_memory(
        of_sizes, length, num_draws, workers or num_workers(), keeps_all=keeps_all
    )
    store = None
    if resume is not None:
        rests_on = depends_on(
            cell,
            of_sizes,
            pair=pair,
            length=length,
            initializer=initializer,
            start=initial_state,
            measured=measured,
            key=key,
        )
        store = Store.of(Path(resume), rests_on)
    return sample(
        of_sizes,
        of_size,
        pair=pair,
        length=length,
        num_draws=num_draws,
        key=key_words(key),
        store=store,
        workers=workers,
        progress=progress,
    )


def _require_memory(
    populations: Sequence[Population],
    length: int,
    num_draws: int,
    threads: int,
    *,
    keeps_all: bool,
) -> None:
    """Raise unless the distances of the sizes at hand, two as a rule, and one block for each thread fit into free memory."""
    free = block_sizes.free_memory()
    for population in populations:
        # The threads' next blocks may reach into the next sizes, while one size is
        # summarised.
        at_once = 2 + threads * population.num_draws // num_draws
        of_size = (
            8
            * length
            * (num_draws + num_draws * population.width // population.num_draws)
        )
        kept = of_size * (
            len(populations) if keeps_all else min(at_once, len(populations))
        )
        needed = kept + threads * population.block_bytes
        if free is not None and needed > free:
            left = max(free - kept, 0) / (threads * population.block_bytes)
            fits = (
                f"k up to about {int(population.hidden_size * left**0.5)}"
                if left > 0
                else "fewer draws, sizes or symbols"
            )
            raise SettingError(
                f"expected to fit into {free / 2**30:.1f} GiB of free memory; k = "
                f"{population.hidden_size} with {num_draws} draws"
                f" and l = {length} takes {needed / 2**30:.1f} GiB; {fits} would fit."
            )


def populations(
    cell: CellLike,
    sizes: Sequence[int],
    *,
    pair: Pair,
    initializer: Initializer,
    initial_state: Callable[[Any], Any] | None,
    measured: str,
    few: bool,
    key: PRNGKeyArray,
) -> list[Population]:
    """The random cells that are measured, one population for each size; a cell that may be anybody's is tried first."""
    law = (
        initializer_by_name(initializer)
        if isinstance(initializer, str)
        else initializer
    )
    of_sizes = [
        Population.of(
            cell,
            k,
            input_size=len(pair.alphabet),
            initializer=law,
            start=initial_state,
            measures_all=measured == "all",
            few=few,
            key=key,
        )
        for k in sizes
    ]
    if not is_own(cell):
        _try(cell, min(sizes), pair, law, initial_state, key)
    return of_sizes


def _numbers(key: PRNGKeyArray) -> list[int]:
    return np.ravel(jax.random.key_data(key)).tolist()


def _try(
    cell: CellLike,
    hidden_size: int,
    pair: Pair,
    law: Initializer,
    start: Callable | None,
    key: PRNGKeyArray,
) -> None:
    """One step of a cell that may be anybody's, before the work."""
    given = Given.of(cell, initial_state=start)
    require_step(given, len(pair.alphabet), hidden_size, initializer=law, key=key)


def checked_length(
    sizes: list[int], length: int | None, num_draws: int, pair: Pair, measured: str
) -> int:
    """The largest l, if all of these settings are admissible."""
    if length is None:
        if pair.kind != "given":
            raise SettingError(
                "expected a `length`, got none; only two words that are given "
                "have one of their own."
            )
        return checked_length(sizes, pair.symbols.shape[1], num_draws, pair, measured)
    require_at_least("length", length, 1)
    require_at_least("num_draws", num_draws, 2)
    if pair.kind == "given" and length > pair.symbols.shape[1]:
        raise SettingError(
            f"expected a length up to that of the words, {pair.symbols.shape[1]}, "
            f"got {length}."
        )
    if len(sizes) == 0 or len(set(sizes)) < len(sizes):
        raise SettingError(f"expected one or more different hidden sizes, got {sizes}.")
    for size in sizes:
        require_at_least("hidden_size", size, 1)
    if measured not in ("hidden", "all"):
        raise SettingError(
            f"expected `measured` to be 'hidden' or 'all', got '{measured}'."
        )
    return length


_GRID = ("hidden_size", "length")
_UNIT = "units of the hidden state"
_VARIABLES = {
    "discrepancy": (_GRID, "(l,k)-discrepancy D(l,k)", _UNIT),
    "standard_error": (_GRID, "standard error of D(l,k)", _UNIT),
    "interval_low": (_GRID, "lower end of the 95 % interval", _UNIT),
    "interval_high": (_GRID, "upper end of the 95 % interval", _UNIT),
    "quantile_value": ((*_GRID, "quantile"), "quantile of the distances", _UNIT),
    "median_low": (_GRID, "lower end of the 95 % interval of the median", _UNIT),
    "median_high": (_GRID, "upper end of the 95 % interval of the median", _UNIT),
    "retained": (_GRID, "share of draws with a distance above the threshold", "1"),
    "retained_low": (
        _GRID,
        "lower end of the 95 % interval of the retained share",
        "1",
    ),
    "retained_high": (
        _GRID,
        "upper end of the 95 % interval of the retained share",
        "1",
    ),
    "top_share": (
        _GRID,
        f"share of the mean carried by the top {TOP:.0%} of draws",
        "1",
    ),
    "relative_discrepancy": (
        _GRID,
        "D(l,k) over the mean distance after two random words",
        "1",
    ),
    "relative_standard_error": (
        _GRID,
        "standard error of the relative discrepancy",
        "1",
    ),
    "resolved": (_GRID, "whether D(l,k) is above the rounding of the states", "1"),
    "num_not_finite": (_GRID, "draws whose distance is not a finite number", "draws"),
    "half_life_mean": (
        _GRID[:1],
        "length at which the mean is half of that at l = 1",
        "symbols",
    ),
    "half_life_median": (
        _GRID[:1],
        "length at which the median is half of that at l = 1",
        "symbols",
    ),
}


def _labelled(
    sizes: list[int], num_draws: int, threshold: float, summaries: list[Summary]
) -> xr.Dataset:
    """The summaries with names and units."""
    variables = {
        name: (
            dims,
            np.stack([getattr(one, name) for one in summaries]),
            {"long_name": text, "units": unit},
        )
        for name, (dims, text, unit) in _VARIABLES.items()
    }
    coords = {
        "hidden_size": ("hidden_size", sizes, {"long_name": "k", "units": "units"}),
        "length": (
            "length",
            np.arange(1, len(summaries[0].discrepancy) + 1),
            {"long_name": "l", "units": "symbols"},
        ),
        "quantile": (
            "quantile",
            list(QUANTILES),
            {"long_name": "probability", "units": "1"},
        ),
    }
    reach = np.stack([one.interval_high - one.discrepancy for one in summaries])
    return xr.Dataset(
        variables,
        coords,
        {
            "largest_half_width": float(reach.max()),
            "num_draws": num_draws,
            "threshold": threshold,
        },
    )
