"""Names in the text become links: those of the public faces, and of the neighbours.

`discrepancy`, `firstbit.languages.sample(...)`, `xr.Dataset`: whatever stands as code
and names something that is documented here, or in an inventory, leads there.
"""

import re
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.ext.intersphinx import resolve_reference_any_inventory
from sphinx.transforms import SphinxTransform

from extensions import faces

HERE = Path(__file__).parents[1] / "inventories"

INVENTORIES = {
    "jax": ("https://docs.jax.dev/en/latest/", str(HERE / "jax.txt")),
    "xarray": ("https://docs.xarray.dev/en/stable/", str(HERE / "xarray.txt")),
    "equinox": ("https://docs.kidger.site/equinox/", str(HERE / "equinox.txt")),
}

SHORT = {
    "Array": "jax.Array",
    "Dataset": "xarray.Dataset",
    "DataArray": "xarray.DataArray",
    "xr.Dataset": "xarray.Dataset",
    "xr.DataArray": "xarray.DataArray",
    "Module": "equinox.Module",
    "eqx.Module": "equinox.Module",
    "eqx.nn.GRUCell": "equinox.nn.GRUCell",
    "to_dataframe": "xarray.Dataset.to_dataframe",
}
"""How code calls what the inventories name in full."""

NAME = re.compile(r"([A-Za-z_][\w.]*)(\(.*\))?", flags=re.DOTALL)


def full_name(text: str, chapter: str = "") -> str | None:
    """Return the documented name that a piece of code stands for, if any.

    Args:
        text: such as `redraw`, `firstbit.redraw(...)`, `xr.Dataset`.
        chapter: in which it stands, such as `firstbit.languages`.
    """
    found = NAME.fullmatch(text)
    if found is None:
        return None
    name = found.group(1)
    for candidate in (f"{chapter}.{name}", name, f"firstbit.{name}"):
        if candidate in faces.HOMES:
            return faces.HOMES[candidate]
    if name in SHORT:
        return SHORT[name]
    return name if name.startswith(tuple(f"{one}." for one in INVENTORIES)) else None


class LinkedCode(SphinxTransform):
    """Make a reference of every piece of code that names something documented.

    And say in full what a type in a signature names.
    """

    default_priority = 400

    def apply(self, **_: object) -> None:
        """Do so in one page."""
        page = self.env.docname
        chapter = page.removeprefix("api/") if page.startswith("api/") else "firstbit"
        for literal in list(self.document.findall(nodes.literal)):
            if isinstance(literal.parent, nodes.reference | pending_xref | nodes.title):
                continue
            name = full_name(literal.astext(), chapter)
            if name is not None:
                literal.replace_self(reference(name, literal, page))
        for asked in self.document.findall(pending_xref):
            if asked.get("refdomain") == "py" and "." not in asked["reftarget"]:
                name = full_name(asked["reftarget"], chapter) or ""
                # Two chapters may have a type of one name: the own one counts first.
                if name.startswith("firstbit."):
                    asked["reftarget"] = name


def reference(name: str, shown: nodes.Element, page: str) -> pending_xref:
    """Return a reference to a name that shows what stood there."""
    asked = {"refdomain": "py", "reftype": "obj", "refdoc": page, "refexplicit": True}
    return pending_xref("", shown.deepcopy(), reftarget=name, refwarn=False, **asked)


def resolve(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, shown: nodes.TextElement
) -> nodes.reference | None:
    """Find what a type in a signature names by its short name."""
    if node.get("refdomain") != "py":
        return None
    name = full_name(node["reftarget"], node.get("py:module") or "firstbit")
    if name is None or name == node["reftarget"]:
        return None
    if name.startswith("firstbit"):
        domain = env.get_domain("py")
        asked = (env, node["refdoc"], app.builder, "obj", name, node, shown)
        return domain.resolve_xref(*asked)
    node["reftype"], node["reftarget"] = "obj", name
    return resolve_reference_any_inventory(
        env=env, honor_disabled_refs=False, node=node, contnode=shown
    )


def setup(app: Sphinx) -> dict[str, bool]:
    """Link names."""
    app.add_transform(LinkedCode)
    app.connect("missing-reference", resolve, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
