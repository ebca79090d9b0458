"""What was asked of a language."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firstbit.cli.language.parsed import SIDES, parse_length, parse_sizes
from firstbit.cli.options import (
    file_option,
    require_figure,
    require_folder,
    require_numbers,
)
from firstbit.cli.printed import no_table
from firstbit.errors import SettingError, shown
from firstbit.files import require_writable

if TYPE_CHECKING:
    from firstbit.languages.demand.losses import Loss, Per

MARKER = "manifest.json"
"""The file that every exported folder has."""

USUAL_SIZES = (1000, 200, 1000)
"""Words to train on, to choose by and to test on, of --export."""

QUESTIONS = ("same_as", "check", "next_after", "count", "floors", "demand", "sample")
"""Options that have an answer each; so have --split and --export, together."""

TABLES = ("next_after", "count", "floors", "demand")
"""Options whose answer has a table; so have --split and --export."""

SENTENCES = ("same_as", "check", "sample", "figure", "out")
"""Options that are answered without one."""

USUAL_WINDOWS = 8
USUAL_DRAWS = 1000


@dataclass(frozen=True)
class Asked:
    """The questions of one command; None and False stand for what was not asked."""

    sample: Annotated[int | None, typer.Option(help="Sample this number of words.")] = (
        None
    )
    seed: Annotated[
        int | None,
        typer.Option(help="Seed of the sampled words and random nets.  [default: 0]"),
    ] = None
    split: Annotated[
        str | None,
        typer.Option(
            help="Lists of words, train,test or train,validation,test, as in 1000,200: "
            "samples of the language, with their floors."
        ),
    ] = None
    disjoint: Annotated[
        bool,
        typer.Option(
            "--disjoint", help="No word in two lists of --split; it changes their law."
        ),
    ] = False
    distinct: Annotated[
        bool,
        typer.Option(
            "--distinct", help="No word twice in a list of --split; likewise."
        ),
    ] = False
    length: Annotated[
        str | None,
        typer.Option(
            help="Of the sampled words: 12, or 10:20, which includes 20; 1:20,21:40 "
            "for each list of --split."
        ),
    ] = None
    uniform: Annotated[
        bool,
        typer.Option(
            "--uniform", help="Sample words of one --length with equal probability."
        ),
    ] = False
    count: Annotated[
        int | None,
        typer.Option(
            help="Number and probability of the words of each length up to this one."
        ),
    ] = None
    floors: Annotated[
        bool,
        typer.Option(
            "--floors",
            help="Least error a word, with the state known and from the last m "
            "symbols.",
        ),
    ] = False
    demand: Annotated[
        bool,
        typer.Option(
            "--demand",
            help="The memory demanded: what each further symbol is worth, memory "
            "order, ranks.",
        ),
    ] = False
    given_length: Annotated[
        str | None,
        typer.Option(
            help="Condition --floors and --demand on words of that length: 12 or 10:20."
        ),
    ] = None
    windows: Annotated[
        int | None,
        typer.Option(help="The largest m of --floors and --demand.  [default: 8]"),
    ] = None
    unit: Annotated[
        str | None,
        typer.Option(help="bits or nats, of --floors and --split.  [default: bits]"),
    ] = None
    per: Annotated[
        str | None,
        typer.Option(
            help="word or symbol (the mean over predictions), of --floors and "
            "--split.  [default: word]"
        ),
    ] = None
    first_symbol: Annotated[
        bool,
        typer.Option(
            "--first-symbol",
            help="Count the first symbol's prediction too, in --floors and --split.",
        ),
    ] = False
    cell: Annotated[
        list[str] | None,
        typer.Option(
            help="What random nets supply, beside --demand: gru:10 or "
            "vanilla:18,initializer=orthogonal; may be repeated."
        ),
    ] = None
    num_draws: Annotated[
        int | None, typer.Option(help="Random nets of each --cell.  [default: 1000]")
    ] = None
    check: Annotated[
        Path | None,
        typer.Option(help="Check a file of words, one a line; - is standard input."),
    ] = None
    next_after: Annotated[
        str | None,
        typer.Option("--next", help="Probabilities of the next symbol after a prefix."),
    ] = None
    same_as: Annotated[
        str | None,
        typer.Option(
            help="Another name, file or expression: are the words the same? If not, "
            "the shortest word in one alone."
        ),
    ] = None
    figure: Annotated[
        Path | None,
        typer.Option(
            help="A figure, .svg, .png or .pdf: with --demand that curve, with --count "
            "the lengths, else the automaton."
        ),
    ] = None
    out: Annotated[
        Path | None,
        file_option(
            "Write the sampled words (.txt; .jsonl with legal next symbols), the "
            "language (.toml), or the --demand (.nc)."
        ),
    ] = None
    export: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="A folder of words to train and to test on, anywhere, for firstbit "
            "judge; --split has the sizes.  [default: 1000,200,1000]",
        ),
    ] = None

    @property
    def cells(self) -> tuple[str, ...]:
        """Cells whose supply stands beside the demand."""
        return tuple(self.cell or ())

    def require_sense(self) -> None:
        """Refuse numbers out of range, options without effect and unwritable files.

        Raises:
            SettingError: a number is out of range, or an option changes nothing.
            OutputError: a file can't be written.
        """
        require_numbers(
            sample=(self.sample, 1),
            count=(self.count, 0),
            windows=(self.windows, 0),
            seed=(self.seed, 0),
            num_draws=(self.num_draws, 2),
        )
        self._require_partners()
        self._require_words_of_their_own()
        self._require_figure()
        self._require_out()
        require_folder(self.export, MARKER)

    def require_one_question(self) -> None:
        """Refuse several questions: a file of CSV has one table."""
        asked = []
        for name in self._given(QUESTIONS):
            asked.append("--" + name.removesuffix("_after").replace("_", "-"))
        if self.sizes:
            asked.append("--split" if self.export is None else "--export")
        if len(asked) > 1:
            raise SettingError(
                f"expected one question beside --csv, got {', '.join(asked)}; ask once "
                "for each."
            )

    def require_table(self) -> None:
        """Refuse questions that are answered by sentences alone: LaTeX has tables."""
        has_table = self.sizes or self._given(TABLES)
        if self._given(SENTENCES) and not has_table:
            raise no_table()

    def _given(self, names: Sequence[str]) -> list[str]:
        """Return which of these options are given."""
        return [name for name in names if getattr(self, name) not in (None, False)]

    @property
    def ranges(self) -> list[tuple[int, int]]:
        """Shortest and longest of the words of each list; one pair for all lists."""
        if self.length is None:
            return []
        return [parse_length(text) for text in self.length.split(",")]

    @property
    def lengths(self) -> tuple[int, int] | None:
        """Shortest and longest of all words.

        Raises:
            SettingError: there are several ranges.
        """
        ranges = self.ranges
        if len(ranges) > 1:
            raise SettingError(
                f"expected one length like 12 or 10:20, got '{shown(self.length)}'; "
                "several are for --split."
            )
        return ranges[0] if ranges else None

    @property
    def measured_lengths(self) -> tuple[int, int] | None:
        """Shortest and longest of the words that floors and demand are about."""
        return None if self.given_length is None else parse_length(self.given_length)

    @property
    def sizes(self) -> list[int]:
        """Sizes of the lists of words."""
        if self.split is None:
            return [] if self.export is None else list(USUAL_SIZES)
        return parse_sizes(self.split)

    @property
    def loss(self) -> "Loss":
        """The unit of floors and of splits, beside the squared error."""
        from firstbit.languages.demand.losses import require_loss

        return require_loss("bits" if self.unit is None else self.unit)

    @property
    def shared_among(self) -> "Per":
        """What a loss is shared among."""
        from firstbit.languages.demand.losses import require_per

        return require_per("word" if self.per is None else self.per)

    @property
    def longest_window(self) -> int:
        """The largest window, by default eight symbols."""
        return USUAL_WINDOWS if self.windows is None else self.windows

    def _require_partners(self) -> None:
        """Refuse options that would change nothing."""
        sample = self.sample is not None
        cells = bool(self.cells)
        export = self.export is not None
        split = self.split is not None or export
        measured = self.demand or self.floors
        _require_beside(
            "--seed",
            self.seed is not None,
            "--sample, --split, --export or --cell",
            sample or split or cells,
        )
        _require_beside(
            "--length",
            self.length is not None,
            "--sample, --split or --export",
            sample or split,
        )
        _require_beside(
            "--given-length",
            self.given_length is not None,
            "--floors or --demand",
            measured,
        )
        _require_beside("--disjoint", self.disjoint, "--split or --export", split)
        _require_beside("--distinct", self.distinct, "--split or --export", split)
        counted = self.floors or (split and not export)
        for name in ("unit", "per", "first_symbol"):
            option = f"--{name.replace('_', '-')}"
            is_given = getattr(self, name) not in (None, False)
            _require_beside(option, is_given, "--floors or --split", counted)
        _require_beside("--uniform", self.uniform, "--sample", sample)
        windows = self.windows is not None
        _require_beside("--windows", windows, "--demand or --floors", measured)
        _require_beside("--cell", cells, "--demand", self.demand)
        _require_beside("--num-draws", self.num_draws is not None, "--cell", cells)

    def _require_words_of_their_own(self) -> None:
        """Refuse two kinds of samples, and lengths that don't fit."""
        if not self.sizes:
            _ = self.lengths, self.measured_lengths
        elif self.sample is not None:
            other = "--split" if self.export is None else "--export"
            raise SettingError(f"expected one of --sample and {other}, got both.")
        elif self.ranges and len(self.ranges) not in (1, len(self.sizes)):
            raise SettingError(
                f"expected one --length, or one for each of {len(self.sizes)} lists; "
                f"got {len(self.ranges)}."
            )
        if self.given_length is not None and self.cells:
            raise SettingError(
                "expected no --given-length beside --cell: what nets supply has no "
                "length of words."
            )

    def _require_figure(self) -> None:
        """Refuse a figure of two things, and one that can't be written."""
        if self.figure is not None and self.demand and self.count is not None:
            raise SettingError(
                "expected --figure with one of --demand and --count, got both; ask "
                "twice."
            )
        require_figure(self.figure)

    def _require_out(self) -> None:
        """Refuse a file whose content was not asked for, or that can't be written."""
        if self.out is None:
            return
        is_split = self.split is not None and self.export is None
        sample = self.sample is not None or is_split
        beside = {
            ".toml": ("", True),
            ".nc": ("--demand", self.demand),
            ".txt": ("--sample N or --split N,N", sample),
            ".jsonl": ("--sample N or --split N,N", sample),
        }
        ending = self.out.suffix.lower()
        if ending not in beside:
            raise SettingError(
                "expected a file that ends in .txt, .jsonl, .toml or .nc, got "
                f"'{shown(self.out)}'."
            )
        option, is_asked = beside[ending]
        if not is_asked:
            raise SettingError(
                f"expected {option} beside --out {shown(self.out)}: its result is "
                "written there."
            )
        if self.split is None or ending not in (".txt", ".jsonl"):
            require_writable(self.out)
            return
        for name in SIDES[len(self.sizes)]:
            require_writable(side_file(self.out, name))


def _require_beside(name: str, is_given: bool, partner: str, is_there: bool) -> None:
    """Refuse an option without the other that it belongs to."""
    if is_given and not is_there:
        raise SettingError(
            f"expected {partner} beside {name}: without it, {name} changes nothing."
        )


def side_file(path: Path, side: str) -> Path:
    """Return the file of one list of words.

    Example:
        >>> side_file(Path("words.txt"), "train")
        PosixPath('words.train.txt')
    """
    return path.with_name(f"{path.stem}.{side}{path.suffix}")
