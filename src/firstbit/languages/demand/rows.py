"""The rows of a language: the predictions that must be told apart, and which is meant.

A row is the true distribution of the next symbol in some state. A predictor is right
where the row nearest to its output is the true one, or hardly differs from it.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from firstbit.errors import SettingError
from firstbit.languages.automaton.automaton import Automaton
from firstbit.languages.automaton.visits import follows_a_symbol

RESOLUTION = 0.15
"""Euclidean distance from the true row up to which another row passes for it."""

NO_ROW = -1
"""Stands for the row of a state that has none."""

DECIMALS = 12
"""Rows that are equal to so many decimals are one row."""


@dataclass(frozen=True)
class Rows:
    """The distinct rows of a language.

    Attributes:
        table: (row, output) the true probabilities of the next output.
        of_state: (state,) number of the row of each state; -1 where nothing is left to
            predict, and at the start if no symbol leads back to it.
    """

    table: Float[np.ndarray, "row output"]
    of_state: Int[np.ndarray, " state"]

    @classmethod
    def of(cls, language: Automaton) -> "Rows":
        """Return the rows of the states that follow at least one symbol.

        Example:
            >>> from firstbit.languages import parity
            >>> Rows.of(parity()).table.round(3).tolist()
            [[0.333, 0.333, 0.333], [0.5, 0.5, 0.0]]
        """
        table = language.next_output
        predicts = (table.sum(axis=1) > 0) & follows_a_symbol(language)
        rounded = table[predicts].round(DECIMALS)
        _, first, number = np.unique(
            rounded, axis=0, return_index=True, return_inverse=True
        )
        of_state = np.full(len(table), NO_ROW)
        of_state[predicts] = number.ravel()
        return cls(table[predicts][first], of_state)

    @property
    def distances(self) -> Float[np.ndarray, "row row"]:
        """The Euclidean distance of each row from each other one."""
        apart = self.table[:, None] - self.table[None]
        return np.sqrt((apart**2).sum(axis=-1))

    def require_resolution(self, resolution: float) -> None:
        """Raise `SettingError` unless some two rows are further apart.

        Where all rows are one, any resolution will do.
        """
        largest = float(self.distances.max(initial=0.0))
        if resolution >= 0 and (largest == 0 or resolution < largest):
            return
        raise SettingError(
            f"expected a resolution of at least 0 and below {largest:.3g}, the largest "
            f"distance of two rows, got {resolution}; ask for a finer one."
        )

    def right(
        self,
        output: Float[np.ndarray, "prediction output"],
        row: Int[np.ndarray, " prediction"],
        *,
        resolution: float = RESOLUTION,
    ) -> Bool[np.ndarray, " prediction"]:
        """Return whether the row nearest to each output is the true one.

        A row within `resolution` of the true one passes for it. An output as near to a
        row that does not pass is wrong, and so is one that is not finite.

        Args:
            output: what a predictor gives, as probabilities of the next output.
            row: number of the true row.
            resolution: Euclidean distance, counted from the true row.

        Raises:
            SettingError: the resolution is as large as the largest distance of rows.

        Example:
            >>> from firstbit.languages import parity
            >>> rows = Rows.of(parity())
            >>> rows.right(np.array([[0.4, 0.4, 0.2], [0.4, 0.4, 0.2]]), np.array([0, 1]))
            array([ True, False])
        """
        self.require_resolution(resolution)
        apart = output[:, None] - self.table[None]
        squared = (apart**2).sum(axis=-1)
        passes = (self.distances <= resolution)[row]
        nearest = np.where(passes, squared, np.inf).min(axis=1)
        nearest_other = np.where(passes, np.inf, squared).min(axis=1)
        return np.isfinite(nearest) & (nearest < nearest_other)

    def closer_than(self, resolution: float) -> list[tuple[int, int]]:
        """Return the pairs of rows that pass for each other."""
        close = np.triu(self.distances <= resolution, 1)
        return [(int(one), int(other)) for one, other in np.argwhere(close)]
