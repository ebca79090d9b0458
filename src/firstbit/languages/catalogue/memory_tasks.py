"""Tasks made to demand memory: keep one bit, a few symbols, or a sum, over a stretch that says nothing about them."""

from functools import cache
from itertools import pairwise, product
from typing import Literal, get_args

from firstbit.errors import SettingError, require_at_least
from firstbit.languages.automaton.transitions import Target
from firstbit.languages.language import Language

Filler = Literal["constant", "random"]

MOST_STATES = 100_000


@cache
def first_bit(length: int = 10, filler: Filler = "constant") -> Language:
    """A bit, `length` - 1 filler symbols, a query `?`, the bit again: the words of D(l,k) with a question behind them.

    Args:
        length: l, at least 1: symbols before the query.
        filler: `constant` (zeros) or `random` (bits).

    Example:
        >>> first_bit(3).accepts("100?1"), first_bit(3).accepts("100?0"), first_bit(3, "random").accepts("010?0")
        (True, False, True)
    """
    require_at_least("length", length, 1)
    if filler not in get_args(Filler):
        raise SettingError(
            f"expected a filler among {', '.join(get_args(Filler))}; got '{filler}'."
        )
    _require_small(2 * length + 4)
    edges: dict[str, dict[str, str]] = {"start": {bit: f"{bit}:1" for bit in "01"}}
    for bit in "01":
        for read in range(1, length):
            edges[f"{bit}:{read}"] = dict.fromkeys(
                "0" if filler == "constant" else "01", f"{bit}:{read + 1}"
            )
        edges |= {f"{bit}:{length}": {"?": f"{bit}:?"}, f"{bit}:?": {bit: "end"}}
    name = (
        f"first-bit:{length}" if filler == "constant" else f"first-bit-random:{length}"
    )
    return Language.from_transitions(
        edges, start="start", final=["end"], alphabet="01?", name=name
    )


def first_bit_random(length: int = 10) -> Language:
    """A bit, `length` - 1 random bits, a query `?`, the first bit again."""
    return first_bit(length, "random")


@cache
def flip_flop() -> Language:
    """Instructions, each with a bit: `w` writes it, `i` is to be ignored, `r` reads: the bit after it is the last one written.

    A word begins with `w` and ends after a read; all choices are equally likely.

    Example:
        >>> flip_flop().accepts("w1i0r1"), flip_flop().accepts("w1i0r0")
        (True, False)

    References:
        Liu, Ash, Goel, Krishnamurthy, Zhang 2023, Exposing attention glitches with
        flip-flop language modeling.
    """
    edges: dict[str, dict[str, str]] = {
        "start": {"w": "write"},
        "write": {"0": "0:kept", "1": "1:kept"},
    }
    for bit in "01":
        go_on = {"w": "write", "i": f"{bit}:ignore", "r": f"{bit}:read"}
        edges[f"{bit}:kept"] = edges[f"{bit}:told"] = go_on
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
    """So many random letters a or b, `delay` blanks, a query `?`, and the letters again.

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
    for letters in (
        "".join(kept)
        for size in range(num_symbols)
        for kept in product("ab", repeat=size)
    ):
        edges[_doing("read", letters)] = {a: _doing("read", letters + a) for a in "ab"}
    for letters in map("".join, product("ab", repeat=num_symbols)):
        waiting = [
            _doing("read", letters),
            *(_doing(f"wait {t}", letters) for t in range(1, delay + 1)),
        ]
        edges |= {now: {"-": then} for now, then in pairwise(waiting)} | {
            waiting[-1]: {"?": _doing("say", letters)}
        }
    for letters in (
        "".join(left)
        for size in range(num_symbols, 0, -1)
        for left in product("ab", repeat=size)
    ):
        edges[_doing("say", letters)] = {letters[0]: _doing("say", letters[1:])}
    name = f"copy-memory:{num_symbols},{delay}"
    return Language.from_transitions(
        edges, start="read", final=["say"], alphabet="ab-?", name=name
    )


@cache
def marked_sum(length: int = 10) -> Language:
    """So many random bits, one marked in each half, a query `?`, and the sum of the two marked bits.

    A marked 0 is written a, a marked 1 is written b. The mark stands anywhere in its
    half with equal probability.

    Args:
        length: number of bits, even, at least 2.

    Example:
        >>> marked_sum(6).accepts("0b10a1?1"), marked_sum(6).accepts("0b10b1?2"), marked_sum(6).accepts("0110b1?1")
        (True, True, False)

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
        second, at = divmod(read, half)
        for total in range(second + 1):
            mark = 1 / (half - at)
            edges[_sum_state(read, total, second)] = {
                **{
                    bit: (_sum_state(read + 1, total, second), (1 - mark) / 2)
                    for bit in "01"
                    if mark < 1
                },
                **{
                    letter: (_sum_state(read + 1, total + bit, second + 1), mark / 2)
                    for bit, letter in enumerate("ab")
                },
            }
        for total in range(second + 2) if at else ():
            edges[_sum_state(read, total, second + 1)] = dict.fromkeys(
                "01", _sum_state(read + 1, total, second + 1)
            )
    for total in range(3):
        edges |= {
            _sum_state(length, total, 2): {"?": f"sum {total}"},
            f"sum {total}": {f"{total}": "end"},
        }
    start, name = _sum_state(0, 0, 0), f"marked-sum:{length}"
    return Language.from_transitions(
        edges, start=start, final=["end"], alphabet="01ab?2", name=name
    )


def _doing(what: str, letters: str) -> str:
    return f"{what} {letters}".strip()


def _sum_state(read: int, total: int, marks: int) -> str:
    return f"{read} read, {marks} marked, sum {total}"


def _require_small(states: int) -> None:
    if states > MOST_STATES:
        raise SettingError(
            f"expected a task of at most {MOST_STATES:,} states, got about "
            f"{states:,}; try a shorter one."
        )
