"""The languages that have a name."""

from firstbit.cli.output import print_json, print_table


def print_catalogue(*, as_json: bool) -> None:
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
    if as_json:
        print_json(document)
        return
    title = "Languages; numbers behind a colon may be changed or left out"
    print_table(title, ["name", "what it is", "source"], rows)
