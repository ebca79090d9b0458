"""Phase diagrams from nothing: D(l,k) measured over gains and sizes, then labelled."""

from collections.abc import Sequence
from dataclasses import replace

import xarray as xr
from jaxtyping import PRNGKeyArray

from firstbit.cells.given import CellLike, Given
from firstbit.errors import (
    CellError,
    SettingError,
    require_at_least,
    require_real,
    require_several,
)
from firstbit.execution import Execution
from firstbit.intervals import CONFIDENCE, require_confidence
from firstbit.memory import discrepancy, ratios_by_gain
from firstbit.progress import silent
from firstbit.weights.initializers import initializer_by_name
from firstbit.weights.threefry import require_key

VANILLA = "vanilla"
"""The cell whose critical line is known, by its name in the catalogue."""


def phase_diagram(
    cell: CellLike = VANILLA,
    *,
    gains: Sequence[float],
    hidden_sizes: Sequence[int] | int | None = None,
    length: int = 50,
    num_draws: int,
    confidence: float = CONFIDENCE,
    key: PRNGKeyArray,
    execution: Execution | None = None,
) -> xr.Dataset:
    r"""Measure D(l,k) / D(1,k) over the gain and k, beside the critical line.

    $$ D(l,k) / D(1,k), \qquad \text{and the gain at which } \chi = 1 $$

    Every gain has the same draws, times the gain. See `firstbit.memory.ratios_by_gain`,
    which labels what was measured.

    Args:
        cell: a Vanilla cell with any activation, such as `"vanilla:10,20"`.
        gains: factors of weights N(0,1), each above 0.
        hidden_sizes: the values of k, where the cell has none.
        length: the l of the ratio, at least 2.
        num_draws: random nets for each gain and k, at least 2.
        confidence: probability of the intervals, where the activation is bounded.
        key: the random key, the same for every gain.
        execution: threads or an executor, progress in gains, and a folder that keeps
            the finished blocks of each gain.

    Returns:
        Dataset over `gain` and `hidden_size`, of `firstbit.memory.ratios_by_gain`.

    Raises:
        SettingError: a part, another cell, a law of its own, or a number out of range.
        CellError: the cell has no size.

    Example:
        >>> import jax
        >>> size = {"length": 4, "num_draws": 9, "key": jax.random.key(0)}
        >>> diagram = phase_diagram("vanilla:5,10", gains=[0.5, 2.0], **size)
        >>> diagram.discrepancy_ratio.dims, diagram.gain.values.tolist()
        (('gain', 'hidden_size'), [0.5, 2.0])
    """
    confidence = require_confidence(confidence)
    given = Given.of(cell, hidden_sizes=hidden_sizes)
    _require_vanilla(given)
    length = require_at_least("length", length, 2)
    laws = {}
    for gain in require_several("gains", gains):
        factor = require_real("gain", gain)
        laws[factor] = initializer_by_name("normal", factor)
    key = require_key(key)
    execution = execution or Execution()
    if execution.part is not None:
        raise SettingError(
            "expected no `part` of a phase diagram, got one; measure each gain by "
            "firstbit discrepancy --part instead."
        )
    by_gain: dict[float, xr.Dataset] = {}
    for done, (gain, law) in enumerate(laws.items()):
        execution.progress(done, len(laws))
        by_gain[gain] = discrepancy(
            given,
            length=length,
            num_draws=num_draws,
            initializer=law,
            confidence=(1 + confidence) / 2,  # both means of a ratio may fail
            key=key,
            execution=_of_gain(execution, gain),
        )
    execution.progress(len(laws), len(laws))
    activation = given.options.get("activation", "logistic")
    return ratios_by_gain(by_gain, activation=activation)


def _of_gain(execution: Execution, gain: float) -> Execution:
    """Return how one gain is measured: in a folder of its own, without reports."""
    folder = execution.resume
    if folder is not None:
        folder = folder / f"gain-{gain!r}"
    return replace(execution, progress=silent, resume=folder)


def _require_vanilla(given: Given) -> None:
    if given.catalogue_name != VANILLA or given.is_built:
        raise CellError(
            f"expected the cell vanilla, got '{given.label or given.name}': no other "
            "cell's critical line is known; try firstbit discrepancy."
        )
    if given.initializer is not None:
        raise SettingError(
            f"expected a cell without a law of its weights, got '{given.label}': they "
            "are N(0, gain^2); leave the law out."
        )
