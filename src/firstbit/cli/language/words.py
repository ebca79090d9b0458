"""Answers about the words of a language."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from firstbit.cli.language.answer import Answer, Row, whole
from firstbit.cli.language.asked import Asked
from firstbit.cli.output import counted, print_table
from firstbit.errors import OutputError, SettingError

if TYPE_CHECKING:
    from firstbit.languages import Language

STANDARD_INPUT = "-"

EMPTY_WORD = "()"
"""The empty word on a terminal, as in an expression."""


@dataclass(frozen=True)
class Checked(Answer):
    """A file of words, all of which are in the language."""

    language: str
    file: str
    num_words: int

    name = "checked"

    @classmethod
    def of(cls, language: "Language", path: Path) -> "Checked":
        """Check a file, or standard input if it is called `-`."""
        from firstbit.languages import parse_words, read_words

        if str(path) == STANDARD_INPUT:
            words = parse_words(language, _standard_input(), source=STANDARD_INPUT)
        else:
            words = read_words(language, path)
        return cls(language.name, str(path), len(words))

    def as_json(self) -> Row:
        """Return the file and the number of its words."""
        return {"file": self.file, "words": self.num_words}

    def rows(self) -> list[Row]:
        """Return what JSON has, as one row."""
        return [self.as_json()]

    def show(self) -> None:
        """Print one line."""
        print(
            f"{self.file}: {counted(self.num_words, 'word')}, all in {self.language}."
        )


def _standard_input() -> str:
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        raise OutputError(
            f"can't read standard input: {error}; expected text, a word a line."
        ) from None


@dataclass(frozen=True)
class NextSymbols(Answer):
    """The symbols that may follow a prefix, with their probabilities."""

    prefix: str
    state: str
    symbols: dict[str, float]

    name = "next"

    @classmethod
    def of(cls, language: "Language", prefix: str) -> "NextSymbols":
        """Follow a prefix through the automaton."""
        state = language.state_after(prefix)
        return cls(prefix, state, language.next_symbols(prefix))

    def as_json(self) -> object:
        """Return prefix, state and probabilities."""
        return {"prefix": self.prefix, "state": self.state, "symbols": self.symbols}

    def rows(self) -> list[Row]:
        """Return a row for each symbol."""
        columns = ("symbol", "probability")
        symbols = self.symbols.items()
        return [dict(zip(columns, one, strict=True)) for one in symbols]

    def show(self) -> None:
        """Print a table."""
        from firstbit.languages import END

        rows: list[list[str]] = []
        for symbol, probability in self.symbols.items():
            shown = f"{END} (end)" if symbol == END else symbol
            rows.append([shown, f"{probability:.6g}"])
        title = f"After '{self.prefix}' (state {self.state})"
        print_table(title, ["next symbol", "probability"], rows)


@dataclass(frozen=True)
class Counts(Answer):
    """For each length from 0 on, the number of words and their probability together."""

    language: str
    numbers: list[int]
    probabilities: list[float]

    name = "counts"

    @classmethod
    def of(cls, language: "Language", longest: int) -> "Counts":
        """Count the words up to a length."""
        from firstbit.languages import length_distribution, word_counts

        distribution = length_distribution(language, longest)
        probabilities = distribution["probability"].values.tolist()
        return cls(language.name, list(word_counts(language, longest)), probabilities)

    def as_json(self) -> object:
        """Return one row for each length."""
        return self.rows()

    def rows(self) -> list[Row]:
        """Return one row for each length."""
        rows: list[Row] = []
        both = zip(self.numbers, self.probabilities, strict=True)
        for length, (number, probability) in enumerate(both):
            rows.append({"length": length, "words": number, "probability": probability})
        return rows

    def show(self) -> None:
        """Print a table."""
        rows: list[list[str]] = []
        both = zip(self.numbers, self.probabilities, strict=True)
        for length, (number, probability) in enumerate(both):
            rows.append([str(length), whole(number), f"{probability:.6g}"])
        columns = ["length", "words", "probability together"]
        print_table(f"Words of {self.language}", columns, rows, numeric=True)


@dataclass(frozen=True)
class Sampled(Answer):
    """Sampled words.

    Attributes:
        words: the words.
        is_in_file: whether they are written to a file, so that the screen needs none.
    """

    words: list[str]
    is_in_file: bool

    name = "words"

    @classmethod
    def of(cls, language: "Language", asked: Asked) -> "Sampled":
        """Sample words of the asked lengths."""
        is_in_file = asked.out is not None and is_word_file(asked.out)
        return cls(_sample(language, asked), is_in_file)

    def as_json(self) -> object:
        """Return the words."""
        return self.words

    def rows(self) -> list[Row]:
        """Return a row for each word."""
        return [{"word": word} for word in self.words]

    def show(self) -> None:
        """Print a word a line; on a terminal `()` is the empty word."""
        if self.is_in_file:
            return
        on_terminal = sys.stdout.isatty()
        empty = EMPTY_WORD if on_terminal else ""
        print("\n".join(word or empty for word in self.words))
        number = self.words.count("")
        if number and not on_terminal:
            of_all = f"{number} of {counted(len(self.words), 'word')}"
            print(f"note: empty lines are the empty word: {of_all}.", file=sys.stderr)


def is_word_file(path: Path) -> bool:
    """Return whether a file holds words, as its ending says."""
    return path.suffix.lower() in {".txt", ".jsonl"}


def _sample(language: "Language", asked: Asked) -> list[str]:
    from firstbit.languages import sample, sample_uniform

    assert asked.sample is not None
    lengths = asked.lengths
    seed = asked.seed or 0
    if not asked.uniform:
        shortest, longest = lengths or (0, None)
        return sample(
            language, asked.sample, seed=seed, shortest=shortest, longest=longest
        )
    if lengths is None or lengths[0] < lengths[1]:
        raise SettingError(
            "expected one --length beside --uniform, as in --uniform --length 12."
        )
    return sample_uniform(language, asked.sample, lengths[0], seed=seed)
