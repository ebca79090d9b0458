"""The published training on the embedded grammar: seconds of one warm epoch of 256 words, by seed, and whole processes."""

from collections.abc import Callable, Iterator
from importlib.util import find_spec

from published_task import Task
from report import Row
from timing import fresh_process, side_by_side

EPOCHS, SEEDS = 10, 32

PROGRAM = """
from firstbit.cli.process import prepare
prepare()
from firstbit.paper.replay import Settings, replay_one
replay_one("{name}", Settings(), lambda *_: None)
"""


def rows() -> Iterator[Row]:
    for cell in ("Vanilla", "GRU"):
        task = Task.of(cell)
        what = f"{cell}, k = {task.hidden_size}"
        pytensor, compile_seconds = of_pytensor(task)
        ways = {**pytensor, **of_torch(task), **of_firstbit(task), **of_kernels(task)}
        timed = side_by_side({label: work for label, (work, _) in ways.items() if work is not None})
        taken = {label: timed[label] / ways[label][1] for label in timed}
        reference = next((taken[label] for label in pytensor if label in taken), None)
        for label in ways:
            if label not in taken:
                yield Row(what, f"{label}: not installed")
            else:
                of_reference = label in pytensor or reference is None
                yield Row(what, label, taken[label], None if of_reference else reference / taken[label])
        if compile_seconds is not None:
            yield Row(what, "PyTensor's compilation before its first epoch", compile_seconds)
        program = PROGRAM.format(name=f"embedded_reber_{cell.lower()}")
        yield Row(what, "firstbit, one seed, 1000 epochs: import, compile, train", fresh_process(program))


Ways = dict[str, tuple[Callable[[], object] | None, int]]
"""What is timed -> the work, or None where its package is not installed; and how many epochs of one seed it does."""


def of_firstbit(task: Task) -> Ways:
    return {"firstbit, one seed, an epoch": (lambda: task.train(EPOCHS), EPOCHS)}


def of_pytensor(task: Task) -> tuple[Ways, float | None]:
    """The way, and the seconds that it compiled."""
    label = "PyTensor (numba mode), one seed, an epoch"
    if not find_spec("pytensor"):
        return {label: (None, 1)}, None
    import published_pytensor

    step, seconds = published_pytensor.compiled_step(task)
    task.check("PyTensor", published_pytensor.train(task, step, 2))
    return {label: (lambda: published_pytensor.train(task, step, 1), 1)}, seconds


def of_torch(task: Task) -> Ways:
    one, many = "PyTorch eager, one seed, an epoch", f"PyTorch eager, {SEEDS} seeds in batched products, an epoch of one"
    if not find_spec("torch"):
        return {one: (None, 1), many: (None, 1)}
    import published_torch

    task.check("PyTorch", published_torch.train(task, 2))
    task.check("PyTorch, seeds", published_torch.train(task, 2, num_seeds=2))
    return {
        one: (lambda: published_torch.train(task, 1), 1),
        many: (lambda: published_torch.train(task, 1, num_seeds=SEEDS), SEEDS),
    }


def of_kernels(task: Task) -> Ways:
    """Of one seed only for Vanilla."""
    one = "numba kernel, one seed, one core, an epoch"
    cores = f"numba kernel, {SEEDS} seeds one at a time on each core, an epoch of one"
    last = f"numba kernel, {SEEDS} seeds vectorised over seeds, all cores, an epoch of one"
    alone = (one, cores) if task.cell == "Vanilla" else ()
    if not find_spec("numba"):
        return dict.fromkeys((*alone, last), (None, 1))
    import compiled_seed
    import compiled_seeds

    task.check("kernel of many seeds", compiled_seeds.train(task, 2, num_seeds=SEEDS))
    ways: Ways = {}
    if alone:
        task.check("kernel of one seed", compiled_seed.train(task, 2))
        ways[one] = (lambda: compiled_seed.train(task, EPOCHS), EPOCHS)
        ways[cores] = (lambda: compiled_seed.train(task, EPOCHS, num_seeds=SEEDS), EPOCHS * SEEDS)
    ways[last] = (lambda: compiled_seeds.train(task, EPOCHS, num_seeds=SEEDS), EPOCHS * SEEDS)
    return ways
