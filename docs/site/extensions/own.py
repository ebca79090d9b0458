"""Whole files beside the first page: their names, `play.html`, are links in the site.

On a page of Markdown that is read elsewhere they are plain names.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from extensions import links, paper


class Own(SphinxPostTransform):
    """Link the names of such files."""

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs: object) -> None:  # noqa: ARG002 - Sphinx hands it over
        """Put a link around each name."""
        up = "../" * self.env.docname.count("/")
        made = [name for name in links.OWN if name != paper.NAME or paper.is_made()]
        for literal in list(self.document.findall(nodes.literal)):
            name = literal.astext()
            if name in made and not isinstance(literal.parent, nodes.reference):
                link = nodes.reference("", "", refuri=up + name, internal=False)
                literal.replace_self(link)
                link += literal


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the links."""
    app.add_post_transform(Own)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
