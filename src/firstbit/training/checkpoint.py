"""An unfinished training on disk: plain arrays, written whole, never executed."""

from dataclasses import dataclass, replace
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from firstbit.errors import OutputError
from firstbit.store import Store
from firstbit.training.fit import Epoch, Training

Arrays = dict[str, np.ndarray]

_LOG = ("mean_error", "learning_rate", "symbols_read")
_MARKS = ("stopped", "diverged", "solved")


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
        self.store.write(self.name, to_arrays(training))

    def read(self, start: Training) -> Training:
        """The training as it was kept; `start`, one before its first epoch, if there is none.

        Raises:
            OutputError: the file is damaged, or is no checkpoint of such a training.
        """
        path = self.store.folder / f"{self.name}.npz"
        if not path.exists():
            return start
        arrays = self.store.read(self.name)
        try:
            if arrays is not None:
                return from_arrays(arrays, start)
        except (KeyError, ValueError, TypeError, IndexError) as error:
            reason = str(error)
        else:
            reason = "it is truncated, or of another kind"
        raise OutputError(
            f"expected a checkpoint of this training, got '{path}': {reason}; "
            "remove it to train this seed anew."
        )


def to_arrays(training: Training) -> Arrays:
    """A training as arrays by name.

    Example:
        >>> sorted(to_arrays(Training({"W": jnp.ones(2)}, (), 0.1)))[:3]
        ['diverged', 'finished', 'learning_rate']
    """
    arrays = _leaves("network", training.network) | _leaves("moments", training.moments)
    for epoch, network in training.snapshots.items():
        arrays |= _leaves(f"snapshot {epoch}", network)
    arrays |= {
        name: np.array([getattr(entry, name) for entry in training.log])
        for name in _LOG
    }
    for mark in _MARKS:
        entry = getattr(training, mark)
        arrays[mark] = np.array(-1 if entry is None else entry.epoch)
    return arrays | {
        name: np.array(getattr(training, name))
        for name in ("rate", "longest", "finished")
    }


def from_arrays(arrays: Arrays, start: Training) -> Training:
    """The training that `to_arrays` told, in the form of one before its first epoch.

    Raises:
        KeyError: an array is missing.
        ValueError: an array has another shape or type than this training's, or tells of
            epochs that it doesn't hold.
        IndexError: an array has a name of another kind.
    """
    num_epochs = len(arrays["mean_error"])
    columns = [arrays[name].tolist() for name in _LOG]
    log = tuple(
        Epoch(number, *row) for number, row in enumerate(zip(*columns, strict=True))
    )
    for mark in _MARKS:
        if int(arrays[mark]) >= num_epochs:
            raise ValueError(f"epoch {int(arrays[mark])} {mark}, of {num_epochs}")
    marks = {
        mark: log[int(arrays[mark])] if int(arrays[mark]) >= 0 else None
        for mark in _MARKS
    }
    kept = sorted(
        {int(name.split()[1]) for name in arrays if name.startswith("snapshot ")}
    )
    if any(epoch > num_epochs for epoch in kept):
        raise ValueError(f"a snapshot after {kept[-1]} epochs, of {num_epochs}")
    return replace(
        start,
        network=_filled("network", start.network, arrays),
        moments=_filled("moments", start.moments, arrays),
        rate=float(arrays["rate"]),
        log=log,
        snapshots={
            epoch: _filled(f"snapshot {epoch}", start.network, arrays) for epoch in kept
        },
        longest=int(arrays["longest"]),
        finished=bool(arrays["finished"]),
        **marks,
    )


def _leaves(prefix: str, tree: Any) -> Arrays:
    return {
        f"{prefix} {i}": np.asarray(leaf)
        for i, leaf in enumerate(jax.tree.leaves(eqx.filter(tree, eqx.is_array)))
    }


def _filled(prefix: str, like: Any, arrays: Arrays) -> Any:
    """The tree with the arrays of that prefix in place of its own."""
    own, others = eqx.partition(like, eqx.is_array)
    leaves, structure = jax.tree.flatten(own)
    found = [arrays[f"{prefix} {i}"] for i in range(len(leaves))]
    for leaf, array in zip(leaves, found, strict=True):
        if (leaf.shape, leaf.dtype) != (array.shape, array.dtype):
            raise ValueError(
                f"expected {prefix} of {leaf.dtype}{list(leaf.shape)}, got "
                f"{array.dtype}{list(array.shape)}"
            )
    return eqx.combine(
        structure.unflatten([jnp.asarray(array) for array in found]), others
    )
