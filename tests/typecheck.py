"""How types are checked at run time in the tests."""

from collections.abc import Callable
from functools import wraps

from beartype import BeartypeConf, beartype

_check = beartype(conf=BeartypeConf(is_pep484_tower=True))
"""A whole number is a number, too: `int` is accepted where `float` is asked for."""


def check(function: Callable) -> Callable:
    """Check the types of a function; the checks are written at its first call.

    No process of the tests calls all functions, and writing takes seconds for all.
    """
    if isinstance(function, type):
        return _check(function)
    checked = None

    @wraps(function)
    def at_first_call(*arguments, **named):
        nonlocal checked
        if checked is None:
            checked = _check(function)
        return checked(*arguments, **named)

    return at_first_call
