"""What constructors call their two sizes."""

import inspect
from collections.abc import Callable, Sequence

INPUT_NAMES = (
    "input_size",
    "in_features",
    "input_dim",
    "in_dim",
    "n_in",
    "num_inputs",
    "n_inputs",
    "d_in",
    "idim",
    "ninp",
    "input_features",
    "in_size",
    "nin",
    "n_input",
)
HIDDEN_NAMES = (
    "hidden_size",
    "hidden_dim",
    "hidden",
    "n_hidden",
    "num_hidden",
    "num_units",
    "units",
    "nhid",
    "hdim",
    "d_hidden",
    "out_features",
    "hidden_features",
    "d_model",
    "state_size",
    "n_units",
    "size",
    "features",
)
"""What constructors call the two sizes."""


def sizes_by_name(target: Callable[..., object]) -> tuple[str, str] | None:
    """Return what a constructor calls the two sizes; None if unknown."""
    try:
        known = list(inspect.signature(target).parameters)
    except (TypeError, ValueError):
        return None
    of_input = [name for name in INPUT_NAMES if name in known]
    of_hidden = [name for name in HIDDEN_NAMES if name in known]
    if not of_input or not of_hidden:
        return None
    return of_input[0], of_hidden[0]


def parameters_of(target: Callable[..., object]) -> list[inspect.Parameter]:
    """Return the parameters of a constructor; none where they can't be known."""
    try:
        return list(inspect.signature(target).parameters.values())
    except (TypeError, ValueError):
        return []


def arguments_of(
    target: Callable[..., object], sizes: tuple[int, int], by_hidden_size: bool
) -> tuple[tuple[int, ...], dict[str, int]]:
    """Return the sizes as a constructor takes them: by name, else by place.

    Args:
        target: the constructor.
        sizes: number of inputs and of units.
        by_hidden_size: whether it takes the hidden size alone.

    Example:
        >>> arguments_of(lambda n, k: None, (2, 5), False)
        ((2, 5), {})
        >>> arguments_of(lambda units, activation: None, (2, 5), True)
        ((), {'units': 5})
    """
    names = sizes_by_name(target)
    if names is not None:
        return (), dict(zip(names, sizes, strict=True))
    if not by_hidden_size:
        return sizes, {}
    known = [one.name for one in parameters_of(target)]
    for name in HIDDEN_NAMES:
        if name in known:
            return (), {name: sizes[1]}
    return sizes[1:], {}


def options_left(
    target: Callable[..., object], by_hidden_size: bool, hidden: Sequence[str]
) -> inspect.Signature:
    """Return (input_size, hidden_size, key) and what else a constructor takes.

    Args:
        target: the constructor.
        by_hidden_size: whether it takes the hidden size alone.
        hidden: names that are no options.
    """
    places, taken = arguments_of(target, (1, 1), by_hidden_size)
    own = ["input_size", "hidden_size", "key"]
    kind = inspect.Parameter.KEYWORD_ONLY
    found = [inspect.Parameter(name, kind) for name in own]
    known = (*own, *taken, *hidden)
    rest = None
    for one in parameters_of(target)[len(places) :]:
        if one.kind == one.VAR_KEYWORD:
            rest = one
        elif one.kind != one.VAR_POSITIONAL and one.name not in known:
            found.append(one.replace(kind=kind))
    return inspect.Signature([*found, rest] if rest else found)
