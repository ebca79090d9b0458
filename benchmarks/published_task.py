"""The published training on the embedded grammar, the same for every way of training.

Every way must show the same errors.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from firstbit.cells import Network
from firstbit.languages import embedded_reber, encode, one_hot
from firstbit.paper import published
from firstbit.paper.legacy import embedded_reber_draws
from firstbit.threads import num_workers, run_blocks
from firstbit.training import FixedWords, Published, fit
from firstbit.training.fit import begin, fit_side_by_side


@dataclass(frozen=True)
class Task:
    """The 256 words, the network before training, and the learning rate.

    The loss is the summed squared error; there is one step a word.

    Attributes:
        cell: `Vanilla` (k = 18) or `GRU` (k = 10).
        words: in drawn order.
        start: the network before training.
        rate: the learning rate.
    """

    cell: str
    words: tuple[str, ...]
    start: Network
    rate: float

    @classmethod
    def of(cls, cell: str) -> "Task":
        """The published one of this cell."""
        draws = embedded_reber_draws()
        start = draws.starts[cell.lower()]
        return cls(
            cell,
            draws.words,
            start,
            published.logs()[f"embedded_reber_{cell.lower()}"]["learning_rate"],
        )

    @property
    def hidden_size(self) -> int:
        """The cell's number of units, k."""
        return self.start.cell.hidden_size

    @cached_property
    def parameters(self) -> dict[str, np.ndarray]:
        """By their names in the paper."""
        return {
            name: np.asarray(value) for name, value in self.start.parameters().items()
        }

    @cached_property
    def symbols(self) -> tuple[np.ndarray, np.ndarray]:
        """(word, time) symbol numbers, and the lengths."""
        return encode(self.words, embedded_reber().alphabet)

    @cached_property
    def one_hot(self) -> list[np.ndarray]:
        """Each word as (time, symbol)."""
        padded, lengths = one_hot(self.words, embedded_reber().alphabet)
        return [word[:length] for word, length in zip(padded, lengths, strict=True)]

    def train(self, num_epochs: int) -> list[float]:
        """Train with firstbit: the mean error of each epoch."""
        rule = Published(self.rate, max_epochs=num_epochs)
        return [
            epoch.mean_error
            for epoch in fit(
                self.start, FixedWords(embedded_reber(), self.words), rule
            ).log
        ]

    def train_many(self, num_epochs: int, num_seeds: int) -> np.ndarray:
        """Train equal seeds side by side over all cores, as `train_seeds` does.

        Returns:
            The mean errors, (epoch, seed).
        """
        rule, words = (
            Published(self.rate, max_epochs=num_epochs),
            FixedWords(embedded_reber(), self.words),
        )

        def one_thread(numbers: np.ndarray) -> list[list[float]]:
            starts = [begin(self.start, rule)] * len(numbers)
            trainings = fit_side_by_side(starts, words, rule, widths=rule.widths)
            return [[epoch.mean_error for epoch in one.log] for one in trainings]

        threads = run_blocks(
            one_thread, np.array_split(np.arange(num_seeds), num_workers())
        )
        return np.array([errors for thread in threads for errors in thread]).T

    @cached_property
    def first_errors(self) -> list[float]:
        """Of two epochs: the second shows that all parameters moved as they should."""
        return self.train(2)

    def check(self, way: str, errors: np.ndarray) -> None:
        """Compare a way's errors of two epochs with firstbit's.

        They are (epoch,), or (epoch, seed) with every seed alike.
        """
        expected = np.reshape(self.first_errors, (2, *[1] * (np.ndim(errors) - 1)))
        apart = np.abs(np.asarray(errors) / expected - 1).max()
        if not apart < 1e-10:
            raise ArithmeticError(
                f"{self.cell}, {way}: expected the errors of firstbit, got them "
                f"{apart:.1e} apart."
            )
