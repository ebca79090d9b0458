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
from firstbit.cells.initializers import Variate, incoming_weights, row_keys
from firstbit.errors import SettingError, require_at_least
from firstbit.memory.monte_carlo import block_size, run_blocks
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
    words = binary_words(length)
    sizes = [int(k) for k in hidden_sizes]
    blocks = {k: block_size(len(cell.gates) * padded_size(k) * (2 + padded_size(k))) for k in sizes}
    jobs = [(k, b) for k in sizes for b in range(-(-num_draws // blocks[k]))]
    # The first job of each padded size compiles its programs: start those first, side by side.
    first = {padded_size(k): (k, b) for k, b in reversed(jobs)}
    order = sorted(range(len(jobs)), key=lambda i: jobs[i] not in first.values())

    def compute(i: int) -> Distances:
        k, b = jobs[i]
        weights = draw_block(key, k, b, cell=cell, initializer=initializer, num_draws=blocks[k])
        return np.asarray(propagate(weights, words, cell=cell))

    finished = run_blocks(compute, order, workers=workers, progress=progress)
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


def draw_block(
    key: PRNGKeyArray, hidden_size: int, block: int, *, cell: type[Cell], initializer: Initializer, num_draws: int
) -> dict[str, Array]:
    """Parameters of the draws `block * num_draws + (0, 1, ...)` at one hidden size, the draw on the last axis.

    Draw i is `redraw(cell, initializer, fold_in(fold_in(key, k), i))`, padded with zeros to `padded_size(k)`.

    Returns:
        By name: U_g (hidden, 2, draw) and W_g (hidden, hidden, draw).
    """
    padded = padded_size(hidden_size)
    shared = -(-padded // 20) * 20  # one program for the keys of all small sizes
    keys = _block_keys(key, np.int64(hidden_size), np.int64(block), num_draws=num_draws, num_rows=shared, num_gates=len(cell.gates))
    return _block_weights(
        keys,
        np.int64(hidden_size),
        np.bool_(initializer.by_fan_in),
        padded=padded,
        gates=cell.gates,
        variate=initializer.variate,
    )


@partial(jax.jit, static_argnames=("num_draws", "num_rows", "num_gates"))
def _block_keys(
    key: PRNGKeyArray, hidden_size: Array, block: Array, *, num_draws: int, num_rows: int, num_gates: int
) -> PRNGKeyArray:
    """(draw, hidden, gate) row keys of one block."""

    def keys_of_draw(draw: Array) -> PRNGKeyArray:
        return row_keys(jax.random.fold_in(jax.random.fold_in(key, hidden_size), draw), num_rows, num_gates)

    return jax.vmap(keys_of_draw)(block * num_draws + jnp.arange(num_draws))


@partial(jax.jit, static_argnames=("padded", "gates", "variate"))
def _block_weights(
    keys: PRNGKeyArray, hidden_size: Array, by_fan_in: Array, *, padded: int, gates: tuple[str, ...], variate: Variate
) -> dict[str, Array]:
    rows = jax.vmap(lambda keys: incoming_weights(variate, by_fan_in, keys, input_size=2, hidden_size=hidden_size), out_axes=-1)(
        keys[:, :padded]
    )
    return split_by_gate(gates, 2, rows)


@partial(jax.jit, static_argnames=("cell",))
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
    mean = np.stack([column.mean(axis=1) for column in columns])
    error = np.stack([column.std(axis=1, ddof=1) for column in columns]) / np.sqrt(num_draws)
    reach = scipy.stats.t.ppf((1 + CONFIDENCE) / 2, num_draws - 1) * error
    quantiles = np.stack([np.quantile(column, QUANTILES, axis=1).T for column in columns])
    retained = np.stack([(column > RETAINED_ABOVE).mean(axis=1) for column in columns])
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
