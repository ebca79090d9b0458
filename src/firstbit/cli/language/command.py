"""`firstbit language`."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Annotated

import typer

from firstbit.cli.clicks import Context
from firstbit.cli.grouped import grouped
from firstbit.cli.language.answer import Answer, Row
from firstbit.cli.language.answers import answers
from firstbit.cli.language.asked import Asked
from firstbit.cli.language.catalogue import print_catalogue
from firstbit.cli.language.find import find
from firstbit.cli.printed import Printed
from firstbit.errors import SettingError

FORMS = [field.name for field in fields(Printed)]


@dataclass(frozen=True)
class Named:
    """Which language: a name, or an expression."""

    name: Annotated[
        str | None,
        typer.Argument(
            help="A name (see --list), a file FILE.toml or FILE.jff (JFLAP), or a "
            "regular expression such as 'B(TS*X|PT*V)E'."
        ),
    ] = None
    regex: Annotated[
        str | None,
        typer.Option(help="A regular expression, even if it looks like a name."),
    ] = None
    alphabet: Annotated[
        str | None,
        typer.Option(
            help="Symbols of the expression, in one-hot order.  [default: its "
            "letters, sorted]"
        ),
    ] = None


@grouped
def language(
    context: Context,
    named: Named,
    asked: Asked,
    list_names: Annotated[
        bool,
        typer.Option(
            "--list", help="List the languages that have a name, with their sources."
        ),
    ] = False,
    *,
    printed: Printed,
) -> None:
    """Describe a regular language: its automaton, its words, the memory it demands."""
    if list_names:
        _require_alone(context)
        print_catalogue(printed)
        return
    chosen = find(named.name, named.regex, named.alphabet)
    asked.require_sense()
    if printed.as_csv:
        asked.require_one_question()
    if printed.as_latex:
        asked.require_table()
    found = answers(chosen, asked)
    printed.show(
        tables=partial(_print, found),
        numbers=partial(_numbers, chosen.name, found),
        rows=partial(_rows, found),
    )


def _print(found: Sequence[Answer]) -> None:
    for answer in found:
        answer.show()


def _numbers(name: str, found: Sequence[Answer]) -> dict[str, object]:
    return {"language": name, **{answer.name: answer.as_json() for answer in found}}


def _rows(found: Sequence[Answer]) -> list[Row]:
    """Return the rows of the one answer that has any."""
    rows = []
    for answer in found:
        rows += answer.rows()
    return rows


def _require_alone(context: Context) -> None:
    """Raise `SettingError` if --list has company other than a form."""
    for name in context.params:
        source = context.get_parameter_source(name)
        is_given = source is not None and source.name == "COMMANDLINE"
        if is_given and name not in {"list_names", *FORMS}:
            raise SettingError(
                "expected --list alone, or with --json, --csv or --latex: beside it "
                "nothing else changes anything."
            )
