"""Cells side by side under several measures, as one Dataset."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from jaxtyping import PRNGKeyArray

from firstbit.cells.given import CellLike, Given, givens
from firstbit.datasets import Result, Variable, dataset
from firstbit.errors import (
    SettingError,
    require_at_least,
    require_several,
    unknown_name,
)
from firstbit.execution import Execution
from firstbit.intervals import CONFIDENCE, require_confidence
from firstbit.memory import Drive, Reading
from firstbit.memory.capacity.drive import ONE_HOT
from firstbit.memory.decodability.reading import CONSTANT
from firstbit.progress import NamedProgress, silent
from firstbit.studies.comparing.differences import differences
from firstbit.studies.comparing.of_one_cell import (
    DECODED,
    HELD,
    MEASURES,
    NAMES,
    Asked,
    OfCell,
)
from firstbit.studies.comparing.sentences import answers, sentences
from firstbit.studies.law import law_text
from firstbit.weights.redraw import AS_IT_IS
from firstbit.weights.threefry import key_numbers, require_key

CELL = ("cell",)

READ_OUT = ("linear",)
"""The read-out that cells are compared by."""

MOST_LAGS = 100
"""Lags of degree 1, at most; of degrees 2 and 3 there are fewer."""


def compare(
    cells: Sequence[CellLike],
    *,
    measures: Sequence[str | Reading | Drive] = NAMES,
    length: int = 50,
    num_draws: int = 200,
    confidence: float = CONFIDENCE,
    key: PRNGKeyArray,
    execution: Execution | None = None,
    progress: NamedProgress = silent,
) -> Result:
    r"""Measure several cells alike, and how the first one differs from each other.

    $$ E \, (x_i - x'_i), \qquad x_i, x'_i \text{ of the nets that draw } i
       \text{ gives two cells} $$

    Distance, read-out, capacity and cost of the same nets: draw i of every measure and
    of every cell has the same key. So differences are taken net by net, and their
    intervals hold whether or not the weights of two cells are tied.

    Don't read D alone. It counts in the units of each cell's own state
    (`relative_discrepancy` doesn't), and a cell that keeps two words far apart need not
    tell which it read: `reach` says how long one can be decoded. Nor compare laws
    unawares: a cell of another library has the law of its own constructor.

    Args:
        cells: one cell or several, the one that is asked about first, each with one
            hidden size, under different names: text, factories or built cells, as in
            `discrepancy`. A built cell without a law is one net.
        measures: some of `discrepancy`, `decodability`, `capacity` and `cost`. A
            `Reading` stands for `decodability` with these words, and its one read-out
            (by default `linear`, random words); a `Drive` for `capacity` under these
            inputs (by default one-hot, as the words are).
        length: the largest l, at least 1: read-outs have lags up to `length` - 1.
        num_draws: random nets of each cell, at least 2.
        confidence: probability of each interval; of differences of accuracies, of all
            of them together.
        key: the random key, the same for every cell.
        execution: as in `decodability`; a folder to resume from has one in it for each
            cell and measure. Parts are for single measures.
        progress: called with (what, done, all).

    Returns:
        Dataset over `cell` with what each measure returns for its size: see
        `discrepancy`, `decodability`, `memory_capacity` and `cost`; beside them
        `capacity_a_unit`. Of the first cell less each other, with intervals:
        `discrepancy_difference` (by betting, where both states are bounded),
        `accuracy_difference` and `capacity_a_unit_difference` (Student's t over pairs
        of nets, from 20 on). `sentence` says what was found of a cell, `answer` whether
        the first one is decoded for longer than this one. `cell_name`, `hidden_size`
        and `initializer` say what each cell is.

    Raises:
        SettingError: two cells share a name, a measure is unknown, or a number is out
            of range.
        CellError: a cell can't be built or measured; says why.
        OutputError: the folder to resume from holds nets of another measurement.

    Example:
        >>> import jax
        >>> asked = {"length": 2, "num_draws": 20, "key": jax.random.key(0)}
        >>> found = compare(["gru:2", "vanilla:2"], measures=["discrepancy"], **asked)
        >>> more = found.discrepancy_difference.sel(cell="vanilla:2", length=2)
        >>> round(float(more), 2)
        0.25
    """
    chosen = _chosen(cells)
    length = require_at_least("length", length, 1)
    wanted = _Wanted.of(measures, length)
    asked = Asked(
        length=length,
        num_draws=require_at_least("num_draws", num_draws, 2),
        reading=wanted.reading,
        drive=wanted.drive,
        confidence=require_confidence(confidence),
        key=require_key(key),
    )
    execution = _execution(execution)
    by_measure: dict[str, list[OfCell]] = {}
    for name in wanted.names:
        of_cells = []
        for given in chosen:
            how = _of_cell(execution, name, given, progress)
            of_cells.append(MEASURES[name](given, asked, how))
        by_measure[name] = of_cells
    return _labelled(chosen, asked, by_measure)


def _chosen(cells: Sequence[CellLike]) -> list[Given]:
    chosen = givens(cells)
    if not chosen:
        raise SettingError("expected one cell or more, got none; try ['gru:20'].")
    for given in chosen:
        _ = given.hidden_size  # each has one
    return chosen


class _Wanted(NamedTuple):
    """The measures that are asked for, in their usual order, with their settings."""

    names: list[str]
    reading: Reading
    drive: Drive

    @classmethod
    def of(cls, measures: object, length: int) -> "_Wanted":
        """Take names and settings.

        Raises:
            SettingError: one is unknown or doesn't fit, or there is none.
        """
        reading = Reading(readouts=READ_OUT)
        drive = Drive(law=ONE_HOT, lags=(min(length, MOST_LAGS), 20, 8))
        names = []
        for one in require_several("measures", measures):
            if isinstance(one, Reading):
                reading = _checked(one)
                names.append(DECODED)
            elif isinstance(one, Drive):
                drive = one
                names.append(HELD)
            else:
                names.append(_known(one))
        if not names:
            raise SettingError(f"expected some of {', '.join(NAMES)}, got no measure.")
        ordered = [name for name in NAMES if name in names]
        return cls(ordered, reading, drive)


def _known(name: object) -> str:
    if not isinstance(name, str) or name not in NAMES:
        raise SettingError(unknown_name("measure", name, NAMES))
    return name


def _checked(reading: Reading) -> Reading:
    """Return what read-outs read, if cells can be compared by it."""
    if reading.words == CONSTANT:
        raise SettingError(
            "expected `words` that are random or a stream, got constant: two words "
            "have no others to test on."
        )
    if len(reading.readouts) > 1:
        raise SettingError(
            f"expected one read-out, got {', '.join(reading.readouts)}; try 'linear'."
        )
    return reading


def _execution(execution: Execution | None) -> Execution:
    how = execution or Execution()
    if how.part is not None or how.only_kept:
        raise SettingError(
            "expected no part of a comparison, got one; compute parts of each measure "
            "by itself."
        )
    return how


def _of_cell(
    execution: Execution, measure: str, given: Given, progress: NamedProgress
) -> Execution:
    """Return how one measure of one cell is run, with a folder of its own."""
    folder = execution.resume
    if folder is not None:
        folder = folder / f"{measure}-{given.file_name}"
    told = partial(progress, f"{measure}, {given.title}")
    return replace(execution, progress=told, resume=folder)


def _labelled(
    chosen: list[Given], asked: Asked, by_measure: dict[str, list[OfCell]]
) -> Result:
    """Return all measures side by side, with their differences and sentences."""
    titles = [given.title for given in chosen]
    sides: list[xr.Dataset] = []
    apart: list[Variable] = []
    axes: dict[str, np.ndarray] = {}
    for of_cells in by_measure.values():
        side = _side_by_side([one.result for one in of_cells], titles)
        of_measure = differences(of_cells, asked.confidence)
        sides.append(side)
        apart += of_measure
        axes |= _axes(of_measure, side)
    measured = xr.merge(sides, join="outer", compat="override", combine_attrs="drop")
    about = _about(asked)
    coords = _coordinates(chosen)
    labelled = dataset(
        apart,
        {**coords, **axes},
        rows=CELL,
        confidence=asked.confidence,
        configuration={
            "measure": "compare",
            "measures": list(by_measure),
            "cells": titles,
            "laws": coords["initializer"][1],
            **about,
            "burn_in": asked.drive.burn_in,
            "lags": list(asked.drive.lags),
            "ridges": list(asked.reading.ridges),
        },
        key=key_numbers(asked.key),
        attrs={
            **about,
            "measures": " ".join(by_measure),
            "machine": _machine(by_measure),
        },
    )
    both = xr.merge(
        [measured, labelled], join="outer", compat="override", combine_attrs="drop"
    )
    both.attrs = dict(labelled.attrs)
    told = {"sentence": sentences(both), "answer": answers(both)}
    for name, texts in told.items():
        values = np.array(texts, dtype=str)
        both[name] = (CELL, values, {"long_name": name})
    return Result.of(both)


def _about(asked: Asked) -> dict[str, str | float]:
    """Return what a reader must know of how the cells were measured."""
    return {
        "num_draws": asked.num_draws,
        "length": asked.length,
        "words": asked.reading.words,
        "num_words": asked.reading.num_words,
        "readout": asked.reading.readouts[0],
        "reach_above": asked.reading.reach_above,
        "law": asked.drive.law,
        "scale": asked.drive.scale,
        "num_steps": asked.drive.num_steps,
        "confidence": asked.confidence,
    }


def _coordinates(chosen: list[Given]) -> dict[str, Any]:
    """Return what each cell is."""
    laws = [AS_IT_IS if given.is_held else law_text(given) for given in chosen]
    return {
        "cell": [given.title for given in chosen],
        "cell_name": (CELL, [given.catalogue_name for given in chosen]),
        "hidden_size": (CELL, [given.hidden_size for given in chosen]),
        "initializer": (CELL, laws),
    }


def _axes(apart: Sequence[Variable], measured: xr.Dataset) -> dict[str, np.ndarray]:
    """Return the axes of a measure's differences beside the cells.

    They are its own: capacities may have more lags than read-outs.
    """
    over = {dim for one in apart for dim in one.dims} - set(CELL)
    return {dim: measured[dim].values for dim in sorted(over)}


def _machine(by_measure: dict[str, list[OfCell]]) -> str:
    """Return the name of the machine whose times these are; "" without any."""
    for of_cell in by_measure.get("cost", []):
        return str(of_cell.result.attrs["machine"])
    return ""


def _side_by_side(results: list[xr.Dataset], titles: list[str]) -> xr.Dataset:
    """Put the results of one measure side by side."""
    over = xr.DataArray(titles, dims=CELL, name="cell")
    return xr.concat(
        results,
        over,
        data_vars="all",
        coords="minimal",
        compat="override",
        join="outer",
        combine_attrs="drop",
    )
