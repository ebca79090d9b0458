"""The (l,k)-discrepancy: how far apart two words that differ in their first bit drive an untrained cell."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import scipy.stats
import xarray as xr
from jaxtyping import Array, Float, PRNGKeyArray

from firstbit.arrays import Distances
from firstbit.cells import Cell, Initializer, initializer_by_name
from firstbit.cells.cell import split_by_gate
from firstbit.cells.initializers import incoming_weights, uniform_entries
from firstbit.cells.product import UNROLLED_UP_TO
from firstbit.cells.threefry import Words, fold_in, key_words
from firstbit.errors import SettingError, require_at_least
from firstbit.memory.monte_carlo import LARGEST_BLOCK, block_size, run_blocks, strip_width
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
    plans = {int(k): Plan.of(cell, int(k), num_draws) for k in hidden_sizes}
    jobs = [(k, b) for k, plan in plans.items() for b in range(-(-num_draws // plan.num_draws))]
    # The first job of each padded size compiles its program: start those first, side by side.
    first = {plans[k].padded: (k, b) for k, b in reversed(jobs)}
    order = sorted(range(len(jobs)), key=lambda i: jobs[i] not in first.values())
    words = binary_words(length)

    def compute(i: int) -> Distances:
        k, b = jobs[i]
        plan = plans[k]
        strips = _distances_of_block(
            draw_keys(fold_in(key_words(key), k), np.uint32(b * plan.num_draws), num_draws=plan.num_draws),
            np.int64(k),
            np.bool_(initializer.is_normal),
            np.bool_(initializer.by_fan_in),
            words,
            np.int64(length),
            cell=cell,
            padded=plan.padded,
            width=plan.width,
        )
        return np.concatenate(np.asarray(strips)[:, :length], axis=1)

    finished = run_blocks(compute, order, workers=workers, progress=progress)
    by_job = {jobs[i]: result for i, result in zip(order, finished, strict=True)}
    return [np.concatenate([by_job[job] for job in jobs if job[0] == k], axis=1)[:, :num_draws] for k in plans]


class Plan(NamedTuple):
    """How the draws at one hidden size are computed; none of it changes a bit of any distance.

    Attributes:
        padded: the size at which cells are computed. Units beyond the true size stay equal in both words. A compiled
            program serves five small sizes, or twenty if there are few draws: then compiling costs most.
        num_draws: draws in a block.
        width: draws in a strip.
    """

    padded: int
    num_draws: int
    width: int

    @classmethod
    def of(cls, cell: type[Cell], hidden_size: int, num_draws: int) -> "Plan":
        """The plan for cells of this size.

        Example:
            >>> from firstbit.cells import Vanilla
            >>> Plan.of(Vanilla, 18, 2000), Plan.of(Vanilla, 1, 100).padded, Plan.of(Vanilla, 200, 100).padded
            (Plan(padded=20, num_draws=512, width=64), 20, 200)
        """
        step = 1 if hidden_size > UNROLLED_UP_TO else 5 if num_draws > LARGEST_BLOCK else 20
        padded = -(-hidden_size // step) * step
        num_weights = len(cell.gates) * padded * (2 + padded)
        size = block_size(num_weights)
        return cls(padded, size, min(strip_width(num_weights), size))


def binary_words(length: int) -> np.ndarray:
    """U = 0 0...0 and v = 1 0...0 as one-hot vectors, (time, symbol, word, 1); 0 goes on to a length that programs share.

    Example:
        >>> binary_words(50).shape, binary_words(65).shape
        ((64, 2, 2, 1), (128, 2, 2, 1))
    """
    symbols = np.zeros((-(-length // 64) * 64, 2), dtype=np.int64)
    symbols[0, 1] = 1
    return np.moveaxis(np.eye(2)[symbols], 1, 2)[..., None]


@partial(jax.jit, static_argnames="num_draws")
def draw_keys(key: Words, first_draw: Array, *, num_draws: int) -> Words:
    """The keys of the draws `first_draw + (0, 1, ...)`; a program of its own, or XLA would compute a key for each weight."""
    return fold_in(key, first_draw + jnp.arange(num_draws, dtype=jnp.uint32))


@partial(jax.jit, static_argnames=("cell", "padded", "width"))
def _distances_of_block(
    keys: Words,
    hidden_size: Array,
    is_normal: Array,
    by_fan_in: Array,
    words: Array,
    length: Array,
    *,
    cell: type[Cell],
    padded: int,
    width: int,
) -> Float[Array, "strip length draw"]:
    """One block, a strip of draws at a time, so that the weights of a strip stay in a core's cache."""

    def one_strip(entries: Array) -> Array:
        return propagate(weights_of(entries, hidden_size, is_normal, by_fan_in, cell=cell), words, length, cell=cell)

    # All entries first: inside the loop XLA would compute them again in each of the fused pieces of the normal law.
    return jax.lax.map(one_strip, block_entries(keys, cell=cell, padded=padded, width=width))


def block_entries(keys: Words, *, cell: type[Cell], padded: int, width: int) -> Float[Array, "strip rows gate columns draw"]:
    """What the weights of many draws, one for each key, are made of; so many draws a strip."""
    strips = tuple(word.reshape(-1, width) for word in keys)
    gates = len(cell.gates)
    return jax.vmap(lambda keys: uniform_entries(keys, num_rows=padded, num_gates=gates, num_columns=2 + padded))(strips)


def weights_of(
    entries: Float[Array, "rows gate columns draw"], hidden_size: Array, is_normal: Array, by_fan_in: Array, *, cell: type[Cell]
) -> dict[str, Array]:
    """Parameters by name, U_g (hidden, 2, draw) and W_g (hidden, hidden, draw), zero beyond the true size."""
    return split_by_gate(cell.gates, 2, incoming_weights(is_normal, by_fan_in, entries, input_size=2, hidden_size=hidden_size))


def propagate(
    weights: dict[str, Array], words: Float[Array, "time symbol word 1"], length: Array, *, cell: type[Cell]
) -> Float[Array, "time draw"]:
    """Read two words up to `length`, and give the distance of the two hidden states after each symbol, for each draw.

    Both words go side by side, on an axis between the parameters' own and the draw's, so that a weight is loaded
    once for both.
    """
    block = cell.from_parameters(**{name: value[:, :, None, :] for name, value in weights.items()})
    padded, _, num_draws = next(iter(weights.values())).shape
    start = jnp.zeros((padded, words.shape[2], num_draws))

    def step(t: Array, carry: tuple[Array, Array]) -> tuple[Array, Array]:
        hidden, distance = carry
        hidden = block(words[t], hidden)
        return hidden, distance.at[t].set(jnp.sqrt(jnp.sum((hidden[:, 0] - hidden[:, 1]) ** 2, axis=0)))

    return jax.lax.fori_loop(0, length, step, (start, jnp.zeros((len(words), num_draws))))[1]


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
