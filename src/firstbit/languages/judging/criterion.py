"""When a prediction is right, and how many wrong ones a run may give."""

from dataclasses import dataclass

from firstbit.errors import SettingError, keep_real, keep_whole
from firstbit.languages.demand.rows import RESOLUTION

ERROR = 0.01
"""Largest share of wrong words, and of wrong pairs, of a run that is called solved."""


@dataclass(frozen=True)
class Criterion:
    """When a run is called right.

    Attributes:
        resolution: Euclidean distance from the true row up to which another row passes
            for it, see `Rows`.
        error: largest share of wrong words, and of wrong pairs.
        num_words: N, the words that decide the lag of the test and the length of its
            long words; None for those that the training draws. What is compared should
            have one number: the largest of all.

    Raises:
        SettingError: a number is out of range.
    """

    resolution: float = RESOLUTION
    error: float = ERROR
    num_words: int | None = None

    def __post_init__(self) -> None:
        keep_real(self, "resolution")
        keep_real(self, "error")
        keep_whole(self, "num_words", 1, optional=True)
        if not self.resolution >= 0:
            raise SettingError(
                f"expected a `resolution` of at least 0, got {self.resolution}; try "
                f"{RESOLUTION}."
            )
        if not 0 <= self.error < 1:
            raise SettingError(
                f"expected an `error` of at least 0 and below 1, got {self.error}; try "
                f"{ERROR}."
            )
