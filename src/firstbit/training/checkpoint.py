"""An unfinished training on disk: plain arrays, written whole, never executed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PyTree

from firstbit.errors import OutputError
from firstbit.store import Store
from firstbit.training.fit import Training
from firstbit.training.rules.rule import Epoch

Arrays = dict[str, np.ndarray]

Tree = TypeVar("Tree")

_COLUMNS = ("mean_error", "learning_rate", "symbols_read")
_MARKS = ("stopped", "diverged", "solved")
_NONE = -1


@dataclass(frozen=True)
class Checkpoint:
    """Where one training is kept.

    Attributes:
        store: the folder, of one configuration.
        name: of the training in it.
    """

    store: Store
    name: str

    def write(self, training: Training) -> None:
        """Keep a training, whole or not at all."""
        arrays = to_arrays(training)
        self.store.write(self.name, arrays)

    def is_finished(self) -> bool:
        """Whether a training is there, whole, and over."""
        arrays = self.store.read(self.name)
        return arrays is not None and bool(arrays.get("finished", False))

    def read(self, start: Training) -> Training:
        """Return the training as it was kept.

        Args:
            start: the training before its first epoch; returned if none was kept.

        Raises:
            OutputError: the file is damaged, or is no checkpoint of such a training.
        """
        path = self.store.folder / f"{self.name}.npz"
        if not path.exists():
            return start
        arrays = self.store.read(self.name)
        reason = "it is truncated, or of another kind"
        if arrays is not None:
            try:
                return from_arrays(arrays, start)
            except (KeyError, ValueError, TypeError, IndexError) as error:
                reason = str(error)
        raise OutputError(
            f"expected a checkpoint of this training, got '{path}': {reason}; "
            "remove it to train this seed anew."
        )


def to_arrays(training: Training) -> Arrays:
    """Return a training as arrays by name.

    Example:
        >>> from firstbit.cells import Network, Readout, Vanilla
        >>> cell = Vanilla(2, 1, key=jax.random.key(0))
        >>> network = Network(cell, Readout(jnp.zeros((2, 1))))
        >>> sorted(to_arrays(Training(network, (), 0.1)))[:3]
        ['diverged', 'finished', 'has_late']
    """
    arrays = _leaves("network", training.network)
    arrays |= _leaves("moments", training.moments)
    for epoch, network in training.snapshots.items():
        arrays |= _leaves(f"snapshot {epoch}", network)
    if training.late is not None:
        arrays |= _leaves("late", training.late)
    for column in _COLUMNS:
        values = []
        for entry in training.log:
            values.append(getattr(entry, column))
        arrays[column] = np.array(values)
    for mark in _MARKS:
        entry = getattr(training, mark)
        epoch = _NONE if entry is None else entry.epoch
        arrays[mark] = np.array(epoch)
    epochs = list(training.snapshots)
    return arrays | {
        "snapshots": np.array(epochs, dtype=int),
        "rate": np.array(training.rate),
        "longest": np.array(training.longest),
        "has_late": np.array(training.late is not None),
        "finished": np.array(training.finished),
    }


def from_arrays(arrays: Mapping[str, np.ndarray], start: Training) -> Training:
    """Return the training that `to_arrays` wrote.

    Args:
        arrays: by name.
        start: the same training before its first epoch.

    Raises:
        KeyError: an array is missing.
        ValueError: an array has another shape or type than this training's, or names
            an epoch that it doesn't hold.
        TypeError: an array holds something else than numbers.
    """
    log = _log(arrays)
    late = None
    if arrays["has_late"]:
        late = _filled("late", start.network, arrays)
    return replace(
        start,
        network=_filled("network", start.network, arrays),
        moments=_filled("moments", start.moments, arrays),
        rate=float(arrays["rate"]),
        log=log,
        stopped=_marked("stopped", arrays, log),
        diverged=_marked("diverged", arrays, log),
        solved=_marked("solved", arrays, log),
        snapshots=_snapshots(arrays, start, len(log)),
        longest=int(arrays["longest"]),
        late=late,
        finished=bool(arrays["finished"]),
    )


def _log(arrays: Mapping[str, np.ndarray]) -> tuple[Epoch, ...]:
    columns = [arrays[column].tolist() for column in _COLUMNS]
    log = []
    for number, row in enumerate(zip(*columns, strict=True)):
        log.append(Epoch(number, *row))
    return tuple(log)


def _marked(
    mark: str, arrays: Mapping[str, np.ndarray], log: tuple[Epoch, ...]
) -> Epoch | None:
    """Return the epoch of the log that has a mark."""
    epoch = int(arrays[mark])
    if epoch == _NONE:
        return None
    if not 0 <= epoch < len(log):
        raise ValueError(f"epoch {epoch} {mark}, of {len(log)}")
    return log[epoch]


def _snapshots(
    arrays: Mapping[str, np.ndarray], start: Training, num_epochs: int
) -> dict[int, PyTree]:
    found = {}
    for epoch in arrays["snapshots"].tolist():
        if epoch > num_epochs:
            raise ValueError(f"a snapshot after {epoch} epochs, of {num_epochs}")
        prefix = f"snapshot {epoch}"
        found[epoch] = _filled(prefix, start.network, arrays)
    return found


def _leaves(prefix: str, tree: PyTree) -> Arrays:
    arrays = eqx.filter(tree, eqx.is_array)
    leaves = {}
    for i, leaf in enumerate(jax.tree.leaves(arrays)):
        leaves[f"{prefix} {i}"] = np.asarray(leaf)
    return leaves


def _form(array: np.ndarray | jax.Array) -> str:
    return f"{array.dtype}{list(array.shape)}"


def _filled(prefix: str, like: Tree, arrays: Mapping[str, np.ndarray]) -> Tree:
    """Return the tree with the arrays of that prefix in place of its own."""
    own, others = eqx.partition(like, eqx.is_array)
    leaves, structure = jax.tree.flatten(own)
    found = []
    for i, leaf in enumerate(leaves):
        array = arrays[f"{prefix} {i}"]
        expected = _form(leaf)
        got = _form(array)
        if expected != got:
            raise ValueError(f"expected {prefix} of {expected}, got {got}")
        found.append(jnp.asarray(array))
    return eqx.combine(structure.unflatten(found), others)
