"""Docstrings as Markdown for a page: their sections become lists and blocks."""

import ast
import inspect
import re
from importlib import import_module
from itertools import pairwise

SECTION = re.compile(r"(Args|Attributes|Returns|Raises|Example|References):")
ITEM = re.compile(r"(\*{0,2}[\w.`', ]+?)(?: \([^)]*\))?: (.*)")


def as_markdown(text: str) -> list[str]:
    """Return a docstring as lines of Markdown.

    Lists of arguments become bullets, an example becomes a block of code; all else
    stays, since the texts are Markdown.
    """
    lines: list[str] = []
    section = ""
    inside: list[str] = []
    for line in [*text.splitlines(), "End:"]:
        heading = SECTION.fullmatch(line)
        if heading is None and line != "End:":
            (inside if section else lines).append(line)
            continue
        lines += _section(section, inside)
        section, inside = (heading.group(1) if heading else ""), []
    return lines


def _section(title: str, lines: list[str]) -> list[str]:
    if not title:
        return []
    body = inspect.cleandoc("\n".join(lines)).splitlines()
    if title == "Example":
        return ["", "**Example**", "", "```pycon", *body, "```", ""]
    if title in ("Args", "Attributes", "Raises"):
        return ["", f"**{title}**", "", *_bullets(body), ""]
    return ["", f"**{title}**", "", *body, ""]


def _bullets(body: list[str]) -> list[str]:
    found = []
    for line in body:
        item = ITEM.fullmatch(line)
        if item is not None and not line.startswith(" "):
            name = item.group(1).strip("`")
            found.append(f"- `{name}`: {item.group(2)}")
        else:
            found.append(f"  {line.strip()}" if line.strip() else "")
    return found


def constant_text(chapter: str, name: str) -> str | None:
    """Return the text below the assignment of a constant, where it is assigned.

    Args:
        chapter: that exports it.
        name: of the constant.
    """
    module = import_module(chapter)
    places = {chapter, *_imported_from(inspect.getsource(module), name)}
    for place in places:
        body = ast.parse(inspect.getsource(import_module(place))).body
        for line, after in pairwise(body):
            if name in _assigned(line) and isinstance(after, ast.Expr):
                text = after.value
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    return inspect.cleandoc(text.value)
    return None


def _imported_from(source: str, name: str) -> list[str]:
    found = []
    for line in ast.walk(ast.parse(source)):
        if not isinstance(line, ast.ImportFrom) or not line.module:
            continue
        if name in [one.name for one in line.names]:
            found += [line.module, *_imported_from(_source(line.module), name)]
    return found


def _source(module: str) -> str:
    return inspect.getsource(import_module(module))


def _assigned(line: ast.stmt) -> list[str]:
    if isinstance(line, ast.Assign):
        return [ast.unparse(target) for target in line.targets]
    if isinstance(line, ast.AnnAssign):
        return [ast.unparse(line.target)]
    return []
