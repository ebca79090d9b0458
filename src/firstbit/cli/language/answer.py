"""The form of an answer: it prints itself, for people or as JSON."""

from abc import ABC, abstractmethod
from decimal import Decimal
from typing import ClassVar

Row = dict[str, object]
"""A row of a table, by column."""

MOST_DIGITS = 15
"""Digits of a whole number that is printed exactly."""

ROUNDING = 1e-12
"""A difference of floors below this is printed as 0."""


class Answer(ABC):
    """One answer.

    Attributes:
        name: its key in the JSON.
    """

    name: ClassVar[str]

    @abstractmethod
    def as_json(self) -> object:
        """Return it as JSON has it."""

    @abstractmethod
    def rows(self) -> list[Row]:
        """Return the rows of its table, by column; none where it is a file."""

    @abstractmethod
    def show(self) -> None:
        """Print it for people."""


def whole(number: int) -> str:
    """Return a whole number of any size as text.

    Example:
        >>> whole(999), whole(26**3100)
        ('999', '2.6144e4386')
    """
    if number < 10**MOST_DIGITS:
        return str(number)
    return f"{Decimal(number):.4e}".replace("e+", "e")


def rounded(value: float | None) -> str:
    """Return a number with eight digits; nothing for None.

    Example:
        >>> rounded(1 / 3), rounded(-1e-15), rounded(None)
        ('0.33333333', '0', '')
    """
    if value is None:
        return ""
    return "0" if abs(value) < ROUNDING else f"{value:.8g}"
