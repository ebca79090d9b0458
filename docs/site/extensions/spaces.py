"""A number stays on the line of its sign: 95 % and 2 ± 1 don't break."""

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

TOGETHER = re.compile(r"(?<=\d) (?=[%±])|(?<=±) (?=\d)")
CODE = (nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw)


class Together(SphinxTransform):
    """Let lines end before a number, not behind it."""

    default_priority = 800

    def apply(self, **_: object) -> None:
        """Replace such spaces in all text that is no code."""
        for text in list(self.document.findall(nodes.Text)):
            held = TOGETHER.sub("\N{NO-BREAK SPACE}", text)
            if held != text and not isinstance(text.parent, CODE):
                text.parent.replace(text, nodes.Text(held))


def setup(app: Sphinx) -> dict[str, bool]:
    """Do it for every page."""
    app.add_transform(Together)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
