"""One factor at a time: what the published rule and the modern one do not share.

Each recipe is one of the two rules with at most one factor taken from the other one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

PUBLISHED: Literal["published"] = "published"
MODERN: Literal["modern"] = "modern"


class Choice(NamedTuple):
    """How each of the two rules has a factor."""

    published: str
    modern: str


FACTORS: Mapping[str, Choice] = {
    "loss": Choice("squared error", "cross-entropy"),
    "words": Choice("a list", "fresh words"),
    "optimiser": Choice("plain steps", "Adam"),
    "clipping": Choice("no clipping", "clipping"),
    "rate": Choice("rate 0.001", "rate 0.01"),
}
"""Plain steps are taken word by word, Adam's in minibatches. On fresh words plain steps
keep their rate: errors of epochs with other words can't be compared."""


@dataclass(frozen=True)
class Recipe:
    """A rule of training with at most one change.

    Attributes:
        start: the rule that is changed.
        changed: the factor that is as the other rule has it; "" for none.
    """

    start: Literal["published", "modern"]
    changed: str = ""

    @property
    def name(self) -> str:
        """The rule, and what the change brings in.

        Example:
            >>> Recipe("published", "loss").name
            'published, but cross-entropy'
        """
        if not self.changed:
            return self.start
        return f"{self.start}, but {self.brought_in}"

    @property
    def brought_in(self) -> str:
        """What the change takes from the other rule."""
        choice = FACTORS[self.changed]
        return choice.modern if self.start == PUBLISHED else choice.published

    @property
    def has_list(self) -> bool:
        """Whether a seed reads one list of words in every epoch."""
        return (self.start == PUBLISHED) != (self.changed == "words")


RECIPES = (
    Recipe(PUBLISHED),
    *(Recipe(PUBLISHED, factor) for factor in FACTORS),
    Recipe(MODERN),
    *(Recipe(MODERN, factor) for factor in FACTORS),
)
"""Both rules, each followed by its changes."""
