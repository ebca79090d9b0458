"""The colours and fonts of the site are the roles of `firstbit.look`."""

from pathlib import Path

from pygments.lexers.python import PythonLexer
from pygments.lexers.shell import BashLexer
from sphinx.application import Sphinx

from firstbit.look import custom_properties


def write_roles(app: Sphinx, _: object) -> None:
    """Write every role as a custom property of CSS."""
    if app.builder.format != "html":
        return
    place = Path(app.outdir) / "_static" / "roles.css"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(custom_properties() + "\n", encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the roles when the files of the theme are there; name two more lexers."""
    app.connect("build-finished", write_roles)
    app.add_lexer("snakemake", PythonLexer)  # whose rules look like Python
    app.add_lexer("parallel", BashLexer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
