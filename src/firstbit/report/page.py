"""A page: the answer, and sections of notes, tables and pictures.

It is one HTML file that needs no other.
"""

from collections.abc import Sequence

from firstbit.look import custom_properties, icons, roles
from firstbit.report.banner import Banner
from firstbit.report.blocks import Section
from firstbit.report.files import template


def render(
    title: str,
    lead: str,
    sections: Sequence[Section],
    *,
    kicker: str = "",
    banners: Sequence[Banner] = (),
) -> str:
    """Return the page as HTML; all text is escaped.

    Args:
        title: the answer, as the heading.
        lead: one paragraph below the banners; none if empty.
        sections: in reading order.
        kicker: above the title: what page this is; none if empty.
        banners: what the page judges.

    Example:
        >>> from firstbit.report.blocks import Table
        >>> numbers = Section("Numbers", [Table(["k"], [["1"]])])
        >>> page = render("A & B", "What follows.", [numbers])
        >>> "<h1>A &amp; B</h1>" in page, "http" in page
        (True, False)
    """
    return template("page.html.jinja").render(
        title=title,
        lead=lead,
        sections=sections,
        kicker=kicker,
        banners=banners,
        properties=custom_properties(),
        icons=icons(),
        tones=list(roles().statuses),
    )
