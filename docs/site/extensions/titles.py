"""Links that bear the name of their file, `[theory.md](theory.md)`, get its title."""

import re

from sphinx.application import Sphinx

NAMED = re.compile(r"\[`?(?:docs/)?([\w/]+\.md)`?\]\((\1[^)]*)\)")


def add_titles(_app: Sphinx, _page: str, source: list[str]) -> None:
    """Leave the text of such a link open: the site puts the title there."""
    source[0] = NAMED.sub(r"[](\2)", source[0])


def setup(app: Sphinx) -> dict[str, bool]:
    """Read pages so."""
    app.connect("source-read", add_titles)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
