"""What a reader would look for is found: some page has all words of it."""

import json
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.search.en import SearchEnglish

from extensions.stems import pages_with

ASKED = ("vanishing gradient", "LSTM", "regular expression", "interval")


def check(app: Sphinx, error: Exception | None) -> None:
    """Refuse the site where its search wouldn't find what it is about."""
    if error is not None or app.builder.format != "html":
        return
    text = (Path(app.outdir) / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
    for asked in ASKED:
        if not pages_with(index, asked, SearchEnglish({}).stem):
            raise ExtensionError(f"expected a page that search finds by '{asked}'.")


def setup(app: Sphinx) -> dict[str, bool]:
    """Check when the index is written."""
    app.connect("build-finished", check, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
