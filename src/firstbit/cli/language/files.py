"""Answers that are files: a figure, and a result on disk."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from firstbit.cli.language.answer import Answer, Row
from firstbit.cli.language.asked import Asked
from firstbit.cli.language.words import is_word_file
from firstbit.cli.output import counted, save_figure
from firstbit.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xarray as xr

    from firstbit.languages import Language

MOST_STATES_DRAWN = 300


@dataclass(frozen=True)
class Figure(Answer):
    """A figure on disk."""

    sentence: str

    name = "figure"

    @classmethod
    def of(
        cls, language: "Language", asked: Asked, demand: "xr.Dataset | None"
    ) -> "Figure":
        """Draw the demand, the lengths of words, or the automaton with a path lit."""
        from firstbit import plots
        from firstbit.languages import length_distribution

        assert asked.figure is not None
        if demand is not None:
            figure = plots.demand_and_supply(demand)
            supplied = ", and what random nets supply" if "cell" in demand else ""
            what = f"the memory demanded{supplied}"
        elif asked.count is not None:
            figure = plots.lengths(length_distribution(language, asked.count))
            what = "the lengths of words"
        else:
            _require_few_states(language)
            figure = plots.automaton(
                language, prefix=asked.next_after, probabilities=True
            )
            what = "the automaton"
        save_figure(figure, asked.figure)
        return cls(f"{asked.figure} shows {what}.")

    def as_json(self) -> object:
        """Return the sentence."""
        return self.sentence

    def rows(self) -> list[Row]:
        """Return no row."""
        return []

    def show(self) -> None:
        """Print the sentence."""
        print(self.sentence)


def _require_few_states(language: "Language") -> None:
    """Raise `SettingError` if the automaton is too large for a figure."""
    if len(language.states) > MOST_STATES_DRAWN:
        raise SettingError(
            f"expected at most {MOST_STATES_DRAWN} states to draw, got "
            f"{len(language.states)}; try --count or --floors."
        )


@dataclass(frozen=True)
class Written(Answer):
    """A result on disk.

    Attributes:
        path: the file.
        num_words: words in it; None where it holds something else.
    """

    path: Path
    num_words: int | None

    name = "written"

    @classmethod
    def of(
        cls,
        language: "Language",
        path: Path,
        words: "Sequence[str]",
        demand: "xr.Dataset | None",
    ) -> "Written":
        """Write the words, the language or the demand, by the file's ending."""
        from firstbit.files import save
        from firstbit.languages import export_words, write_toml, write_words

        ending = path.suffix.lower()
        if ending == ".toml":
            write_toml(language, path)
        elif ending == ".jsonl":
            export_words(language, words, path)
        elif demand is not None and ending == ".nc":
            save(demand, path)
        else:
            write_words(words, path)
        return cls(path, len(words) if is_word_file(path) else None)

    def as_json(self) -> object:
        """Return the path."""
        return str(self.path)

    def rows(self) -> list[Row]:
        """Return no row."""
        return []

    def show(self) -> None:
        """Print the path, and the number of words."""
        if self.num_words is None:
            print(f"{self.path} is written.")
        else:
            print(f"{self.path} is written: {counted(self.num_words, 'word')}.")
