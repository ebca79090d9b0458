"""D(l,k) on the paper's grid, l = 1..50, k = 1..20, 2000 draws, beside the published algorithm."""

from collections.abc import Callable, Iterator
from functools import partial

import jax
import numpy as np
import published
from report import Row
from timing import fresh_process, side_by_side

import firstbit
from firstbit.cells import CELLS, initializer_by_name
from firstbit.cells.threefry import fold_in, key_words
from firstbit.memory.discrepancy import Plan, binary_words, block_entries, draw_keys, propagate, weights_of
from firstbit.memory.monte_carlo import run_blocks

LENGTH, SIZES, DRAWS = 50, range(1, 21), 2000

# The published algorithm would take many minutes, so it does a part: some l, whose mean is that of all, and fewer draws.
LENGTHS_READ, FEWER = range(1, LENGTH + 1, 7), 100


def rows() -> Iterator[Row]:
    for name in ("Vanilla", "GRU"):
        cell = CELLS[name.lower()]
        measure = partial(firstbit.discrepancy, cell, hidden_sizes=SIZES, length=LENGTH, num_draws=DRAWS, key=jax.random.key(0))
        plain = partial(published.discrepancy_of_part, name, lengths=LENGTHS_READ, sizes=SIZES, num_draws=DRAWS // FEWER)
        taken = side_by_side({"ours": measure, "plain": plain, **parts(cell)})
        before = taken["plain"] * FEWER * LENGTH / len(LENGTHS_READ)
        whole = fresh_process(
            "import sys; from firstbit.cli import main; "
            f"sys.argv = ['firstbit', 'discrepancy', '--cell', '{name.lower()}', '--json']; main()"
        )
        yield Row(name, "the published algorithm, from a part of its draws", before)
        yield Row(name, "firstbit, warm, whole call", taken["ours"], before / taken["ours"])
        yield Row(name, "    drawing alone", taken["drawing"])
        yield Row(name, "    propagation alone", taken["propagation"])
        yield Row(name, "firstbit, whole process: import, compile, measure, print", whole, before / whole)


def parts(cell: type) -> dict[str, Callable[[], object]]:
    """Drawing all weights of the grid, and reading both words with weights already drawn."""
    law = initializer_by_name("normal")
    flags = np.bool_(law.is_normal), np.bool_(law.by_fan_in)
    words = binary_words(LENGTH)
    plans = {k: Plan.of(cell, k, DRAWS) for k in SIZES}
    jobs = [k for k, plan in plans.items() for _ in range(-(-DRAWS // plan.num_draws))]

    @partial(jax.jit, static_argnames=("padded", "width"))
    def drawn(keys, k, *, padded, width):
        entries = block_entries(keys, cell=cell, padded=padded, width=width)
        return jax.lax.map(lambda strip: weights_of(strip, k, *flags, cell=cell), entries)

    @partial(jax.jit, static_argnames=("padded", "width"))
    def only_drawn(keys, k, *, padded, width):
        entries = block_entries(keys, cell=cell, padded=padded, width=width)
        return jax.lax.map(lambda strip: sum(w.sum() for w in weights_of(strip, k, *flags, cell=cell).values()), entries)

    @jax.jit
    def propagated(weights, words):
        return jax.lax.map(lambda strip: propagate(strip, words, np.int64(LENGTH), cell=cell), weights)

    def arguments(k: int):
        keys = draw_keys(fold_in(key_words(jax.random.key(0)), k), np.uint32(0), num_draws=plans[k].num_draws)
        return {"keys": keys, "k": np.int64(k), "padded": plans[k].padded, "width": plans[k].width}

    weights = dict(zip(SIZES, run_blocks(lambda k: drawn(**arguments(k)), list(SIZES)), strict=True))
    return {
        "drawing": lambda: run_blocks(lambda k: only_drawn(**arguments(k)).block_until_ready(), jobs),
        "propagation": lambda: run_blocks(lambda k: propagated(weights[k], words).block_until_ready(), jobs),
    }
