"""D(l,k) on the paper's grid, l = 1..50, k = 1..20, 2000 draws, beside the published algorithm."""

from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec

import batched_numpy
import jax
import numpy as np
import published
from report import Row
from timing import fresh_process, side_by_side

import firstbit
from firstbit.cells import CELLS, initializer_by_name
from firstbit.cells.threefry import fold_in, key_words
from firstbit.memory.discrepancy import Plan, binary_words, block_entries, draw_keys, propagate, weights_of
from firstbit.memory.monte_carlo import num_workers, run_blocks

LENGTH, SIZES, DRAWS = 50, range(1, 21), 2000

# The published algorithm would take many minutes, so it does a part: some l, whose mean is that of all, and fewer draws.
LENGTHS_READ, FEWER = range(1, LENGTH + 1, 7), 100


OTHERS = {
    "numpy": "NumPy, all draws batched, one core",
    "numpy cores": "NumPy, all draws batched, sizes over all cores",
    "torch": "PyTorch, all draws batched, all cores inside each operation",
    "torch cores": "PyTorch, all draws batched, sizes over all cores",
}
KERNELS = {
    "plain": "numba kernel, weights given, exp of the C library",
    "polynomial": "numba kernel, weights given, polynomial exp",
}


def rows() -> Iterator[Row]:
    for name in ("Vanilla", "GRU"):
        cell = CELLS[name.lower()]
        measure = partial(firstbit.discrepancy, cell, hidden_sizes=SIZES, length=LENGTH, num_draws=DRAWS, key=jax.random.key(0))
        plain = partial(published.discrepancy_of_part, name, lengths=LENGTHS_READ, sizes=SIZES, num_draws=DRAWS // FEWER)
        kernels = of_kernels(name)
        taken = side_by_side({"ours": measure, "published": plain, **parts(cell), **of_others(name), **kernels})
        before = taken["published"] * FEWER * LENGTH / len(LENGTHS_READ)
        whole = fresh_process(
            "import sys; from firstbit.cli import main; "
            f"sys.argv = ['firstbit', 'discrepancy', '--cell', '{name.lower()}', '--json']; main()"
        )
        yield Row(name, "the published algorithm, from a part of its draws", before)
        for way, label in OTHERS.items():
            yield timed(name, label, taken.get(way), before)
        yield Row(name, "firstbit, warm, whole call", taken["ours"], before / taken["ours"])
        yield Row(name, "firstbit, whole process: import, compile, measure, print", whole, before / whole)
        yield Row(name, "firstbit, drawing alone", taken["drawing"])
        yield Row(name, "firstbit, propagation alone, weights given", taken["propagation"])
        for way, label in KERNELS.items():
            yield timed(name, label, taken.get(way), taken["propagation"])


def timed(name: str, label: str, seconds: float | None, before: float) -> Row:
    """A row, or one that says that nothing was timed."""
    return Row(name, f"{label}: not installed") if seconds is None else Row(name, label, seconds, before / seconds)


def of_others(name: str) -> dict[str, Callable[[], object]]:
    """Drawing and propagation together, as `firstbit.discrepancy` does them."""
    arguments = name, LENGTH, SIZES, DRAWS
    ways = {
        "numpy": lambda: batched_numpy.surface(*arguments, threads=1),
        "numpy cores": lambda: batched_numpy.surface(*arguments, threads=num_workers()),
    }
    if find_spec("torch"):
        import batched_torch

        batched_torch.check(name)
        ways["torch"] = lambda: batched_torch.surface(*arguments, threads=1, inside=num_workers())
        ways["torch cores"] = lambda: batched_torch.surface(*arguments, threads=num_workers(), inside=1)
    return ways


def of_kernels(name: str) -> dict[str, Callable[[], object]]:
    """The compiled kernels, checked, on weights already drawn."""
    if not find_spec("numba"):
        return {}
    import compiled

    compiled.check(name)
    random = np.random.default_rng(0)
    weights = [compiled.draw_blocks(name, size, DRAWS, random) for size in SIZES]
    return {way: lambda kernel=kernel: [kernel(U, W, LENGTH) for U, W in weights] for way, kernel in compiled.kernels(name).items()}


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
