"""What a page links to, what it fetches, and where its anchors are."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

FETCHED = (
    ("script", "src"),
    ("link", "href"),
    ("img", "src"),
    ("source", "srcset"),
    ("iframe", "src"),
)
"""What a browser fetches by itself, but for `rel` of a page elsewhere."""


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
