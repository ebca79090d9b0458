"""Small random automata in exact fractions, expressions that parse, and the slow ways that a language must agree with."""

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
class Automaton:
    """For each state {letter: (next state, probability)} and the probability of ending; nothing here reads a `Language`."""

    edges: list[dict[str, tuple[int, Fraction]]]
    ends: list[Fraction]
    alphabet: str

    @cached_property
    def language(self):
        edges = {
            f"s{q}": {a: (f"s{r}", float(p)) for a, (r, p) in row.items()}
            for q, row in enumerate(self.edges)
        }
        ends = {f"s{q}": float(p) for q, p in enumerate(self.ends) if p}
        return Language.from_transitions(
            edges, start="s0", final=ends, alphabet=self.alphabet, name="random"
        )

    @cached_property
    def dfa(self):
        return DFA(
            states=set(range(len(self.edges))), input_symbols=set(self.alphabet), initial_state=0, allow_partial=True,
            transitions={q: {a: r for a, (r, _) in row.items()} for q, row in enumerate(self.edges)},
            final_states={q for q, p in enumerate(self.ends) if p},
        )  # fmt: skip

    @cached_property
    def predictions(self):
        """What may come next in each state: the end too, if some state of the automaton can both end and go on."""
        marked = any(p and row for row, p in zip(self.edges, self.ends, strict=True))
        return [
            {a: p for a, (_, p) in row.items()} | ({"$": end} if end and marked else {})
            for row, end in zip(self.edges, self.ends, strict=True)
        ]

    @cached_property
    def entered(self):
        """The states in which at least one symbol has been read."""
        return {r for row in self.edges for r, _ in row.values()}

    @cached_property
    def visits(self):
        return [
            self.to_come([q == p for p in range(len(self.edges))])
            for q in range(len(self.edges))
        ]

    def words(self, longest):
        """All words of the language, shortest first, by automata-lib."""
        return [
            word
            for word in words_up_to(longest, self.alphabet)
            if self.dfa.accepts_input(word)
        ]

    def states_of(self, word):
        """The states on the way through a word, the start included; None where it leads nowhere."""
        states = [0]
        for letter in word:
            if letter not in self.edges[states[-1]]:
                return None
            states.append(self.edges[states[-1]][letter][0])
        return states

    def probability(self, word):
        states = self.states_of(word)
        whole = self.ends[states[-1]] if states else Fraction(0)
        for state, letter in zip(states or [], word, strict=False):
            whole *= self.edges[state][letter][1]
        return whole

    def to_come(self, gains):
        """What a word gathers on its way if each visit to a state brings its gain: x = gains + P x, exactly."""
        rows = []
        for q, row in enumerate(self.edges):
            equation = [Fraction(q == r) for r in range(len(self.edges))]
            for r, p in row.values():
                equation[r] -= p
            rows.append([*equation, Fraction(gains[q])])
        return eliminated(rows)[0][-1]


def eliminated(rows):
    """The rows of a matrix of fractions by Gauss and Jordan, those of zeros left out: so many are its rank."""
    left, done = [list(row) for row in rows], []
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in left if row[column]), None)
        if pivot is not None:
            left.remove(pivot)
            pivot = [value / pivot[column] for value in pivot]
            left, done = (
                [
                    [x - row[column] * y for x, y in zip(row, pivot, strict=True)]
                    for row in part
                ]
                for part in (left, done)
            )
            done.append(pivot)
    return done


@st.composite
def automata(draw, most_states=5, alphabet="ab", loops=True):
    """Automata of up to so many states, each of which leads to the next, the last one final: so there is nothing to trim."""
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
    return Automaton(edges, ends, alphabet)


def partitions(automaton):
    """Partitions of the states, as the number of the block of each."""
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
)
"""Over the alphabet `ab*`, with all that the grammar of expressions has; not so deep
that Python takes for ever to match them."""
