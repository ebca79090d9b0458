"""A drawing as a part of a page: its colours are roles, and its text is text."""

import re
from html import escape
from zlib import crc32

from firstbit.look.adaptive import adaptive

_TAG = re.compile(r"<[^>]*>")
_LONG = re.compile(r"\d+\.\d{3,}")
_NAMED = re.compile(r'(\bid="|href="#|url\(#)')
_LEFT_OUT = (
    re.compile(r"<!--.*?-->", re.DOTALL),
    re.compile(r"<metadata>.*?</metadata>", re.DOTALL),
    re.compile(r"<title>.*?</title>", re.DOTALL),
    re.compile(r"<defs>\s*<style[^>]*>[^<]*</style>\s*</defs>"),
    re.compile(r'\sxmlns(:xlink)?="[^"]*"'),
    re.compile(r"\bxlink:(?=href)"),
)
"""Comments, sources, names of parts, a style that would hold for the whole page, and
what only a document of its own needs."""

_FONTS = (
    ("font-family: 'Liberation Sans', 'DejaVu Sans'", "font-family: var(--figures)"),
    ("font-family: 'Liberation Sans'", "font-family: var(--figures)"),
    ('font-family="Helvetica,Arial,sans-serif"', 'font-family="var(--figures)"'),
    ("font-family: 'DejaVu Sans Mono'", "font-family: var(--mono)"),
)
"""How drawings name a font, and how a page does."""

_LINES = "stroke-linejoin: round; stroke-linecap: butt"
"""What that style says of all lines."""


def inline(svg: bytes, title: str = "", kind: str = "") -> str:
    """Return a drawing as an element of a page, in the roles of that page.

    Names inside begin with letters of its own, so that they can't be those of another
    drawing of the page.

    Args:
        svg: the drawing, on a light page.
        title: what it shows, for those who can't see it; none if empty.
        kind: its class on the page; none if empty.

    Example:
        >>> inline(b'<?xml version="1.0"?><svg><path fill="#16191d"/></svg>')
        '<svg role="img"><path fill="var(--ink, #16191d)"/></svg>'
    """
    text = adaptive(svg, alone=False).decode()
    text = text[text.index("<svg") :]
    lines = f' style="{_LINES}"' if "stroke-linejoin: round;" in text else ""
    for found in _LEFT_OUT:
        text = found.sub("", text)
    for drawn, shown in _FONTS:
        text = text.replace(drawn, shown)
    own = f"d{crc32(svg):08x}-"
    text = _TAG.sub(lambda tag: _short(tag[0], own), text)
    text = re.sub(r">\s*\n\s*<", "><", text).strip()
    named = f' class="{kind}"' if kind else ""
    told = f"<title>{escape(title)}</title>" if title else ""
    opening, _, rest = text.partition(">")
    return f'{opening} role="img"{named}{lines}>{told}{rest}'


def _short(tag: str, own: str) -> str:
    """Return a tag with numbers of two decimals, and with names of its own."""
    shorter = _LONG.sub(lambda number: f"{float(number[0]):.2f}", tag)
    return " ".join(_NAMED.sub(rf"\g<1>{own}", shorter).split())
