"""Modules of JavaScript, put together into one program without imports.

Each module becomes a function that runs once, so that names stay its own.
"""

import posixpath
import re
from collections.abc import Callable, Iterator

Read = Callable[[str], str]
"""Path of a module -> its text."""

_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:function\*?|class|const) (\w+))", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def joined(entry: str, read: Read) -> str:
    r"""Return one program of a module and of all that it imports, those first.

    A module may import names from others by their relative paths, `import { a } from
    "./b.js";`, and export functions, classes and constants where they are defined.

    Args:
        entry: path of the module.
        read: returns the text of a module.

    Raises:
        ValueError: a module imports itself in a circle, or in another form.

    Example:
        >>> files = {"b.js": "export const one = 1;\n"}
        >>> files["a.js"] = 'import { one } from "./b.js";\nconst two = one + one;\n'
        >>> print(joined("a.js", files.__getitem__))
        "use strict";
        const modules = {};
        modules["b.js"] = (() => {
        const one = 1;
        return { one };
        })();
        modules["a.js"] = (() => {
        const { one } = modules["b.js"];
        const two = one + one;
        return {  };
        })();
        <BLANKLINE>
    """
    parts = ['"use strict";\nconst modules = {};\n']
    for path, text in _in_order(entry, read, [], {}):
        parts.append(_as_function(path, text))
    return "".join(parts)


def _in_order(
    path: str, read: Read, above: list[str], done: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield each module once, after those that it imports."""
    if path in above:
        circle = " -> ".join([*above, path])
        raise ValueError(f"expected no circle of imports, got {circle}.")
    if path in done:
        return
    text = read(path)
    for _, name in _IMPORT.findall(text):
        yield from _in_order(_path_of(name, path), read, [*above, path], done)
    done[path] = text
    yield path, text


def _path_of(name: str, importer: str) -> str:
    folder = posixpath.dirname(importer)
    return posixpath.normpath(posixpath.join(folder, name))


def _as_function(path: str, text: str) -> str:
    """Return a module as a function that runs once and returns what it exports."""

    def taken(found: re.Match[str]) -> str:
        names = " ".join(found[1].split())
        return f'const {{ {names} }} = modules["{_path_of(found[2], path)}"];\n'

    exported = ", ".join(_EXPORT.findall(text))
    body = _EXPORT.sub("", _IMPORT.sub(taken, text))
    other = _OTHER.search(body)
    if other is not None:
        raise ValueError(
            f"expected names in braces in `import` and `export`, got '{other[0]}' in "
            f"{path}; write one form of them."
        )
    function = f"(() => {{\n{body}return {{ {exported} }};\n}})();\n"
    return f'modules["{path}"] = {function}'
