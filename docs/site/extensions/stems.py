"""The index of the site's search: stems of words, and the pages that have them."""

from collections.abc import Callable

Index = dict[str, dict[str, int | list[int]]]
"""`terms` and `titleterms`: stem of a word -> number of its page, or of all of them."""


def pages_with(index: Index, asked: str, stem_of: Callable[[str], str]) -> set[int]:
    """Return the numbers of the pages that have all words."""
    of_words = [_with_stem(index, stem_of(word)) for word in asked.lower().split()]
    return set.intersection(*of_words)


def _with_stem(index: Index, stem: str) -> set[int]:
    found: set[int] = set()
    for kind in ("terms", "titleterms"):
        pages = index[kind].get(stem, [])
        found.update([pages] if isinstance(pages, int) else pages)
    return found
