"""The subset construction: sets of states are the states of a deterministic automaton.

References:
    Rabin and Scott 1959, Finite automata and their decision problems.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from firstbit.errors import LanguageError

if TYPE_CHECKING:
    import automata.fa.dfa

MOST_STATES = 20_000
"""States of the deterministic automaton, at most."""

MOST_EDGES = 500_000
"""Its edges, at most."""

MOST_WORK = 200_000_000
"""Steps of the construction, at most; they take some seconds."""

States = frozenset[int]


@runtime_checkable
class Nondeterministic(Protocol):
    """An automaton that may be in several states at once."""

    @property
    def start(self) -> States:
        """The states before the first symbol."""
        ...

    def after(self, states: States) -> Mapping[str, States]:
        """Return, for each symbol, the states that it leads to."""
        ...

    def work(self, states: States) -> int:
        """Return how many steps `after` takes."""
        ...

    def accepts(self, states: States) -> bool:
        """Return whether a word may end here."""
        ...


def minimal_dfa(
    automaton: Nondeterministic,
    symbols: Iterable[str],
    too_large: Callable[[str], LanguageError],
) -> "automata.fa.dfa.DFA":
    """Return the minimal partial DFA of an automaton.

    Args:
        automaton: that may be in several states at once.
        symbols: of the words.
        too_large: makes the error of what the deterministic one would have.

    Raises:
        LanguageError: it would be too large.
    """
    # Imported here: only what isn't deterministic pays for it.
    from automata.fa.dfa import DFA

    number = {automaton.start: 0}
    queue = [automaton.start]
    transitions: dict[int, dict[str, int]] = {}
    work = edges = 0
    for states in queue:
        work += automaton.work(states)
        _require_moderate(len(number), edges, work, too_large)
        leaving: dict[str, int] = {}
        for symbol, target in automaton.after(states).items():
            if target not in number:
                number[target] = len(number)
                queue.append(target)
            leaving[symbol] = number[target]
        edges += len(leaving)
        transitions[number[states]] = leaving
    return DFA(
        states=set(transitions),
        input_symbols=set(symbols),
        transitions=transitions,
        initial_state=0,
        final_states={number[states] for states in queue if automaton.accepts(states)},
        allow_partial=True,
    ).minify()


def _require_moderate(
    states: int, edges: int, work: int, too_large: Callable[[str], LanguageError]
) -> None:
    if states > MOST_STATES:
        limit = f"{MOST_STATES:,} states"
    elif edges > MOST_EDGES or work > MOST_WORK:
        limit = f"{MOST_EDGES:,} edges, or sets of too many places"
    else:
        return
    raise too_large(f"a deterministic automaton of more than {limit}")
