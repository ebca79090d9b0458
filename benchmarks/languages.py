"""Words sampled and encoded beside a plain loop and automata-lib; large automata."""

import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
from automata.fa.dfa import DFA
from report import Row, at_most
from timing import fresh_process, side_by_side

from firstbit.languages import (
    Language,
    embedded_reber,
    encode,
    memory_order,
    sample,
    sample_uniform,
    to_dfa,
    window_floors,
)

WORDS, LENGTH = 20_000, 20
FEWER = 20
"""The slow ways sample one word for each 20 of ours; their seconds are scaled up."""

WINDOW = 6
SECONDS, COMMAND_SECONDS = 10, 3
"""Most seconds allowed: for floors and memory order of the largest automata; for the
first command of a new user."""

COMMAND = (
    "import sys; from firstbit.cli import main; sys.argv = ['firstbit', "
    "'language', 'x(a|b)*x|y(a|b)*y', *{}]; main()"
)
FIGURE = "{figure}"
"""Stands for a file in a temporary folder."""

NEWCOMER = {
    "a picture of the automaton": ["--figure", FIGURE],
    "ten words": ["--sample", "10"],
    "the demand curve": ["--demand", "--figure", FIGURE],
}

FLOOR_STATES = (2_500, 5_000, 10_000)
ORDER_STATES = (250, 500, 1_000)


def rows() -> Iterator[Row]:
    task = embedded_reber()
    yield from _sampled(task)
    yield from _encoded(task)
    yield from _large(
        f"window floors F_0 to F_{WINDOW}, out-degree 2",
        FLOOR_STATES,
        lambda language: window_floors(language, WINDOW),
    )
    yield from _large("memory order, out-degree 2", ORDER_STATES, memory_order)
    yield from _first_commands()


def _large(
    what: str, sizes: Sequence[int], measure: Callable[[Language], object]
) -> Iterator[Row]:
    """Time a measure of random automata; the largest has a limit."""
    ways = {}
    for states in sizes:
        ways[str(states)] = partial(measure, random_automaton(states))
    taken = side_by_side(ways, rounds=3)
    for states in sizes:
        seconds = taken[str(states)]
        limit = ""
        if states == max(sizes):
            limit = f"seconds {at_most(SECONDS, seconds)}"
        yield Row(what, f"{states:,} states", seconds, None, limit)


def _first_commands() -> Iterator[Row]:
    how = "firstbit language EXPRESSION, whole process"
    with tempfile.TemporaryDirectory() as folder:
        for what, options in NEWCOMER.items():
            given = []
            for option in options:
                given.append(option.replace(FIGURE, f"{folder}/figure.png"))
            seconds = fresh_process(COMMAND.format(given))
            limit = f"seconds {at_most(COMMAND_SECONDS, seconds)}"
            yield Row(what, how, seconds, None, limit)


def _sampled(task: Language) -> Iterator[Row]:
    few = WORDS // FEWER
    dfa = to_dfa(task).minify()
    taken = side_by_side(
        {
            "loop": lambda: plain_words(task, few),
            "ours": lambda: sample(task, WORDS, seed=0),
            "automata-lib": lambda: library_words(dfa, few),
            "uniform": lambda: sample_uniform(task, WORDS, LENGTH, seed=0),
        }
    )
    loop = taken["loop"] * FEWER
    library = taken["automata-lib"] * FEWER
    ours = taken["ours"]
    uniform = taken["uniform"]
    what = f"{WORDS:,} words by probability"
    yield Row(what, "a plain Python loop, from a part of the words", loop)
    yield Row(what, "firstbit.languages.sample", ours, loop / ours)
    what = f"{WORDS:,} words of length {LENGTH}, all equally likely"
    yield Row(what, "automata-lib random_word, from a part of the words", library)
    yield Row(what, "firstbit.languages.sample_uniform", uniform, library / uniform)


def _encoded(task: Language) -> Iterator[Row]:
    words = sample(task, WORDS, seed=0)
    taken = side_by_side(
        {
            "loop": lambda: plain_encoding(words, task.alphabet),
            "ours": lambda: encode(words, task.alphabet),
        }
    )
    loop = taken["loop"]
    ours = taken["ours"]
    what = f"{WORDS:,} words as numbers"
    yield Row(what, "a plain Python loop", loop)
    yield Row(what, "firstbit.languages.encode", ours, loop / ours)


def library_words(dfa: DFA, num_words: int) -> list[str]:
    return [dfa.random_word(LENGTH, seed=i) for i in range(num_words)]


def plain_words(language: Language, num_words: int) -> list[str]:
    """Sample one word after the other, one symbol after the other."""
    generator = random.Random(0)
    choices = []
    for state in range(len(language.states)):
        row = [*language.probability[state], language.stop[state]]
        chosen = [column for column, p in enumerate(row) if p > 0]
        choices.append((chosen, [row[column] for column in chosen]))
    targets, words = language.transition.tolist(), []
    for _ in range(num_words):
        state, word = 0, []
        while True:
            columns, weights = choices[state]
            (column,) = generator.choices(columns, weights)
            if column == len(language.alphabet):
                break
            word.append(language.alphabet[column])
            state = targets[state][column]
        words.append("".join(word))
    return words


def plain_encoding(words: list[str], alphabet: tuple[str, ...]) -> np.ndarray:
    number = {symbol: i for i, symbol in enumerate(alphabet)}
    symbols = np.zeros((len(words), max(map(len, words))), dtype=np.int64)
    for row, word in enumerate(words):
        symbols[row, : len(word)] = [number[letter] for letter in word]
    return symbols


def random_automaton(states: int) -> Language:
    """Return a random language of at least `states` states, all of out-degree 2.

    One in a hundred is final. More states are drawn, since not all can be reached.
    """
    drawn = int(states * 1.4)
    targets = np.random.default_rng(0).integers(0, drawn, (drawn, 2)).tolist()
    transitions = {
        state: dict(zip("ab", pair, strict=True)) for state, pair in enumerate(targets)
    }
    final = set(range(0, drawn, 100))
    dfa = DFA(
        states=set(transitions),
        input_symbols={"a", "b"},
        transitions=transitions,
        initial_state=0,
        final_states=final,
    )
    language = Language.from_dfa(dfa, trim=True)
    assert len(language.states) >= states
    return language
