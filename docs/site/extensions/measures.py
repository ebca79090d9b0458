"""What pages of measures have in common, from `src/firstbit/measures.py`.

The directive `measure` writes one part of it: `{measure} discrepancy head`. The table
of docs/measures.md leads to the page of each measure.
"""

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from extensions import faces
from firstbit.measures import MEASURES, Measure, measure_by_name

PAGES = "measure"
"""The folder of the pages, one for each measure."""


class Part(SphinxDirective):
    """Write one part of what is known of a measure."""

    required_arguments = 2

    def run(self) -> list[nodes.Node]:
        """Return the part."""
        name, part = self.arguments
        measure = measure_by_name(name)
        if measure is None or part not in PARTS:
            known = [one.name for one in MEASURES]
            raise self.error(f"expected one of {known} and {list(PARTS)}.")
        lines = PARTS[part](measure)
        box = nodes.container()
        self.state.nested_parse(StringList(lines, source=name), 0, box)
        return box.children


def head(measure: Measure) -> list[str]:
    """Return the question; call, command, unit, cost and sources as a table."""
    rows = {"Call": f"`{measure.call}`"}
    if measure.command:
        rows["Command"] = f"`firstbit {measure.command}`"
    if measure.also:
        rows["Also"] = ", ".join(f"`{_full(name)}`" for name in measure.also)
    rows |= {"Unit": measure.unit, "Cost": measure.cost, "Sources": _sources(measure)}
    lines = ["| | |", "|---|---|"]
    for name, text in rows.items():
        lines.append(f"| **{name}** | {text} |")
    return [measure.question, "", "::::{container} head", "", *lines, "::::"]


def reading(measure: Measure) -> list[str]:
    """Return how a result is read."""
    return [measure.says]


def misleading(measure: Measure) -> list[str]:
    """Return when it misleads, as a box that is always open."""
    begin = ["::::{admonition} When it misleads", ":class: misleads", ""]
    return [*begin, measure.misleads, "::::"]


def _full(name: str) -> str:
    """Return a public name with the chapter that documents it."""
    return next(home for home in faces.HOMES.values() if home.endswith(f".{name}"))


def _sources(measure: Measure) -> str:
    shown = []
    for source in measure.sources.split("; "):
        page = source.removeprefix("docs/")
        shown.append(f"[](../{page})" if page != source else source)
    return "; ".join(shown)


PARTS = {"head": head, "reading": reading, "misleading": misleading}


def add_links(app: Sphinx, page: str, source: list[str]) -> None:
    """Let the questions of docs/measures.md lead to the pages of the measures."""
    if page != "measures":
        return
    text = source[0]
    for measure in MEASURES:
        if f"{PAGES}/{measure.name}" not in app.env.found_docs:
            raise ExtensionError(f"expected docs/{PAGES}/{measure.name}.md; write it.")
        linked = f"| [{measure.question}]({PAGES}/{measure.name}.md) |"
        text = text.replace(f"| {measure.question} |", linked)
    pages = [f"{PAGES}/{measure.name}" for measure in MEASURES]
    source[0] = "\n".join([text, "```{toctree}", ":hidden:", "", *pages, "```", ""])


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive and the links."""
    app.add_directive("measure", Part)
    app.connect("source-read", add_links)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
