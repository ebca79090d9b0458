"""The languages that have a name."""

from functools import partial

from firstbit.cli.output import print_table
from firstbit.cli.printed import Printed


def print_catalogue(printed: Printed) -> None:
    """Print the languages that have a name, with their sources."""
    from firstbit.languages import CATALOGUE

    document: dict[str, dict[str, object]] = {}
    rows: list[list[str]] = []
    for name, entry in CATALOGUE.items():
        document[name] = {
            "about": entry.about,
            "source": entry.source,
            "parameters": entry.parameters,
        }
        numbers = ",".join(str(default) for default in entry.parameters.values())
        shown = f"{name}:{numbers}" if numbers else name
        rows.append([shown, entry.about, entry.source])
    title = "Languages; numbers behind a colon may be changed or left out"
    columns = ["name", "what it is", "source"]
    printed.show(
        tables=partial(print_table, title, columns, rows),
        numbers=lambda: document,
        rows=lambda: [dict(zip(columns, row, strict=True)) for row in rows],
    )
