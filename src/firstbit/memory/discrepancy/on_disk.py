"""Distances of more draws than memory holds: written as Zarr while they come."""

import warnings
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Protocol, runtime_checkable

import numpy as np
import xarray as xr
from jaxtyping import Float

from firstbit.errors import PackageError
from firstbit.execution import Execution
from firstbit.files import replaced_folder
from firstbit.memory.ensemble.block import Block
from firstbit.memory.ensemble.ensemble import Ensemble
from firstbit.memory.ensemble.run import summarise

MARKER = "zarr.json"
"""The file that every Zarr folder has."""

CHUNK = 1 << 13
"""Draws of a chunk at least: with 50 symbols 3 MB."""


@runtime_checkable
class ZarrArray(Protocol):
    """An array on disk."""

    def __setitem__(
        self, place: tuple[int, slice, slice], values: Float[np.ndarray, "length draw"]
    ) -> None:
        """Write a part."""
        ...


def require_zarr() -> ModuleType:
    """Return the package that writes.

    Raises:
        PackageError: it isn't installed.
    """
    try:
        return import_module("zarr")
    except ImportError as error:
        raise PackageError(
            f"a folder of distances needs Zarr, which isn't installed ({error}); try "
            "pip install 'firstbit[zarr]'."
        ) from error


def write_distances(
    folder: Path, empty: xr.Dataset, ensemble: Ensemble, execution: Execution
) -> xr.Dataset:
    """Write the distances of all draws, whole or not at all; return them unread.

    The caller alone writes: a chunk, when all of its draws have come.

    Args:
        folder: where.
        empty: the result, of which `distance` has the shape and no values.
        ensemble: random cells that read two words.
        execution: how.

    Raises:
        PackageError: Zarr isn't installed.
        OutputError: the folder can't be written, or holds something else.
    """
    zarr = require_zarr()
    distance = empty["distance"]
    widest = max(one.num_draws for one in ensemble.populations)
    chunk = min(max(CHUNK, widest), ensemble.num_draws)
    with replaced_folder(folder, marker=MARKER) as fresh:
        empty.drop_vars("distance").to_zarr(fresh, zarr_format=3, consolidated=False)
        array = zarr.open_group(fresh, mode="r+").create_array(
            "distance",
            shape=distance.shape,
            chunks=(1, ensemble.length, chunk),
            dtype=distance.dtype,
            dimension_names=distance.dims,
            attributes=distance.attrs,
        )

        def rows(size: int) -> _Rows:
            return _Rows(array, size, ensemble, chunk)

        summarise(ensemble, _done, execution, in_turn=rows)
        with warnings.catch_warnings():  # that Zarr's format 3 says nothing of it yet
            warnings.simplefilter("ignore")
            zarr.consolidate_metadata(fresh)
    found = xr.open_dataset(folder, engine="zarr", chunks=None)
    return found.assign_attrs(empty.attrs)


class _Rows:
    """The distances of one size, of which whole chunks are written."""

    def __init__(
        self, array: ZarrArray, size: int, ensemble: Ensemble, chunk: int
    ) -> None:
        self._array = array
        self._size = size
        self._shape = (ensemble.length, ensemble.num_draws)
        self._chunk = chunk
        self._block = ensemble.populations[size].num_draws
        self._begun: dict[int, np.ndarray] = {}
        self._missing: dict[int, int] = {}
        self._left = ensemble.num_draws

    def put(self, number: int, block: Block) -> bool | None:
        """Take a block; return whether all have come, else None."""
        length, num_draws = self._shape
        start = number * self._block
        distances = block.distances[:, : num_draws - start]
        chunk = start // self._chunk
        first = chunk * self._chunk
        if chunk not in self._begun:
            whole = min(self._chunk, num_draws - first)
            self._begun[chunk] = np.empty((length, whole))
            self._missing[chunk] = whole
        place = start - first
        width = distances.shape[1]
        self._begun[chunk][:, place : place + width] = distances
        self._missing[chunk] -= width
        if self._missing[chunk] == 0:
            values = self._begun.pop(chunk)
            there = slice(first, first + values.shape[1])
            self._array[self._size, slice(None), there] = values
        self._left -= width
        return True if self._left == 0 else None


def _done(_: int, whole: bool) -> bool:
    return whole
