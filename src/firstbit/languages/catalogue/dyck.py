"""Brackets in brackets to a bounded depth: the stack is the automaton's state."""

from collections.abc import Mapping
from functools import cache
from itertools import product

from firstbit.errors import SettingError, require_at_least
from firstbit.languages.language import Language

PAIRS = ("()", "[]", "{}", "<>")
MOST_STATES = 20_000
DEEPEST = 1000


@cache
def dyck(kinds: int = 2, depth: int = 3) -> Language:
    """Return the balanced words of `kinds` kinds of brackets, at most `depth` deep.

    All brackets that may come next are equally likely: closing the last open one, and
    opening another where the depth allows it.

    Args:
        kinds: number of kinds of brackets, 1 to 4.
        depth: at least 1; the automaton has kinds^0 + kinds^1 + ... + kinds^depth
            states.

    Example:
        >>> dyck(2, 2).accepts("([])[]"), dyck(2, 2).accepts("(]")
        (True, False)
        >>> dyck(1, 2).accepts("((()))")
        False

    References:
        Hewitt, Hahn, Ganguli, Liang, Manning 2020, RNNs can generate bounded
        hierarchical languages with optimal memory.
    """
    _require_small(kinds, depth)
    pairs = PAIRS[:kinds]
    closing = {pair[0]: pair[1] for pair in pairs}
    edges: dict[str, dict[str, str]] = {}
    for level in range(depth + 1):
        for stack in product(closing, repeat=level):
            edges[_state(stack)] = _leaving(stack, closing, depth)
    return Language.from_transitions(
        edges,
        start="empty",
        final=["empty"],
        alphabet="".join(pairs),
        name=f"dyck:{kinds},{depth}",
    )


def _leaving(
    stack: tuple[str, ...], closing: Mapping[str, str], depth: int
) -> dict[str, str]:
    """Return the edges of one state: brackets to open, and the one to close."""
    edges = {}
    if len(stack) < depth:
        for opening in closing:
            edges[opening] = _state((*stack, opening))
    if stack:
        edges[closing[stack[-1]]] = _state(stack[:-1])
    return edges


def _state(stack: tuple[str, ...]) -> str:
    """Return the name of a state: the open brackets."""
    return "".join(stack) or "empty"


def _require_small(kinds: int, depth: int) -> None:
    require_at_least("kinds", kinds, 1)
    require_at_least("depth", depth, 1)
    if kinds > len(PAIRS):
        raise SettingError(
            f"expected at most {len(PAIRS)} kinds of brackets, got {kinds}."
        )
    if depth > DEEPEST or sum(kinds**level for level in range(depth + 1)) > MOST_STATES:
        raise SettingError(
            f"expected a depth of at most {DEEPEST} and {MOST_STATES:,} states, "
            f"got depth {depth} of {kinds} kinds; try less."
        )
