"""Automata with copies of one part, told apart by what they remember: states named `T:q2` and `P:q2`."""

from firstbit.languages.language import Language

Blocks = list[frozenset[str]]
"""A partition of the states, by name."""


def copies(language: Language) -> dict[str, tuple[str, ...]]:
    """What is remembered -> the states of that copy; empty where there are no copies.

    States `T:q2` and `P:q2` are copies of one part: at least two prefixes, with the
    same two or more names behind them.

    Example:
        >>> from firstbit.languages.catalogue import embedded_reber, reber
        >>> {symbol: len(states) for symbol, states in copies(embedded_reber()).items()}, copies(reber())
        ({'T': 8, 'P': 8}, {})
    """
    parts: dict[str, list[str]] = {}
    for state in language.states:
        prefix, colon, inner = state.partition(":")
        if prefix and colon and inner:
            parts.setdefault(prefix, []).append(inner)
    kinds = [frozenset(part) for part in parts.values()]
    shared = {kind for kind in kinds if len(kind) > 1 and kinds.count(kind) > 1}
    return {
        prefix: tuple(f"{prefix}:{inner}" for inner in part)
        for prefix, part in parts.items()
        if frozenset(part) in shared
    }


def copies_merged(language: Language) -> Blocks:
    """The partition of an embedded grammar's states that forgets the outermost symbol.

    Args:
        language: a language with `copies`, whose states are named `T:...` and `P:...`.

    Returns:
        Blocks of state names: {T:s, P:s} for every inner state s, and every other state
        alone.

    Example:
        >>> from firstbit.languages.demand.floors import full_floor, merged_floor
        >>> from firstbit.languages.catalogue import embedded_reber
        >>> round(merged_floor(embedded_reber(), copies_merged(embedded_reber())) - full_floor(embedded_reber()), 9)
        0.5
    """
    of_copies = {state for states in copies(language).values() for state in states}
    blocks: dict[tuple[bool, str], set[str]] = {}
    for state in language.states:
        is_copy = state in of_copies
        blocks.setdefault(
            (is_copy, state.partition(":")[2] if is_copy else state), set()
        ).add(state)
    return [frozenset(block) for block in blocks.values()]


def copies_known(language: Language) -> Blocks:
    """The partition that remembers the outermost symbol and nothing else: the states of each copy, and all others.

    Example:
        >>> from firstbit.languages.catalogue import embedded_reber
        >>> sorted(map(len, copies_known(embedded_reber())))
        [4, 8, 8]
    """
    parts = [frozenset(states) for states in copies(language).values()]
    others = frozenset(language.states).difference(*parts)
    return [block for block in (*parts, others) if block]


def what_is_remembered(language: Language) -> str:
    """The copies by name, as in `T or P`; empty where there are none.

    Example:
        >>> from firstbit.languages.catalogue import embedded_reber
        >>> what_is_remembered(embedded_reber())
        'T or P'
    """
    return " or ".join(copies(language))
