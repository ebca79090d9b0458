"""`firstbit measures`."""

from functools import partial
from typing import Annotated

import typer

from firstbit.cli.grouped import grouped
from firstbit.cli.output import print_table
from firstbit.cli.printed import Printed
from firstbit.errors import SettingError, shown, unknown_name
from firstbit.measures import MEASURES, Measure, measure_by_name


@grouped
def measures(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="A call or a command: all about it."),
    ] = None,
    *,
    printed: Printed,
) -> None:
    """Say which measure answers which question, and when it misleads."""
    chosen = MEASURES if name is None else (_named(name),)
    records = [one._asdict() for one in chosen]
    printed.show(
        tables=partial(_print_all if name is None else _print, *chosen),
        numbers=lambda: records,
        rows=lambda: [{**one, "also": " ".join(one["also"])} for one in records],
    )


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


def _print_all(*chosen: Measure) -> None:
    """Print a row for each measure."""
    rows = [[one.question, one.call, one.command, one.unit] for one in chosen]
    columns = ["question", "call", "firstbit ...", "unit"]
    print_table("Which measure do I want?", columns, rows)


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
