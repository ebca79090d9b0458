"""Reber's grammar, the embedded one, and the expression printed in the paper.

References:
    Stérin, Farrugia, Gripon 2017, Section III, Figs. 2 and 5; Hochreiter and Schmidhuber 1997, Section 5.1.
"""

from functools import cache

from firstbit.languages.language import Language

ALPHABET = tuple("BTSXVPE")
"""One-hot order of the published code."""

PRINTED_EXPRESSION = "BPT*V(PSE|VE)|BTS*X(SE|XT*V(PSE|VE))"
"""Section III of the paper, with `|` for its `+`."""

_INNER = {
    "q0": {"T": "q1", "P": "q4"},
    "q1": {"S": "q1", "X": "q2"},
    "q2": {"S": "q3", "X": "q4"},
    "q4": {"T": "q4", "V": "q5"},
    "q5": {"P": "q2", "V": "q3"},
    "q3": {"E": "end"},
}


@cache
def reber() -> Language:
    """Reber's grammar, Fig. 2: B, a path from q0 to q3, E; the two edges of a state are equally likely.

    Example:
        >>> reber().accepts("BTSSXXTTTVPSE"), reber().accepts("BTSSE")
        (True, False)
        >>> reber().state_after("BPTV")
        'q5'
    """
    edges = {"start": {"B": "q0"}, **_INNER}
    return Language.from_transitions(edges, start="start", final=["end"], alphabet=ALPHABET, name="reber")


@cache
def embedded_reber() -> Language:
    """The embedded Reber grammar, Fig. 5: `BT w TE` or `BP w PE`, w a Reber word, T or P equally likely.

    The states of the two copies carry the outer symbol, as in `T:q2` and `P:q2`.

    Example:
        >>> embedded_reber().next_symbols("BPBTXSE")
        {'P': 1.0}
    """
    edges: dict[str, dict[str, str]] = {"start": {"B": "outer"}, "outer": {"T": "T:start", "P": "P:start"}}
    for symbol in "TP":
        for state, inner in {"start": {"B": "q0"}, **_INNER}.items():
            edges[f"{symbol}:{state}"] = {a: f"{symbol}:{target}" for a, target in inner.items()}
        edges[f"{symbol}:end"] = {symbol: "last"}
    edges["last"] = {"E": "end"}
    return Language.from_transitions(edges, start="start", final=["end"], alphabet=ALPHABET, name="embedded-reber")


@cache
def reber_as_printed() -> Language:
    """The regular expression printed in Section III: a strict part of the automaton's language.

    It allows the passage from q5 back to q2 once, and then only to q3; the automaton allows it without end.

    Example:
        >>> reber().shortest_difference(reber_as_printed())
        'BPVPXVVE'
    """
    return Language.from_regex(PRINTED_EXPRESSION, name="reber-as-printed")


def copies_merged(language: Language) -> list[frozenset[str]]:
    """The partition of the embedded grammar's states that forgets the outer symbol.

    Args:
        language: a language whose states in the copies are named `T:...` and `P:...`.

    Returns:
        Blocks of state names: {T:s, P:s} for every inner state s, and every other state alone.
    """
    blocks: dict[str, set[str]] = {}
    for state in language.states:
        blocks.setdefault(state.split(":")[-1] if ":" in state else f"only {state}", set()).add(state)
    return [frozenset(block) for block in blocks.values()]
