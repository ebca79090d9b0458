"""Cells for tests are no tests: doctests are not looked for in them."""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")  # Keras reads it once, at its import

collect_ignore = [
    "awkward.py",
    "every_measure.py",
    "own_steps.py",
    "own_torch_steps.py",
]
if os.environ["KERAS_BACKEND"] != "torch":
    collect_ignore.append("keras_on_torch.py")  # test_keras_on_torch.py runs it
