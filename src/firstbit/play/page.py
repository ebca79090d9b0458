"""The page, put together of its parts: one HTML file."""

import json
from importlib.resources import files
from pathlib import Path

from firstbit.errors import OutputError, shown, shown_value
from firstbit.files import require_writable, write_whole
from firstbit.look import custom_properties, icons, roles
from firstbit.play.modules import joined
from firstbit.provenance import own_version

ENTRY = "main.js"
"""The module that begins."""

WORKER = "workers/worker.js"
"""The module that begins in a worker; its program stands in the page as a text."""

ENDINGS = (".html", ".htm")


def playground(path: str | Path = "playground.html") -> Path:
    """Write the playground: one page that runs in a browser, without a network.

    Two words that differ in their first bit run side by side through a random net. The
    page shows both states, their difference down to 1e-300, and whether a read-out
    still tells which word it was; hundreds of nets at once; and, for any regular
    expression, the automaton, the floors by window, and what a plateau is called. Its
    draws, distances and floors are those of the library.

    Args:
        path: the file to write or replace; its ending is `.html`.

    Returns:
        The path.

    Raises:
        OutputError: the file can't be written, or has another ending.

    Example:
        >>> from tempfile import mkdtemp
        >>> playground(f"{mkdtemp()}/play.html").stat().st_size < 1.5e6
        True
    """
    place = _checked(path)
    page = page_text()
    write_whole(place, lambda fresh: fresh.write_text(page, encoding="utf-8"))
    return place


def _checked(path: object) -> Path:
    """Return the path of a page that can be written."""
    if not isinstance(path, str | Path):
        raise OutputError(
            f"expected the path of a page, got {shown_value(path)}; try "
            "'playground.html'."
        )
    place = Path(path)
    if place.suffix.lower() not in ENDINGS:
        raise OutputError(
            f"expected a file that ends in .html, got '{shown(place)}'; try "
            f"'{shown(place)}.html'."
        )
    require_writable(place)
    return place


def page_text() -> str:
    """Return the page as HTML.

    Example:
        >>> page = page_text()
        >>> page.startswith("<!DOCTYPE html>"), "http" in page, "{{ " in page
        (True, False, False)
    """
    parts = {
        "properties": custom_properties(),
        "style": _text_of("style.css"),
        "icons": icons(),
        "version": own_version(),
        "roles": _roles(),
        "worker": joined(WORKER, _text_of),
        "program": joined(ENTRY, _text_of),
    }
    page = _text_of("page.html")
    for name, text in parts.items():
        page = page.replace(f"{{{{ {name} }}}}", text)
    return page


def _text_of(path: str) -> str:
    return files("firstbit.play").joinpath(path).read_text(encoding="utf-8")


def _roles() -> str:
    """Return what the program takes of the roles: maps, families, opacities."""
    family_of = {}
    for name, family in roles().families.items():
        for cell in family.cells:
            family_of[cell] = name
    light = roles().maps
    taken = {
        "maps": {"light": light, "dark": {**light, **roles().dark_maps}},
        "families": family_of,
        "opacity": roles().opacity,
    }
    return json.dumps(taken)
