"""The folder of a result: its data, a page about it, and the file that marks it."""

from collections.abc import Callable
from pathlib import Path

from firstbit.files import replaced_folder

PAGE_FILE = "report.html"
"""The page of every result."""


def write_folder(
    folder: Path, marker: str, text: str, fill: Callable[[Path], str]
) -> None:
    """Write the folder of a result, all of it or nothing.

    Args:
        folder: a new one, or one of an earlier call, which is replaced.
        marker: the file that every such folder has.
        text: what stands in that file.
        fill: writes the data into a folder and returns the page as HTML.

    Raises:
        OutputError: the folder can't be written, or holds something else.
    """
    with replaced_folder(folder, marker=marker) as fresh:
        (fresh / PAGE_FILE).write_text(fill(fresh), encoding="utf-8")
        (fresh / marker).write_text(f"{text}\n", encoding="utf-8")
