"""A cell to be trained as the user writes it: `vanilla:18,activation=tanh,initializer=orthogonal`."""

import re
from typing import TYPE_CHECKING, Any

from firstbit.errors import CellError, SettingError

if TYPE_CHECKING:
    from firstbit.studies.verdicts.configuration import Configuration

_WEIGHT = re.compile(r"[UW]_\S+|O")
_YES_NO = {"yes": True, "no": False}


def parse_cell(text: str) -> "Configuration":
    """Read `NAME:SIZE[,option=value...]`.

    NAME is `vanilla`, `gru`, `lstm` or `path/to/file.py:MyCell`. Options: those of the
    cell (`activation`, `reset`); `bias=no` (this library's cells have biases here, as
    in the paper's training code), `output-bias=no`; `initializer=NAME` and
    `gain=NUMBER`; and the law of one weight by its name, as in `W_h=identity`.

    Raises:
        CellError: there is no such cell, size or option.
        SettingError: a law or a number is none.

    Example:
        >>> one = parse_cell("vanilla:18,activation=tanh,W_h=orthogonal")
        >>> one.hidden_size, {name: law.name for name, law in one.initializer.items()}
        (18, {'W_h': 'orthogonal', '*': 'normal'})
    """
    head, *parts = text.split(",")
    name, _, size = head.rpartition(":")
    if not name or not size.isdecimal() or int(size) < 1:
        raise CellError(
            "expected a cell and its size like vanilla:18 or gru:10,reset=after, "
            f"got '{text}'."
        )
    options = dict(_option(part, text) for part in parts)
    if len(options) < len(parts):
        raise CellError(f"expected each option once, got '{text}'.")
    from firstbit.cells import (
        CELLS,
        cell_by_name,
    )  # here: what can be told without it is told before JAX is loaded
    from firstbit.studies.verdicts.configuration import Configuration

    initializer = _initializer(options, text)
    output_bias = _yes_no("output-bias", options.pop("output-bias", "yes"))
    given: dict[str, Any] = dict(options)
    if name in CELLS or "bias" in given:
        given["use_bias"] = _yes_no("bias", given.pop("bias", "yes"))
    return Configuration(
        text, cell_by_name(name, **given), int(size), initializer, output_bias
    )


def _option(part: str, text: str) -> tuple[str, str]:
    name, equals, value = part.partition("=")
    if not name or not equals or not value:
        raise CellError(
            f"expected options like activation=tanh, got '{part}' in '{text}'."
        )
    return name, value


def _initializer(options: dict[str, str], text: str) -> Any:
    """Take the laws of the weights out of the options."""
    from firstbit.cells import initializer_by_name

    gain = options.pop("gain", None)
    try:
        factor = 1.0 if gain is None else float(gain)
    except ValueError:
        raise SettingError(
            f"expected a number for `gain`, got '{gain}' in '{text}'; try gain=0.5."
        ) from None
    everywhere = options.pop("initializer", None if gain is None else "normal")
    named = {
        name: initializer_by_name(options.pop(name))
        for name in list(options)
        if _WEIGHT.fullmatch(name)
    }
    law = None if everywhere is None else initializer_by_name(everywhere, factor)
    if not named:
        return law
    return {**named, "*": law or initializer_by_name("normal")}


def _yes_no(name: str, value: str) -> bool:
    if value not in _YES_NO:
        raise SettingError(f"expected `{name}` to be yes or no, got '{value}'.")
    return _YES_NO[value]
