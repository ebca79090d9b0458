"""The rows of a language: the predictions that must be told apart, and which is meant.

A row is the true distribution of the next symbol in some state. A predictor is right
where the row nearest to its output is the true one, or hardly differs from it.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Bool, Float, Int

from firstbit.errors import SettingError
from firstbit.languages.automaton.automaton import Automaton
from firstbit.languages.automaton.equal_rows import row_numbers
from firstbit.languages.automaton.visits import follows_a_symbol

RESOLUTION = 0.15
"""Euclidean distance from the true row up to which another row passes for it."""

NO_ROW = -1
"""Stands for the row of a state that has none."""

ROUNDING = 1e-12
"""Squared distances that differ by less, relative to their size, are equal."""

AT_ONCE = 50_000
"""Outputs that are compared with all rows in one step."""


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
        number = row_numbers(table[predicts])
        _, first = np.unique(number, return_index=True)
        of_state = np.full(len(table), NO_ROW)
        of_state[predicts] = number
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
            >>> output = np.array([[0.4, 0.4, 0.2], [0.4, 0.4, 0.2]])
            >>> rows.right(output, np.array([0, 1]))
            array([ True, False])
        """
        self.require_resolution(resolution)
        right = []
        for first in range(0, len(output), AT_ONCE):
            block = slice(first, first + AT_ONCE)
            right.append(self._right(output[block], row[block], resolution))
        return np.concatenate([np.zeros(0, dtype=bool), *right])

    def _right(
        self,
        output: Float[np.ndarray, "prediction output"],
        row: Int[np.ndarray, " prediction"],
        resolution: float,
    ) -> Bool[np.ndarray, " prediction"]:
        with np.errstate(all="ignore"):  # outputs of a diverged network are wrong
            apart = output[:, None] - self.table[None]
            squared = (apart**2).sum(axis=-1)
            passes = (self.distances <= resolution)[row]
            nearest = np.where(passes, squared, np.inf).min(axis=1)
            nearest_other = np.where(passes, np.inf, squared).min(axis=1)
            margin = ROUNDING * (1 + nearest)
            return np.isfinite(nearest) & (nearest + margin < nearest_other)

    def closer_than(self, resolution: float) -> list[tuple[int, int]]:
        """Return the pairs of rows that pass for each other."""
        close = np.triu(self.distances <= resolution, 1)
        return [(int(one), int(other)) for one, other in np.argwhere(close)]

    def most_confused(self) -> tuple[int, int] | None:
        """Return the two rows that are nearest to each other; None where one is all."""
        size = len(self.table)
        if size < 2:
            return None
        distances = self.distances
        distances[np.tril_indices(size)] = np.inf
        one, other = divmod(int(distances.argmin()), size)
        return one, other

    @property
    def has_one_ranking(self) -> bool:
        """Whether one fixed ranking of the outputs has the legal ones first everywhere.

        It is so where the sets of legal outputs are nested: of any two, one holds the
        other. Then "the most active outputs are the legal ones" asks for no memory.

        Example:
            >>> from firstbit.languages import parity, reber
            >>> Rows.of(parity()).has_one_ranking, Rows.of(reber()).has_one_ranking
            (True, False)
        """
        legal = self.table > 0
        by_size = legal[np.argsort(legal.sum(axis=1), kind="stable")]
        for smaller, larger in pairwise(by_size):
            if (smaller & ~larger).any():
                return False
        return True
