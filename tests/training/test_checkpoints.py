"""Kept trainings of other configurations, and damaged files, are refused."""

import re

import jax.numpy as jnp
import numpy as np
import pytest

from firstbit.errors import OutputError
from firstbit.execution import Execution
from firstbit.training import Published, train_seeds
from firstbit.training import task as training_task
from small_trainings import task


@pytest.fixture
def kept(tmp_path):
    """A folder that keeps one seed."""
    train_seeds(task(), 1, Execution(resume=tmp_path))
    return tmp_path


def refused(folder, reason, asked=None):
    with pytest.raises(OutputError, match=reason):
        train_seeds(asked or task(), 1, Execution(resume=folder))


@pytest.mark.slow
def test_other_configurations_are_refused(kept, monkeypatch):
    refused(kept, "hidden_size = 4, got 3", task(hidden_size=4))
    refused(kept, "expected rule =", task(Published(0.04)))
    start = task(initial_state=lambda cell: jnp.ones(cell.hidden_size))
    refused(kept, "initial_state = ", start)
    (kept / "mine").mkdir()
    (kept / "mine" / "thesis.txt").write_text("x")
    refused(kept / "mine", r"no settings\.json")
    monkeypatch.setattr(training_task, "own_version", lambda: "0.0.1")
    refused(kept, r"expected firstbit = 0\.0\.1, got ")


@pytest.mark.slow
def test_files_that_are_no_checkpoints_are_refused(kept):
    path = kept / "seed-00000.npz"
    whole = path.read_bytes()
    for content in (whole[: len(whole) // 2], b"", b"\x80\x04cos\nsystem\n"):
        path.write_bytes(content)
        refused(kept, "truncated, or of another kind; remove it")
    np.savez(path, x=np.array([print], dtype=object))
    refused(kept, "truncated, or of another kind")
    np.savez(path, mean_error=np.zeros(1))
    refused(kept, "expected a checkpoint")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("solved", np.array(4), "epoch 4 solved, of 4"),
        ("stopped", np.array(99), "epoch 99 stopped, of 4"),
        ("snapshots", np.array([5]), "a snapshot after 5 epochs, of 4"),
        ("network 0", np.zeros(2), "expected network of float64[3, 7], got float64[2]"),
        ("rate", np.array([0.1, 0.2]), "converted to Python scalars"),
    ],
)
def test_a_checkpoint_with_a_wrong_array_is_refused(kept, name, content, reason):
    path = kept / "seed-00000.npz"
    with np.load(path) as arrays:
        changed = dict(arrays) | {name: content}
    np.savez(path, **changed)
    text = re.escape(reason)
    refused(kept, f"expected a checkpoint of this training, got .*{text}.*; remove it")
