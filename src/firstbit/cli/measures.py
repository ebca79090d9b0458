"""`firstbit measures`."""

from typing import Annotated

import typer

from firstbit.cli.options import AsJson
from firstbit.cli.output import print_json, print_table
from firstbit.errors import SettingError, shown, unknown_name
from firstbit.measures import MEASURES, Measure, measure_by_name


def measures(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="A call or a command: all about it."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say which measure answers which question, and when it misleads."""
    chosen = MEASURES if name is None else (_named(name),)
    if as_json:
        print_json([one._asdict() for one in chosen])
        return
    if name is None:
        rows = [[one.question, one.call, one.command, one.unit] for one in chosen]
        columns = ["question", "call", "firstbit ...", "unit"]
        print_table("Which measure do I want?", columns, rows)
        return
    _print(chosen[0])


def _named(name: str) -> Measure:
    """Return the measure with that name.

    Raises:
        SettingError: there is none.
    """
    found = measure_by_name(name)
    if found is None:
        known = [one.name for one in MEASURES]
        raise SettingError(unknown_name("measure", shown(name), known))
    return found


def _print(one: Measure) -> None:
    """Print all about one measure."""
    print(one.question)
    about = {
        "call": one.call,
        "also": ", ".join(one.also),
        "command": f"firstbit {one.command}" if one.command else "",
        "unit": one.unit,
        "cost": one.cost,
        "says": one.says,
        "misleads": one.misleads,
        "sources": one.sources,
    }
    for name, text in about.items():
        if text:
            print(f"  {name}: {text}")
