"""`firstbit open`."""

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from firstbit.errors import OutputError, shown

PAGE = "report.html"
"""The page of every folder of results."""


def open_(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="[PATH]",
            help="A folder that --out named, or a page: playground.html.",
        ),
    ] = Path("results/paper"),
) -> None:
    """Open the page of a result in the browser, or print its address without one."""
    address = _page(path).resolve().as_uri()
    if webbrowser.open(address):
        print(f"{address} is open in the browser.")
    else:
        print(f"No browser is found here; the page is {address}")


def _page(path: Path) -> Path:
    """Return the page of a folder, or the page itself.

    Raises:
        OutputError: there is none.
    """
    page = path if path.suffix.lower() == ".html" else path / PAGE
    if not page.is_file():
        raise OutputError(
            f"expected a page or a folder with {PAGE}, got '{shown(path)}'; name what "
            "--out named in firstbit paper, train, judge, verdict or study."
        )
    return page
