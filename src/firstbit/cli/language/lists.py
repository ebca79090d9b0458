"""The answer about lists of words to train and to test on."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from firstbit.cli.language.answer import Answer, Row, rounded
from firstbit.cli.language.asked import Asked, side_file
from firstbit.cli.language.words import is_word_file
from firstbit.cli.output import print_table

if TYPE_CHECKING:
    import xarray as xr

    from firstbit.languages import Language, Split

LOSSES = {
    "expected": "expected",
    "truth": "of the truth",
    "by_state": "a table a state",
    "by_prefix": "by heart",
}
"""Variable -> its column."""


@dataclass(frozen=True)
class Lists(Answer):
    """Lists of words, and their floors.

    Attributes:
        lists: the lists.
        found: their floors.
        unit: of the floors.
        files: where they are written; empty for nowhere.
    """

    lists: "Split"
    found: "xr.Dataset"
    unit: str
    files: tuple[Path, ...]

    name = "split"

    @classmethod
    def of(cls, language: "Language", asked: Asked) -> "Lists":
        """Sample the lists, measure them and write them, if asked to."""
        from firstbit.languages import split, split_floors

        unit, per = asked.loss, asked.shared_among
        ranges = asked.ranges
        if len(ranges) == 1:
            ranges = ranges * len(asked.sizes)
        lists = split(
            language,
            *asked.sizes,
            seed=asked.seed or 0,
            lengths=ranges or None,
            disjoint=asked.disjoint,
            distinct=asked.distinct,
        )
        found = split_floors(lists, loss=unit, per=per, first_symbol=asked.first_symbol)
        files = _written(language, lists, asked.out)
        return cls(lists, found, f"{unit} a {per}", files)

    def as_json(self) -> dict[str, Row]:
        """Return the words and the floors of each list."""
        sides: dict[str, Row] = {}
        for side in self.lists.sides:
            at = self.found.sel(side=side.name)
            sides[side.name] = {
                "words": side.words,
                "distinct": int(at["num_distinct"]),
                "mean_length": float(at["mean_length"]),
            }
            for name in LOSSES:
                value = float(at[name])
                # NaN is no JSON: an expected floor that isn't known is null.
                sides[side.name][name] = value if value == value else None
        return sides

    def rows(self) -> list[Row]:
        """Return a row for each list."""
        found: list[Row] = []
        numbers = self.as_json()
        for side in self.lists.sides:
            about = {**numbers[side.name], "words": len(side.words)}
            found.append({"list": side.name, **about})
        return found

    def show(self) -> None:
        """Print a table, and the files."""
        rows: list[list[str]] = []
        for side in self.lists.sides:
            at = self.found.sel(side=side.name)
            num_distinct = int(at["num_distinct"])
            row = [side.name, str(len(side.words)), str(num_distinct)]
            row.append(f"{float(at['mean_length']):.4g}")
            for name in LOSSES:
                value = float(at[name])
                row.append(rounded(value) if value == value else "unknown")
            rows.append(row)
        columns = ["list", "words", "different", "mean length", *LOSSES.values()]
        title = f"Least loss on each list, {self.unit}"
        print_table(title, columns, rows, numeric=True)
        if not self.lists.follows_language:
            print(
                "These lists don't follow the language: compare a net with the floors "
                "of its list."
            )
        for file in self.files:
            print(f"{file} is written.")


def _written(
    language: "Language", lists: "Split", out: Path | None
) -> tuple[Path, ...]:
    """Write each list to a file of its own, if a file of words is asked for."""
    from firstbit.languages import export_words, write_words

    if out is None or not is_word_file(out):
        return ()
    files = []
    for side in lists.sides:
        file = side_file(out, side.name)
        if file.suffix.lower() == ".jsonl":
            export_words(language, side.words, file)
        else:
            write_words(side.words, file)
        files.append(file)
    return tuple(files)
