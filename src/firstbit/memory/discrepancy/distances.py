"""The distances behind D(l,k): one of each random net, not their mean alone."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from jaxtyping import PRNGKeyArray

from firstbit.cells.given import CellLike, Given
from firstbit.datasets import Variable, dataset
from firstbit.execution import Execution
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
    given = Given.of(cell, hidden_sizes=hidden_sizes, initializer=initializer)
    pair = WordPair.of(words)
    ensemble = Ensemble.of(
        given,
        pair,
        length=length,
        num_draws=num_draws,
        key=key,
    )
    of_sizes = [sample.distances for sample in samples(ensemble, execution)]
    values = np.stack(of_sizes)
    return dataset(
        [Variable("distance", GRID, values, "distance of the two states", UNIT)],
        {
            "hidden_size": list(given.sizes),
            "length": np.arange(1, ensemble.length + 1),
            "draw": np.arange(values.shape[-1]),
        },
        rows=GRID,
        configuration={
            "measure": "distances",
            **ensemble.about,
            "words": pair.described,
            "length": ensemble.length,
        },
        key=ensemble.key_data,
        attrs={"num_draws": ensemble.num_draws, "suffix": pair.kind},
    )
