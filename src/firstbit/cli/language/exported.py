"""The answer about a folder of words."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firstbit.cli.language.answer import Answer, Row
from firstbit.cli.language.asked import Asked
from firstbit.cli.output import print_table

if TYPE_CHECKING:
    from firstbit.languages import Language


@dataclass(frozen=True)
class Exported(Answer):
    """A folder of words to train and to test on.

    Attributes:
        folder: where it is.
        manifest: what is in it.
    """

    folder: Path
    manifest: dict[str, Any]

    name = "export"

    @classmethod
    def of(cls, language: "Language", asked: Asked) -> "Exported":
        """Draw the words and write them."""
        from firstbit.languages import export_language

        assert asked.export is not None
        ranges = asked.ranges
        if len(ranges) == 1:
            ranges = ranges * len(asked.sizes)
        manifest = export_language(
            language,
            asked.export,
            sizes=asked.sizes,
            seed=asked.seed or 0,
            lengths=ranges or None,
            disjoint=asked.disjoint,
            distinct=asked.distinct,
        )
        return cls(asked.export, manifest)

    def as_json(self) -> object:
        """Return the folder and its manifest."""
        return {"folder": str(self.folder), **self.manifest}

    def rows(self) -> list[Row]:
        """Return a row for each file."""
        files = self.manifest["files"]
        return [{"file": name, "words": files[name]["words"]} for name in files]

    def show(self) -> None:
        """Print a row for each file, and what comes next."""
        rows: list[list[str]] = []
        for name, facts in self.manifest["files"].items():
            rows.append([name, str(facts["words"])])
        title = f"{self.folder}: words of {self.manifest['language']}"
        print_table(title, ["file", "words"], rows, numeric=True)
        print(f"{self.folder / 'manifest.json'} says the least loss on each.")
        print(f"After training: {self.manifest['judge']}")
