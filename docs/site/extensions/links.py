"""Every link inside the site leads somewhere, and no page needs a network."""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from extensions.anchors import Page, leads_somewhere

OWN = ("play.html", "report.html")
"""Pages that are whole files of their own; tests/browser and tests/play have them."""


def check(app: Sphinx, error: Exception | None) -> None:
    """Refuse the site where a link is broken or something is fetched from elsewhere."""
    if error is not None or app.builder.format != "html":
        return
    root = Path(app.outdir)
    pages = {}
    for path in root.rglob("*.html"):
        if path.name not in OWN and "_static" not in path.parts:
            pages[path.resolve()] = Page(path.read_text(encoding="utf-8"))
    wrong = []
    for path, page in pages.items():
        for target in [*page.links, *page.fetched]:
            if not leads_somewhere(path, target, pages):
                wrong.append(f"{path.relative_to(root.resolve())}: {target}")
        for target in page.fetched:
            if target.startswith(("http", "//")):
                wrong.append(f"{path.relative_to(root.resolve())} fetches {target}")
    if wrong:
        raise ExtensionError("expected links that lead somewhere:\n" + "\n".join(wrong))


def setup(app: Sphinx) -> dict[str, bool]:
    """Check when all else is written."""
    app.connect("build-finished", check, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
