"""A command whose options are the fields of a type: each is written once."""

from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import wraps
from inspect import Parameter, Signature, signature


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command with an option for each field of its arguments.

    Args:
        command: a function. Where an argument's type is a dataclass, its fields take
            the argument's place, with their types and defaults.

    Example:
        >>> from dataclasses import dataclass
        >>> @dataclass(frozen=True)
        ... class Asked:
        ...     length: int = 50
        ...     seed: int = 0
        >>> @grouped
        ... def add(asked: Asked, more: int = 1) -> None:
        ...     print(asked.length + asked.seed + more)
        >>> list(signature(add).parameters)
        ['length', 'seed', 'more']
        >>> add(seed=3)
        54
    """
    parameters: list[Parameter] = []
    groups: dict[str, type] = {}
    for name, parameter in signature(command).parameters.items():
        kind = parameter.annotation
        if isinstance(kind, type) and is_dataclass(kind):
            groups[name] = kind
            parameters += [_option(field) for field in fields(kind)]
        else:
            parameters.append(parameter.replace(kind=Parameter.KEYWORD_ONLY))

    @wraps(command)
    def run(**given: object) -> None:
        taken = {}
        for name, group in groups.items():
            taken[name] = group(**_own(group, given))
        command(**taken, **given)

    found = Signature(parameters)
    run.__signature__ = found  # pyright: ignore[reportAttributeAccessIssue]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def _option(field: "Field[object]") -> Parameter:
    """Return an option as a parameter."""
    default = Parameter.empty if field.default is MISSING else field.default
    return Parameter(
        field.name,
        Parameter.KEYWORD_ONLY,
        default=default,
        annotation=field.type,
    )


def _own(group: type, given: dict[str, object]) -> dict[str, object]:
    """Take the fields of a group out of what was given."""
    names = [field.name for field in fields(group)]
    return {name: given.pop(name) for name in names if name in given}
