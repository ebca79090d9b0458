"""What firstbit raises: one line that says what was expected, what came, a remedy.

Every error is a `FirstbitError` and a built-in error too, so that `except ValueError`
works for those who don't know the library. The command line turns any `FirstbitError`
into one line and exit status 2.
"""

import math
import os
import sys
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

LONGEST_SHOWN = 120
"""Characters of a user's text that an error shows."""

LARGEST_SEED = 2**32 - 1
"""The largest seed: JAX may take the low 32 bits alone of a larger one."""

LARGEST_WHOLE = 2**64 - 1
"""The largest whole number of a setting: that of 64 bits."""


class FirstbitError(Exception):
    """Any error that firstbit raises on purpose."""


class LanguageError(FirstbitError, ValueError):
    """An automaton or an expression that is not a proper language."""


class WordError(LanguageError):
    """A word that is not in the language: where, which letter, which were legal."""


class CellError(FirstbitError, ValueError):
    """A cell, or a cell's parameters, that can't be used as asked."""


class SettingError(FirstbitError, ValueError):
    """A number or a name outside its admissible range."""


class PackageError(FirstbitError, ImportError):
    """An optional package that isn't installed."""


class EngineError(FirstbitError, RuntimeError):
    """Work that an executor was given and couldn't do."""


class OutputError(FirstbitError, OSError):
    """A file or a folder that can't be written, or must not be replaced."""


def require_at_least(name: str, value: object, least: int) -> int:
    """Return a whole number of at least `least`; see `require_whole`.

    Example:
        >>> require_at_least("length", 0, 1)
        Traceback (most recent call last):
        ...
        firstbit.errors.SettingError: `length` must be at least 1; got 0.
    """
    return require_whole(name, value, least)


def require_whole(
    name: str, value: object, least: int | None = None, most: int = LARGEST_WHOLE
) -> int:
    """Return a setting as a whole number of Python.

    Args:
        name: of the setting, for the message.
        value: a whole number of Python or NumPy, an array of one, or a real number
            without a fraction.
        least: the smallest that is allowed; None for no limit.
        most: the largest that is allowed.

    Raises:
        SettingError: it is none of these (a truth value, text, a fraction, a value that
            JAX is tracing), or it is out of range.

    Example:
        >>> require_whole("seed", np.int64(3)), require_whole("seed", 3.0)
        (3, 3)
        >>> require_whole("num_draws", 2.5)
        Traceback (most recent call last):
        ...
        firstbit.errors.SettingError: expected a whole number for `num_draws`, got 2.5.
    """
    number = _python_number(name, value, "a whole number")
    if isinstance(number, float):
        if not number.is_integer():
            raise SettingError(f"expected a whole number for `{name}`, got {number:g}.")
        number = int(number)
    if least is not None and number < least:
        raise SettingError(f"`{name}` must be at least {least}; got {_digits(number)}.")
    if number > most:
        raise SettingError(f"`{name}` must be at most {most}; got {_digits(number)}.")
    return number


def require_seed(value: object) -> int:
    """Return a seed as a whole number from 0 to 2^32 - 1.

    Example:
        >>> require_seed(2**32)
        Traceback (most recent call last):
        ...
        firstbit.errors.SettingError: `seed` must be at most 4294967295; got 4294967296.
    """
    return require_whole("seed", value, 0, LARGEST_SEED)


def keep_whole(
    holder: object,
    name: str,
    least: int,
    *,
    most: int = LARGEST_WHOLE,
    optional: bool = False,
) -> None:
    """Check a setting of a frozen dataclass, and keep it as a number of Python.

    Only an optional one may be None.
    """
    value = getattr(holder, name)
    if value is not None or not optional:
        object.__setattr__(holder, name, require_whole(name, value, least, most))


def keep_real(holder: object, name: str, *, optional: bool = False) -> None:
    """Check a real setting of a frozen dataclass, and keep it as one of Python.

    Only an optional one may be None.
    """
    value = getattr(holder, name)
    if value is not None or not optional:
        object.__setattr__(holder, name, require_real(name, value))


def require_real(name: str, value: object) -> float:
    """Return a setting as a real number of Python; it may be infinite.

    Args:
        name: of the setting, for the message.
        value: a number of Python or NumPy, or an array of one.

    Raises:
        SettingError: it is none of these (a truth value, text, NaN, a value that JAX is
            tracing).

    Example:
        >>> require_real("threshold", np.float32(0.5)), require_real("threshold", 1)
        (0.5, 1.0)
    """
    number = _python_number(name, value, "a number")
    try:
        real = float(number)
    except OverflowError:
        raise SettingError(
            f"expected a number for `{name}`, got {_digits(int(number))}, which is "
            "beyond float64."
        ) from None
    if math.isnan(real):
        raise SettingError(f"expected a number for `{name}`, got nan.")
    return real


def require_path(name: str, value: object) -> Path:
    """Return text or a path as a path.

    Raises:
        SettingError: it is neither, or empty.

    Example:
        >>> require_path("resume", "kept/here")
        PosixPath('kept/here')
    """
    if not isinstance(value, str | os.PathLike) or not os.fspath(value):
        raise SettingError(
            f"expected a path for `{name}`, got {shown_value(value)}; try 'results'."
        )
    return Path(os.fsdecode(value))


def require_several(name: str, values: object) -> list[Any]:
    """Return the members of a list, or of anything else that has members.

    Raises:
        SettingError: it has none, as a number or None, or it is text.

    Example:
        >>> require_several("cells", ("gru:3", "lstm:3"))
        ['gru:3', 'lstm:3']
    """
    is_alone = getattr(values, "ndim", 1) == 0  # an array of one number
    if isinstance(values, str) or is_alone or not isinstance(values, Iterable):
        raise SettingError(
            f"expected a list for `{name}`, got {shown_value(values)}; put it in "
            "brackets, as in [...]."
        )
    return list(values)


def require_different(what: str, names: Sequence[str]) -> None:
    """Raise `SettingError` if two things have one name."""
    for name in names:
        if names.count(name) > 1:
            raise SettingError(
                f"expected {what} with different names, got {', '.join(names)}; leave "
                f"out one '{name}'."
            )


def require_kind(name: str, value: object, kind: type, remedy: str) -> None:
    """Raise `SettingError` unless a setting is of a kind.

    Example:
        >>> require_kind("checks", 3, dict, "try {}")
        Traceback (most recent call last):
        ...
        firstbit.errors.SettingError: expected `checks` as dict, got 3; try {}.
    """
    if not isinstance(value, kind):
        raise SettingError(
            f"expected `{name}` as {kind.__name__}, got {shown_value(value)}; {remedy}."
        )


def is_traced(value: object) -> bool:
    """Return whether JAX is tracing a value, as inside `jit`, `vmap` or `grad`.

    Example:
        >>> is_traced(3)
        False
    """
    core = sys.modules.get("jax.core")  # without JAX nothing is traced
    return core is not None and isinstance(value, core.Tracer)


def _python_number(name: str, value: Any, wanted: str) -> int | float:
    """Return a number of Python for any number, or an array of one."""
    if is_traced(value):
        raise SettingError(
            f"expected {wanted} for `{name}`, got a value that JAX is tracing; call "
            "this outside jit, vmap and grad."
        )
    found = value
    dtype = getattr(value, "dtype", None)
    if isinstance(dtype, np.dtype) and value.shape == ():
        found = np.asarray(value).item()
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise SettingError(f"expected {wanted} for `{name}`, got {shown_value(value)}.")
    return found


def _digits(number: int) -> str:
    """Return a whole number in at most twenty digits."""
    if abs(number) <= LARGEST_WHOLE:
        return str(number)
    return f"a number of {number.bit_length()} bits"


def shown(text: object, longest: int = LONGEST_SHOWN) -> str:
    r"""Return a user's text as an error line shows it.

    Characters that don't print (line ends, escape codes, half characters) are written
    as in Python; a long text loses its middle.

    Example:
        >>> shown("a\x1b[31m\n")
        'a\\x1b[31m\\n'
        >>> shown("ab" * 1000, 11)
        'abab...abab'
    """
    whole = str(text)
    if len(whole) > 2 * longest:  # so that a megabyte isn't read
        whole = f"{whole[:longest]}{whole[-longest:]}"
    written = []
    for character in whole:
        escape = character.encode("unicode_escape").decode("ascii")
        written.append(character if character.isprintable() else escape)
    line = "".join(written)
    if len(line) <= longest:
        return line
    half = (longest - len("...")) // 2
    return f"{line[:half]}...{line[-half:]}"


def shown_value(value: object) -> str:
    """Return a value of a wrong kind as an error line shows it.

    Example:
        >>> shown_value("12"), shown_value(None), shown_value([1, 2])
        ("the text '12'", 'None', 'list [1, 2]')
    """
    if value is None or isinstance(value, bool | np.bool_ | int | float):
        return str(value)
    if isinstance(value, str):
        return f"the text '{shown(value)}'"
    if hasattr(value, "shape"):
        return f"an array of shape {getattr(value, 'shape', ())}"
    kind = type(value).__name__
    if isinstance(value, list | tuple | set | dict):
        return f"{kind} {shown(value)}"
    return kind


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like `name`; None if none is.

    Example:
        >>> nearest("activaton", ["reset", "activation"])
        'activation'
    """
    by_small_letters = {one.lower(): one for one in known}
    candidates = list(by_small_letters)
    near = get_close_matches(name.lower(), candidates, n=1, cutoff=0.4)
    return by_small_letters[near[0]] if near else None


def unknown_name(kind: str, name: object, known: Iterable[str]) -> str:
    """Say that `name` is unknown, which names are known, and which is the nearest.

    Example:
        >>> unknown_name("cell", "gro", ["vanilla", "gru"])
        "unknown cell 'gro': expected one of vanilla, gru; did you mean 'gru'?"
    """
    names = list(known)
    near = nearest(str(name)[:LONGEST_SHOWN], names)
    hint = f"; did you mean '{near}'?" if near else "."
    return f"unknown {kind} '{shown(name)}': expected one of {', '.join(names)}{hint}"
