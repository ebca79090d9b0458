"""Time a cell from elsewhere beside our own of the same form, and how D(l,k) grows."""

from collections.abc import Iterator
from functools import partial

import equinox as eqx
import growth
import jax
from report import Row, at_most
from timing import fresh_process, processes, side_by_side

import firstbit

DRAWS, LENGTH = 2000, 50

ONE_SIZE = """
from firstbit.process import prepare
prepare()
import equinox as eqx, jax, firstbit
key = jax.random.key(0)
cell = eqx.nn.GRUCell
firstbit.discrepancy(cell, hidden_sizes=[20], length=50, num_draws=2000, key=key)
"""

LARGE = """
import sys
from firstbit.cli import main
sys.argv = "firstbit discrepancy --hidden-size {} --num-draws {} --json".split()
main()
"""


def rows() -> Iterator[Row]:
    ours = partial(firstbit.GRU, reset="after")
    for k in (5, 10, 20):
        measure = {
            name: partial(
                firstbit.discrepancy,
                cell,
                hidden_sizes=[k],
                length=LENGTH,
                num_draws=DRAWS,
                key=jax.random.key(0),
            )
            for name, cell in (("ours", ours), ("theirs", eqx.nn.GRUCell))
        }
        taken = side_by_side(measure)
        yield Row(f"GRU, reset after, k = {k}", "firstbit's own", taken["ours"])
        asked = f"over firstbit's {at_most(3, taken['theirs'] / taken['ours'])}"
        ratio = taken["ours"] / taken["theirs"]
        yield Row(
            f"GRU, reset after, k = {k}",
            "eqx.nn.GRUCell, unchanged",
            taken["theirs"],
            ratio,
            asked,
        )
    whole = fresh_process(ONE_SIZE)
    yield Row(
        "eqx.nn.GRUCell, k = 20",
        "whole process: import, compile, measure",
        whole,
        None,
        f"seconds {at_most(4, whole)}",
    )
    yield from large()
    yield from curves()


def large() -> Iterator[Row]:
    """Many draws, and large cells: seconds and memory of whole processes."""
    for k, draws in ((20, 1_000_000), (1024, 64)):
        (one,) = processes(LARGE.format(k, draws), 1)
        asked = (
            f"{one.gibibytes:.2f} GiB {at_most(2, one.gibibytes)}"
            if k == 20
            else f"{one.gibibytes:.2f} GiB"
        )
        yield Row(
            f"Vanilla, k = {k}, l = {LENGTH}",
            f"{draws:,} draws, whole process",
            one.seconds,
            None,
            asked,
        )


def curves() -> Iterator[Row]:
    def measure(k: int = 20, length: int = LENGTH, num_draws: int = DRAWS):
        firstbit.discrepancy(
            firstbit.Vanilla,
            hidden_sizes=[k],
            length=length,
            num_draws=num_draws,
            key=jax.random.key(0),
        )

    yield from growth.rows(
        "Vanilla, k = 20, 2000 draws",
        "l",
        [25, 50, 100, 200, 400],
        lambda v: measure(length=v),
    )
    yield from growth.rows(
        "Vanilla, k = 20, l = 50",
        "draws",
        [2000, 4000, 8000, 16_000, 32_000],
        lambda v: measure(num_draws=v),
    )
    yield from growth.rows(
        "Vanilla, l = 50, 200 draws",
        "k",
        [40, 80, 160, 320],
        lambda v: measure(k=v, num_draws=200),
        rounds=3,
    )
