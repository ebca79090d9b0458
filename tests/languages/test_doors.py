"""What people hand over: names, sets, texts, foreign automata, rounded numbers."""

import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest
from automata.fa.nfa import NFA

from firstbit.errors import FirstbitError, LanguageError, SettingError, WordError
from firstbit.languages import (
    Automaton,
    Language,
    copies,
    encode,
    entropy,
    enumerate_words,
    full_floor,
    lags,
    length_distribution,
    loss_of_truth,
    mean_length,
    memory_demand,
    memory_order,
    named_floors,
    next_symbol_rank,
    of_lengths,
    one_hot,
    parse_toml,
    reber,
    sample,
    sample_floor,
    split,
    state_entropy,
    to_toml,
    window_floors,
    without_factors,
    word_counts,
)

LOOP = {"s": {"0": "s", "1": "end"}}


@pytest.mark.wrong_types
@pytest.mark.parametrize(
    "ask",
    [
        full_floor,
        memory_order,
        entropy,
        mean_length,
        next_symbol_rank,
        state_entropy,
        named_floors,
        copies,
        lambda language: window_floors(language, 2),
        lambda language: word_counts(language, 6),
        lambda language: sample(language, 3, seed=1),
        lambda language: list(enumerate_words(language, longest=6)),
        lambda language: float(memory_demand(language, 2)["full_floor"]),
        lambda language: float(length_distribution(language, 6)["longer"]),
        lambda language: loss_of_truth(language, ["BTXSE"]),
        lambda language: lags(language, ["BTXSE"]).tolist(),
    ],
)
def test_a_name_stands_for_its_language(ask):
    assert ask("reber") == ask(reber())
    with pytest.raises(LanguageError, match="did you mean 'reber'"):
        ask("rebr")
    with pytest.raises(LanguageError, match=r"expected a Language or a name .* got 5;"):
        ask(5)


@pytest.mark.slow
def test_sets_of_symbols_are_sorted():
    """The order of a set changes with the hash seed, from one process to the next."""
    code = (
        "from firstbit.languages import Language as L;"
        "s = {'d', 'b', 'a', 'c', 'e'};"
        "print(L.from_regex('a', alphabet=s).alphabet,"
        "L.from_transitions({'s': {'a': 't'}}, start='s', final=['t'],"
        " alphabet=frozenset(s)).alphabet)"
    )
    found = set()
    for seed in "12":
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        found.add(
            subprocess.run(
                [sys.executable, "-c", code],
                capture_output=True,
                text=True,
                check=True,
                env=environment,
            ).stdout
        )
    assert found == {"('a', 'b', 'c', 'd', 'e') ('a', 'b', 'c', 'd', 'e')\n"}
    assert one_hot(["b"], {"b", "a"})[0].tolist() == [[[0.0, 1.0]]]
    assert without_factors(["aa"], alphabet={"b", "a"}).alphabet == ("a", "b")


@pytest.mark.wrong_types
def test_the_columns_of_a_set_are_in_its_sorted_order():
    tables = reber()
    other = Automaton(
        "set",
        set(tables.alphabet),
        tables.states,
        tables.transition[:, np.argsort(tables.alphabet)],
        tables.probability[:, np.argsort(tables.alphabet)],
        tables.stop,
    )
    assert other.alphabet == tuple(sorted(tables.alphabet))
    assert other.accepts("BTXSE")


@pytest.mark.parametrize(
    ("ask", "match"),
    [
        (
            lambda: Language.from_transitions(LOOP, start="s", final="end"),
            r"expected a list of final states, got the text 'end'; try final=\['end'\]",
        ),
        (
            lambda: Language.from_transitions(
                {"0": {"a": "1"}, "1": {"a": "0"}}, start="0", final="10"
            ),
            "got the text '10'",
        ),
        (
            lambda: Language.from_transitions(LOOP, start="s", final=[1]),
            "final states by their names, as text; got 1",
        ),
        (
            lambda: Language.from_transitions(LOOP, start="s", final=None),
            "expected a list of final states, got None",
        ),
        (lambda: Language.from_transitions([], start="s", final=["s"]), "like {'s'"),
        (
            lambda: Language.from_transitions(LOOP, start=0, final=["s"]),
            "name of the start state, as text; got 0",
        ),
        (
            lambda: Language.from_transitions(
                LOOP, start="s", final=["end"], alphabet=2
            ),
            "expected an alphabet like 'ab', got 2",
        ),
        (lambda: Language.from_regex(5), "an expression as text, got 5"),
        (
            lambda: Language.from_dfa(NFA.from_regex("a*b")),
            r"expected a DFA of automata-lib, .* got automata.fa.nfa.NFA; try "
            r"Language.from_dfa\(DFA.from_nfa\(nfa\)\)",
        ),
        (
            lambda: Language.from_dfa(object()),
            "got builtins.object; its states and edges go into Language.from_transit",
        ),
        (lambda: encode("BT", "BTS"), r"a list of words, got the text 'BT'; try \['BT"),
        (lambda: reber().check("BTXSE"), "expected a list of words, got the text"),
        (lambda: loss_of_truth("reber", "BTXSE"), "expected a list of words, got"),
        (lambda: sample_floor("reber", 5, by="state"), "a list of words, got 5"),
        (lambda: lags("reber", "BTXSE"), "expected a list of words, got the text"),
        (lambda: reber().accepts(None), "expected a word as text, got None"),
        (lambda: reber().check(["BTXSE", 7]), "expected a word as text, got 7"),
        (lambda: sample("reber", 2.5, seed=0), "a whole number for `num_words`"),
        (lambda: sample("reber", 2, seed="0"), "a whole number for `seed`"),
        (lambda: split("reber", 2, 2, seed=None), "a whole number for `seed`"),
        (
            lambda: without_factors("aa", alphabet="ab"),
            "expected a list of factors, got the text 'aa'",
        ),
        (
            lambda: Automaton(
                "x", ("a",), ("s",), np.zeros((1, 2), int), np.ones((1, 1)), np.zeros(1)
            ),
            r"tables of 1 states and 1 symbols, got transition \(1, 2\)",
        ),
        (
            lambda: Automaton(
                "x", ("a",), ("s",), np.full((1, 1), 4), np.ones((1, 1)), np.zeros(1)
            ),
            "transitions to states 0 to 0, or -1; got 4",
        ),
    ],
)
@pytest.mark.wrong_types
def test_slips_are_refused_in_one_line(ask, match):
    with pytest.raises(FirstbitError, match=match) as refusal:
        ask()
    assert "\n" not in str(refusal.value)


def thirds(digits):
    printed = round(1 / 3, digits)
    edges = {"s": {"a": ("s", printed), "b": ("t", printed)}, "t": {"a": ("s", 1.0)}}
    return Language.from_transitions(edges, start="s", final={"s": printed})


@pytest.mark.parametrize("digits", [6, 7, 8, 12])
def test_probabilities_printed_with_some_digits_are_normalised(digits):
    language = thirds(digits)
    assert language.next_symbols("") == pytest.approx(dict.fromkeys("ab$", 1 / 3))
    totals = language.probability.sum(axis=1) + language.stop
    assert np.abs(totals - 1).max() <= 1e-12


def test_probabilities_with_too_few_digits_are_refused_with_their_sum():
    with pytest.raises(LanguageError, match=r"sum to 0.99999, expected 1 to six digi"):
        thirds(5)
    coin = Language.from_regex("0*1")
    rounded = coin.with_probabilities({"s0": {"0": 0.3333333, "1": 0.6666666}})
    assert rounded.next_symbols("")["0"] == pytest.approx(1 / 3, abs=1e-7)
    with pytest.raises(LanguageError, match=r"sum to 0\.9"):
        coin.with_probabilities({"s0": {"0": 0.3, "1": 0.6}})
    text = 'start = "s"\nfinal = {s = 0.5000001}\n[transitions.s]\na = {to = "s", '
    assert parse_toml(f"{text}probability = 0.5}}").next_symbols("")["a"] < 0.5
    assert coin.with_probabilities({"s0": {"0": 0.25, "1": 0.75}}).next_symbols("") == {
        "0": 0.25,
        "1": 0.75,
    }


def test_words_over_more_than_128_letters():
    letters = [chr(0x4E00 + i) for i in range(300)]
    language = Language.from_regex(f"[{letters[0]}-{letters[-1]}]{{2}}")
    words = sample(language, 50, seed=0)
    symbols, _ = encode(words, language.alphabet)
    assert ["".join(language.alphabet[s] for s in row) for row in symbols] == words
    assert max(symbols.ravel()) > 128
    assert full_floor(language) == pytest.approx(299 / 300)


@pytest.mark.parametrize(
    ("expression", "match"),
    [
        ("0+1", r"union is|for union write '0\|1'"),
        ("(0+1)*01", r"for union write '\(0\|1\)\*01'"),
        ("a+b+c", r"write 'a\|b\|c'"),
        ("ε|a", r"the empty word is \(\) here; \\ε is the letter"),
        ("aλ", r"the empty word is \(\)"),
        ("∅", "no expression here stands for no word"),
        ("a∪b", r"union is \| here"),
    ],
)
def test_signs_of_textbooks_are_refused_with_a_hint(expression, match):
    with pytest.raises(LanguageError, match=match):
        Language.from_regex(expression)


def test_what_is_no_textbook_sign_is_read_as_ever():
    assert Language.from_regex("(0+)1").accepts("001")
    assert Language.from_regex("0+1|1").accepts("001")
    assert Language.from_regex("01+").accepts("011")
    assert Language.from_regex(r"\ε|a").accepts("ε")
    assert Language.from_regex("ε|a", alphabet="aε").accepts("ε")


@pytest.mark.parametrize(
    "expression",
    ["((){999999}){999999}", "(a{0}){999999}", "((a{0}|()){999999}){999999}b?"],
)
def test_repetitions_of_the_empty_word_cost_nothing(expression):
    start = time.perf_counter()
    assert Language.from_regex(expression).accepts("")
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    "ask",
    [
        lambda text: reber().path(f"BB{text}"),
        lambda text: reber().check([f"BB{text}"]),
        lambda text: Language.from_regex(text),
        lambda text: Language.from_regex("a", alphabet=["a", text]),
        lambda text: parse_toml(f"name = {json.dumps(text)}", source=text),
        lambda text: sample(text, 1, seed=0),
        lambda text: Language.from_transitions(
            {text: {"a": "t"}}, start="t", final=[text]
        ),
        lambda text: Language.from_transitions(
            {"s": {text: "s"}}, start="s", final=["s"]
        ),
        lambda text: Language.from_transitions(LOOP, start="s", final=[text]),
        lambda text: one_hot([text], "ab"),
    ],
)
@pytest.mark.parametrize(
    "text", ["\x1b[31mS\x07" * 3, "S" * 1_000_000, "S\nS\r", "\ud800"]
)
def test_errors_are_one_short_line_without_codes(ask, text):
    with pytest.raises((LanguageError, SettingError, WordError)) as refusal:
        ask(text)
    line = str(refusal.value)
    assert len(line) < 700
    assert line.isprintable()


def test_two_words_over_more_than_128_letters_are_numbered_right():
    from firstbit.memory.ensemble.word_pair import WordPair

    letters = "".join(chr(0x4E00 + i) for i in range(140))
    backwards = letters[::-1]
    pair = WordPair.of((backwards, backwards[1] + backwards[1:]))
    assert pair.symbols[:, :3].tolist() == [[139, 138, 137], [138, 138, 137]]
    assert pair.common(140)[:, :3].tolist() == [[139, 138, 137], [138, 138, 137]]


@pytest.mark.parametrize(("name", "marks_end"), [("parity", True), ("reber", False)])
def test_a_file_keeps_whether_the_end_is_an_output(name, marks_end):
    short = of_lengths(name, 6, 6)
    assert short.has_end_marker == marks_end
    assert parse_toml(to_toml(short)).content == short.content
    with pytest.raises(LanguageError, match="end_marker: expected true or false"):
        parse_toml(f"end_marker = 1\n{to_toml(reber())}")
    with pytest.raises(LanguageError, match="the end to be an output where a state"):
        parse_toml(f"end_marker = false\n{to_toml(Language.from_regex('ab?'))}")


def test_sets_of_words_ask_anew_whether_the_end_is_an_output():
    short = of_lengths("reber", 5, 6)
    some = Language.from_regex("ab?")
    for either in (short | some, some | short, ~short):
        sums = either.next_output.sum(axis=1)
        assert np.allclose(sums[sums > 0], 1)
    both = short | some, some | short
    floors = [full_floor(one, "bits", first_symbol=True) for one in both]
    assert floors[0] == pytest.approx(floors[1])
