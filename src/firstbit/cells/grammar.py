"""A cell as text: `vanilla:18,activation=tanh,initializer=orthogonal`."""

from typing import NamedTuple

from firstbit.cells.catalogue import CELLS
from firstbit.cells.user_files import is_dotted, split_file
from firstbit.errors import CellError, SettingError, shown
from firstbit.weights.initializers import INITIALIZERS, Law, initializer_by_name
from firstbit.weights.redraw import AS_BUILT, Initializer, is_as_built

YES_NO = {"yes": True, "no": False}

LONGEST_SIZE = 10
"""Digits of a hidden size are fewer."""

MOST_SIZES = 10_000
"""Hidden sizes of one range, at most."""


class Written(NamedTuple):
    """The parts of a text.

    Attributes:
        name: of the cell, `path/to/file.py:MyCell`, or `package.module:MyCell`.
        hidden_sizes: the values of k; None if the text has none.
        options: of the cell itself.
        laws: the law of each weight that is named.
        law: the law of all other weights; None if the text has none.
        readout_bias: whether the read-out has a bias.
    """

    name: str
    hidden_sizes: tuple[int, ...] | None
    options: dict[str, object]
    laws: dict[str, str]
    law: str | Law | None
    readout_bias: bool

    @property
    def initializer(self) -> Initializer | None:
        """The law, or the laws by the weights' names."""
        if not self.laws:
            return self.law
        laws: dict[str, str | Law] = dict(self.laws)
        return {**laws, "*": self.law or "normal"}


def parse(text: str) -> Written:
    """Read `NAME[:SIZES][,option=value...]`.

    NAME is a name in `CELLS`, `path/to/file.py:MyCell`, `path/to/file.py` with one
    cell, or `package.module:MyCell`. SIZES are values of k: `10`,
    or `5,10`, or `1:20`, which includes 20. Options: those of the cell (`activation`,
    `reset`, `use_bias=yes`); `readout_bias=no`; `initializer=NAME` and `gain=NUMBER`;
    and the law of one weight by its name, as in `W_h=identity`.

    Raises:
        CellError: the text has another form.
        SettingError: a size, a law or a number is none.

    Example:
        >>> found = parse("vanilla:1:3,10,activation=tanh,W_h=orthogonal")
        >>> found.name, found.hidden_sizes, found.options, found.laws
        ('vanilla', (1, 2, 3, 10), {'activation': 'tanh'}, {'W_h': 'orthogonal'})
    """
    head, *parts = text.split(",")
    name, sizes = _name_and_sizes(head)
    while parts and _is_sizes(parts[0]):
        sizes.append(parts.pop(0))
    if not name or "" in sizes:
        raise CellError(
            "expected a cell like gru, vanilla:18 or gru:10,reset=after, got "
            f"'{shown(text)}'."
        )
    options = _options(parts, text)
    law = _law(options, text)
    readout_bias = yes_or_no("readout_bias", options.pop("readout_bias", "yes"))
    laws = {}
    for option in list(options):
        if options[option] in (*INITIALIZERS, AS_BUILT):
            laws[option] = options.pop(option)
    return Written(
        name=name,
        hidden_sizes=_sizes(sizes, text),
        options={option: _value(option, options[option]) for option in options},
        laws=laws,
        law=law,
        readout_bias=readout_bias,
    )


def _sizes(parts: list[str], cell: str) -> tuple[int, ...] | None:
    """Return the sizes behind the name of a cell; None if there are none."""
    if not parts:
        return None
    return tuple(parse_sizes(",".join(parts), cell))


def parse_sizes(text: str, cell: str = "") -> list[int]:
    """Read hidden sizes: `5`, `1,2,5` or `1:20`, both ends included.

    Args:
        text: the sizes.
        cell: the text of the cell that has them, for messages.

    Raises:
        SettingError: it is none of these, or a size is below 1 or given twice.

    Example:
        >>> parse_sizes("1:3,10")
        [1, 2, 3, 10]
    """
    sizes: list[int] = []
    for part in text.split(","):
        sizes += _range(part, text)
    least = min(sizes)
    if least < 1:
        where = f" in '{shown(cell)}'" if cell else ""
        raise SettingError(f"`hidden_size` must be at least 1; got {least}{where}.")
    if len(set(sizes)) < len(sizes):
        raise SettingError(f"expected each hidden size once, got '{shown(text)}'.")
    return sizes


def yes_or_no(name: str, value: str) -> bool:
    """Read yes or no.

    Raises:
        SettingError: it is neither.
    """
    if value not in YES_NO:
        raise SettingError(f"expected `{name}` to be yes or no, got '{shown(value)}'.")
    return YES_NO[value]


def _name_and_sizes(head: str) -> tuple[str, list[str]]:
    """Split what stands before the first comma; a path ends at its class."""
    file = split_file(head)
    if file is None:
        name, colon, sizes = head.partition(":")
        inner, more, own_sizes = sizes.partition(":")
        if name.lower() not in CELLS and is_dotted(f"{name}:{inner}"):
            return f"{name}:{inner}", [own_sizes] if more else []
        return name, [sizes] if colon else []
    path, rest = file
    if not rest or _is_sizes(rest):
        return path, [rest] if rest else []
    name, colon, sizes = rest.partition(":")
    return f"{path}:{name}", [sizes] if colon else []


def _options(parts: list[str], text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in parts:
        name, equals, value = part.partition("=")
        if not name or not equals or not value:
            raise CellError(
                f"expected options like activation=tanh, got '{shown(part)}' in "
                f"'{shown(text)}'."
            )
        if name in found:
            raise CellError(f"expected each option once, got '{shown(text)}'.")
        found[name] = value
    return found


def _law(options: dict[str, str], text: str) -> str | Law | None:
    """Take the law of all weights out of the options."""
    gain = options.pop("gain", None)
    name = options.pop("initializer", None)
    if is_as_built(name):
        if gain is not None:
            raise SettingError(
                f"expected no `gain` beside initializer={AS_BUILT}, got "
                f"'{shown(text)}'; the constructor says how large weights are."
            )
        return AS_BUILT
    if gain is None:
        return None if name is None else initializer_by_name(name)
    try:
        factor = float(gain)
    except ValueError:
        raise SettingError(
            f"expected a number for `gain`, got '{shown(gain)}' in '{shown(text)}'; "
            "try gain=0.5."
        ) from None
    return initializer_by_name(name or "normal", factor)


def _is_sizes(part: str) -> bool:
    return part.replace(":", "").isdecimal() and part.isascii()


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < LONGEST_SIZE


def _value(option: str, text: str) -> object:
    """Return yes and no as truth values, numbers as numbers, all else as text."""
    if option == "use_bias":
        return yes_or_no(option, text)
    if text in YES_NO:
        return YES_NO[text]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _range(part: str, text: str) -> range:
    ends = part.split(":")
    are_sizes = all(_is_size(end.strip()) for end in ends)
    if len(ends) > 2 or not are_sizes:
        raise SettingError(
            f"expected hidden sizes like 5, 1,2,5 or 1:20, got '{shown(text)}'."
        )
    first = int(ends[0])
    last = int(ends[-1])
    if last - first >= MOST_SIZES:
        raise SettingError(
            f"expected at most {MOST_SIZES:,} hidden sizes, got '{shown(text)}'."
        )
    if last < first:
        raise SettingError(
            f"expected the smaller size first, got '{shown(part)}'; try {last}:{first}."
        )
    return range(first, last + 1)
