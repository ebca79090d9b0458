"""Where in a user's own code an error arose."""

import linecache
import sysconfig
from pathlib import Path
from traceback import walk_tb

from firstbit.errors import shown

_OURS = str(Path(__file__).parents[2])
_PYTHON = (sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"))


def users_place(error: BaseException) -> str:
    """Return the last line of no installed package, as ` at FILE:LINE, "CODE"`.

    Example:
        >>> users_place(ValueError())
        ''
    """
    found = ""
    for frame, number in walk_tb(error.__traceback__):
        file = frame.f_code.co_filename
        if file.startswith((_OURS, *_PYTHON, "<")):
            continue
        code = linecache.getline(file, number).strip()
        found = f' at {Path(file).name}:{number}, "{shown(code)}"'
    return found


def said(error: BaseException) -> str:
    """Return an error as one line: its kind and what it says.

    Example:
        >>> said(ValueError("no such size"))
        'ValueError: no such size'
    """
    return f"{type(error).__name__}: {shown(' '.join(str(error).split()), 200)}"
