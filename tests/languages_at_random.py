"""Small random automata in exact fractions, slow ways to measure them, expressions."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product

from automata.fa.dfa import DFA
from hypothesis import strategies as st

from firstbit.languages import Language

WEIGHTS = ([1], [1, 2, 3], [1000, 1001, 2000])
"""Of the choices of a state: all equal, plainly different, or so near that only a
careless comparison calls them equal."""


def words_up_to(longest, alphabet="01"):
    return [
        "".join(word)
        for length in range(longest + 1)
        for word in product(sorted(alphabet), repeat=length)
    ]


@dataclass(frozen=True)
class ExactAutomaton:
    """An automaton in exact fractions; its measures never read a `Language`.

    Attributes:
        edges: for each state, {letter: (next state, probability)}.
        ends: for each state, the probability of ending.
        alphabet: the letters.
    """

    edges: list[dict[str, tuple[int, Fraction]]]
    ends: list[Fraction]
    alphabet: str

    @cached_property
    def language(self):
        edges = {}
        for q, row in enumerate(self.edges):
            edges[f"s{q}"] = {a: (f"s{r}", float(p)) for a, (r, p) in row.items()}
        ends = {f"s{q}": float(p) for q, p in enumerate(self.ends) if p}
        return Language.from_transitions(
            edges, start="s0", final=ends, alphabet=self.alphabet, name="random"
        )

    @cached_property
    def dfa(self):
        transitions = {}
        for q, row in enumerate(self.edges):
            transitions[q] = {a: r for a, (r, _) in row.items()}
        return DFA(
            states=set(transitions),
            input_symbols=set(self.alphabet),
            transitions=transitions,
            initial_state=0,
            final_states={q for q, p in enumerate(self.ends) if p},
            allow_partial=True,
        )

    @cached_property
    def predictions(self):
        """Probability of each output in each state.

        The end is an output if some state of the automaton can both end and go on.
        """
        marked = any(p and row for row, p in zip(self.edges, self.ends, strict=True))
        predictions = []
        for row, end in zip(self.edges, self.ends, strict=True):
            outputs = {a: p for a, (_, p) in row.items()}
            if end and marked:
                outputs["$"] = end
            predictions.append(outputs)
        return predictions

    @cached_property
    def entered(self):
        """The states in which at least one symbol has been read."""
        return {r for row in self.edges for r, _ in row.values()}

    @cached_property
    def visits(self):
        """Expected visits to each state in a word."""
        states = range(len(self.edges))
        return [self.to_come([q == p for p in states]) for q in states]

    def words(self, longest):
        """All words of the language, shortest first, by automata-lib."""
        candidates = words_up_to(longest, self.alphabet)
        return [word for word in candidates if self.dfa.accepts_input(word)]

    def states_of(self, word):
        """The states through which a word leads; None if it is illegal."""
        states = [0]
        for letter in word:
            if letter not in self.edges[states[-1]]:
                return None
            states.append(self.edges[states[-1]][letter][0])
        return states

    def probability(self, word):
        states = self.states_of(word)
        if states is None:
            return Fraction(0)
        whole = self.ends[states[-1]]
        for state, letter in zip(states, word, strict=False):
            whole *= self.edges[state][letter][1]
        return whole

    def to_come(self, gains):
        """Expected sum of gains over the visits of a word: x = gains + P x, exactly."""
        rows = []
        for q, row in enumerate(self.edges):
            equation = [Fraction(q == r) for r in range(len(self.edges))]
            for r, p in row.values():
                equation[r] -= p
            rows.append([*equation, Fraction(gains[q])])
        return eliminated(rows)[0][-1]


def eliminated(rows):
    """Nonzero rows of a matrix after Gauss and Jordan, as many as its rank."""
    left, done = [list(row) for row in rows], []
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        pivot = [value / pivot[column] for value in pivot]
        left = [_without(row, pivot, column) for row in left]
        done = [*(_without(row, pivot, column) for row in done), pivot]
    return done


def _without(row, pivot, column):
    """The row less that multiple of the pivot that makes its entry in a column zero."""
    return [x - row[column] * y for x, y in zip(row, pivot, strict=True)]


@st.composite
def automata(draw, most_states=5, alphabet="ab", loops=True):
    """Draw automata whose states lead to the next one, the last one final.

    So there is nothing to trim.
    """
    size = draw(st.integers(1, most_states))
    edges, ends = [], []
    alphabet = "".join(draw(st.permutations(alphabet)))
    weight = st.sampled_from(draw(st.sampled_from(WEIGHTS)))
    for q in range(size):
        lowest = 0 if loops else q + 1
        targets = {a: draw(st.integers(lowest - 1, size - 1)) for a in alphabet}
        row = {a: r for a, r in targets.items() if r >= lowest}
        if q < size - 1:
            row[draw(st.sampled_from(alphabet))] = q + 1
        weights = {a: draw(weight) for a in row}
        end = draw(weight) if q == size - 1 or draw(st.booleans()) else 0
        total = sum(weights.values()) + end
        edges.append({a: (r, Fraction(weights[a], total)) for a, r in row.items()})
        ends.append(Fraction(end, total))
    return ExactAutomaton(edges, ends, alphabet)


def partitions(automaton):
    """Draw partitions of the states, as the number of the block of each."""
    size = len(automaton.edges)
    return st.lists(st.integers(0, size - 1), min_size=size, max_size=size)


LETTERS = st.sampled_from(
    ["a", "b", r"\*", ".", "[ab]", "[^a]", "[a-b]", r"[^\*b]", "()"]
)


def _in_series(*atoms):
    series = st.lists(st.one_of(atoms), min_size=1, max_size=3).map("".join)
    return st.lists(series, min_size=1, max_size=2).map("|".join)


def _repeated(atoms, *repetitions):
    return st.tuples(atoms, st.sampled_from(repetitions)).map("".join)


_INNER = _in_series(
    LETTERS,
    _repeated(LETTERS, "*", "+", "?", "{2}", "{2,}", "{0,2}", "{1,3}", "{2,5}", "{0,}"),
)
_GROUPS = _repeated(
    _INNER.map("({})".format), "", "*", "+", "?", "{2}", "{2,}", "{1,2}"
)
EXPRESSIONS = _in_series(
    _INNER,
    _GROUPS,
    _repeated(_in_series(LETTERS, _GROUPS).map("({})".format), "", "?", "*", "{1,2}"),
).map(lambda text: text if "|" in text or "+" not in text else f"{text}|{text}")
"""Over the alphabet `ab*`, with all that the grammar of expressions has, but not so
deep that Python's matching takes for ever. One with a + has a | too: so it is no
textbook's union."""
