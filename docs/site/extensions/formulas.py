"""Formulas as MathML: no program of others runs in the page, and none is fetched."""

import re

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

TAG = re.compile(r"\\tag\{(\w+)\}")

OTHERWISE = {r"\\dots\b": r"\\ldots ", r"\\big(?=[^a-z])": "", r"\\textstyle": ""}
"""What docutils doesn't know -> what says nearly the same."""


def mathml(text: str, *, as_block: bool) -> str:
    """Return a formula of LaTeX as MathML."""
    for unknown, known in OTHERWISE.items():
        text = re.sub(unknown, known, text)
    return tex2mathml(text, as_block=as_block)


def inline(translator: HTML5Translator, node: nodes.math) -> None:
    """Write a formula inside a line."""
    translator.body.append(mathml(node.astext(), as_block=False))
    raise nodes.SkipNode


def block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on lines of its own, its number at the right."""
    text = node.astext()
    numbers = "".join(f"<span>({number})</span>" for number in TAG.findall(text))
    # Parts that don't fit side by side stand below each other.
    parts = [mathml(part, as_block=True) for part in TAG.sub("", text).split(r"\qquad")]
    # A long one scrolls in its box, by keys, too.
    box = f'<div class="formula" tabindex="0">{"".join(parts)}{numbers}</div>'
    translator.body.append(box)
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the renderer `mathml`."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
