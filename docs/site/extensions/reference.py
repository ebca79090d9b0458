"""The directive `api`: a chapter's public names, from their signatures and texts.

The texts are Markdown, as the pages are. A name without one ends the build.
"""

import inspect
from importlib import import_module

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.domains.python import PythonDomain
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from extensions import faces
from extensions.signatures import signature_of
from extensions.texts import as_markdown, constant_text

FENCE = "`````"


class Chapter(SphinxDirective):
    """Document every name of one chapter that has its home there."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the entries; names with a home elsewhere are listed with a link."""
        chapter = self.arguments[0]
        module = import_module(chapter)
        elsewhere, here = [], []
        for name in module.__all__:
            home = faces.HOMES[f"{chapter}.{name}"]
            if home == f"{chapter}.{name}":
                here += entry(home, getattr(module, name))
            else:
                line = f"- {{py:obj}}`{name} <{home}>`: {first_line(home)}"
                elsewhere.append(line)
        lines = [
            *(module.__doc__ or "").strip().splitlines(),
            "",
            *elsewhere,
            "",
            *here,
        ]
        box = nodes.container()
        # `py:function` and its like take the module from here.
        self.env.ref_context["py:module"] = chapter
        self.state.nested_parse(StringList(lines, source=chapter), 0, box)
        self.env.ref_context.pop("py:module", None)
        self.note_other_names(chapter)
        return box.children

    def note_other_names(self, chapter: str) -> None:
        """Let every other name of a thing lead to its entry, too."""
        domain = self.env.get_domain("py")
        assert isinstance(domain, PythonDomain)
        for name, home in faces.HOMES.items():
            if home.rpartition(".")[0] != chapter or name == home:
                continue
            known = domain.objects[home]
            domain.note_object(name, known.objtype, known.node_id, aliased=True)


def thing_at(name: str) -> object:
    """Return what a full name names."""
    chapter, _, last = name.rpartition(".")
    return getattr(import_module(chapter), last)


def first_line(name: str) -> str:
    """Return the first sentence about a name."""
    return (inspect.getdoc(thing_at(name)) or "").partition("\n")[0]


def entry(name: str, thing: object) -> list[str]:
    """Return the entry of one name, as lines of MyST."""
    last = name.rpartition(".")[2]
    others = faces.also_called(name)
    if inspect.isclass(thing):
        return class_entry(last, thing, others)
    if callable(thing) and not is_alias(thing):
        text = required(name, inspect.getdoc(thing))
        return described("function", last + signature_of(thing), text, others)
    text = required(name, constant_text(name.rpartition(".")[0], last))
    return described("data", last, text, others)


def is_alias(thing: object) -> bool:
    """Whether it is the name of a type, not something to call."""
    return not inspect.isroutine(thing) and not inspect.isclass(thing)


def class_entry(last: str, thing: type, others: list[str]) -> list[str]:
    """Return the entry of a class with its own public methods."""
    text = required(last, inspect.getdoc(thing))
    kind = "exception" if issubclass(thing, BaseException) else "class"
    head = last if kind == "exception" else last + signature_of(thing)
    members = []
    for name, member in vars(thing).items():
        if not name.startswith("_"):
            members += member_entry(name, member)
    return described(kind, head, text, others, members)


def member_entry(name: str, member: object) -> list[str]:
    """Return the entry of a method or property that has a text; else nothing."""
    if isinstance(member, property):
        text = inspect.getdoc(member.fget)
        return described("property", name, text, []) if text else []
    kind = {classmethod: "classmethod", staticmethod: "staticmethod"}.get(type(member))
    wrapped = getattr(member, "__func__", member)
    function = inspect.unwrap(wrapped) if callable(wrapped) else None
    if not inspect.isfunction(function) or not function.__doc__:
        return []
    head = name + signature_of(function, bound=kind != "staticmethod")
    return described(kind or "method", head, inspect.getdoc(function) or "", [])


def described(
    kind: str, head: str, text: str, others: list[str], members: list[str] | None = None
) -> list[str]:
    """Return a directive of Sphinx' domain of Python."""
    fence = FENCE if kind in ("class", "exception") else FENCE[1:]
    body = as_markdown(text)
    if others:
        names = ", ".join(f"**{other}**" for other in others)
        body = [f"*Also {names}.*", "", *body]
    return [f"{fence}{{py:{kind}}} {head}", "", *body, *(members or []), fence, ""]


def required(name: str, text: str | None) -> str:
    """Return the text of a public name; the build ends where there is none."""
    if not text:
        raise ExtensionError(f"expected a docstring of {name}, got none; write it.")
    return text


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("api", Chapter)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
