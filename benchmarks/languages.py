"""Words drawn and encoded beside a plain loop and automata-lib; how the floors and the memory order grow."""

import random
import tempfile
from collections.abc import Iterator

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
"""The slow ways draw so many times fewer words."""

WINDOW = 6
SECONDS, COMMAND_SECONDS = 10, 3
"""At most: for floors and memory order of the largest automata; for a newcomer's
command."""

COMMAND = (
    "import sys; from firstbit.cli import main; sys.argv = ['firstbit', "
    "'language', 'x(a|b)*x|y(a|b)*y', *{}]; main()"
)
NEWCOMER = {
    "a picture of the automaton": ["--draw"],
    "ten words": ["--sample", "10"],
    "the demand curve": ["--demand", "--draw"],
}

FLOOR_STATES = (2_500, 5_000, 10_000)
ORDER_STATES = (250, 500, 1_000)


def rows() -> Iterator[Row]:
    task = embedded_reber()
    yield from _drawn(task)
    yield from _encoded(task)
    large = {
        states: random_automaton(states) for states in {*FLOOR_STATES, *ORDER_STATES}
    }
    floors = side_by_side(
        {str(n): lambda n=n: window_floors(large[n], WINDOW) for n in FLOOR_STATES},
        rounds=3,
    )
    orders = side_by_side(
        {str(n): lambda n=n: memory_order(large[n]) for n in ORDER_STATES}, rounds=3
    )
    for states, seconds in floors.items():
        asked = (
            f"seconds {at_most(SECONDS, seconds)}"
            if int(states) == max(FLOOR_STATES)
            else ""
        )
        yield Row(
            f"window floors F_0 to F_{WINDOW}, out-degree 2",
            f"{int(states):,} states",
            seconds,
            None,
            asked,
        )
    for states, seconds in orders.items():
        asked = (
            f"seconds {at_most(SECONDS, seconds)}"
            if int(states) == max(ORDER_STATES)
            else ""
        )
        yield Row(
            "memory order, out-degree 2",
            f"{int(states):,} states",
            seconds,
            None,
            asked,
        )
    with tempfile.TemporaryDirectory() as folder:
        for what, options in NEWCOMER.items():
            seconds = fresh_process(
                COMMAND.format(
                    [
                        *options,
                        *([f"{folder}/picture.png"] if options[-1] == "--draw" else []),
                    ]
                )
            )
            asked = f"seconds {at_most(COMMAND_SECONDS, seconds)}"
            yield Row(
                what,
                "firstbit language EXPRESSION, whole process",
                seconds,
                None,
                asked,
            )


def _drawn(task: Language) -> Iterator[Row]:
    few, dfa = WORDS // FEWER, to_dfa(task).minify()
    taken = side_by_side(
        {
            "loop": lambda: plain_words(task, few),
            "ours": lambda: sample(task, WORDS, seed=0),
            "automata-lib": lambda: [
                dfa.random_word(LENGTH, seed=i) for i in range(few)
            ],
            "uniform": lambda: sample_uniform(task, WORDS, LENGTH, seed=0),
        }
    )
    loop, library = taken["loop"] * FEWER, taken["automata-lib"] * FEWER
    yield Row(
        f"{WORDS:,} words by probability",
        "a plain Python loop, from a part of the words",
        loop,
    )
    yield Row(
        f"{WORDS:,} words by probability",
        "firstbit.languages.sample",
        taken["ours"],
        loop / taken["ours"],
    )
    what = f"{WORDS:,} words of length {LENGTH}, all equally likely"
    yield Row(what, "automata-lib random_word, from a part of the words", library)
    yield Row(
        what,
        "firstbit.languages.sample_uniform",
        taken["uniform"],
        library / taken["uniform"],
    )


def _encoded(task: Language) -> Iterator[Row]:
    words = sample(task, WORDS, seed=0)
    taken = side_by_side(
        {
            "loop": lambda: plain_encoding(words, task.alphabet),
            "ours": lambda: encode(words, task.alphabet),
        }
    )
    yield Row(f"{WORDS:,} words as numbers", "a plain Python loop", taken["loop"])
    yield Row(
        f"{WORDS:,} words as numbers",
        "firstbit.languages.encode",
        taken["ours"],
        taken["loop"] / taken["ours"],
    )


def plain_words(language: Language, num_words: int) -> list[str]:
    """One word after the other, one symbol after the other, as first written by hand."""
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
    """At least so many states of out-degree 2 that can be reached and can end; one in a hundred is final."""
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
    language = Language.from_dfa(dfa)
    assert len(language.states) >= states
    return language
