"""Every link inside the site leads somewhere, and no page needs a network."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

FETCHED = (("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src"))
"""What a browser fetches by itself, but for `rel` of a page elsewhere."""

OWN = ("play.html", "report.html")
"""Pages that are whole files of their own; tests/browser and tests/play have them."""


class Page(HTMLParser):
    """The anchors of a page, its links, and what it fetches."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = {"", "top"}
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one element."""
        found = dict(attrs)
        for name in ("id", "name"):
            self.anchors.add(found.get(name) or "")
        if tag == "a":
            self.links.append(found.get("href") or "")
        for element, attribute in FETCHED:
            if tag == element and found.get("rel") != "canonical":
                self.fetched.append(found.get(attribute) or "")


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


def leads_somewhere(path: Path, target: str, pages: dict[Path, Page]) -> bool:
    """Whether a link of the page at `path` does; those to other sites aren't tried."""
    if target.startswith(("http", "//", "mailto:", "data:", "javascript:")):
        return True
    file, anchor = urldefrag(target)
    file = file.partition("?")[0]  # a digest of the file
    place = (path.parent / unquote(file)).resolve() if file else path
    if place not in pages:
        return place.is_file()
    return unquote(anchor) in pages[place].anchors


def setup(app: Sphinx) -> dict[str, bool]:
    """Check when all else is written."""
    app.connect("build-finished", check, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
