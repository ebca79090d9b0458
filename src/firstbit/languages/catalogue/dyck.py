"""Brackets in brackets, to a bounded depth: then the language is regular, and its stack is its state."""

from functools import cache
from itertools import product

from firstbit.errors import SettingError, require_at_least
from firstbit.languages.language import Language

PAIRS = ("()", "[]", "{}", "<>")
MOST_STATES = 20_000
DEEPEST = 1000


@cache
def dyck(kinds: int = 2, depth: int = 3) -> Language:
    """Balanced words of `kinds` kinds of brackets, at most `depth` of them open at once.

    Where some bracket is open, closing it, and opening another where the depth allows
    it, are equally likely.

    Args:
        kinds: of brackets, 1 to 4.
        depth: at least 1; the automaton has kinds^0 + kinds^1 + ... + kinds^depth
            states.

    Example:
        >>> dyck(2, 2).accepts("([])[]"), dyck(2, 2).accepts("(]"), dyck(1, 2).accepts("((()))")
        (True, False, False)

    References:
        Hewitt, Hahn, Ganguli, Liang, Manning 2020, RNNs can generate bounded
        hierarchical languages with optimal memory.
    """
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
    pairs = PAIRS[:kinds]
    closing = {pair[0]: pair[1] for pair in pairs}
    stacks = [
        "".join(stack)
        for level in range(depth + 1)
        for stack in product(closing, repeat=level)
    ]
    edges: dict[str, dict[str, str]] = {}
    for stack in stacks:
        edges[stack] = (
            {opened: stack + opened for opened in closing} if len(stack) < depth else {}
        )
        if stack:
            edges[stack][closing[stack[-1]]] = stack[:-1]
    named = {
        stack or "empty": {a: target or "empty" for a, target in leaving.items()}
        for stack, leaving in edges.items()
    }
    return Language.from_transitions(
        named,
        start="empty",
        final=["empty"],
        alphabet="".join(pairs),
        name=f"dyck:{kinds},{depth}",
    )
