"""An option of one value stands once: of two values, one would be lost unsaid."""

from collections.abc import Mapping, Sequence
from typing import Any

from firstbit.errors import SettingError, shown


def require_once(commands: Mapping[str, Any], arguments: Sequence[str]) -> None:
    """Raise `SettingError` if an option of one value stands twice.

    Args:
        commands: of the program, by name; each says which options take several values.
        arguments: those after the program's name.
    """
    if not arguments or arguments[0] not in commands:
        return
    options = _options_of(commands[arguments[0]])
    seen: dict[str, str] = {}
    words = iter(arguments[1:])
    for word in words:
        if word == "--":
            return
        name, equals, value = word.partition("=")
        option = options.get(name)
        if option is None:
            continue
        if not option.is_flag and not equals:
            value = next(words, "")
        if option.name in seen and not option.multiple:
            _refuse(name, seen[option.name], value)
        seen[option.name] = value


def _options_of(command: Any) -> dict[str, Any]:
    """Return the options of a command by each of their names."""
    found = {}
    for parameter in command.params:
        if parameter.param_type_name == "option":
            for name in (*parameter.opts, *parameter.secondary_opts):
                found[name] = parameter
    return found


def _refuse(name: str, first: str, second: str) -> None:
    values = f"{shown(first)} and {shown(second)}" if first or second else "it twice"
    raise SettingError(f"expected {name} once, got {values}; leave one of them out.")
