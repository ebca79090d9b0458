"""Options by their names of 0.1: they still work, with a note; 0.3 will refuse them."""

import sys
from collections.abc import Mapping, Sequence

RENAMED: Mapping[str, str] = {
    "--batch": "--batch-size",
    "--draw": "--figure",
    "--draws": "--num-draws",
    "--epochs": "--max-epochs",
    "--fan": "--quantiles",
    "--guesses": "--num-guesses",
    "--only": "--questions",
    "--protocol": "--rule",
    "--rate": "--learning-rate",
    "--seeds": "--num-seeds",
    "--strings": "--num-words",
}
"""Old name -> new name, in every command."""

RENAMED_IN: Mapping[str, Mapping[str, str]] = {
    "phase": {"--gain": "--gains"},
    "train": {"--symbols": "--max-symbols"},
}
"""Old name -> new name, in one command."""

OF_THE_CELL = ("--activation", "--reset", "--initializer", "--gain")
"""Options that are parts of the text of `--cell` now."""

WITH_ONE_CELL = {"discrepancy": "vanilla", "fates": "vanilla", "phase": "vanilla"}
"""Commands that had them, with the cell that each takes by default."""


def by_names_of_today(arguments: Sequence[str]) -> list[str]:
    """Replace old options by new ones, and say so on stderr.

    Example:
        >>> by_names_of_today(["fates", "--cell", "gru:5", "--num-draws", "8"])
        ['fates', '--cell', 'gru:5', '--num-draws', '8']
    """
    if not arguments:
        return []
    command, *rest = arguments
    names = {**RENAMED, **RENAMED_IN.get(command, {})}
    found = [command]
    of_cell = []
    words = iter(rest)
    for word in words:
        option, equals, value = word.partition("=")
        if option in names:
            _note(option, f"`{names[option]}`")
            found.append(f"{names[option]}{equals}{value}")
        elif option in OF_THE_CELL and command in WITH_ONE_CELL:
            part = f"{option.removeprefix('--')}={value or next(words, '')}"
            _note(option, f"a part of the cell's text: `--cell NAME:SIZES,{part}`")
            of_cell.append(part)
        else:
            found.append(word)
    return _with_parts(found, of_cell, WITH_ONE_CELL.get(command, ""))


def _with_parts(words: list[str], parts: list[str], usual: str) -> list[str]:
    """Append options of the cell to its text."""
    if not parts:
        return words
    written = list(words)
    places = [place for place, word in enumerate(written) if word == "--cell"]
    if not places:
        places = [len(written)]
        written = [*written, "--cell", usual]
    for place in places:
        if place + 1 < len(written):
            written[place + 1] = ",".join([written[place + 1], *parts])
    return written


def _note(old: str, new: str) -> None:
    print(f"firstbit: `{old}` is now {new}.", file=sys.stderr)
