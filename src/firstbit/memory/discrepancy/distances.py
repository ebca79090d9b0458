"""The distances behind D(l,k): one of each random net, not their mean alone."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict, Unpack

import numpy as np
import xarray as xr
from jaxtyping import Float, PRNGKeyArray

from firstbit.cells.given import CellLike, Given
from firstbit.datasets import Variable, dataset
from firstbit.errors import require_path
from firstbit.execution import Execution
from firstbit.files import require_replaceable
from firstbit.memory.discrepancy.on_disk import MARKER, require_zarr, write_distances
from firstbit.memory.ensemble.ensemble import Ensemble
from firstbit.memory.ensemble.run import samples
from firstbit.memory.ensemble.word_pair import WordPair
from firstbit.weights.redraw import Initializer

GRID = ("hidden_size", "length", "draw")
UNIT = "units of the hidden state"


def distances(
    cell: CellLike,
    *,
    hidden_sizes: Sequence[int] | int | None = None,
    length: int | None = None,
    num_draws: int | None = None,
    initializer: Initializer | None = None,
    words: str | Sequence[str] | WordPair = "constant",
    key: PRNGKeyArray,
    execution: Execution | None = None,
) -> xr.Dataset:
    r"""Return the distance of each random net, $\lVert h_l - h'_l \rVert$.

    Its mean over nets is D(l,k). Take it to draw single nets, or for a statistic of
    your own; `discrepancy` has the mean, quantiles and shares with their intervals.
    Of more nets than memory holds, `save_distances` writes them.

    Args:
        cell: as of `discrepancy`, and so are all other arguments.
        hidden_sizes: the values of k, each at least 1.
        length: the largest l; every l from 1 on is returned.
        num_draws: nets of each size, at least 2.
        initializer: law of the weights.
        words: `constant`, `random`, or two words.
        key: the random key.
        execution: threads or an executor, progress, and a folder to resume from.

    Returns:
        Dataset over `hidden_size`, `length` and `draw` with `distance`, in units of the
        state: 8 bytes for each.

    Raises:
        SettingError, CellError, OutputError: as `discrepancy`.

    Example:
        >>> import jax
        >>> found = distances("vanilla:1", length=3, num_draws=4, key=jax.random.key(0))
        >>> found.distance.dims, found.distance.shape
        (('hidden_size', 'length', 'draw'), (1, 3, 4))

    References:
        Stérin, Farrugia, Gripon 2017, Definition V.1: what is averaged there.
    """
    ensemble = _ensemble(
        cell,
        key,
        hidden_sizes=hidden_sizes,
        length=length,
        num_draws=num_draws,
        initializer=initializer,
        words=words,
    )
    of_sizes = [sample.distances for sample in samples(ensemble, execution)]
    return _labelled(ensemble, np.stack(of_sizes))


class Asked(TypedDict, total=False):
    """Arguments of `distances` that have defaults."""

    hidden_sizes: Sequence[int] | int | None
    length: int | None
    num_draws: int | None
    initializer: Initializer | None
    words: str | Sequence[str] | WordPair


def save_distances(
    folder: str | Path,
    cell: CellLike,
    *,
    key: PRNGKeyArray,
    execution: Execution | None = None,
    **asked: Unpack[Asked],
) -> xr.Dataset:
    """Write the distance of each random net as Zarr, and return it unread.

    So there may be more nets than memory holds: the caller keeps the nets of a few
    chunks, and writes. It needs the package `zarr` (`pip install 'firstbit[zarr]'`).

    Args:
        folder: where, such as `d.zarr`; written whole or not at all, and an earlier
            one is replaced.
        cell: as of `distances`, and so are all other arguments.
        key: the random key.
        execution: threads or an executor, progress, and a folder to resume from.
        **asked: `hidden_sizes`, `length`, `num_draws`, `initializer`, `words`.

    Returns:
        As `distances`; `xarray.open_dataset(folder, engine="zarr")` has it again.
        Values are read when they are used.

    Raises:
        PackageError: Zarr isn't installed.
        SettingError, CellError, OutputError: as `distances`.
    """
    require_zarr()
    path = require_path("folder", folder)
    require_replaceable(path, MARKER)
    ensemble = _ensemble(cell, key, **asked)
    shape = (len(ensemble.populations), ensemble.length, ensemble.num_draws)
    empty = _labelled(ensemble, np.broadcast_to(np.nan, shape))
    return write_distances(path, empty, ensemble, execution or Execution())


def _ensemble(cell: CellLike, key: PRNGKeyArray, **asked: Unpack[Asked]) -> Ensemble:
    """Return the nets that are asked for."""
    sizes, law = asked.get("hidden_sizes"), asked.get("initializer")
    return Ensemble.of(
        Given.of(cell, hidden_sizes=sizes, initializer=law),
        WordPair.of(asked.get("words", "constant")),
        length=asked.get("length"),
        num_draws=asked.get("num_draws"),
        key=key,
    )


def _labelled(
    ensemble: Ensemble, values: Float[np.ndarray, "hidden_size length draw"]
) -> xr.Dataset:
    """Return the distances with names, units and provenance."""
    return dataset(
        [Variable("distance", GRID, values, "distance of the two states", UNIT)],
        {
            "hidden_size": list(ensemble.given.sizes),
            "length": np.arange(1, ensemble.length + 1),
            "draw": np.arange(ensemble.num_draws),
        },
        rows=GRID,
        configuration={
            "measure": "distances",
            **ensemble.about,
            "words": ensemble.words.described,
            "length": ensemble.length,
        },
        key=ensemble.key_data,
        attrs={"num_draws": ensemble.num_draws, "suffix": ensemble.words.kind},
    )
