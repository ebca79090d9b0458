"""Small random languages, for property tests."""

from hypothesis import assume
from hypothesis import strategies as st

from firstbit.errors import LanguageError
from firstbit.languages import Language


@st.composite
def languages(draw, most_states=5, alphabet="ab", weighted=True):
    """A trimmed random automaton; with `weighted`, edge probabilities in eighths or so, else all choices equally likely."""
    from automata.fa.dfa import DFA

    size = draw(st.integers(1, most_states))
    targets = st.dictionaries(st.sampled_from(alphabet), st.integers(0, size - 1))
    transitions = {state: draw(targets) for state in range(size)}
    final = draw(st.sets(st.integers(0, size - 1), min_size=1))
    dfa = DFA(
        states=set(range(size)), input_symbols=set(alphabet), transitions=transitions, initial_state=0, final_states=final,
        allow_partial=True,
    )  # fmt: skip
    try:
        plain = Language.from_dfa(dfa)
    except LanguageError:
        assume(False)
    if not weighted:
        return plain
    edges, ends = {state: {} for state in plain.states}, {}
    weight = {(q, a): draw(st.integers(1, 4)) for q, a, _, _ in plain.edges()} | {
        q: draw(st.integers(2, 4)) for q in plain.final_states
    }
    for state in plain.states:
        leaving = [(a, r) for q, a, r, _ in plain.edges() if q == state]
        total = sum(weight[state, a] for a, _ in leaving) + weight.get(state, 0)
        edges[state] = {a: (r, weight[state, a] / total) for a, r in leaving}
        if state in weight:
            ends[state] = weight[state] / total
    return Language.from_transitions(edges, start="s0", final=ends, alphabet=alphabet)
