"""Pictures of pages that are written in HTML: one on a light page, one on a dark one.

Sphinx copies the pictures that are written in Markdown, and no others.
"""

import re
from pathlib import Path
from shutil import copyfile

from sphinx.application import Sphinx

_PICTURE = re.compile(r'\bsrc(?:set)?="(figures/[^"]+)"')


def named_in(page: str) -> list[str]:
    """Return the files that the HTML of a page shows, by their paths from it."""
    return _PICTURE.findall(page)


def copy(app: Sphinx, error: Exception | None) -> None:
    """Copy the pictures that the pages of the first folder show."""
    if error is not None or app.builder.format != "html":
        return
    source = Path(app.srcdir)
    for page in source.glob("*.md"):
        for name in named_in(page.read_text(encoding="utf-8")):
            target = Path(app.outdir) / name
            target.parent.mkdir(exist_ok=True)
            copyfile(source / name, target)


def setup(app: Sphinx) -> dict[str, bool]:
    """Copy before links are checked."""
    app.connect("build-finished", copy, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
