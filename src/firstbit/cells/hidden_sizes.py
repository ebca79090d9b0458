"""Hidden sizes: as a user gives them, and as a cell says its own."""

from collections.abc import Iterable, Mapping

from firstbit.errors import CellError, SettingError, require_at_least, shown_value


def whole_sizes(hidden_sizes: object) -> tuple[int, ...]:
    """Return hidden sizes as numbers of Python; one number alone is one size.

    Raises:
        SettingError: it is no list of whole numbers, or one is below 1.
    """
    if isinstance(hidden_sizes, str | Mapping | set | frozenset):
        raise SettingError(
            "expected hidden sizes as a list of whole numbers, got "
            f"{shown_value(hidden_sizes)}; try [5, 10]."
        )
    is_one = getattr(hidden_sizes, "ndim", 1) == 0  # an array of one number
    given = [hidden_sizes]
    if isinstance(hidden_sizes, Iterable) and not is_one:
        given = list(hidden_sizes)
    sizes: list[int] = []
    for size in given:
        sizes.append(require_at_least("hidden_size", size, 1))
    return tuple(sizes)


def has_sizes(cell: object) -> bool:
    """Return whether it is a cell that says its own sizes; a class is none."""
    return hasattr(cell, "input_size") and not isinstance(cell, type)


def require_sizes(cell: object, input_size: int, hidden_size: int) -> None:
    """Raise unless a cell has these sizes; one that says none has any.

    Raises:
        CellError: it has others.
    """
    own_input = getattr(cell, "input_size", input_size)
    own_hidden = getattr(cell, "hidden_size", hidden_size)
    if (own_input, own_hidden) == (input_size, hidden_size):
        return
    remedy = "ask for its own size, or give its class"
    if own_input != input_size:
        remedy = "give words over an alphabet of its size: WordPair.of(words, alphabet)"
    raise CellError(
        f"expected a cell of {input_size} inputs and {hidden_size} units, got one "
        f"of {own_input} and {own_hidden}; {remedy}."
    )
