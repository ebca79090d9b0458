"""What is printed reaches any terminal, pipe or file, or ends the program in order."""

import codecs
import contextlib
import io
import os
import sys

PLAIN = {"±": "+-", "…": "...", "’": "'", "≥": ">=", "≤": "<=", "–": "-", "é": "e"}
"""Spelling of characters that an output's encoding lacks."""

HANDLER = "firstbit.plain"

CLOSED = 141
"""Exit status where a pipe was closed before the end, as in shells (`| head`)."""


def use_plain_spelling() -> None:
    """Spell characters that stdout's or stderr's encoding lacks in those it has."""
    codecs.register_error(HANDLER, _spelt)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=HANDLER)


def _spelt(error: UnicodeError) -> tuple[str, int]:
    """Return the spelling of the characters that can't be encoded, and their end."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    spelt = []
    for character in error.object[error.start : error.end]:
        escape = character.encode("unicode_escape").decode("ascii")
        spelt.append(PLAIN.get(character, escape))
    return "".join(spelt), error.end


def drop_output() -> None:
    """Send what is still unprinted nowhere, so that the end of the process is quiet."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
