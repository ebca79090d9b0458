"""Signatures as their authors wrote them: types by their short names."""

import ast
import inspect
import textwrap
from collections.abc import Callable


def signature_of(thing: Callable[..., object], *, bound: bool = False) -> str:
    """Return arguments and result of something, as its source has them.

    Args:
        thing: a function or a class.
        bound: whether the first argument (`self`, `cls`) is left out.
    """
    if inspect.isclass(thing):
        return _of_class(thing)
    node = _function_in(inspect.getsource(inspect.unwrap(thing)))
    return _written(node, bound=bound)


def _of_class(thing: type) -> str:
    own = vars(thing).get("__init__")
    if inspect.isfunction(own) and _has_source(own):
        return _written(_function_in(inspect.getsource(own)), bound=True, result=False)
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(thing))).body
    assert isinstance(body, ast.ClassDef)
    fields = []
    for line in body.body:
        if isinstance(line, ast.AnnAssign) and ast.unparse(line.target)[0] != "_":
            fields.append(_field(line))
    return f"({', '.join(fields)})" if fields else ""


def _has_source(function: Callable[..., object]) -> bool:
    """Whether somebody wrote it: `__init__` of a dataclass is made."""
    try:
        return inspect.getsource(function).lstrip().startswith("def __init__")
    except (OSError, TypeError):
        return False


def _field(line: ast.AnnAssign) -> str:
    shown = f"{ast.unparse(line.target)}: {ast.unparse(line.annotation)}"
    default = line.value
    if isinstance(default, ast.Call):  # field(...), whose default is inside
        given = {one.arg: one.value for one in default.keywords}
        default = given.get("default")
    return f"{shown} = {ast.unparse(default)}" if default is not None else shown


def _function_in(source: str) -> ast.FunctionDef:
    for node in ast.walk(ast.parse(textwrap.dedent(source))):
        if isinstance(node, ast.FunctionDef):
            return node
    raise ValueError(f"expected the source of a function, got {source[:60]!r}.")


def _written(node: ast.FunctionDef, *, bound: bool, result: bool = True) -> str:
    arguments = node.args
    if bound:
        named = arguments.posonlyargs or arguments.args
        del named[:1]
    returned = f" -> {ast.unparse(node.returns)}" if result and node.returns else ""
    return f"({ast.unparse(arguments)}){returned}"
