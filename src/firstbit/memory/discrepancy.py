"""The (l,k)-discrepancy: how far apart two words that differ in their first bit drive an untrained cell."""

from collections.abc import Callable, Sequence
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import scipy.stats
import xarray as xr
from jaxtyping import Array, Float, PRNGKeyArray

from firstbit.arrays import Distances
from firstbit.cells import Cell, Initializer, initializer_by_name
from firstbit.cells.cell import split_by_gate
from firstbit.cells.initializers import Variate, incoming_weights, uniform_entries
from firstbit.cells.threefry import Words, fold_in, key_words
from firstbit.errors import SettingError, require_at_least
from firstbit.memory.monte_carlo import block_size, run_blocks, strip_width
from firstbit.provenance import with_provenance

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
RETAINED_ABOVE = 1e-3
CONFIDENCE = 0.95


def discrepancy(
    cell: type[Cell],
    *,
    hidden_sizes: Sequence[int],
    length: int,
    num_draws: int,
    initializer: str | Initializer = "normal",
    key: PRNGKeyArray,
    workers: int | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> xr.Dataset:
    r"""Estimate the (l,k)-discrepancy of a cell over random parameters.

    $$ D(l,k) = E \lVert h_u - h_v \rVert_2, \qquad u = 0 0 \dots 0, \quad v = 1 0 \dots 0, \quad |u| = |v| = l $$

    The parameters are drawn afresh `num_draws` times for each k, without biases; one pass along the words gives
    every l. Draw i at size k depends on (key, k, i) only. Do not take D for memory where the net is chaotic: it
    then separates u and v for ever, though nothing about the first bit can be read once the rest varies. And where
    few draws carry the mean, look at the quantiles: the mean of 2000 draws can be 10^7 times their median.

    Args:
        cell: the class of the cell, `Vanilla` or `GRU`.
        hidden_sizes: the values of k, each at least 1, in any order.
        length: the largest l, at least 1; every l from 1 on is returned.
        num_draws: at least 2.
        initializer: law of the weights: `normal` (N(0,1), the paper's), `fan-in-normal`, `fan-in-uniform`.
        key: the random key.
        workers: threads; all processors by default; doesn't change the result.
        progress: called with (blocks done, blocks in all).

    Returns:
        Dataset over `hidden_size` and `length` (and `quantile`), all in units of the hidden state:
        `discrepancy` (mean distance), `standard_error`, `interval_low`, `interval_high` (95 %, Student's t),
        `quantile_value` (exact quantiles of the distances) and `retained` (share of distances above 1e-3).

    Raises:
        SettingError: a size, the length or the number of draws is out of range, or the initializer is unknown.

    Example:
        >>> import jax
        >>> from firstbit.cells import Vanilla
        >>> d = discrepancy(Vanilla, hidden_sizes=[1], length=3, num_draws=64, key=jax.random.key(0))
        >>> d.discrepancy.dims, bool(abs(d.discrepancy[0, 0] - 0.2395) < 4 * d.standard_error[0, 0])
        (('hidden_size', 'length'), True)

    References:
        Stérin, Farrugia, Gripon 2017, Definition V.1, Figs. 10 and 11.
    """
    law = _checked(hidden_sizes, length, num_draws, initializer)
    columns = distances(
        cell,
        hidden_sizes=hidden_sizes,
        length=length,
        num_draws=num_draws,
        initializer=law,
        key=key,
        workers=workers,
        progress=progress,
    )
    configuration = {
        "measure": "discrepancy",
        "cell": cell.__name__,
        "initializer": law.name,
        "num_draws": num_draws,
        "length": length,
        "hidden_sizes": [int(k) for k in hidden_sizes],
        "words": ["0" * min(length, 2) + "...", "1" + "0" * (min(length, 2) - 1) + "..."],
        "confidence": CONFIDENCE,
        "retained_above": RETAINED_ABOVE,
    }
    return with_provenance(
        _labelled(hidden_sizes, columns),
        configuration=configuration,
        key=np.ravel(jax.random.key_data(key)).tolist(),
    )


def distances(
    cell: type[Cell],
    *,
    hidden_sizes: Sequence[int],
    length: int,
    num_draws: int,
    initializer: Initializer,
    key: PRNGKeyArray,
    workers: int | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> list[Distances]:
    """The distances behind `discrepancy`: for each hidden size an array (length, draw)."""
    sizes = [int(k) for k in hidden_sizes]
    compute = {k: _program(cell, initializer, k, length, key) for k in sizes}
    jobs = [(k, b) for k in sizes for b in range(-(-num_draws // block_size(num_weights(cell, k))))]
    # The first job of each padded size compiles its program: start those first, side by side.
    first = {padded_size(k): (k, b) for k, b in reversed(jobs)}
    order = sorted(range(len(jobs)), key=lambda i: jobs[i] not in first.values())
    finished = run_blocks(lambda i: compute[jobs[i][0]](jobs[i][1]), order, workers=workers, progress=progress)
    by_job = {jobs[i]: result for i, result in zip(order, finished, strict=True)}
    return [np.concatenate([by_job[job] for job in jobs if job[0] == k], axis=1)[:, :num_draws] for k in sizes]


def binary_words(length: int) -> np.ndarray:
    """U = 0 0...0 and v = 1 0...0 as one-hot vectors, (length, symbol, word, 1)."""
    symbols = np.zeros((length, 2), dtype=np.int64)
    symbols[0, 1] = 1
    return np.moveaxis(np.eye(2)[symbols], 1, 2)[..., None]


def padded_size(hidden_size: int) -> int:
    """The size at which cells of `hidden_size` units are computed; units beyond the true size stay equal in both words.

    A compiled program serves five small sizes; a large size has its own.

    Example:
        >>> padded_size(1), padded_size(18), padded_size(200)
        (5, 20, 200)
    """
    return -(-hidden_size // 5) * 5 if hidden_size <= 32 else hidden_size


def num_weights(cell: type[Cell], hidden_size: int) -> int:
    """Weights of one cell at the size at which it is computed, for binary words."""
    padded = padded_size(hidden_size)
    return len(cell.gates) * padded * (2 + padded)


def _program(
    cell: type[Cell], initializer: Initializer, hidden_size: int, length: int, key: PRNGKeyArray
) -> Callable[[int], Distances]:
    """Maps a block's number to its distances, (length, draw)."""
    weights = num_weights(cell, hidden_size)
    size, words, of_size = block_size(weights), binary_words(length), fold_in(key_words(key), hidden_size)

    def compute(block: int) -> Distances:
        strips = _distances_of_block(
            draw_keys(of_size, np.uint32(block * size), num_draws=size),
            np.int64(hidden_size),
            np.bool_(initializer.by_fan_in),
            words,
            cell=cell,
            variate=initializer.variate,
            padded=padded_size(hidden_size),
            width=min(strip_width(weights), size),
        )
        return np.concatenate(np.asarray(strips), axis=1)

    return compute


@partial(jax.jit, static_argnames="num_draws")
def draw_keys(key: Words, first_draw: Array, *, num_draws: int) -> Words:
    """The keys of the draws `first_draw + (0, 1, ...)`; a program of its own, or XLA would compute a key for each weight."""
    return fold_in(key, first_draw + jnp.arange(num_draws, dtype=jnp.uint32))


@partial(jax.jit, static_argnames=("cell", "variate", "padded", "width"))
def _distances_of_block(
    keys: Words,
    hidden_size: Array,
    by_fan_in: Array,
    words: Array,
    *,
    cell: type[Cell],
    variate: Variate,
    padded: int,
    width: int,
) -> Float[Array, "strip length draw"]:
    """One block, a strip of draws at a time, so that the weights of a strip stay in a core's cache."""

    def one_strip(entries: Array) -> Array:
        return propagate(weights_of(entries, hidden_size, by_fan_in, cell=cell, variate=variate), words, cell=cell)

    # All entries first: inside the loop XLA would compute them again in each of the fused pieces of the normal law.
    return jax.lax.map(one_strip, block_entries(keys, cell=cell, padded=padded, width=width))


def block_entries(keys: Words, *, cell: type[Cell], padded: int, width: int) -> Float[Array, "strip rows gate columns draw"]:
    """What the weights of many draws, one for each key, are made of; so many draws a strip."""
    strips = tuple(word.reshape(-1, width) for word in keys)
    gates = len(cell.gates)
    return jax.vmap(lambda keys: uniform_entries(keys, num_rows=padded, num_gates=gates, num_columns=2 + padded))(strips)


def weights_of(
    entries: Float[Array, "rows gate columns draw"], hidden_size: Array, by_fan_in: Array, *, cell: type[Cell], variate: Variate
) -> dict[str, Array]:
    """Parameters by name, U_g (hidden, 2, draw) and W_g (hidden, hidden, draw), zero beyond the true size."""
    return split_by_gate(cell.gates, 2, incoming_weights(variate, by_fan_in, entries, input_size=2, hidden_size=hidden_size))


def propagate(
    weights: dict[str, Array], words: Float[Array, "length symbol word 1"], *, cell: type[Cell]
) -> Float[Array, "length draw"]:
    """Read two words, and give the distance of the two hidden states after each symbol, for each draw.

    Both words go side by side, on an axis between the parameters' own and the draw's, so that a weight is loaded
    once for both.
    """
    block = cell.from_parameters(**{name: value[:, :, None, :] for name, value in weights.items()})
    padded, _, num_draws = next(iter(weights.values())).shape
    start = jnp.zeros((padded, words.shape[2], num_draws))

    def step(hidden: Array, symbols: Array) -> tuple[Array, Array]:
        hidden = block(symbols, hidden)
        return hidden, jnp.sqrt(jnp.sum((hidden[:, 0] - hidden[:, 1]) ** 2, axis=0))

    return jax.lax.scan(step, start, words)[1]


def _checked(hidden_sizes: Sequence[int], length: int, num_draws: int, initializer: str | Initializer) -> Initializer:
    require_at_least("length", length, 1)
    require_at_least("num_draws", num_draws, 2)
    if len(hidden_sizes) == 0 or len(set(hidden_sizes)) < len(hidden_sizes):
        raise SettingError(f"expected one or more different hidden sizes, got {list(hidden_sizes)}.")
    for hidden_size in hidden_sizes:
        require_at_least("hidden_size", hidden_size, 1)
    return initializer_by_name(initializer) if isinstance(initializer, str) else initializer


def _labelled(hidden_sizes: Sequence[int], columns: list[Distances]) -> xr.Dataset:
    """Mean, standard error, interval, quantiles and retained share, with names and units."""
    num_draws = columns[0].shape[1]
    mean, error, quantiles, retained = (np.stack(parts) for parts in zip(*run_blocks(_statistics, columns), strict=True))
    reach = scipy.stats.t.ppf((1 + CONFIDENCE) / 2, num_draws - 1) * error
    grid, unit = ("hidden_size", "length"), "units of the hidden state"
    return xr.Dataset(
        {
            "discrepancy": (grid, mean, {"long_name": "(l,k)-discrepancy D(l,k)", "units": unit}),
            "standard_error": (grid, error, {"long_name": "standard error of D(l,k)", "units": unit}),
            "interval_low": (grid, mean - reach, {"long_name": "lower end of the 95 % interval", "units": unit}),
            "interval_high": (grid, mean + reach, {"long_name": "upper end of the 95 % interval", "units": unit}),
            "quantile_value": (
                (*grid, "quantile"),
                quantiles,
                {"long_name": "quantile of the distances", "units": unit},
            ),
            "retained": (grid, retained, {"long_name": "share of draws with a distance above 1e-3", "units": "1"}),
        },
        coords={
            "hidden_size": ("hidden_size", [int(k) for k in hidden_sizes], {"long_name": "k", "units": "units"}),
            "length": (
                "length",
                np.arange(1, columns[0].shape[0] + 1),
                {"long_name": "l", "units": "symbols"},
            ),
            "quantile": ("quantile", list(QUANTILES), {"long_name": "probability", "units": "1"}),
        },
        attrs={"largest_half_width": float(reach.max()), "num_draws": num_draws},
    )


def _statistics(column: Distances) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of each length: mean, standard error, exact quantiles, retained share."""
    return (
        column.mean(axis=1),
        column.std(axis=1, ddof=1) / np.sqrt(column.shape[1]),
        np.quantile(column, QUANTILES, axis=1).T,
        (column > RETAINED_ABOVE).mean(axis=1),
    )
