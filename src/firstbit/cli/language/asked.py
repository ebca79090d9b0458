"""What was asked of a language."""

from dataclasses import dataclass
from pathlib import Path

from firstbit.cli.options import require_figure, require_numbers
from firstbit.errors import SettingError
from firstbit.files import require_writable

USUAL_WINDOWS = 8
USUAL_DRAWS = 1000

LONGEST_NUMBER = 7
"""Digits of a length, at most."""


@dataclass(frozen=True)
class Asked:
    """The questions of one command; None and False stand for what was not asked.

    Attributes:
        sample: number of words to sample.
        seed: of words and nets.
        length: of the sampled words, as text.
        uniform: whether words of one length have equal probability.
        count: the largest length of the counts.
        floors: whether the floors are asked for.
        demand: whether the memory demand is asked for.
        windows: the largest window.
        cells: cells whose supply stands beside the demand.
        num_draws: random nets of each cell.
        check: file of words to check.
        next_after: prefix whose next symbols are asked for.
        figure: file of a figure.
        out: file of a result.
    """

    sample: int | None = None
    seed: int | None = None
    length: str | None = None
    uniform: bool = False
    count: int | None = None
    floors: bool = False
    demand: bool = False
    windows: int | None = None
    cells: tuple[str, ...] = ()
    num_draws: int | None = None
    check: Path | None = None
    next_after: str | None = None
    figure: Path | None = None
    out: Path | None = None

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
        self._require_figure()
        self._require_out()

    @property
    def lengths(self) -> tuple[int, int] | None:
        """Shortest and longest of the sampled words."""
        return None if self.length is None else parse_length(self.length)

    @property
    def longest_window(self) -> int:
        """The largest window, by default eight symbols."""
        return USUAL_WINDOWS if self.windows is None else self.windows

    def _require_partners(self) -> None:
        """Refuse options that would change nothing."""
        sample, cells = self.sample is not None, bool(self.cells)
        _require_beside(
            "--seed", self.seed is not None, "--sample or --cell", sample or cells
        )
        _require_beside("--length", self.length is not None, "--sample", sample)
        _require_beside("--uniform", self.uniform, "--sample", sample)
        _require_beside(
            "--windows",
            self.windows is not None,
            "--demand or --floors",
            self.demand or self.floors,
        )
        _require_beside("--cell", cells, "--demand", self.demand)
        _require_beside("--num-draws", self.num_draws is not None, "--cell", cells)

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
        sample = self.sample is not None
        beside = {
            ".toml": ("", True),
            ".nc": ("--demand", self.demand),
            ".txt": ("--sample N", sample),
            ".jsonl": ("--sample N", sample),
        }
        ending = self.out.suffix.lower()
        if ending not in beside:
            raise SettingError(
                "expected a file that ends in .txt, .jsonl, .toml or .nc, got "
                f"'{self.out}'."
            )
        option, is_asked = beside[ending]
        if not is_asked:
            raise SettingError(
                f"expected {option} beside --out {self.out}: its result is written "
                "there."
            )
        require_writable(self.out)


def _require_beside(name: str, is_given: bool, partner: str, is_there: bool) -> None:
    """Refuse an option without the other that it belongs to."""
    if is_given and not is_there:
        raise SettingError(
            f"expected {partner} beside {name}: without it, {name} changes nothing."
        )


def parse_length(text: str) -> tuple[int, int]:
    """Read the range of lengths in `12` or `10:20`, both ends included.

    Raises:
        SettingError: it is neither, or the greater comes first.

    Example:
        >>> parse_length("12"), parse_length("10:20")
        ((12, 12), (10, 20))
    """
    ends = text.split(":")
    if len(ends) > 2 or not all(map(_is_length, ends)):
        raise SettingError(f"expected a length like 12 or 10:20, got '{text}'.")
    shortest, longest = int(ends[0]), int(ends[-1])
    if longest < shortest:
        raise SettingError(
            f"expected the smaller length first, got '{text}'; try "
            f"{longest}:{shortest}."
        )
    return shortest, longest


def _is_length(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < LONGEST_NUMBER
