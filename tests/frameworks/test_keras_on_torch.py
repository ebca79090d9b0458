"""Keras on PyTorch: its backend is one a process, so its tests have their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("keras")
pytest.importorskip("torch")

FILE = Path(__file__).parent / "keras_on_torch.py"


@pytest.mark.parametrize(
    "chosen",
    [
        pytest.param("not proof", marks=pytest.mark.slow),
        pytest.param("proof", marks=pytest.mark.proof),
    ],
)
def test_keras_on_torch(chosen):
    options = ["-n", "0", "-p", "no:cacheprovider", "-m", chosen]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, FILE],
        env={**os.environ, "KERAS_BACKEND": "torch"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-8000:]
