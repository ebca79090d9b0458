"""`firstbit language`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from firstbit.cli.cells import parse_cell
from firstbit.cli.language import answers
from firstbit.cli.language.tables import print_answers
from firstbit.cli.output import print_json, print_table, require_picture
from firstbit.errors import LanguageError, SettingError, require_at_least
from firstbit.files import require_writable

if TYPE_CHECKING:
    from firstbit.languages import Language

EXPRESSION_LETTERS = frozenset("()|*+?.[]{}")
FILE_ENDING = ".toml"


def language(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            help="A name (see --list), a file FILE.toml, or a regular expression "
            "such as 'B(TS*X|PT*V)E'."
        ),
    ] = None,
    regex: Annotated[
        str | None,
        typer.Option(help="A regular expression, even if it looks like a name."),
    ] = None,
    alphabet: Annotated[
        str | None,
        typer.Option(
            help="Symbols of the expression, in one-hot order.  [default: its "
            "letters, sorted]"
        ),
    ] = None,
    sample: Annotated[int | None, typer.Option(help="Draw so many words.")] = None,
    seed: Annotated[
        int | None,
        typer.Option(help="Of the words and nets that are drawn.  [default: 0]"),
    ] = None,
    length: Annotated[
        str | None,
        typer.Option(help="Of the drawn words: 12, or 10:20, which includes 20."),
    ] = None,
    uniform: Annotated[
        bool,
        typer.Option(
            "--uniform", help="Draw the words of one --length with equal probability."
        ),
    ] = False,
    count: Annotated[
        int | None,
        typer.Option(
            help="Number and probability of the words of each length up to this one."
        ),
    ] = None,
    floors: Annotated[
        bool,
        typer.Option(
            "--floors",
            help="Least error a word, with the state known and from the last m "
            "symbols.",
        ),
    ] = False,
    demand: Annotated[
        bool,
        typer.Option(
            "--demand",
            help="The memory demanded: what each further symbol is worth, memory "
            "order, ranks.",
        ),
    ] = False,
    windows: Annotated[
        int | None,
        typer.Option(help="The largest m of --floors and --demand.  [default: 8]"),
    ] = None,
    cell: Annotated[
        list[str] | None,
        typer.Option(
            help="What random nets supply, beside --demand: gru:10 or "
            "vanilla:18,initializer=orthogonal; may be repeated."
        ),
    ] = None,
    draws: Annotated[
        int | None, typer.Option(help="Random nets of each --cell.  [default: 1000]")
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option(help="Check a file of words, one a line; - is standard input."),
    ] = None,
    next_after: Annotated[
        str | None,
        typer.Option("--next", help="Probabilities of the next symbol after a prefix."),
    ] = None,
    draw: Annotated[
        Path | None,
        typer.Option(
            help="A picture, .svg or .png: with --demand that curve, with --count "
            "the lengths, else the automaton."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write the drawn words (.txt; .jsonl with legal next symbols), "
            "the language (.toml), or the --demand (.nc)."
        ),
    ] = None,
    list_names: Annotated[
        bool,
        typer.Option(
            "--list", help="List the languages that have a name, with their sources."
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON instead of tables.")
    ] = False,
) -> None:
    """Look at a regular language: its automaton and words, and the memory it demands."""
    if list_names:
        _list(context, as_json)
        return
    chosen = find(name, regex, alphabet)
    _check_numbers(
        {
            "sample": (sample, 1),
            "count": (count, 0),
            "windows": (windows, 0),
            "seed": (seed, 0),
            "draws": (draws, 2),
        }
    )
    _check_partners(
        {
            "--seed": (
                seed is not None,
                "--sample or --cell",
                sample is not None or bool(cell),
            ),
            "--length": (length is not None, "--sample", sample is not None),
            "--uniform": (uniform, "--sample", sample is not None),
            "--windows": (
                windows is not None,
                "--demand or --floors",
                demand or floors,
            ),
            "--cell": (bool(cell), "--demand", demand),
            "--draws": (draws is not None, "--cell", bool(cell)),
        }
    )
    _check_files(
        draw,
        out,
        sample=sample is not None,
        demand=demand,
        both=demand and count is not None,
    )
    lengths, longest = parse_length(length), 8 if windows is None else windows
    found: dict[str, Any] = {"language": chosen.name}
    if check is not None:
        found["checked"] = answers.checked(chosen, check)
    if next_after is not None:
        found["next"] = answers.next_symbols(chosen, next_after)
    if count is not None:
        found["counts"] = answers.counts(chosen, count)
    demanded = None
    if demand or floors:
        cells = [parse_cell(text) for text in cell or ()]
        demanded = answers.demand_dataset(
            chosen, longest, cells, 1000 if draws is None else draws, seed or 0
        )
        found |= {"floors": answers.floors(demanded)} if floors else {}
        found |= answers.demand_and_supply(demanded) if demand else {}
    if sample is not None:
        found["words"] = answers.words(
            chosen, sample, lengths, uniform=uniform, seed=seed or 0
        )
    if draw is not None:
        found["drawn"] = answers.drawn(
            chosen, draw, demanded if demand else None, count, next_after
        )
    if out is not None:
        found["written"] = answers.written(
            chosen, out, found.get("words", []), demanded
        )
    if len(found) == 1:
        found["summary"] = answers.summary(chosen)
    if as_json:
        print_json(found)
    else:
        print_answers(found)


def find(
    name: str | None, regex: str | None, alphabet: str | None = None
) -> "Language":
    """The language that the user means: a TOML file, an expression, which has one of `()|*+?.[]{}`, or a name, which has none.

    Raises:
        SettingError: neither or both are given, or an alphabet without an expression.
        LanguageError: there is no such language.

    Example:
        >>> find("reber", None).name, find("a|bc", None).name
        ('reber', 'a|bc')
    """
    from firstbit.languages import Language, language_by_name, read_toml

    if (name is None) == (regex is None):
        raise SettingError(
            "expected a name or an expression, and not both; try: firstbit "
            "language reber."
        )
    is_file = name is not None and name.lower().endswith(FILE_ENDING)
    expression = (
        name
        if name is not None and not is_file and EXPRESSION_LETTERS & set(name)
        else regex
    )
    _check_partners(
        {"--alphabet": (alphabet is not None, "an expression", expression is not None)}
    )
    if expression is not None:
        if regex is None and Path(expression).is_file():
            raise SettingError(
                f"expected a language, got the file '{expression}': languages are "
                f"read from files that end in {FILE_ENDING}; "
                "try NAME --check for a file of words, or --regex for an expression."
            )
        return Language.from_regex(expression, alphabet=alphabet)
    assert name is not None
    if is_file:
        return read_toml(Path(name))
    try:
        return language_by_name(name)
    except LanguageError as error:
        raise LanguageError(f"{error} For an expression: --regex '{name}'.") from None


def parse_length(text: str | None) -> tuple[int, int] | None:
    """The range of lengths in `12` or `10:20`, both ends included.

    Raises:
        SettingError: it is neither, or the greater comes first.

    Example:
        >>> parse_length("12"), parse_length("10:20")
        ((12, 12), (10, 20))
    """
    if text is None:
        return None
    ends = text.split(":")
    if len(ends) > 2 or not all(
        end.isascii() and end.isdecimal() and len(end) < 7 for end in ends
    ):
        raise SettingError(f"expected a length like 12 or 10:20, got '{text}'.")
    shortest, longest = int(ends[0]), int(ends[-1])
    if longest < shortest:
        raise SettingError(
            f"expected the smaller length first, got '{text}'; try "
            f"{longest}:{shortest}."
        )
    return shortest, longest


def _list(context: typer.Context, as_json: bool) -> None:
    from firstbit.languages import CATALOGUE

    sources = {name: context.get_parameter_source(name) for name in context.params}
    if any(
        source and source.name == "COMMANDLINE"
        for name, source in sources.items()
        if name not in {"list_names", "as_json"}
    ):
        raise SettingError(
            "expected --list alone, or with --json: beside it nothing else "
            "changes anything."
        )
    if as_json:
        entries = CATALOGUE.items()
        print_json(
            {
                name: {"about": e.about, "source": e.source, "parameters": e.parameters}
                for name, e in entries
            }
        )
        return
    rows = []
    for name, entry in CATALOGUE.items():
        numbers = ",".join(str(default) for default in entry.parameters.values())
        rows.append(
            [f"{name}:{numbers}" if numbers else name, entry.about, entry.source]
        )
    print_table(
        "Languages; numbers behind a colon may be changed or left out",
        ["name", "what it is", "source"],
        rows,
    )


def _check_numbers(numbers: dict[str, tuple[int | None, int]]) -> None:
    for name, (value, least) in numbers.items():
        if value is not None:
            require_at_least(name, value, least)


def _check_partners(options: dict[str, tuple[bool, str, bool]]) -> None:
    """Refuse options that would change nothing."""
    for name, (given, partner, there) in options.items():
        if given and not there:
            raise SettingError(
                f"expected {partner} beside {name}: without it, {name} changes nothing."
            )


def _check_files(
    draw: Path | None, out: Path | None, *, sample: bool, demand: bool, both: bool
) -> None:
    """Refuse files that could not be written in the end, before any work."""
    if draw is not None:
        if both:
            raise SettingError(
                "expected --draw with one of --demand and --count, got both; ask twice."
            )
        require_picture(draw)
    if out is not None:
        needed = {
            ".toml": (True, ""),
            ".nc": (demand, "--demand"),
            ".txt": (sample, "--sample N"),
            ".jsonl": (sample, "--sample N"),
        }
        if out.suffix.lower() not in needed:
            raise SettingError(
                f"expected a file that ends in .txt, .jsonl, .toml or .nc, got '{out}'."
            )
        there, option = needed[out.suffix.lower()]
        if not there:
            raise SettingError(
                f"expected {option} beside --out {out}: what it finds is written there."
            )
        require_writable(out)
