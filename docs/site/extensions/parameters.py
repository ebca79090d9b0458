"""Arguments of a long signature, below each other, as a list.

Sphinx writes them as a list of definitions without a single term: a screen reader can't
make sense of that.
"""

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_ARGUMENTS = re.compile(r"<dl>\n((?:<dd>.*</dd>\n)+)</dl>")


def as_list(page: str) -> str:
    """Return the HTML of a page with its arguments as lists."""
    return _ARGUMENTS.sub(_list, page)


def _list(found: re.Match[str]) -> str:
    items = found[1].replace("<dd>", "<li>").replace("</dd>", "</li>")
    return f'<ul class="arguments">\n{items}</ul>'


def write(
    _app: "Sphinx", _name: str, _template: str, context: dict[str, Any], _tree: object
) -> None:
    """Write the lists of a page."""
    if "body" in context:
        context["body"] = as_list(context["body"])


def setup(app: "Sphinx") -> dict[str, bool]:
    """Write the lists before a page is put together."""
    app.connect("html-page-context", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
