"""The answer whether two languages have the same words."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firstbit.cli.language.answer import Answer, Row
from firstbit.cli.language.find import find
from firstbit.errors import shown

if TYPE_CHECKING:
    from firstbit.languages import Language


@dataclass(frozen=True)
class Compared(Answer):
    """Whether two languages have the same words.

    Attributes:
        one: name of the language.
        other: name of the language that it is compared with.
        difference: the shortest word in one of them alone; None if there is none.
        in_first: whether the first language has it.
    """

    one: str
    other: str
    difference: str | None
    in_first: bool

    name = "same_as"

    @classmethod
    def of(cls, language: "Language", text: str) -> "Compared":
        """Compare a language with another one."""
        other = find(text)
        word = language.shortest_difference(other)
        in_first = word is not None and language.accepts(word)
        return cls(language.name, other.name, word, in_first)

    def as_json(self) -> Row:
        """Return whether they are the same, and the word."""
        return {
            "other": self.other,
            "same": self.difference is None,
            "shortest_difference": self.difference,
            "in_first": self.in_first,
        }

    def rows(self) -> list[Row]:
        """Return what JSON has, as one row."""
        return [self.as_json()]

    def show(self) -> None:
        """Print one line."""
        one = f"'{shown(self.one)}'"
        other = f"'{shown(self.other)}'"
        if self.difference is None:
            print(f"{one} and {other} have the same words.")
            return
        owner = one if self.in_first else other
        word = f"'{shown(self.difference)}'" if self.difference else "the empty word"
        print(
            f"{one} and {other} differ: the shortest word in one alone is {word}, in "
            f"{owner}."
        )
