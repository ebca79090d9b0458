"""Options by their names of 0.1: they are refused, in a line that names the new one."""

from collections.abc import Mapping, Sequence

from firstbit.errors import SettingError

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

WITH_OPTIONS_OF_THE_CELL = ("discrepancy", "fates", "phase")
"""Commands that had them."""


def refuse_old_names(arguments: Sequence[str]) -> None:
    """Raise `SettingError` if an option has the name that it had in 0.1.

    Args:
        arguments: those after the program's name.

    Example:
        >>> refuse_old_names(["fates", "--cell", "gru:5", "--num-draws", "8"])
    """
    command, *rest = arguments or [""]
    names = {**RENAMED, **RENAMED_IN.get(command, {})}
    if command in WITH_OPTIONS_OF_THE_CELL:
        for old in OF_THE_CELL:
            option = old.removeprefix("--")
            names.setdefault(old, f"--cell NAME:SIZES,{option}=VALUE")
    for word in rest:
        old = word.partition("=")[0]
        if old in names:
            raise SettingError(
                f"expected an option by its name of today, got {old}; write "
                f"{names[old]}."
            )
