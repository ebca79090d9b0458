"""The published training on the embedded grammar, 256 words.

Seconds of a warm epoch of one seed, and of whole processes.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec

from published_task import Task
from report import Row, at_least, at_most
from timing import fresh_process, side_by_side

EPOCHS, SEEDS = 10, 32
"""Of a round of a fast way; a slow way does one epoch."""

WHOLE = 1000
"""Epochs of a whole process; PyTensor's is put together from its compilation and its
epochs."""

PROGRAM = """
from firstbit.process import prepare
prepare()
import sys
sys.path.insert(0, {folder!r})
from functools import partial
from jax.random import key
from firstbit import train
from firstbit.languages import embedded_reber
from firstbit.training import Published
from published_task import Task
task = Task.of({cell!r})
rule = Published(task.rate, max_epochs={epochs}, tolerance=0)
result = train(
    partial(type(task.start.cell), use_bias=True),
    embedded_reber(),
    rule=rule,
    num_seeds={seeds},
    key=key(0),
    hidden_size=task.hidden_size,
    words=task.words,
    initializer="normal",
    readout_bias=task.start.readout.b_O is not None,
)
assert result.sizes["epoch"] == {epochs}
"""
"""All that a user waits for: import, compile, train with checks, judge. No seed ends
early."""

COMPILATION = """
import sys
sys.path.insert(0, {folder!r})
from published_task import Task
from published_pytensor import compiled_step
compiled_step(Task.of({cell!r}))
"""

ONE, MANY = (
    "firstbit, one seed, an epoch",
    f"firstbit, {SEEDS} seeds side by side over all cores, an epoch of one",
)
PYTENSOR = "PyTensor (numba mode), one seed, an epoch"
TORCH, TORCHES = (
    "PyTorch eager, one seed, an epoch",
    f"PyTorch eager, {SEEDS} seeds in batched products, an epoch of one",
)
KERNEL = "numba kernel, one seed, one core, an epoch"
KERNELS = (
    f"numba kernel, {SEEDS} seeds one at a time on each core, an epoch of one",
    f"numba kernel, {SEEDS} seeds vectorised over seeds, all cores, an epoch of one",
)

KERNEL_AT_MOST = {"Vanilla": 1.2, "GRU": 1.5}
"""What firstbit may take, in times of the faster kernel of many seeds."""

Ways = dict[str, tuple[Callable[[], object] | None, int]]
"""What is timed -> the work, or None where its package is not installed; and how many
epochs of one seed it does."""


def rows() -> Iterator[Row]:
    for cell in ("Vanilla", "GRU"):
        task = Task.of(cell)
        what = f"{cell}, k = {task.hidden_size}"
        pytensor, compiling = of_pytensor(task)
        ways = {**pytensor, **of_torch(task), **of_firstbit(task), **of_kernels(task)}
        timed = side_by_side(
            {label: work for label, (work, _) in ways.items() if work is not None}
        )
        taken = {label: timed[label] / ways[label][1] for label in timed}
        for label in ways:
            if label not in taken:
                yield Row(what, f"{label}: not installed")
            elif label == MANY:
                yield Row(
                    what,
                    label,
                    taken[label],
                    over(taken, PYTENSOR, taken[label]),
                    against_kernels(task, taken),
                )
            else:
                yield Row(
                    what,
                    label,
                    taken[label],
                    None if label == PYTENSOR else over(taken, PYTENSOR, taken[label]),
                )
        yield from of_processes(
            task, what, None if compiling is None else (compiling, taken[PYTENSOR])
        )


def over(taken: Mapping[str, float], reference: str, seconds: float) -> float | None:
    return taken[reference] / seconds if reference in taken else None


def against_kernels(task: Task, taken: Mapping[str, float]) -> str:
    if KERNELS[0] not in taken:
        return ""
    times = taken[MANY] / min(taken[label] for label in KERNELS)
    return (
        f"{times:.2f} of the faster kernel's, "
        f"{at_most(KERNEL_AT_MOST[task.cell], times)}"
    )


def of_processes(
    task: Task, what: str, pytensor: tuple[float, float] | None
) -> Iterator[Row]:
    """Time whole processes with nothing compiled before.

    PyTensor's are put together from its compilation and an epoch.
    """
    one, many = (fresh_process(program(task, seeds)) for seeds in (1, SEEDS))
    each, ratios, demands = many / SEEDS, (None, None), ("", "")
    if pytensor is not None:
        compiling, an_epoch = pytensor
        alone, of_many = (
            compiling + WHOLE * an_epoch,
            compiling / SEEDS + WHOLE * an_epoch,
        )
        yield Row(
            what,
            "PyTensor before its first epoch, whole process: import, build, compile",
            compiling,
        )
        yield Row(
            what,
            f"PyTensor, one seed, {WHOLE} epochs: compile, and {WHOLE} times an epoch",
            alone,
        )
        yield Row(
            what,
            f"PyTensor, one of {SEEDS} seeds one after another, compiled once",
            of_many,
        )
        ratios = alone / one, of_many / each
        demands = at_least(4, ratios[0]), at_least(9, ratios[1])
    yield Row(
        what,
        f"firstbit, one seed, {WHOLE} epochs, whole process",
        one,
        ratios[0],
        demands[0],
    )
    yield Row(
        what,
        f"firstbit, {SEEDS} seeds, {WHOLE} epochs, whole process",
        many,
        None,
        f"seconds {at_most(120, many)}",
    )
    yield Row(what, "the same, of one seed", each, ratios[1], demands[1])


def program(task: Task, num_seeds: int) -> str:
    return PROGRAM.format(
        folder=__file__.rpartition("/")[0],
        cell=task.cell,
        epochs=WHOLE,
        seeds=num_seeds,
    )


def of_firstbit(task: Task) -> Ways:
    """Many seeds as `train_seeds` trains them, without its checks."""
    task.check("firstbit, seeds", task.train_many(2, SEEDS))
    return {
        ONE: (lambda: task.train(EPOCHS), EPOCHS),
        MANY: (lambda: task.train_many(EPOCHS, SEEDS), EPOCHS * SEEDS),
    }


def of_pytensor(task: Task) -> tuple[Ways, float | None]:
    """The way, and the seconds of a process that imports, builds and compiles it."""
    if not find_spec("pytensor"):
        return {PYTENSOR: (None, 1)}, None
    import published_pytensor

    step = published_pytensor.compiled_step(task)
    task.check("PyTensor", published_pytensor.train(task, step, 2))
    # In a process of its own: here it has been compiling another cell before, and would
    # be quicker than a user's.
    seconds = fresh_process(
        COMPILATION.format(folder=__file__.rpartition("/")[0], cell=task.cell)
    )
    return {PYTENSOR: (lambda: published_pytensor.train(task, step, 1), 1)}, seconds


def of_torch(task: Task) -> Ways:
    if not find_spec("torch"):
        return {TORCH: (None, 1), TORCHES: (None, 1)}
    import published_torch

    task.check("PyTorch", published_torch.train(task, 2))
    task.check("PyTorch, seeds", published_torch.train(task, 2, num_seeds=2))
    return {
        TORCH: (lambda: published_torch.train(task, 1), 1),
        TORCHES: (lambda: published_torch.train(task, 1, num_seeds=SEEDS), SEEDS),
    }


def of_kernels(task: Task) -> Ways:
    if not find_spec("numba"):
        return dict.fromkeys((KERNEL, *KERNELS), (None, 1))
    import compiled_seed
    import compiled_seeds

    task.check("kernel of one seed", compiled_seed.train(task, 2))
    task.check("kernel of many seeds", compiled_seeds.train(task, 2, num_seeds=SEEDS))
    return {
        KERNEL: (lambda: compiled_seed.train(task, EPOCHS), EPOCHS),
        KERNELS[0]: (
            lambda: compiled_seed.train(task, EPOCHS, num_seeds=SEEDS),
            EPOCHS * SEEDS,
        ),
        KERNELS[1]: (
            lambda: compiled_seeds.train(task, EPOCHS, num_seeds=SEEDS),
            EPOCHS * SEEDS,
        ),
    }
