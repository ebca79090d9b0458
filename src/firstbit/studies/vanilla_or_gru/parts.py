"""The parts of the study as data: cells, tasks, rules of training and budgets.

Which cells solve embedded Reber, which part of the rule makes Vanilla solve it, how far
back can cells learn to look, and how small may they be?
"""

import math
from dataclasses import asdict, dataclass, replace
from typing import Literal

import jax

from firstbit.cells import GRU, LSTM, Vanilla
from firstbit.cells.given import Given
from firstbit.errors import keep_whole, require_at_least, require_seed
from firstbit.languages import Criterion, Language, embedded_reber, first_bit
from firstbit.provenance import own_version
from firstbit.studies.vanilla_or_gru.factors import (
    MODERN,
    PUBLISHED,
    RECIPES,
    Recipe,
)
from firstbit.training import Modern, Published, Rule

Question = Literal["cells", "factors", "lags", "sizes", "guessing"]

QUESTIONS: tuple[Question, ...] = ("cells", "factors", "lags", "sizes")
"""Questions that are answered by training."""

ALL_QUESTIONS: tuple[Question, ...] = (*QUESTIONS, "guessing")

GUESSED = ("cells", "lags")
"""Questions whose tasks are also guessed."""

SIZES = (2, 4, 8, 18)
LAGS = (5, 10, 20, 50)

PUBLISHED_CELL = Given(
    Vanilla,
    {"use_bias": True},
    label="Vanilla logistic, as published",
    hidden_sizes=(18,),
)
TANH_CELLS = tuple(
    Given(
        Vanilla,
        {"activation": "tanh", "use_bias": True},
        label=f"Vanilla tanh, {law}",
        hidden_sizes=(18,),
        initializer=initializer,
    )
    for law, initializer in (
        ("orthogonal", "orthogonal"),
        ("identity", "identity"),
        ("N(0, 1/k)", "fan-in-normal"),
    )
)
GATED_CELLS = (
    Given(GRU, label="GRU", hidden_sizes=(10,)),
    Given(LSTM, {"use_bias": True}, label="LSTM", hidden_sizes=(8,)),
)
CELLS = (PUBLISHED_CELL, *TANH_CELLS, *GATED_CELLS)
"""The cells at matched parameters: 575 to 601 on embedded Reber, the read-out's
included."""

AS_PUBLISHED, AS_MODERN = Recipe(PUBLISHED), Recipe(MODERN)

MAX_LENGTH = 32
"""Longer words of the embedded grammar are sampled again, so that the longest lag of a
training is known: one in 1,400 is longer."""

NUM_WORDS = 256
"""Words of an epoch: with the published rule the same in every epoch, a list for each
seed, with the modern one fresh words."""

CHECK_EVERY = 10
"""Epochs between two checks of whether a run solves its task."""

NUM_GUESSES = 1000
"""Random draws of each cell on each task, each with a read-out fitted to the words of
one epoch."""


@dataclass(frozen=True)
class Settings:
    """The settings on which the numbers of a study depend.

    Attributes:
        seed: of every training, so that all cells read the same words.
        num_seeds: runs of each configuration.
        embedded_symbols: by the modern rule on embedded Reber a run ends after the
            epoch in which this number of symbols is reached.
        published_symbols: the same by the published rule; enough for its own 1,000
            epochs.
        first_bit_symbols: the same on `first_bit`.
        published_learning_rate: of the published rule, that of the published trainings
            on this grammar.
        modern_learning_rate: Adam's; with `modern_schedule` the best of four for all
            six cells together, in a pilot with another seed (docs/study_pilot.py;
            docs/study/pilot.json holds its counts).
        modern_schedule: `constant` or `cosine`.
    """

    seed: int
    num_seeds: int = 32
    embedded_symbols: int = 2_000_000
    published_symbols: int = 3_500_000
    first_bit_symbols: int = 4_000_000
    published_learning_rate: float = 0.001
    modern_learning_rate: float = 0.01
    modern_schedule: Literal["constant", "cosine"] = "constant"

    def __post_init__(self) -> None:
        keep_whole(self, "num_seeds", 1)
        object.__setattr__(self, "seed", require_seed(self.seed))

    def with_symbols(self, symbols: int) -> "Settings":
        """Return the same settings with one budget of symbols on every task."""
        symbols = require_at_least("symbols", symbols, 1)
        return replace(
            self,
            embedded_symbols=symbols,
            published_symbols=symbols,
            first_bit_symbols=symbols,
        )

    def published(self) -> Published:
        """Return the published rule with its budget, at most its own 1,000 epochs."""
        return Published(
            self.published_learning_rate, max_symbols=self.published_symbols
        )

    def modern(self, symbols: int) -> Modern:
        """Return the modern rule with a budget of symbols.

        The limit of epochs doesn't bind: each reads more than one symbol.
        """
        return Modern(
            self.modern_learning_rate,
            schedule=self.modern_schedule,
            max_epochs=symbols,
            max_symbols=symbols,
        )

    def rule_of(self, recipe: Recipe) -> Rule:
        """Return the rule of a recipe, with the budget of its start."""
        published, modern = self.published(), self.modern(self.embedded_symbols)
        plain = Published(
            self.published_learning_rate,
            loss=modern.loss,
            clip=modern.clip,
            halves=False,
            max_epochs=modern.max_epochs,
            max_symbols=modern.max_symbols,
        )
        adam = Modern(
            self.modern_learning_rate,
            loss=published.loss,
            clip=published.clip,
            max_epochs=published.max_epochs,
            max_symbols=published.max_symbols,
        )
        rates = published.learning_rate, modern.learning_rate
        rules: dict[Recipe, Rule] = {
            AS_PUBLISHED: published,
            Recipe(PUBLISHED, "loss"): replace(published, loss=modern.loss),
            Recipe(PUBLISHED, "words"): replace(published, halves=False),
            Recipe(PUBLISHED, "optimiser"): adam,
            Recipe(PUBLISHED, "clipping"): replace(published, clip=modern.clip),
            Recipe(PUBLISHED, "rate"): replace(published, learning_rate=rates[1]),
            AS_MODERN: modern,
            Recipe(MODERN, "loss"): replace(modern, loss=published.loss),
            Recipe(MODERN, "words"): modern,
            Recipe(MODERN, "optimiser"): plain,
            Recipe(MODERN, "clipping"): replace(modern, clip=published.clip),
            Recipe(MODERN, "rate"): replace(modern, learning_rate=rates[0]),
        }
        return rules[recipe]


@dataclass(frozen=True)
class Part:
    """Some configurations on one language under one rule.

    Attributes:
        question: what it asks; parts with one question are shown together.
        language: the task.
        rule: of training, with its budget.
        configurations: the cells that are trained, each with one size.
        num_words_read: N of the test, which all parts on one language share: words that
            the largest budget holds.
        recipe: the rule with its change.
        coordinate: what the part varies (lag or hidden size), or None.
        max_length: longer words are sampled again; None for no limit.
    """

    question: Question
    language: Language
    rule: Rule
    configurations: tuple[Given, ...]
    num_words_read: int
    recipe: Recipe = AS_MODERN
    coordinate: int | None = None
    max_length: int | None = None

    @property
    def setting(self) -> str:
        """What differs from the other parts of its question: lag, size, or recipe."""
        return self.recipe.name if self.coordinate is None else str(self.coordinate)

    @property
    def has_list(self) -> bool:
        """Whether a seed reads one list of words in every epoch."""
        return self.recipe.has_list

    @property
    def criterion(self) -> Criterion:
        """When a run is called right."""
        return Criterion(num_words=self.num_words_read)

    def run_name(self, one: Given) -> str:
        """Return the name of a configuration's runs; two questions may share them."""
        return file_safe(self.language.name, self.recipe.name, one)


def file_safe(first: str, second: str, one: Given) -> str:
    """Return a file's name from two words, the cell and its size."""
    name = f"{first}_{second}_{one.file_name}_{one.hidden_size}"
    return name.replace(":", "-").replace(", ", "-").replace(" ", "-")


def parts(settings: Settings) -> list[Part]:
    """Return the parts of the four questions.

    Example:
        >>> for part in parts(Settings(seed=0))[:4]:
        ...     print(part.question, part.setting, len(part.configurations))
        cells published 6
        cells modern 6
        factors published 1
        factors published, but cross-entropy 1
    """
    task = embedded_reber()
    num_words = num_words_read(settings, task)

    def on_grammar(
        question: Question,
        recipe: Recipe,
        cells: tuple[Given, ...],
        size: int | None = None,
    ) -> Part:
        rule = settings.rule_of(recipe)
        return Part(
            question, task, rule, cells, num_words, recipe, size, max_length=MAX_LENGTH
        )

    found = []
    for recipe in (AS_PUBLISHED, AS_MODERN):
        found.append(on_grammar("cells", recipe, CELLS))
    for recipe in RECIPES:
        found.append(on_grammar("factors", recipe, (PUBLISHED_CELL,)))
    of_bits = settings.modern(settings.first_bit_symbols)
    for lag in LAGS:
        bits = first_bit(lag, "random")
        number = num_words_read(settings, bits)
        found.append(Part("lags", bits, of_bits, CELLS, number, coordinate=lag))
    for size in SIZES:
        cells = tuple(replace(one, hidden_sizes=(size,)) for one in CELLS)
        found.append(on_grammar("sizes", AS_MODERN, cells, size))
    return found


def num_words_read(settings: Settings, language: Language) -> int:
    """Return N: the words of a language that the largest budget of the study holds."""
    symbols = settings.first_bit_symbols
    if language.name == embedded_reber().name:
        symbols = max(settings.embedded_symbols, settings.published_symbols)
    return max(math.ceil(symbols / language.mean_length), NUM_WORDS)


def described_study(settings: Settings) -> dict[str, object]:
    """Return all settings of the study as JSON has them."""
    rules = {}
    for part in parts(settings):
        name = f"{part.recipe.name} on {part.language.name}"
        rules[name] = part.rule.settings()
    return {
        "firstbit": own_version(),
        "jax": jax.__version__,
        "settings": asdict(settings),
        "rules": rules,
        "max_length": MAX_LENGTH,
        "num_words": NUM_WORDS,
        "check_every": CHECK_EVERY,
        "checks": "confirmed",
        "num_guesses": NUM_GUESSES,
    }
