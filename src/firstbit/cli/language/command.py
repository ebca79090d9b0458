"""`firstbit language`."""

from dataclasses import dataclass
from typing import Annotated

import typer

from firstbit.cli.clicks import Context
from firstbit.cli.grouped import grouped
from firstbit.cli.language.answers import answers
from firstbit.cli.language.asked import Asked
from firstbit.cli.language.catalogue import print_catalogue
from firstbit.cli.language.find import find
from firstbit.cli.options import AsJson
from firstbit.cli.output import print_json
from firstbit.errors import SettingError


@dataclass(frozen=True)
class Named:
    """Which language: a name, or an expression."""

    name: Annotated[
        str | None,
        typer.Argument(
            help="A name (see --list), a file FILE.toml, or a regular expression "
            "such as 'B(TS*X|PT*V)E'."
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
    as_json: AsJson = False,
) -> None:
    """Describe a regular language: its automaton, its words, the memory it demands."""
    if list_names:
        _require_alone(context)
        print_catalogue(as_json=as_json)
        return
    chosen = find(named.name, named.regex, named.alphabet)
    asked.require_sense()
    found = answers(chosen, asked)
    if as_json:
        document = {answer.name: answer.as_json() for answer in found}
        print_json({"language": chosen.name, **document})
        return
    for answer in found:
        answer.show()


def _require_alone(context: Context) -> None:
    """Raise `SettingError` if --list has company other than --json."""
    for name in context.params:
        source = context.get_parameter_source(name)
        is_given = source is not None and source.name == "COMMANDLINE"
        if is_given and name not in {"list_names", "as_json"}:
            raise SettingError(
                "expected --list alone, or with --json: beside it nothing else "
                "changes anything."
            )
