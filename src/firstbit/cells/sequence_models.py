"""Models of sequences that differ in the numbers with which they begin."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import jax
import numpy as np
from jaxtyping import PRNGKeyArray

from firstbit.cells.sequence_model import SequenceModel
from firstbit.errors import CellError, FirstbitError, shown, shown_value
from firstbit.weights.numbers import in_current_float


class SequenceModels:
    """Models of one architecture, each built from a random key of its own.

    `train` and `verdict` take it where every seed shall begin with other weights; with
    a `SequenceModel` all begin with the same.

    Args:
        build: `(key) -> model`, as `SequenceModel` takes one. A torch.nn.Module may
            leave the key alone: its last word seeds the generators of PyTorch, which
            are afterwards as before.

    Raises:
        CellError: it can't be called, or gives no model.

    Example:
        >>> import equinox as eqx
        >>> models = SequenceModels(lambda key: eqx.nn.MLP(2, 2, 4, 1, key=key))
        >>> models.name
        'MLP'
    """

    def __init__(self, build: Callable[[PRNGKeyArray], object]) -> None:
        if not callable(build):
            raise CellError(
                "expected a function (key) -> model of sequences, got "
                f"{shown_value(build)}; try SequenceModels(lambda key: MyModel(key))."
            )
        self.build = build
        first = self.of(jax.random.key(0))
        self.name = first.name
        self.notes = first.notes

    def of(self, key: PRNGKeyArray) -> SequenceModel:
        """Return the model of a key."""
        try:
            with _seeded(key):
                built = self.build(key)
        except FirstbitError:
            raise
        except Exception as error:  # a user's own code may raise anything
            raise CellError(
                f"the function (key) -> model fails: {type(error).__name__}: "
                f"{shown(error, 200)}."
            ) from error
        model = built if isinstance(built, SequenceModel) else SequenceModel(built)
        return in_current_float(model)


@contextmanager
def _seeded(key: PRNGKeyArray) -> Iterator[None]:
    """Seed the generators of PyTorch for a while, where it is loaded."""
    if "torch" not in sys.modules:
        yield
        return
    from firstbit.cells.bridges.torch.construct import seed_all, seeded

    with seeded():
        words = np.asarray(jax.random.key_data(key))
        seed_all(int(words[-1]))
        yield
