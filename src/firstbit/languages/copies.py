"""States that are copies of each other, named by what they remember."""

from firstbit.languages.language import Language


def copies(language: Language) -> dict[str, tuple[str, ...]]:
    """The copies in an automaton: states whose names differ only before their first colon, as in `T:q2` and `P:q2`.

    A colon alone makes no copy: at least two prefixes must share the same set of two or more inner names.

    Returns:
        Prefix -> its states, in the order of the language; empty where there are no copies.

    Example:
        >>> from firstbit.languages.reber import embedded_reber
        >>> {prefix: len(states) for prefix, states in copies(embedded_reber()).items()}
        {'T': 8, 'P': 8}
    """
    members: dict[str, dict[str, str]] = {}
    for state in language.states:
        prefix, _, inner = state.partition(":")
        if prefix and inner:
            members.setdefault(prefix, {})[inner] = state
    shared = [inner.keys() for inner in members.values()]
    return {prefix: tuple(inner.values()) for prefix, inner in members.items() if len(inner) > 1 and shared.count(inner.keys()) > 1}
