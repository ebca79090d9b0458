"""Languages against plain definitions, Python's expressions, automata-lib, and TOML."""

import json
import math
import pickle
import re
from collections import Counter
from itertools import product

import numpy as np
import pytest
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA
from hypothesis import given, settings
from hypothesis import strategies as st

from covering import examples
from firstbit.errors import FirstbitError, LanguageError, SettingError, WordError
from firstbit.languages import (
    CATALOGUE,
    Automaton,
    Language,
    complement,
    continual_embedded_reber,
    copy_memory,
    count_mod,
    dyck,
    embedded_reber,
    entropy,
    enumerate_words,
    first_bit,
    flip_flop,
    language_by_name,
    marked_sum,
    mean_length,
    minimal,
    nested_reber,
    parse_toml,
    read_toml,
    reber,
    to_dfa,
    to_toml,
    tomita,
    union,
    window_floors,
    without_factors,
    write_toml,
)
from languages_at_random import EXPRESSIONS, automata, words_up_to


def no_odd_ones_before_odd_zeros(word):
    """The runs of a word, read one after the other; any number may lie between two."""
    odd_ones = False
    for run in re.findall("1+|0+", word):
        is_odd = len(run) % 2 == 1
        if run[0] == "1":
            odd_ones = odd_ones or is_odd
        elif is_odd and odd_ones:
            return False
    return True


TOMITA = {
    1: (lambda w: "0" not in w, 2),
    2: (lambda w: w == "10" * (len(w) // 2), 3),
    3: (no_odd_ones_before_odd_zeros, 5),
    4: (lambda w: "000" not in w, 4),
    5: (lambda w: w.count("0") % 2 == 0 and w.count("1") % 2 == 0, 4),
    6: (lambda w: (w.count("0") - w.count("1")) % 3 == 0, 3),
    7: (lambda w: re.fullmatch("0*1*0*1*", w) is not None, 5),
}


@pytest.mark.slow
@pytest.mark.parametrize("number", TOMITA)
def test_tomita_languages_are_their_definitions(number):
    defined, complete_size = TOMITA[number]
    language = tomita(number)
    assert all(language.accepts(word) == defined(word) for word in words_up_to(12))
    assert len(to_dfa(language).to_complete().minify().states) == complete_size


def balanced(word, depth):
    stack = []
    for letter in word:
        if letter in "([":
            stack.append(letter)
        elif not stack or stack.pop() + letter not in ("()", "[]"):
            return False
        if len(stack) > depth:
            return False
    return not stack


@pytest.mark.slow
def test_memory_tasks_are_their_definitions():
    constant, random, count = first_bit(3), first_bit(3, "random"), count_mod(3)
    for word in words_up_to(5, "01?"):
        assert constant.accepts(word) == bool(re.fullmatch(r"([01])00\?\1", word))
        assert random.accepts(word) == bool(re.fullmatch(r"([01])[01]{2}\?\1", word))
        assert count.accepts(word) == ("?" not in word and word.count("1") % 3 == 0)
    deep, shallow = dyck(2, 2), dyck(2, 1)
    for word in words_up_to(6, "()[]"):
        assert deep.accepts(word) == balanced(word, 2)
        assert shallow.accepts(word) == balanced(word, 1)
    assert set(enumerate_words(copy_memory(2, 1))) == {
        f"{a}{b}-?{a}{b}" for a in "ab" for b in "ab"
    }
    halves = [
        "".join(half)
        for half in product("01ab", repeat=2)
        if sum(letter in "ab" for letter in half) == 1
    ]
    sums = {
        f"{one}{other}?{(one + other).count('b')}" for one in halves for other in halves
    }
    assert set(enumerate_words(marked_sum(4))) == sums
    latch = flip_flop()
    for word in words_up_to(6, "01wir"):
        assert latch.accepts(word) == flips_and_flops(word)
    repeat, triple = (language_by_name(f"no-{what}") for what in ("repeat", "triple"))
    for word in words_up_to(6, "abc"):
        assert repeat.accepts(word) == (re.search(r"(.)\1", word) is None)
        assert triple.accepts(word) == (
            "c" not in word and re.search(r"(.)\1\1", word) is None
        )


def flips_and_flops(word):
    last = None
    for instruction, bit in zip(word[::2], [*word[1::2], ""], strict=False):
        if (
            bit not in ("0", "1")
            or instruction not in ("w", "i", "r")
            or (instruction != "w" and last is None)
        ):
            return False
        last = bit if instruction == "w" else last
        if instruction == "r" and bit != last:
            return False
    return word[-2:-1] == "r"


def test_marks_stand_anywhere_with_equal_probability():
    shares = [
        marked_sum(6).probability_of(word) for word in enumerate_words(marked_sum(6))
    ]
    assert shares == pytest.approx([shares[0]] * len(shares))
    assert sum(shares) == pytest.approx(1)


def test_nested_and_continual_grammars():
    assert nested_reber(0) == reber()
    assert nested_reber(1) == embedded_reber()
    assert nested_reber(2).accepts("BTBPBPVVEPETE")
    assert not nested_reber(2).accepts("BTBPBPVVETEPE")
    stream = continual_embedded_reber(4)
    assert stream.accepts("BTBPVVETEBPBTXSEPE")
    assert stream.probability_of("BTBPVVETE") == pytest.approx(
        embedded_reber().probability_of("BTBPVVETE") / 4
    )


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_entry_has_a_source_a_line_and_a_way_back_from_toml(name):
    entry, language = CATALOGUE[name], language_by_name(name)
    assert entry.about
    assert entry.source
    again = parse_toml(to_toml(language))
    assert again == language
    assert hash(again) == hash(language)
    assert (again.name, again.states, again.alphabet) == (
        language.name,
        language.states,
        language.alphabet,
    )


@pytest.mark.parametrize(
    ("ask", "match"),
    [
        (lambda: language_by_name("dyck:9,2"), "at most 4 kinds"),
        (lambda: dyck(4, 9), "try less"),
        (lambda: dyck(1, 99999), "at most 1000"),
        (
            lambda: language_by_name("dyck:1,2,3"),
            "expected dyck:KINDS,DEPTH, whole numbers",
        ),
        (lambda: language_by_name("parity:2"), "expected parity, whole numbers"),
        (lambda: language_by_name("count-mod:999999999"), "at most 100,000"),
        (lambda: first_bit(999999999), "at most 100,000 states"),
        (lambda: copy_memory(99, 0), "try a shorter one"),
        (lambda: marked_sum(5), "even length, got 5; try 6"),
        (lambda: tomita(8), "from 1 to 7, got 8"),
        (lambda: continual_embedded_reber(1), "`mean_words` must be at least 2"),
    ],
)
def test_families_refuse_what_is_out_of_range(ask, match):
    with pytest.raises(SettingError, match=match):
        ask()


@pytest.mark.usefixtures("types_unchecked")
def test_arguments_of_a_wrong_type_are_refused():
    with pytest.raises(SettingError, match="constant, random; got 'other'"):
        first_bit(3, "other")  # pyright: ignore[reportArgumentType]
    edges = {"s": {"a": ("s", "x")}}
    with pytest.raises(
        LanguageError, match="a number as probability, got the text 'x'"
    ):
        Language.from_transitions(edges, start="s", final={"s": 1.0})  # pyright: ignore[reportArgumentType]


# ---- construction, equality, algebra


@pytest.mark.slow
@given(automata(), st.text(alphabet="ab", max_size=6))
def test_next_symbols_are_those_of_the_automaton(automaton, prefix):
    language, states = automaton.language, automaton.states_of(prefix)
    if states is None:
        with pytest.raises(
            WordError, match=r"position \d: letter '[ab]' is not legal in state s\d"
        ):
            language.next_symbols(prefix)
        return
    assert language.state_after(prefix) == f"s{states[-1]}"
    expected = {
        symbol: float(p) for symbol, p in automaton.predictions[states[-1]].items()
    }
    assert language.next_symbols(prefix) == (expected or {"$": 1.0})
    assert language.final_states == tuple(
        f"s{q}" for q, end in enumerate(automaton.ends) if end
    )
    edges = [
        (f"s{q}", a, f"s{row[a][0]}", float(row[a][1]))
        for q, row in enumerate(automaton.edges)
        for a in automaton.alphabet
        if a in row
    ]
    assert language.edges() == edges


def test_probabilities_are_given_to_all_choices_or_none():
    coin = Language.from_transitions(
        {"s": {"a": ("s", 0.25)}}, start="s", final={"s": 0.75}
    )
    assert coin.next_symbols("a") == {"a": 0.25, "$": 0.75}
    assert coin.probability_of("aa") == pytest.approx(0.75 / 16)
    assert coin.probability_of("b") == 0
    for edges, final, match in [
        (
            {"s": {"a": ("s", 0.5)}},
            ["s"],
            "'s' gives a probability to some of its choices only",
        ),
        ({"s": {"a": ("s", 0.5)}}, {"s": 0.4}, "'s' sum to 0.9, expected 1"),
        (
            {"s": {"a": ("s", 1.5)}},
            {"s": -0.5},
            "'s': expected probabilities above 0 and at most 1",
        ),
        (
            {"s": {"a": ("s", float("nan"))}},
            {"s": 0.5},
            "expected probabilities above 0",
        ),
        ({"s": {"a": ("s", 0.0)}}, {"s": 1.0}, "leave impossible edges out"),
        (
            {"s": {"a": ("s", 0.5), "b": ("t", 0.2)}, "t": {"a": "t"}},
            {"s": 0.3},
            "'b' a probability, .* once it is in state 't'",
        ),
        (
            {"s": {"a": "s"}},
            {"s": 0.0},
            "at least one word; no word can end, as no end can be reached from "
            "the start 's'",
        ),
        (
            {"s": {"a": "s"}, "t": {"a": "s"}},
            ["s"],
            "'t' is never reached from the start 's'",
        ),
        ({"s": {"a b": "s"}}, ["s"], "one character"),
        ({"s": {"$": "s"}}, ["s"], "one character"),
    ]:
        with pytest.raises(LanguageError, match=match):
            Language.from_transitions(edges, start="s", final=final)
    with pytest.raises(LanguageError, match="each symbol once"):
        Language.from_transitions(
            {"s": {"a": "s"}}, start="s", final=["s"], alphabet="aa"
        )


def test_states_without_a_way_to_an_end_are_left_out():
    edges = {
        "s": {"a": "s", "b": "sink"},
        "sink": {"a": "sink", "b": "deeper"},
        "deeper": {},
        "never": {"a": "sink"},
    }
    language = Language.from_transitions(edges, start="s", final=["s"])
    assert (language.states, language.alphabet) == (("s",), ("a", "b"))
    assert language.next_symbols("a") == {"a": 0.5, "$": 0.5}


@pytest.mark.slow
@given(automata(most_states=4))
def test_what_no_word_visits_changes_nothing(automaton):
    moves = {
        f"{q}": {a: f"{r}" for a, (r, _) in row.items()}
        for q, row in enumerate(automaton.edges)
    }
    final = {f"{q}" for q, end in enumerate(automaton.ends) if end}
    plain = Language.from_transitions(
        moves, start="0", final=final, alphabet=automaton.alphabet
    )
    for word in words_up_to(4, "ab"):
        choices = [
            len(automaton.edges[q]) + (automaton.ends[q] > 0)
            for q in automaton.states_of(word) or []
        ]
        expected = (
            math.prod(1 / each for each in choices)
            if automaton.dfa.accepts_input(word)
            else 0
        )
        assert plain.probability_of(word) == pytest.approx(expected, rel=1e-12)
    complete = {
        state: dict.fromkeys("ab", "sink") | row
        for state, row in {**moves, "sink": {}}.items()
    }
    assert Language.from_transitions(complete, start="0", final=final) == plain
    far = {**complete, "never": {"a": "0", "b": "sink"}}
    dfa = DFA(
        states=set(far),
        input_symbols={"a", "b"},
        transitions=far,
        initial_state="0",
        final_states={*final, "never"},
    )
    assert Language.from_dfa(dfa, trim=True) == plain
    assert len(Language.from_dfa(dfa, trim=True).states) == len(moves)
    trimmed = Language.from_transitions(far, start="0", final=final, trim=True)
    assert trimmed == plain
    for refused in (
        lambda: Language.from_dfa(dfa),
        lambda: Language.from_transitions(far, start="0", final=final),
    ):
        with pytest.raises(LanguageError, match="'never' is never reached"):
            refused()


def least_states(automaton):
    """Number of different futures: classes of states, split until nothing changes."""
    kind = [0] * len(automaton.edges)
    while True:
        futures = [
            (end, frozenset((a, p, kind[r]) for a, (r, p) in row.items()))
            for row, end in zip(automaton.edges, automaton.ends, strict=True)
        ]
        finer = [futures.index(future) for future in futures]
        if finer == kind:
            return len(set(kind))
        kind = finer


def with_parity(automaton):
    """The same words and probabilities; the states also know the length's parity."""
    queue, edges = [(0, 0)], {}
    for q, odd in queue:
        following = {a: (r, 1 - odd) for a, (r, _) in automaton.edges[q].items()}
        edges[f"{q} {odd}"] = {
            a: (f"{r} {parity}", float(automaton.edges[q][a][1]))
            for a, (r, parity) in following.items()
        }
        queue += [
            state for state in dict.fromkeys(following.values()) if state not in queue
        ]
    return edges, {
        f"{q} {odd}": float(automaton.ends[q]) for q, odd in queue if automaton.ends[q]
    }


@pytest.mark.slow
def test_equality_is_that_of_the_words_and_their_probabilities():
    seen = Counter()

    @given(automata(most_states=4), st.integers(0, 7))
    def holds(automaton, at):
        edges, final = with_parity(automaton)
        vain = Language.from_transitions(edges, start="0 0", final=final, alphabet="ab")
        least = minimal(vain)
        assert automaton.language == vain == least
        assert len({automaton.language, vain, least}) == 1
        assert len(least.states) == least_states(automaton)
        for word in words_up_to(4, "ab"):
            assert least.probability_of(word) == pytest.approx(
                float(automaton.probability(word)), rel=1e-9
            )
        seen["doubled"] += len(edges) > len(automaton.edges)
        row = list(edges.values())[at % len(edges)]
        if len(row) == 2 and row["a"][1] != row["b"][1]:  # swap the two probabilities
            row["a"], row["b"] = (row["a"][0], row["b"][1]), (row["b"][0], row["a"][1])
            changed = Language.from_transitions(
                edges, start="0 0", final=final, alphabet="ab"
            )
            assert changed != vain
            assert changed.shortest_difference(vain) is None
            seen["changed"] += 1

    holds()
    assert seen["doubled"] > 30
    assert seen["changed"] > 10


def test_equal_languages_give_all_words_equal_probabilities():
    twice = {"s": {"a": "t", "b": "u"}, "t": {"a": "end"}, "u": {"a": "end"}}
    one = Language.from_transitions(twice, start="s", final=["end"], name="one")
    assert one == Language.from_regex("(a|b)a", alphabet="ba")
    assert len({one, Language.from_regex("(a|b)a"), minimal(one)}) == 1
    assert len(minimal(one).states) == 3
    other = Language.from_transitions(
        {**twice, "s": {"a": ("t", 0.4), "b": ("u", 0.6)}}, start="s", final=["end"]
    )
    assert one != other
    assert one.shortest_difference(other) is None
    assert one != "one"
    thirds = Language.from_transitions(
        {"s": dict.fromkeys("ab", ("s", 1 / 3))}, start="s", final={"s": 1 - 2 / 3}
    )
    assert thirds == minimal(thirds) == Language.from_regex("[ab]*")


def test_languages_are_immutable_and_travel_between_processes():
    language = embedded_reber()
    with pytest.raises(AttributeError, match="cannot assign"):
        language.name = "other"  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(ValueError, match="read-only"):
        language.probability[0, 0] = 0.5
    assert pickle.loads(pickle.dumps(language)) == language


def test_an_automaton_is_enough_for_what_needs_its_tables():
    task = embedded_reber()
    plain = Automaton(
        task.name,
        task.alphabet,
        task.states,
        task.transition,
        task.probability,
        task.stop,
    )
    assert repr(plain).startswith("<Automaton 'embedded-reber': 20 states")
    assert mean_length(plain) == mean_length(task) == task.mean_length
    assert entropy(plain) == entropy(task)
    assert window_floors(plain, 3) == window_floors(task, 3)
    assert plain.surprisal("BTBPVVETE") == task.surprisal("BTBPVVETE")
    # Its results are plain too; languages alone are compared by their words.
    for result in (minimal(plain), union(plain, task), complement(plain)):
        assert type(result) is Automaton
    assert type(union(task, plain)) is type(minimal(task)) is Language
    copied = pickle.loads(pickle.dumps(plain))
    assert type(copied) is Automaton
    assert copied != plain
    assert copied.edges() == plain.edges()


@pytest.mark.slow
def test_set_algebra_is_that_of_the_words():
    seen = Counter()

    @given(automata(most_states=4), automata(most_states=4, alphabet="abc"))
    @settings(max_examples=60)
    def holds(first, second):
        one, other = first.language, second.language
        known = {
            word: (bool(first.probability(word)), bool(second.probability(word)))
            for word in words_up_to(5, "abc")
        }
        for name, combine, alphabet, rule in [
            ("or", lambda: one | other, "abc", lambda p, q: p or q),
            ("and", lambda: one & other, "abc", lambda p, q: p and q),
            ("minus", lambda: other - one, "abc", lambda p, q: q and not p),
            ("not", lambda: ~one, "ab", lambda p, _: not p),
        ]:
            expected = [word for word in words_up_to(5, alphabet) if rule(*known[word])]
            try:
                accepts = combine().accepts
            except LanguageError:
                assert not expected
            else:
                assert [word for word in known if accepts(word)] == expected
                seen[name] += len(expected) > 1

    holds()
    assert min(seen[name] for name in ("or", "and", "minus", "not")) > 20


@pytest.mark.slow
@given(
    automata(most_states=3),
    automata(most_states=2) | automata(most_states=2, alphabet="bc"),
)
def test_the_shortest_difference_is_the_first_word_in_one_only(first, second):
    # Automata of 3 and 2 states, and a sink each, differ in some word of at most 5
    # letters.
    differences = (
        word
        for word in words_up_to(5, "abc")
        if bool(first.probability(word)) != bool(second.probability(word))
    )
    assert first.language.shortest_difference(second.language) == next(
        differences, None
    )


def test_an_empty_language_is_refused():
    one = Language.from_regex("a*b?a*")
    for empty in (
        lambda: one - one,
        lambda: one & Language.from_regex("c"),
        lambda: complement(Language.from_regex("a*")),
    ):
        with pytest.raises(
            LanguageError, match="at least one word, got the empty language"
        ):
            empty()


def test_automata_of_automata_lib_are_trimmed():
    dfa = DFA(
        states={0, 1, 2, 3},
        input_symbols={"a", "b"},
        initial_state=0,
        final_states={1},
        transitions={
            0: {"a": 1, "b": 2},
            1: {"a": 2, "b": 2},
            2: {"a": 2, "b": 2},
            3: {"a": 1, "b": 1},
        },
    )
    assert Language.from_dfa(dfa, trim=True).edges() == [("s0", "a", "s1", 1.0)]
    with pytest.raises(LanguageError, match=r"state '3' is never reached .* trim=True"):
        Language.from_dfa(dfa)
    with pytest.raises(LanguageError, match="empty language 'none'"):
        Language.from_dfa(DFA.empty_language({"a"}), name="none")
    with pytest.raises(LanguageError, match="one character"):
        Language.from_dfa(
            DFA(
                states={0},
                input_symbols={"go"},
                transitions={0: {"go": 0}},
                initial_state=0,
                final_states={0},
            )
        )
    with pytest.raises(
        LanguageError, match="symbol 'a', which is not in the alphabet b"
    ):
        Language.from_dfa(dfa, alphabet="b", trim=True)
    assert without_factors(["aa"], alphabet="ab").alphabet == ("a", "b")


@pytest.mark.slow
def test_products_too_large_are_refused():
    with pytest.raises(
        LanguageError,
        match=r"at most 500,000 pairs of states, times letters; got 1,001 x 1,001 x "
        r"2 = 2,004,002; two of 500 states",
    ):
        _ = Language.from_regex("a{1000}") | Language.from_regex("b{1000}")


# ---- regular expressions


def means_the_same_to_python(expression):
    """Number of its words up to five letters, the same to Python; None if refused."""
    try:
        language = Language.from_regex(expression, alphabet="ab*")
    except LanguageError:
        return None
    compiled = re.compile(expression)
    words = [word for word in words_up_to(5, "ab*") if compiled.fullmatch(word)]
    assert [word for word in words_up_to(5, "ab*") if language.accepts(word)] == words
    return len(words)


@pytest.mark.slow
def test_expressions_mean_what_they_mean_to_python():
    found = []

    @given(EXPRESSIONS)
    @settings(max_examples=examples(150))
    def holds(expression):
        found.append(means_the_same_to_python(expression))

    holds()
    assert None not in found
    assert sum(words > 10 for words in found) > examples(40)


@pytest.mark.slow
def test_damaged_expressions_mean_what_they_mean_to_python_or_are_one_error():
    found = []

    @given(
        EXPRESSIONS,
        st.text(alphabet="ab()|*+?{}2,.[]^", max_size=2),
        st.integers(0, 30),
        st.integers(0, 1),
    )
    @settings(max_examples=examples(150))
    def holds(expression, damage, at, lost):
        at %= len(expression) + 1
        found.append(
            means_the_same_to_python(expression[:at] + damage + expression[at + lost :])
        )

    holds()
    assert sum(words is None for words in found) > examples(30)
    assert sum(words is not None and words > 2 for words in found) > examples(30)


@pytest.mark.parametrize(
    "expression", ["(ab|c)*", "a(b?c)+", "((a|b)(c|ab))*", "a+b+|(ca)*"]
)
def test_expressions_mean_what_they_mean_to_automata_lib(expression):
    theirs = DFA.from_nfa(NFA.from_regex(expression)).minify()
    assert Language.from_regex(expression) == Language.from_dfa(theirs)


@pytest.mark.slow
@given(st.text(max_size=20) | st.text(alphabet="ab()|*+?{}12,.[]^-$\\", max_size=10))
def test_any_text_is_an_expression_or_one_error(expression):
    try:
        Language.from_regex(expression)
    except FirstbitError:
        return


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("a{2}", ["aa"]),
        ("a{2,}", ["aa", "aaa", "aaaa", "aaaaa", "aaaaaa"]),
        ("a{2,5}", ["aa", "aaa", "aaaa", "aaaaa"]),
        ("a{0,1}", ["", "a"]),
        ("(ab){1,2}", ["ab", "abab"]),
        ("ab|ba?", ["b", "ab", "ba"]),
        ("[^b-d].", ["aa", "ab", "ac", "ad"]),
        ("()", [""]),
    ],
)
def test_small_expressions_have_these_words(expression, words):
    language = Language.from_regex(expression, alphabet="abcd")
    assert list(enumerate_words(language, longest=6)) == words


@pytest.mark.slow
@pytest.mark.parametrize(
    ("expression", "match"),
    [
        ("", "position 1: expected a letter, \\( or \\[, got its end"),
        ("a(b|c", "position 6: expected \\) or \\|, got its end"),
        ("a)", "position 2: expected a \\( before its \\), got '\\)'"),
        ("a|", "position 3: expected a letter"),
        ("a**", "position 3: expected one repetition only"),
        ("a{3,2}", "position 6: expected an upper number of at least 3"),
        ("a{x}", "position 3: expected a number below 1000000, got 'x'"),
        (
            "[b-a]",
            "position 4: expected a letter from b on, for a range that goes up, "
            "got .a.",
        ),
        ("^a$", "position 1: .* got '\\^' \\(the whole word matches anyway\\)"),
        (r"\d", "position 2: expected a special character"),
        ("(" * 101 + "a" + ")" * 101, "at most 100 parentheses inside each other"),
        ("a{1000}{2}", "one repetition only"),
        (
            "((a{100}){100}){100}",
            "more than 2000 letters with its repetitions written out",
        ),
        ("(a|b)*a(a|b){20}", "more than 20,000 states"),
        ("a + b", r"union is \|, try 'a\|b'"),
    ],
)
def test_expressions_that_are_refused(expression, match):
    with pytest.raises(LanguageError, match=match):
        Language.from_regex(expression)


def test_special_letters_and_the_alphabet():
    assert Language.from_regex(r"[01]\?\.").accepts("1?.")
    assert Language.from_regex("a.", alphabet="abc").alphabet == ("a", "b", "c")
    assert list(enumerate_words(Language.from_regex("[^a-c].", alphabet="abcd"))) == [
        "da",
        "db",
        "dc",
        "dd",
    ]
    with pytest.raises(LanguageError, match="letter 'c' is not in the alphabet a b"):
        Language.from_regex("c", alphabet="ab")
    with pytest.raises(LanguageError, match="at least one word"):
        Language.from_regex("[^ab]", alphabet="ab")


# ---- TOML


def test_toml_files_are_read_and_written(tmp_path):
    path = tmp_path / "coin.toml"
    path.write_text(
        'name = "coin"\nstart = "tossing"\nfinal = ["done"]\nalphabet = "10"\n'
        '[transitions.tossing]\n0 = {to = "tossing", probability = 0.9}\n1 = {to '
        '= "done", probability = 0.1}\n'
    )
    coin = read_toml(path)
    assert coin.next_symbols("0") == {"1": 0.1, "0": 0.9}
    write_toml(coin, tmp_path / "again.toml")
    assert read_toml(tmp_path / "again.toml") == coin
    odd = Language.from_transitions(
        {'q"\x7f\n': {'"': 'q"\x7f\n'}},
        start='q"\x7f\n',
        final=['q"\x7f\n'],
        name="\u00e9\\",
    )
    assert parse_toml(to_toml(odd)).states == odd.states


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("x", "expected TOML"),
        ("a = " + "9" * 5000, "expected TOML"),
        (
            'start = "s"\nfinal = ["s"]\nfinish = 1',
            "unknown key 'finish': expected one of name, start, .*; did you mean",
        ),
        ('start = "s"\nfinal = ["s"]', "expected a table"),
        ('final = ["s"]\n[transitions.s]\na = "s"', "start: expected a text"),
        (
            'start = "s"\n[transitions.s]\na = "s"',
            "final: expected states, .* got nothing",
        ),
        (
            'start = "s"\nfinal = ["s"]\n[transitions.s]\na = 1',
            "transitions.s.a: expected",
        ),
        (
            'start = "s"\nfinal = ["s"]\n[transitions.s]\na = {to = "s", '
            "probability = true}",
            "expected a probability, got True",
        ),
        (
            'start = "s"\nfinal = {s = 2}\n[transitions.s]\na = "s"',
            "expected a probability, got 2",
        ),
        (
            'start = "s"\nfinal = ["s"]\nalphabet = 1\n[transitions.s]\na = "s"',
            "alphabet: expected symbols",
        ),
        (
            'start = "s"\nfinal = ["s"]\ntransitions = {s = 1}',
            "transitions.s: expected a table, got 1",
        ),
        ('start = "s"\nfinal = ["s"]\n[transitions.s]\nab = "s"', "one character"),
    ],
)
def test_toml_that_is_refused(text, match):
    with pytest.raises(LanguageError, match=match):
        parse_toml(text)


VALUES = st.sampled_from(
    [
        '"s"', '"s0"', '"s1"', '""', '"ba"', '"\\u0000"',
        "1", "0.5", "nan", "inf", "true", "1979-05-27",
        "[]", "[[]]", '["s0"]', '["t", 1]', '["b", "a", "c"]',
        "{}", "{s0 = 1.0}", "{s1 = nan}", "{to = 1}", '{a = "s0", b = "t"}',
        '{to = "s1", probability = 0.5}', '{to = "t", probability = -1}',
    ]
)  # fmt: skip


@pytest.mark.slow
def test_documents_become_their_languages_or_one_error():
    seen = Counter()

    @given(
        automata(most_states=3),
        st.booleans(),
        st.none() | st.tuples(st.integers(0, 20), VALUES),
    )
    @settings(max_examples=examples(200))
    def holds(automaton, weighted, damage):
        ends = [f"s{q}" for q, end in enumerate(automaton.ends) if end]
        shares = ", ".join(
            f"{state} = {float(automaton.ends[int(state[1:])])}" for state in ends
        )
        lines = [
            'name = "random"',
            'start = "s0"',
            f'alphabet = "{automaton.alphabet}"',
        ]
        lines.append(
            f"final = {{{shares}}}" if weighted else f"final = {json.dumps(ends)}"
        )
        for q, row in enumerate(automaton.edges):
            lines.append(f"[transitions.s{q}]")
            for a, (r, p) in row.items():
                lines.append(
                    f'{a} = {{to = "s{r}", probability = {float(p)}}}'
                    if weighted
                    else f'{a} = "s{r}"'
                )
        if damage:
            keys = [i for i, line in enumerate(lines) if "[tr" not in line]
            broken = keys[damage[0] % len(keys)]
            lines[broken] = f"{lines[broken].partition(' = ')[0]} = {damage[1]}"
        try:
            language = parse_toml("\n".join(lines))
        except LanguageError:
            assert damage
            seen["refused"] += 1
            return
        again = parse_toml(to_toml(language))
        assert (again.name, again.states, again.alphabet) == (
            language.name,
            language.states,
            language.alphabet,
        )
        assert np.array_equal(again.transition, language.transition)
        assert np.array_equal(again.next_output, language.next_output)
        seen["damaged"] += damage is not None
        if not damage:
            expected = (
                automaton.language if weighted else Language.from_dfa(automaton.dfa)
            )
            assert language == expected
            assert (language.name, language.alphabet) == (
                "random",
                tuple(automaton.alphabet),
            )
            assert language.states == automaton.language.states
            seen["weighted" if weighted else "plain"] += 1

    holds()
    assert min(seen[kind] for kind in ("weighted", "plain", "refused")) > examples(20)
    assert seen["damaged"] > examples(3)


@pytest.mark.slow
@given(
    st.dictionaries(
        st.sampled_from(["name", "start", "final", "alphabet", "transitions", "x"]),
        VALUES,
    ),
    VALUES,
    VALUES,
)
def test_any_document_is_a_language_or_one_error(keys, one, other):
    text = "\n".join(f"{key} = {value}" for key, value in keys.items())
    for document in (text, f"{text}\n[transitions.s]\na = {one}\nb = {other}\n"):
        try:
            assert isinstance(parse_toml(document), Language)
        except LanguageError:
            continue


@pytest.mark.slow
@given(st.text(max_size=30), st.integers(0, 100))
def test_damaged_documents_become_languages_or_one_error(damage, at):
    whole = to_toml(Language.from_regex("(ab?)*"))
    try:
        parse_toml(whole[:at] + damage + whole[at:])
    except LanguageError:
        return
