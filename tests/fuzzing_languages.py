"""Random expressions, TOML files and words: each is read, or refused in one line."""

import random
import signal
from contextlib import contextmanager

from firstbit.errors import FirstbitError
from firstbit.languages import (
    Language,
    edit_distance,
    encode,
    language_by_name,
    mean_length,
    parse_toml,
    parse_words,
    to_toml,
)

SECONDS = 10

PIECES = [
    *"abc01()|*+?{}[]^-.\\$,ελ∅∪ ",
    *("(a|b)", "[a-z]", "[^a]", "{2,5}", "{999999}", "{0}", "a{3}", "()", "(a*)*"),
    *("\x1b[31m", "\n", "\ud800", "é", "٣", "a" * 50, "((", "))", "(a|b){20}"),
]

SEEDS = [
    "B(TS*X|PT*V)E",
    "(a|b)*a(a|b)(a|b)",
    "((a?){30}b){9}",
    "[a-c]{2,4}|x+",
    r"\(a\)|.{3}",
]

LINES = [
    'name = "x"',
    'start = "s"',
    'final = ["s"]',
    "final = {s = 0.5}",
    'final = "s"',
    "final = 3",
    'alphabet = "ab"',
    'alphabet = ["a", "bc"]',
    "[transitions.s]",
    "[transitions.t]",
    'a = "s"',
    'b = {to = "t", probability = 0.5}',
    "b = {to = 1, probability = 0.5}",
    'a = {to = "s", probability = nan}',
    'a = {to = "s", probability = -1}',
    '"" = "s"',
    "x = 1979-05-27T07:32:00Z",
    "y = " + "9" * 500,
    "z = " + "[" * 50,
    'q = "\\u001b"',
    "transitions = 5",
]

NAMES = ("reber", "parity", "dyck:2,3", "flip-flop", "tomita-3", "no-repeat")


@contextmanager
def at_most(seconds):
    """Raise TimeoutError unless the block ends in time."""

    def give_up(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def mutated(text, generator):
    """Insert, delete or repeat a few pieces."""
    for _ in range(generator.randint(0, 4)):
        at = generator.randint(0, len(text))
        kind = generator.randint(0, 2)
        if kind == 0:
            text = text[:at] + generator.choice(PIECES) + text[at:]
        elif kind == 1:
            text = text[:at] + text[at + 1 :]
        else:
            text = text[:at] + text[at : at + 5] * 2 + text[at + 5 :]
    return text


def expression(generator):
    if generator.random() < 0.5:
        return mutated(generator.choice(SEEDS), generator)
    pieces = generator.choices(PIECES, k=generator.randint(0, 12))
    return "".join(pieces)


def document(generator):
    lines = generator.sample(LINES, generator.randint(0, 9))
    if generator.random() < 0.5:
        whole = to_toml(language_by_name(generator.choice(NAMES))).splitlines()
        at = generator.randint(0, len(whole))
        whole[at : at + generator.randint(0, 2)] = lines[:2]
        lines = whole
    text = "\n".join(lines)
    return mutated(text, generator) if generator.random() < 0.5 else text


def read_expression(text):
    language = Language.from_regex(text)
    mean_length(language)


def read_document(text):
    language = parse_toml(text)
    assert parse_toml(to_toml(language)) == language


def read_words(text, language):
    encode(parse_words(language, text), language.alphabet)


def trial(number):
    """Try one input; return the text of the refusal, or None, and a name of it."""
    generator = random.Random(number)
    kind = number % 3
    if kind == 0:
        text = expression(generator)
        return text, lambda: read_expression(text)
    if kind == 1:
        text = document(generator)
        return text, lambda: read_document(text)
    language = language_by_name(generator.choice(NAMES))
    letters = [*language.alphabet, *PIECES]
    text = "".join(generator.choices(letters, k=generator.randint(0, 15)))
    if generator.random() < 0.2:
        return text, lambda: edit_distance(language, text)
    return text, lambda: read_words(text, language)


def faults(numbers):
    """Try the inputs of these numbers; return what is not as it should be."""
    found = []
    for number in numbers:
        text, read = trial(number)
        try:
            with at_most(SECONDS):
                read()
        except FirstbitError as refusal:
            line = str(refusal)
            if len(line) > 1000 or not line.isprintable():
                found.append((number, text[:100], line[:300]))
        except Exception as error:
            found.append((number, text[:100], repr(error)[:300]))
    return found
