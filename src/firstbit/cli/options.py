"""Options that several commands have, and the checks of what they were given."""

import os
from collections.abc import Sequence
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Annotated, Any

import typer

from firstbit.errors import OutputError, SettingError, require_at_least, shown
from firstbit.files import require_replaceable, require_writable

if TYPE_CHECKING:
    from firstbit.cells import Given


def file_path(text: str | Path) -> Path:
    """Return the path of a file that an option names.

    Args:
        text: what the user wrote; or the option's default, which is a path.

    Raises:
        OutputError: the text ends as a folder's.

    Example:
        >>> file_path("new/d.nc")
        PosixPath('new/d.nc')
    """
    if os.fspath(text).endswith(("/", os.sep)):
        raise OutputError(
            f"expected a file name, got the folder '{shown(text)}'; name a file "
            "inside it."
        )
    return Path(text)


def file_option(text: str) -> Any:
    """Return an option that names a file."""
    return typer.Option(help=text, parser=file_path, metavar="FILE")


CellTexts = Annotated[
    list[str] | None,
    typer.Option(
        help="NAME[:SIZES][,option=value...]: gru, vanilla:1:20,activation=tanh, "
        "gru:5,10,reset=after,initializer=orthogonal, or a cell of your own, "
        "path/to/file.py:MyCell or torch.nn:GRUCell; may be repeated.",
    ),
]
TrainedCell = Annotated[
    str,
    typer.Option(
        help="NAME:SIZE[,option=value...]: vanilla:18,activation=tanh, "
        "gru:10,initializer=orthogonal, path/to/file.py:MyCell:10."
    ),
]
TrainedCells = Annotated[
    list[str],
    typer.Option(
        help="NAME:SIZE[,option=value...]: vanilla:18,activation=tanh, "
        "gru:10,initializer=orthogonal; may be repeated."
    ),
]
HiddenSizes = Annotated[
    str | None,
    typer.Option(
        help="Values of k, where --cell has none: 5, or 1,2,5, or 1:20, which includes "
        "20."
    ),
]
LanguageText = Annotated[
    str,
    typer.Option(
        help="A name (firstbit language --list), a file FILE.toml or FILE.jff "
        "(JFLAP), or a regular expression."
    ),
]
WordList = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="A list of words, one a line, that all seeds read in every epoch.  "
        "[default: each seed draws its own]",
    ),
]
NumDraws = Annotated[int, typer.Option(help="Random nets for each k.")]
InputLaw = Annotated[
    str, typer.Option(help="Of the inputs: uniform, normal, binary, or one-hot.")
]
InputScale = Annotated[
    float, typer.Option(help="The largest input; of normal ones, their spread.")
]
NumSeeds = Annotated[int, typer.Option(help="Runs of each configuration.")]
RuleName = Annotated[
    str,
    typer.Option(
        help="published (a plain step a word, squared error) or modern (Adam, "
        "cross-entropy)."
    ),
]
LearningRate = Annotated[
    float | None,
    typer.Option(
        help="The learning rate at the start.  [default: 0.001 if published, else 0.01]"
    ),
]
Confidence = Annotated[float, typer.Option(help="Probability of the intervals.")]
Resolution = Annotated[
    float, typer.Option(help="Distance up to which a row passes for the true one.")
]
Error = Annotated[
    float,
    typer.Option(help="Share of wrong words, and of wrong twins, of a right net."),
]
Seed = Annotated[int, typer.Option(help="Seed of the random numbers.")]
Device = Annotated[
    str | None,
    typer.Option(
        help="cpu or gpu, an accelerator.  [default: a GPU where there is one and it "
        "is worth it]"
    ),
]
FigureFile = Annotated[
    Path | None, file_option("Figure: ending in .svg, .png or .pdf.")
]
ResultFile = Annotated[
    Path | None,
    file_option("Result: ending in .nc (netCDF), .csv (a table) or .json."),
]
Folder = Annotated[
    Path | None, typer.Option(help="Folder for data, figures and report.html.")
]
Resume = Annotated[
    bool, typer.Option(help="Keep trainings beside --out, and go on from them.")
]
ResumeBlocks = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Keep finished blocks beside --out, and go on from them; several "
        "processes may share them.",
    ),
]
PartOf = Annotated[
    str | None,
    typer.Option(
        metavar="I/N",
        help="Compute only the I-th of N parts into --into, and write no result: "
        "firstbit join makes it.",
    ),
]
Into = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Folder that all parts share."),
]

FIGURE_ENDINGS = (".svg", ".png", ".pdf")

RESULT_ENDINGS = (".nc", ".csv", ".json")


def require_numbers(**numbers: tuple[int | None, int]) -> None:
    """Raise `SettingError` unless every number that was given is large enough.

    Args:
        **numbers: by name, the number or None, and the least that it may be.

    Example:
        >>> require_numbers(length=(3, 1), seed=(None, 0))
    """
    for name, (value, least) in numbers.items():
        if value is not None:
            require_at_least(name, value, least)


def require_figure(path: Path | None) -> None:
    """Raise unless a figure can be written at `path`, or none is asked for.

    Raises:
        SettingError: the ending is another.
        OutputError: nothing can be written there.
    """
    if path is None:
        return
    if path.suffix.lower() not in FIGURE_ENDINGS:
        raise SettingError(
            "expected a figure file that ends in .svg, .png or .pdf, got "
            f"'{shown(path)}'."
        )
    require_writable(path)


def require_result(path: Path | None) -> None:
    """Raise unless a result can be written at `path`, or none is asked for.

    Raises:
        SettingError: the ending is another.
        OutputError: nothing can be written there.
    """
    if path is None:
        return
    require_writable(path)
    if path.suffix.lower() not in RESULT_ENDINGS:
        raise SettingError(
            "expected a file that ends in .nc (netCDF), .csv (a table) or .json, got "
            f"'{shown(path)}'."
        )


def require_one_cell(cells: Sequence[str], **wanted: object) -> None:
    """Raise `SettingError` if several cells are given, and a file that holds one.

    Args:
        cells: the texts of the cells.
        **wanted: what the options that belong to one cell were given.

    Example:
        >>> require_one_cell(["gru", "lstm"], out=None)
    """
    for name, value in wanted.items():
        if value and len(cells) > 1:
            raise SettingError(
                f"expected one --cell beside --{name}, got {len(cells)}; ask once for "
                "each."
            )


def require_folder(path: Path | None, marker: str) -> None:
    """Raise `OutputError` unless the folder is new, or an earlier result, or None."""
    if path is not None:
        require_replaceable(path, marker)


def kept_beside(out: Path | None, what: str, *, resume: bool, kind: str) -> Path | None:
    """Return the folder beside `out` that keeps unfinished work; None without `resume`.

    Args:
        out: where the result goes.
        what: ending of the folder's name, and the word for what it keeps.
        resume: whether it is asked for.
        kind: `FILE` or `DIR`, as --out takes it.

    Raises:
        SettingError: there is no `out`.

    Example:
        >>> kept_beside(Path("d.nc"), "blocks", resume=True, kind="FILE")
        PosixPath('d.nc.blocks')
    """
    if not resume:
        return None
    if out is None:
        raise SettingError(
            f"expected --out {kind} with --resume: {what} are kept beside it."
        )
    return Path(f"{out}.{what}")


def remove_kept(kept: Path | None) -> None:
    """Remove unfinished work, when the result is whole."""
    if kept is not None:
        rmtree(kept, ignore_errors=True)  # another process may be removing it too


def given_cells(
    texts: Sequence[str], hidden_size: str | None, usual_sizes: str
) -> "list[Given]":
    """Return the cells of all `--cell`; see `given_cell`.

    Raises:
        SettingError: two are the same.
    """
    if len(set(texts)) < len(texts):
        raise SettingError(
            f"expected different cells, got {shown(', '.join(texts))}; leave out one."
        )
    return [given_cell(text, hidden_size, usual_sizes) for text in texts]


def given_cell(text: str, hidden_size: str | None, usual_sizes: str) -> "Given":
    """Return the cell of `--cell`, with the sizes of its text or of `--hidden-size`.

    Args:
        text: of the cell.
        hidden_size: sizes, or None.
        usual_sizes: sizes where neither has any.

    Raises:
        CellError: both have sizes, or the text is no cell.
        SettingError: a size, a law or a number is none.

    Example:
        >>> given_cell("gru", "1:3", "5").hidden_sizes
        (1, 2, 3)
    """
    from firstbit.cells import Given
    from firstbit.cells.grammar import parse_sizes

    given = Given.of(text)
    if given.hidden_sizes is None:
        return given.with_sizes(parse_sizes(hidden_size or usual_sizes))
    if hidden_size is not None:
        raise SettingError(
            f"expected the hidden sizes once, got '{text}' and --hidden-size "
            f"{hidden_size}; leave one of them out."
        )
    return given
