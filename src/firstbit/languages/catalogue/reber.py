"""Reber's grammar: plain, embedded once or several times, in a stream, and as printed.

References:
    Stérin, Farrugia, Gripon 2017, Section III, Figs. 2 and 5; Hochreiter and
    Schmidhuber 1997, Section 5.1.
"""

from functools import cache

from firstbit.errors import SettingError, require_at_least
from firstbit.languages.language import Language

ALPHABET = tuple("BTSXVPE")
"""One-hot order of the published code."""

PRINTED_EXPRESSION = "BPT*V(PSE|VE)|BTS*X(SE|XT*V(PSE|VE))"
"""Section III of the paper, with `|` for its `+`."""

DEEPEST = 10
"""Embeddings in each other, at most: about 20,000 states."""

Edges = dict[str, dict[str, str]]

_REBER: Edges = {
    "start": {"B": "q0"},
    "q0": {"T": "q1", "P": "q4"},
    "q1": {"S": "q1", "X": "q2"},
    "q2": {"S": "q3", "X": "q4"},
    "q4": {"T": "q4", "V": "q5"},
    "q5": {"P": "q2", "V": "q3"},
    "q3": {"E": "end"},
}


@cache
def reber() -> Language:
    """Return Reber's grammar, Fig. 2: B, a path from q0 to q3, E.

    The two edges of a state are equally likely.

    Example:
        >>> reber().accepts("BTSSXXTTTVPSE"), reber().accepts("BTSSE")
        (True, False)
        >>> reber().state_after("BPTV")
        'q5'
    """
    return _language(_REBER, "reber")


@cache
def embedded_reber() -> Language:
    """Return the embedded Reber grammar, Fig. 5.

    A word is `BT w TE` or `BP w PE`, equally likely, where w is a Reber word. The
    states of the two copies carry the outer symbol, as in `T:q2` and `P:q2`.

    Example:
        >>> embedded_reber().next_symbols("BPBTXSE")
        {'P': 1.0}
    """
    return _language(_embedded(_REBER), "embedded-reber")


@cache
def nested_reber(depth: int = 2) -> Language:
    """Return Reber's grammar embedded `depth` times.

    A word is `BT w TE` or `BP w PE`, where w is a word embedded once less. Depth 0 is
    Reber's grammar, depth 1 the embedded one. Each level doubles the states and adds
    one outer symbol to remember.

    Example:
        >>> nested_reber(1) == embedded_reber(), len(nested_reber(2).states)
        (True, 44)
    """
    require_at_least("depth", depth, 0)
    if depth > DEEPEST:
        raise SettingError(
            f"expected a depth of at most {DEEPEST}, got {depth}: each level "
            "doubles the states."
        )
    edges = _REBER
    for _ in range(depth):
        edges = _embedded(edges)
    return _language(edges, f"nested-reber:{depth}")


@cache
def continual_embedded_reber(mean_words: int = 10) -> Language:
    """Return a stream of embedded Reber words, one right after the other.

    It ends after each of them with probability 1 / `mean_words`.

    Example:
        >>> continual_embedded_reber().next_symbols("BTBPVVETE")
        {'B': 0.9, '$': 0.1}
    """
    require_at_least("mean_words", mean_words, 2)
    again = ("outer", 1 - 1 / mean_words)
    stream = {**_embedded(_REBER), "end": {"B": again}}
    return Language.from_transitions(
        stream,
        start="start",
        final={"end": 1 / mean_words},
        alphabet=ALPHABET,
        name=f"continual-embedded-reber:{mean_words}",
    )


@cache
def reber_as_printed() -> Language:
    """Return the language of the expression printed in Section III.

    It is a strict part of the automaton's language.
    It allows the passage from q5 back to q2 once, and then only to q3; the automaton
    allows it without end.

    Example:
        >>> reber().shortest_difference(reber_as_printed())
        'BPVPXVVE'
    """
    return Language.from_regex(PRINTED_EXPRESSION, name="reber-as-printed")


def _embedded(inner: Edges) -> Edges:
    """Return the edges of two copies of a grammar, between BT and TE, and BP and PE."""
    edges: Edges = {"start": {"B": "outer"}, "outer": {"T": "T:start", "P": "P:start"}}
    for symbol in "TP":
        for state, leaving in inner.items():
            edges[f"{symbol}:{state}"] = {
                a: f"{symbol}:{target}" for a, target in leaving.items()
            }
        edges[f"{symbol}:end"] = {symbol: "last"}
    edges["last"] = {"E": "end"}
    return edges


def _language(edges: Edges, name: str) -> Language:
    return Language.from_transitions(
        edges, start="start", final=["end"], alphabet=ALPHABET, name=name
    )
