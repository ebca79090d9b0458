"""Languages against plain definitions: Tomita's, Python's own regular expressions, automata-lib, TOML and back."""

import pickle
import re
from itertools import product

import pytest
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA
from hypothesis import given
from hypothesis import strategies as st

from firstbit.errors import FirstbitError, LanguageError, SettingError
from firstbit.languages import (
    CATALOGUE,
    Language,
    by_name,
    complement,
    continual_embedded_reber,
    copy_memory,
    count_mod,
    dyck,
    embedded_reber,
    enumerate_words,
    first_bit,
    flip_flop,
    marked_sum,
    minimal,
    nested_reber,
    parse_toml,
    read_toml,
    reber,
    to_dfa,
    to_toml,
    tomita,
    without_factors,
    write_toml,
)


def words_up_to(longest, alphabet="01"):
    return ["".join(word) for length in range(longest + 1) for word in product(alphabet, repeat=length)]


def no_odd_ones_before_odd_zeros(word):
    return not any(len(ones) % 2 and len(zeros) % 2 for ones, zeros in re.findall(r"(1+)(0+)", word))


TOMITA = {
    1: (lambda w: "0" not in w, 2),
    2: (lambda w: w == "10" * (len(w) // 2), 3),
    3: (no_odd_ones_before_odd_zeros, 5),
    4: (lambda w: "000" not in w, 4),
    5: (lambda w: w.count("0") % 2 == 0 and w.count("1") % 2 == 0, 4),
    6: (lambda w: (w.count("0") - w.count("1")) % 3 == 0, 3),
    7: (lambda w: re.fullmatch("0*1*0*1*", w) is not None, 5),
}


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


def test_memory_tasks_are_their_definitions():
    for word in words_up_to(5, "01?"):
        assert first_bit(3).accepts(word) == bool(re.fullmatch(r"([01])00\?\1", word))
        assert first_bit(3, "random").accepts(word) == bool(re.fullmatch(r"([01])[01]{2}\?\1", word))
        assert count_mod(3).accepts(word) == ("?" not in word and word.count("1") % 3 == 0)
    for word in words_up_to(6, "()[]"):
        assert dyck(2, 2).accepts(word) == balanced(word, 2)
    assert set(enumerate_words(copy_memory(2, 1))) == {f"{a}{b}-?{a}{b}" for a in "ab" for b in "ab"}
    for word in enumerate_words(marked_sum(6)):
        bits, total = word.split("?")
        assert [sum(letter in "ab" for letter in half) for half in (bits[:3], bits[3:])] == [1, 1]
        assert bits.count("b") == int(total)
    for word in enumerate_words(flip_flop(), longest=8):
        last = None
        for instruction, bit in zip(word[::2], word[1::2], strict=True):
            last = bit if instruction == "w" else last
            assert instruction != "r" or bit == last
        assert word[-2] == "r"


def test_marks_stand_anywhere_with_equal_probability():
    shares = [marked_sum(6).probability_of(word) for word in enumerate_words(marked_sum(6))]
    assert shares == pytest.approx([shares[0]] * len(shares))
    assert sum(shares) == pytest.approx(1)


def test_nested_and_continual_grammars():
    assert nested_reber(0) == reber()
    assert nested_reber(1) == embedded_reber()
    assert nested_reber(2).accepts("BTBPBPVVEPETE")
    assert not nested_reber(2).accepts("BTBPBPVVETEPE")
    stream = continual_embedded_reber(4)
    assert stream.accepts("BTBPVVETEBPBTXSEPE")
    assert stream.probability_of("BTBPVVETE") == pytest.approx(embedded_reber().probability_of("BTBPVVETE") / 4)


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_entry_has_a_source_a_line_and_a_way_back_from_toml(name):
    entry, language = CATALOGUE[name], by_name(name)
    assert entry.about
    assert entry.source
    again = parse_toml(to_toml(language))
    assert again == language
    assert hash(again) == hash(language)
    assert (again.name, again.states, again.alphabet) == (language.name, language.states, language.alphabet)


@pytest.mark.parametrize(
    ("ask", "match"),
    [
        (lambda: by_name("dyck:9,2"), "at most 4 kinds"),
        (lambda: dyck(4, 9), "try less"),
        (lambda: dyck(1, 99999), "at most 1000"),
        (lambda: by_name("dyck:1,2,3"), "expected dyck:KINDS,DEPTH, whole numbers"),
        (lambda: by_name("parity:2"), "expected parity, whole numbers"),
        (lambda: by_name("count-mod:999999999"), "at most 100,000"),
        (lambda: first_bit(3, "other"), "constant, random; got 'other'"),
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


# ---- construction, equality, algebra


def test_probabilities_are_given_to_all_choices_or_none():
    coin = Language.from_transitions({"s": {"a": ("s", 0.25)}}, start="s", final={"s": 0.75})
    assert coin.next_symbols("a") == {"a": 0.25, "$": 0.75}
    assert coin.probability_of("aa") == pytest.approx(0.75 / 16)
    assert coin.probability_of("b") == 0
    for edges, final, match in [
        ({"s": {"a": ("s", 0.5)}}, ["s"], "'s' gives a probability to some of its choices only"),
        ({"s": {"a": ("s", 0.5)}}, {"s": 0.4}, "'s' sum to 0.9, expected 1"),
        ({"s": {"a": ("s", 1.5)}}, {"s": -0.5}, "'s': expected probabilities above 0 and at most 1"),
        ({"s": {"a": ("s", float("nan"))}}, {"s": 0.5}, "expected probabilities above 0"),
        ({"s": {"a": ("s", 0.0)}}, {"s": 1.0}, "leave impossible edges out"),
        ({"s": {"a": ("s", "x")}}, {"s": 1.0}, "expected a number as probability, got 'x'"),
        ({"s": {"a": ("s", 0.5), "b": ("t", 0.2)}, "t": {"a": "t"}}, {"s": 0.3}, "'b' a probability, .* once it is in state 't'"),
        ({"s": {"a": "s"}}, {"s": 0.0}, "at least one word; no word can end, as no end can be reached from the start 's'"),
        ({"s": {"a": "s"}, "t": {"a": "s"}}, ["s"], "'t' is never reached from the start 's'"),
        ({"s": {"a b": "s"}}, ["s"], "one character"),
        ({"s": {"$": "s"}}, ["s"], "one character"),
    ]:
        with pytest.raises(LanguageError, match=match):
            Language.from_transitions(edges, start="s", final=final)
    with pytest.raises(LanguageError, match="each symbol once"):
        Language.from_transitions({"s": {"a": "s"}}, start="s", final=["s"], alphabet="aa")


def test_states_without_a_way_to_an_end_are_left_out():
    edges = {"s": {"a": "s", "b": "sink"}, "sink": {"a": "sink", "b": "deeper"}, "deeper": {}, "never": {"a": "sink"}}
    language = Language.from_transitions(edges, start="s", final=["s"])
    assert (language.states, language.alphabet) == (("s",), ("a", "b"))
    assert language.next_symbols("a") == {"a": 0.5, "$": 0.5}


def test_equal_languages_give_all_words_equal_probabilities():
    twice = {"s": {"a": "t", "b": "u"}, "t": {"a": "end"}, "u": {"a": "end"}}
    one = Language.from_transitions(twice, start="s", final=["end"], name="one")
    assert one == Language.from_regex("(a|b)a", alphabet="ba")
    assert len({one, Language.from_regex("(a|b)a"), minimal(one)}) == 1
    assert len(minimal(one).states) == 3
    other = Language.from_transitions({**twice, "s": {"a": ("t", 0.4), "b": ("u", 0.6)}}, start="s", final=["end"])
    assert one != other
    assert one.shortest_difference(other) is None
    assert one != "one"
    thirds = Language.from_transitions({"s": dict.fromkeys("ab", ("s", 1 / 3))}, start="s", final={"s": 1 - 2 / 3})
    assert thirds == minimal(thirds) == Language.from_regex("[ab]*")


def test_languages_are_immutable_and_travel_between_processes():
    language = embedded_reber()
    with pytest.raises(AttributeError, match="cannot assign"):
        language.name = "other"
    with pytest.raises(ValueError, match="read-only"):
        language.probability[0, 0] = 0.5
    assert pickle.loads(pickle.dumps(language)) == language


def test_set_algebra_is_that_of_the_words():
    one, other = Language.from_regex("a*b?a*"), Language.from_regex("(a|b)(a|b)*")
    for combined, rule in [
        (one | other, lambda p, q: p or q),
        (one & other, lambda p, q: p and q),
        (other - one, lambda p, q: q and not p),
        (~one, lambda p, _: not p),
    ]:
        for word in words_up_to(6, "ab"):
            assert combined.accepts(word) == rule(one.accepts(word), other.accepts(word))
    for empty in (lambda: one - one, lambda: one & Language.from_regex("c"), lambda: complement(Language.from_regex("a*"))):
        with pytest.raises(LanguageError, match="at least one word, got the empty language"):
            empty()


def test_automata_of_automata_lib_are_trimmed():
    dfa = DFA(
        states={0, 1, 2, 3}, input_symbols={"a", "b"}, initial_state=0, final_states={1},
        transitions={0: {"a": 1, "b": 2}, 1: {"a": 2, "b": 2}, 2: {"a": 2, "b": 2}, 3: {"a": 1, "b": 1}},
    )  # fmt: skip
    assert Language.from_dfa(dfa).edges() == [("s0", "a", "s1", 1.0)]
    with pytest.raises(LanguageError, match="empty language 'none'"):
        Language.from_dfa(DFA.empty_language({"a"}), name="none")
    with pytest.raises(LanguageError, match="one character"):
        Language.from_dfa(DFA(states={0}, input_symbols={"go"}, transitions={0: {"go": 0}}, initial_state=0, final_states={0}))
    with pytest.raises(LanguageError, match="symbol 'a', which is not in the alphabet b"):
        Language.from_dfa(dfa, alphabet="b")
    assert without_factors(["aa"], alphabet="ab").alphabet == ("a", "b")


def test_products_too_large_are_refused():
    with pytest.raises(
        LanguageError, match=r"at most 500,000 pairs of states, times letters; got 1,001 x 1,001 x 2 = 2,004,002; two of 500 states"
    ):
        _ = Language.from_regex("a{1000}") | Language.from_regex("b{1000}")


# ---- regular expressions


@given(st.text(alphabet="ab()|*+?{}12,.[]^-", max_size=10))
def test_expressions_mean_what_they_mean_to_python(expression):
    try:
        language = Language.from_regex(expression, alphabet="ab")
    except FirstbitError:
        return
    compiled = re.compile(expression)
    for word in words_up_to(5, "ab"):
        assert language.accepts(word) == (compiled.fullmatch(word) is not None)


@pytest.mark.parametrize("expression", ["(ab|c)*", "a(b?c)+", "((a|b)(c|ab))*", "a+b+|(ca)*"])
def test_expressions_mean_what_they_mean_to_automata_lib(expression):
    theirs = DFA.from_nfa(NFA.from_regex(expression)).minify()
    assert Language.from_regex(expression) == Language.from_dfa(theirs)


@given(st.text(max_size=20))
def test_any_text_is_an_expression_or_one_error(expression):
    try:
        Language.from_regex(expression)
    except FirstbitError:
        return


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
        ("[b-a]", "position 4: expected a letter from b on, for a range that goes up, got .a."),
        ("^a$", "position 1: .* got '\\^' \\(the whole word matches anyway\\)"),
        (r"\d", "position 2: expected a special character"),
        ("(" * 101 + "a" + ")" * 101, "at most 100 parentheses inside each other"),
        ("a{1000}{2}", "one repetition only"),
        ("((a{100}){100}){100}", "1000000 letters with its repetitions written out, more than 2000"),
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
    assert list(enumerate_words(Language.from_regex("[^a-c].", alphabet="abcd"))) == ["da", "db", "dc", "dd"]
    with pytest.raises(LanguageError, match="letter 'c' is not in the alphabet a b"):
        Language.from_regex("c", alphabet="ab")
    with pytest.raises(LanguageError, match="at least one word"):
        Language.from_regex("[^ab]", alphabet="ab")


# ---- TOML


def test_toml_files_are_read_and_written(tmp_path):
    path = tmp_path / "coin.toml"
    path.write_text(
        'name = "coin"\nstart = "tossing"\nfinal = ["done"]\nalphabet = "10"\n'
        '[transitions.tossing]\n0 = {to = "tossing", probability = 0.9}\n1 = {to = "done", probability = 0.1}\n'
    )
    coin = read_toml(path)
    assert coin.next_symbols("0") == {"1": 0.1, "0": 0.9}
    write_toml(coin, tmp_path / "again.toml")
    assert read_toml(tmp_path / "again.toml") == coin
    odd = Language.from_transitions({'q"\x7f\n': {'"': 'q"\x7f\n'}}, start='q"\x7f\n', final=['q"\x7f\n'], name="\u00e9\\")
    assert parse_toml(to_toml(odd)).states == odd.states


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("x", "expected TOML"),
        ("a = " + "9" * 5000, "expected TOML"),
        ('start = "s"\nfinal = ["s"]\nfinish = 1', "unknown key 'finish': expected one of name, start, .*; did you mean"),
        ('start = "s"\nfinal = ["s"]', "expected a table"),
        ('final = ["s"]\n[transitions.s]\na = "s"', "start: expected a text"),
        ('start = "s"\n[transitions.s]\na = "s"', "final: expected states, .* got nothing"),
        ('start = "s"\nfinal = ["s"]\n[transitions.s]\na = 1', "transitions.s.a: expected"),
        ('start = "s"\nfinal = ["s"]\n[transitions.s]\na = {to = "s", probability = true}', "expected a probability, got True"),
        ('start = "s"\nfinal = {s = 2}\n[transitions.s]\na = "s"', "expected a probability, got 2"),
        ('start = "s"\nfinal = ["s"]\nalphabet = 1\n[transitions.s]\na = "s"', "alphabet: expected symbols"),
        ('start = "s"\nfinal = ["s"]\ntransitions = {s = 1}', "transitions.s: expected a table, got 1"),
        ('start = "s"\nfinal = ["s"]\n[transitions.s]\nab = "s"', "one character"),
    ],
)
def test_toml_that_is_refused(text, match):
    with pytest.raises(LanguageError, match=match):
        parse_toml(text)


VALUES = st.sampled_from(
    [
        '"s"',
        '"t"',
        '""',
        "1",
        "0.5",
        "nan",
        "inf",
        "true",
        "1979-05-27",
        "[]",
        '["s"]',
        '["t", 1]',
        "{}",
        "{s = 1.0}",
        "{s = nan}",
        '{to = "s", probability = 0.5}',
        '{to = "t", probability = -1}',
        "{to = 1}",
        '"\\u0000"',
        '{a = "s", b = "t"}',
        "[[]]",
    ]
)


@given(st.dictionaries(st.sampled_from(["name", "start", "final", "alphabet", "transitions", "x"]), VALUES), VALUES, VALUES)
def test_documents_become_languages_or_one_error(keys, one, other):
    text = "\n".join(f"{key} = {value}" for key, value in keys.items())
    for document in (text, f"{text}\n[transitions.s]\na = {one}\nb = {other}\n"):
        try:
            assert isinstance(parse_toml(document), Language)
        except LanguageError:
            continue


@given(st.text(max_size=30), st.integers(0, 100))
def test_damaged_documents_become_languages_or_one_error(damage, at):
    whole = to_toml(Language.from_regex("(ab?)*"))
    try:
        parse_toml(whole[:at] + damage + whole[at:])
    except LanguageError:
        return
