"""Cells for tests are no tests: doctests are not looked for in them."""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")  # Keras reads it once, at its import
# The tests are processes side by side: PyTorch's own threads would take their time.
os.environ.setdefault("OMP_NUM_THREADS", "1")

collect_ignore = [
    "awkward.py",
    "every_measure.py",
    "own_steps.py",
    "own_torch_steps.py",
]
if os.environ["KERAS_BACKEND"] != "torch":
    collect_ignore.append("keras_on_torch.py")  # test_keras_on_torch.py runs it
