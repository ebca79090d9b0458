"""What a notebook shows: an answer with its evidence, in the roles of pages."""

from collections.abc import Sequence

from firstbit.look import icons, properties_of, roles
from firstbit.report.banner import Banner
from firstbit.report.blocks import Block
from firstbit.report.files import template

ELEMENT = ".firstbit"
"""Holds everything, so that the style doesn't reach the notebook's own pages."""


def fragment(
    title: str, blocks: Sequence[Block], *, banners: Sequence[Banner] = ()
) -> str:
    """Return a part of a page for a notebook, as HTML; all text is escaped.

    Args:
        title: the answer, or what is shown.
        blocks: notes, tables and pictures, below the banners.
        banners: what is judged.

    Example:
        >>> from firstbit.report.blocks import Note
        >>> shown = fragment("A & B", [Note("A note.")])
        >>> "A &amp; B" in shown, "<p>A note.</p>" in shown
        (True, True)
    """
    return template("fragment.html.jinja").render(
        title=title,
        blocks=blocks,
        banners=banners,
        properties=properties_of(ELEMENT),
        icons=icons(),
        tones=list(roles().statuses),
    )
