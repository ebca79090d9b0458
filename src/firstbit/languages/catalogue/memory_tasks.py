"""Tasks that demand memory: keep a bit, some letters or a sum through other symbols."""

from functools import cache
from itertools import product
from typing import Literal, get_args

from firstbit.errors import SettingError, require_at_least
from firstbit.languages.automaton.transitions import Target
from firstbit.languages.language import Language

Filler = Literal["constant", "random"]

MOST_STATES = 100_000


@cache
def first_bit(length: int = 10, filler: Filler = "constant") -> Language:
    """Return the words: a bit, `length` - 1 filler symbols, a query `?`, the bit again.

    They are the words of D(l,k), each followed by a question.

    Args:
        length: l, at least 1: symbols before the query.
        filler: `constant` (zeros) or `random` (bits).

    Example:
        >>> first_bit(3).accepts("100?1"), first_bit(3).accepts("100?0")
        (True, False)
        >>> first_bit(3, "random").accepts("010?0")
        True
    """
    require_at_least("length", length, 1)
    if filler not in get_args(Filler):
        raise SettingError(
            f"expected a filler among {', '.join(get_args(Filler))}; got '{filler}'."
        )
    _require_small(2 * length + 4)
    if filler == "constant":
        family = "first-bit"
        fillers = "0"
    else:
        family = "first-bit-random"
        fillers = "01"
    edges = {"start": {"0": "0:1", "1": "1:1"}}
    for bit in "01":
        for read in range(1, length):
            edges[f"{bit}:{read}"] = dict.fromkeys(fillers, f"{bit}:{read + 1}")
        edges[f"{bit}:{length}"] = {"?": f"{bit}:?"}
        edges[f"{bit}:?"] = {bit: "end"}
    return Language.from_transitions(
        edges,
        start="start",
        final=["end"],
        alphabet="01?",
        name=f"{family}:{length}",
    )


def first_bit_random(length: int = 10) -> Language:
    """Return `first_bit` with random bits between the first bit and the query."""
    return first_bit(length, "random")


@cache
def flip_flop() -> Language:
    """Return sequences of instructions, each with a bit: write, ignore or read.

    `w` writes the bit, `i` says to ignore it, and the bit after `r` is the one written
    last. A word begins with `w` and ends after a read; all choices are equally likely.

    Example:
        >>> flip_flop().accepts("w1i0r1"), flip_flop().accepts("w1i0r0")
        (True, False)

    References:
        Liu, Ash, Goel, Krishnamurthy, Zhang 2023, Exposing attention glitches with
        flip-flop language modeling.
    """
    edges = {
        "start": {"w": "write"},
        "write": {"0": "0:kept", "1": "1:kept"},
    }
    for bit in "01":
        go_on = {"w": "write", "i": f"{bit}:ignore", "r": f"{bit}:read"}
        edges[f"{bit}:kept"] = go_on
        edges[f"{bit}:told"] = go_on
        edges[f"{bit}:ignore"] = dict.fromkeys("01", f"{bit}:kept")
        edges[f"{bit}:read"] = {bit: f"{bit}:told"}
    return Language.from_transitions(
        edges,
        start="start",
        final=["0:told", "1:told"],
        alphabet="01wir",
        name="flip-flop",
    )


@cache
def copy_memory(num_symbols: int = 3, delay: int = 10) -> Language:
    """Return the words: random letters a or b, blanks, a query `?`, the letters again.

    Args:
        num_symbols: letters to keep, at least 1; the states grow like 2^num_symbols
            (delay + 2).
        delay: blanks `-`, at least 0.

    Example:
        >>> copy_memory(2, 3).accepts("ab---?ab"), copy_memory(2, 3).accepts("ab---?ba")
        (True, False)

    References:
        The copying task in regular form: Arjovsky, Shah, Bengio 2016, Unitary evolution
        recurrent neural networks.
    """
    require_at_least("num_symbols", num_symbols, 1)
    require_at_least("delay", delay, 0)
    _require_small(2 ** min(num_symbols, 60) * (delay + 4))
    edges: dict[str, dict[str, str]] = {}
    for size in range(num_symbols):
        for letters in _all_words(size):
            after = {a: _state("read", letters + a) for a in "ab"}
            edges[_state("read", letters)] = after
    for letters in _all_words(num_symbols):
        edges |= _waiting(letters, delay)
    for size in range(num_symbols, 0, -1):
        for letters in _all_words(size):
            rest = _state("say", letters[1:])
            edges[_state("say", letters)] = {letters[0]: rest}
    return Language.from_transitions(
        edges,
        start="read",
        final=["say"],
        alphabet="ab-?",
        name=f"copy-memory:{num_symbols},{delay}",
    )


@cache
def marked_sum(length: int = 10) -> Language:
    """Return the words: random bits, two of them marked, a query `?`, their sum.

    One bit is marked in each half, each with equal probability. A marked 0 is written
    a, a marked 1 is written b.

    Args:
        length: number of bits, even, at least 2.

    Example:
        >>> marked_sum(6).accepts("0b10a1?1"), marked_sum(6).accepts("0b10b1?2")
        (True, True)
        >>> marked_sum(6).accepts("0110b1?1")
        False

    References:
        The adding problem in regular form: Hochreiter and Schmidhuber 1997, Section
        5.4.
    """
    require_at_least("length", length, 2)
    if length % 2:
        raise SettingError(f"expected an even length, got {length}; try {length + 1}.")
    _require_small(5 * length + 6)
    half = length // 2
    edges: dict[str, dict[str, Target]] = {}
    for read in range(length):
        # Each half before this one has its mark; this one has it yet to come, or not.
        marks, read_of_half = divmod(read, half)
        chance = 1 / (half - read_of_half)
        for total in range(marks + 1):
            edges[_sum_state(read, total, marks)] = _mark_or_not(
                read, total, marks, chance
            )
        if read_of_half == 0:
            continue
        for total in range(marks + 2):
            after = _sum_state(read + 1, total, marks + 1)
            edges[_sum_state(read, total, marks + 1)] = dict.fromkeys("01", after)
    for total in range(3):
        edges[_sum_state(length, total, 2)] = {"?": f"sum {total}"}
        edges[f"sum {total}"] = {f"{total}": "end"}
    return Language.from_transitions(
        edges,
        start=_sum_state(0, 0, 0),
        final=["end"],
        alphabet="01ab?2",
        name=f"marked-sum:{length}",
    )


def _all_words(length: int) -> list[str]:
    """Return all words of a length over a and b, in alphabetical order."""
    return ["".join(letters) for letters in product("ab", repeat=length)]


def _waiting(letters: str, delay: int) -> dict[str, dict[str, str]]:
    """Return the chain of blanks and the query, after all letters are read."""
    edges = {}
    now = _state("read", letters)
    for blank in range(1, delay + 1):
        then = _state(f"wait {blank}", letters)
        edges[now] = {"-": then}
        now = then
    edges[now] = {"?": _state("say", letters)}
    return edges


def _state(phase: str, letters: str) -> str:
    """Return the name of a state of `copy_memory`: the phase, and the letters kept."""
    return f"{phase} {letters}".strip()


def _mark_or_not(read: int, total: int, marks: int, chance: float) -> dict[str, Target]:
    """Return the edges of a state of `marked_sum` whose half has no mark yet.

    Args:
        read: number of bits read.
        total: sum of the marked ones.
        marks: number of them.
        chance: probability that the next bit is marked.
    """
    edges: dict[str, Target] = {}
    if chance < 1:
        plain = _sum_state(read + 1, total, marks)
        edges["0"] = edges["1"] = plain, (1 - chance) / 2
    edges["a"] = _sum_state(read + 1, total, marks + 1), chance / 2
    edges["b"] = _sum_state(read + 1, total + 1, marks + 1), chance / 2
    return edges


def _sum_state(read: int, total: int, marks: int) -> str:
    """Return the name of a state of `marked_sum`."""
    return f"{read} read, {marks} marked, sum {total}"


def _require_small(states: int) -> None:
    if states > MOST_STATES:
        raise SettingError(
            f"expected a task of at most {MOST_STATES:,} states, got about "
            f"{states:,}; try a shorter one."
        )
