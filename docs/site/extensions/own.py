"""The role `own`: a link to a page of the site that is a whole file of its own."""

from docutils import nodes
from docutils.parsers.rst.states import Inliner
from sphinx.application import Sphinx
from sphinx.util.docutils import ReferenceRole


class Own(ReferenceRole):
    """Link to a file beside the first page."""

    inliner: Inliner

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the link."""
        up = "../" * self.env.docname.count("/")
        link = nodes.reference("", self.title, refuri=up + self.target, internal=False)
        return [link], []


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the role."""
    app.add_role("own", Own())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
