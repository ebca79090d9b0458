"""The memory that a task demands, beside that of random cells, as one Dataset."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

import numpy as np
import xarray as xr
from jaxtyping import Float, Int, PRNGKeyArray

from firstbit.cells.given import CellLike, Given, givens
from firstbit.datasets import Result, Variable, dataset, interval
from firstbit.errors import require_at_least
from firstbit.execution import Engine, Execution
from firstbit.intervals import CONFIDENCE, clopper_pearson
from firstbit.languages import Language, memory_demand
from firstbit.languages.catalogue.entries import require_language
from firstbit.memory import discrepancy
from firstbit.memory.ensemble.word_pair import WordPair
from firstbit.progress import NamedProgress, silent
from firstbit.studies.law import law_of, law_text
from firstbit.weights.redraw import AS_IT_IS, described
from firstbit.weights.threefry import key_numbers, require_key

HALF = 0.5
CELL = ("cell",)


def demand_and_supply(
    language: Language | str,
    cells: Sequence[CellLike],
    *,
    longest: int = 30,
    num_draws: int = 1000,
    partitions: Mapping[str, Iterable[Iterable[str]]] | None = None,
    confidence: float = CONFIDENCE,
    key: PRNGKeyArray,
    workers: int | None = None,
    executor: Engine | None = None,
    progress: NamedProgress = silent,
) -> xr.Dataset:
    r"""Compare the memory that a task demands with the memory of random cells.

    The demand is the window floor F_m, exact. The supply is D(m,k) and the retained
    share, of words that differ in their first symbol and have m symbols. Where they
    meet, for each cell,

    $$ \text{reach} = \max \{ m : P(\lVert h_u - h_v \rVert > \text{threshold}) \ge 1/2
    \text{ at every length up to } m \} $$

    the age at which a symbol is lost in half of the nets, and F_reach, the least loss
    of a predictor that sees this many last symbols.

    Do not read F_reach as the loss of a trained net: training changes the weights, and
    a net is not bound to a window; nor the reach as a memory that can be used: a
    distance need not be readable (see `firstbit.discrepancy`).

    Args:
        language: the task, or its name in the catalogue.
        cells: cells with different names, each with one hidden size, such as
            `"gru:10,initializer=orthogonal"`; without a law, weights are N(0,1); may be
            empty. As in training, a cell of the catalogue that is named in a text has
            biases (zero in every draw) unless the text says `use_bias=no`. A built cell
            without a law is one net: its own distances, exact, without intervals, of
            words of the task's first two letters.
        longest: the largest m, at least 1.
        num_draws: random nets of each cell, at least 2.
        partitions: for merged floors; see `memory_demand`.
        confidence: probability of the intervals.
        key: the random key, the same for every cell.
        workers: threads; all processors by default; doesn't change the result.
        executor: measures the cells, as of `Execution`; nor does it.
        progress: called with (what, done, all).

    Returns:
        The Dataset of `memory_demand`, and over (`cell`, `length`) `discrepancy` (units
        of the hidden state) and `retained` (share of the nets), over `cell` `reach`
        (symbols; `longest` stands for that or more), all with their intervals, and
        `floor_at_reach` (squared error a word). The interval of the reach is exact, and
        simultaneous over lengths. `cell_name` (in the catalogue, "" for
        others), `hidden_size` and `initializer` say what each cell is.
        `to_dataframe()` has one row for each cell.

    Raises:
        SettingError: two cells share a name, or a number is out of range.
        LanguageError: the automaton is too large for so long a window; see
            `memory_demand`.
        CellError: a cell can't be built or measured.

    Example:
        >>> import jax
        >>> from firstbit.languages import reber
        >>> asked = {"longest": 4, "num_draws": 50, "key": jax.random.key(0)}
        >>> ds = demand_and_supply(reber(), ["gru:5"], **asked)
        >>> ds.floor.sel(window=ds.reach).values.tolist(), int(ds.memory_order)
        ([3.0], 2)

    References:
        Stérin, Farrugia, Gripon 2017, Section III and Definition V.1.
    """
    chosen = givens(cells, is_trained=True)
    language, key = require_language(language), require_key(key)
    longest = require_at_least("longest", longest, 1)
    num_draws = require_at_least("num_draws", num_draws, 2)
    demand = memory_demand(language, longest, partitions=partitions)
    if not chosen:
        return demand
    supplies = []
    for one in chosen:
        found = discrepancy(
            one,
            hidden_sizes=[one.hidden_size],
            length=longest,
            num_draws=None if one.is_held else num_draws,
            words=_words(one, language, longest),
            initializer=None if one.is_held else law_of(one),
            confidence=confidence,
            key=key,
            execution=Execution(
                workers, partial(progress, one.title), executor=executor
            ),
        )
        supplies.append(found.isel(hidden_size=0, drop=True))
    laws = [_law_text(one) for one in chosen]
    supply = dataset(
        [*_supply(supplies), *_reach(supplies, demand["floor"], confidence)],
        {
            "cell": [one.title for one in chosen],
            "cell_name": (CELL, [one.catalogue_name for one in chosen]),
            "hidden_size": (CELL, [one.hidden_size for one in chosen]),
            "initializer": (CELL, laws),
            "length": supplies[0]["length"].values,
        },
        rows=CELL,
        configuration={
            "measure": "demand_and_supply",
            "language": language.name,
            "cells": {one.title: _described(one) for one in chosen},
            "longest": longest,
            "num_draws": num_draws,
        },
        confidence=confidence,
        key=key_numbers(key),
        attrs={
            "language": language.name,
            "num_draws": num_draws,
            "threshold": supplies[0].attrs["threshold"],
        },
    )
    merged = xr.merge([demand, supply], combine_attrs="override")
    merged.attrs = dict(supply.attrs)
    return Result.of(merged)


def _law_text(given: Given) -> str:
    """Return the law of a cell's weights as text; a built cell is as it is."""
    return AS_IT_IS if given.is_held else law_text(given)


def _words(given: Given, language: Language, length: int) -> str | WordPair:
    """Return the two words: a built cell reads all letters of the task."""
    if not given.is_built or length < 1 or len(language.alphabet) < 2:
        return "constant"
    first, second, *_ = language.alphabet
    pair = (first * length, second + first * (length - 1))
    return WordPair.of(pair, "".join(language.alphabet))


def _described(given: Given) -> dict[str, object]:
    law = AS_IT_IS if given.is_held else law_of(given)
    return {"cell": given.architecture, "initializer": described(law)}


def _supply(supplies: Sequence[xr.Dataset]) -> list[Variable]:
    """Return discrepancy and retained share of each cell, with their intervals."""
    found = []
    for name in ("discrepancy", "retained"):
        about = supplies[0][name].attrs
        values = [one[name].values for one in supplies]
        low, high = _ends(supplies, name)
        found.append(
            Variable(
                name,
                (*CELL, "length"),
                values,
                about["long_name"],
                about["units"],
                ci=(low, high),
            )
        )
    return found


def _reach(
    supplies: Sequence[xr.Dataset], floor: xr.DataArray, confidence: float
) -> list[Variable]:
    """Return how far back half of the nets of each cell reach, and the floor there.

    The shares at all lengths count for the reach, so their intervals hold together:
    each may fail with the probability that is left, over the number of lengths. One net
    as it is has its own reach. A share that is NaN may be any.
    """
    retained = np.array([one["retained"].values for one in supplies])
    reach = reached(retained)
    lows, highs = [], []
    for one, share in zip(supplies, retained, strict=True):
        low, high = share, share
        if one.attrs["num_draws"] > 1:
            low, high = reach_shares(share, one.attrs["num_draws"], confidence)
        is_unknown = np.isnan(share)
        lows.append(np.where(is_unknown, 0.0, low))
        highs.append(np.where(is_unknown, 1.0, high))
    low, high = np.array(lows), np.array(highs)
    text = "symbols that half of the nets keep"
    at_reach = floor.values[reach]
    return [
        Variable(
            "reach", CELL, reach, text, "symbols", ci=(reached(low), reached(high))
        ),
        Variable(
            "floor_at_reach",
            CELL,
            at_reach,
            "window floor at the reach",
            floor.attrs["units"],
        ),
    ]


def _ends(supplies: Sequence[xr.Dataset], name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of an interval, each over (cell, length)."""
    ends = [interval(one, name) for one in supplies]
    low = np.array([one.values for one, _ in ends])
    high = np.array([one.values for _, one in ends])
    return low, high


def reach_shares(
    share: Float[np.ndarray, "*cell length"], num_draws: int, confidence: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return exact intervals of shares that hold at all lengths together."""
    at_each = 1 - (1 - confidence) / share.shape[-1]
    low, high = clopper_pearson(np.rint(share * num_draws), num_draws, at_each)
    return np.asarray(low), np.asarray(high)


def reached(
    share: Float[np.ndarray, "cell length"],
) -> Int[np.ndarray, " cell"]:
    """Count for each row the first entries that are all at least one half.

    Example:
        >>> reached(np.array([[1.0, 0.5, 0.4, 0.9], [0.2, 1.0, 1.0, 1.0]])).tolist()
        [2, 0]
    """
    holds = np.logical_and.accumulate(share >= HALF, axis=1)
    return holds.sum(axis=1)
