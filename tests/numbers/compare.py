"""Compute every kept number anew and say how it compares.

    python tests/numbers/compare.py [GROUP ...]

`before.json` was written by the code of version 0.1.0, before the library was built
anew; a line says `equal to the bit`, `equal to 12 digits` or by how much it differs.
Of an array that isn't equal to the bit four values are compared: no more were kept. The
last words of a line are the reason why a number is another one; it ends with NO REASON
where `test_numbers.py` knows none.
"""

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import numpy as np
from digests import BITS, DIGITS, MISSING, arrays, compared, paper_numbers, read_before
from reasons import reason

from firstbit import (
    GRU,
    LSTM,
    Modern,
    Published,
    Vanilla,
    demand_and_supply,
    discrepancy,
    fates,
    lyapunov_exponents,
    memory_demand,
    redraw,
    train,
)
from firstbit.languages import (
    embedded_reber,
    illegal_words,
    language_by_name,
    reber,
    sample,
    sample_uniform,
    to_toml,
)
from firstbit.memory import Thresholds, certificate_of_forgetting

Numbers = Iterator[tuple[str, Any]]

NO_REASON = "NO REASON"

KEY = jax.random.key(7)
CELLS: dict[str, Callable[..., Any]] = {
    "vanilla": Vanilla,
    "vanilla:activation=tanh": partial(Vanilla, activation="tanh"),
    "vanilla:activation=relu": partial(Vanilla, activation="relu"),
    "vanilla:use_bias=yes": partial(Vanilla, use_bias=True),
    "gru": GRU,
    "gru:reset=after": partial(GRU, reset="after"),
    "lstm": LSTM,
}
LAWS = ("normal", "fan-in-normal", "fan-in-uniform", "orthogonal", "identity")
LANGUAGES = ("reber", "embedded-reber", "parity", "tomita-5", "flip-flop", "first-bit")
EVERY_LENGTH = ("reber", "embedded-reber", "parity")


def discrepancies() -> Numbers:
    """Yield D(l,k) of every cell, law, pair of words and spelling of a cell."""
    for name, cell in CELLS.items():
        sizes = [1, 3, 5, 12, 25]
        yield from _discrepancy(name, cell, sizes, length=12, num_draws=600)
    measure = partial(_discrepancy, length=8, num_draws=100)
    for law in LAWS[1:]:
        for name in ("vanilla", "gru"):
            yield from measure(f"{name}/{law}", CELLS[name], [3, 12], initializer=law)
    laws = {"W_*": "orthogonal", "U_h": "fan-in-uniform"}
    yield from measure("laws of weights", GRU, [4], initializer=laws)
    yield from measure("random words", GRU, [4], words="random")
    words = {"words": ("abca", "cbca"), "measured": "all", "length": None}
    yield from measure("words given", LSTM, [4], **words)
    # The law of others' cells is now that of their constructors, where none is asked.
    as_before = {"initializer": "normal"}
    yield from measure("eqx.nn.GRUCell", eqx.nn.GRUCell, [4, 6], **as_before)
    yield from measure("eqx.nn.LSTMCell", eqx.nn.LSTMCell, [4], **as_before)
    yield from _discrepancy("long", Vanilla, [5], length=30, num_draws=2000)


def _discrepancy(
    name: str, cell: Any, hidden_sizes: list[int], **settings: Any
) -> Numbers:
    result = discrepancy(cell, hidden_sizes=hidden_sizes, key=KEY, **settings)
    yield from arrays(f"discrepancy/{name}", result)


def all_fates() -> Numbers:
    """Yield what becomes of the states of two words."""
    tanh = CELLS["vanilla:activation=tanh"]
    yield from _fates("vanilla", tanh, [3, 5], 24, transient=500, horizon=200)
    yield from _fates("lstm", LSTM, [4], 16, transient=300, horizon=100)


def _fates(
    name: str, cell: Any, hidden_sizes: list[int], num_draws: int, **thresholds: int
) -> Numbers:
    result = fates(
        cell,
        hidden_sizes=hidden_sizes,
        num_draws=num_draws,
        thresholds=Thresholds(**thresholds),
        key=KEY,
    )
    as_before = result.drop_sel(fate="growing")  # a class that version 0.1.0 lacks
    assert not result["num_unbounded"].any()
    yield from arrays(f"fates/{name}", as_before)


def weights() -> Numbers:
    """Yield every random weight of every cell under every law."""
    for name, cell in CELLS.items():
        for law in LAWS:
            net = redraw(cell(3, 6, key=KEY), law, jax.random.key(3))
            for field in fields(net):
                value = getattr(net, field.name)
                if eqx.is_array(value):
                    yield f"weights/{name}/{law}/{field.name}", value


def forgetting() -> Numbers:
    """Yield Lyapunov exponents and a certificate of given nets."""
    gru = redraw(GRU(2, 6, key=KEY), "normal", jax.random.key(3))
    vanilla = redraw(Vanilla(2, 6, key=KEY), "fan-in-normal", jax.random.key(3))
    inputs = np.eye(2)[np.random.default_rng(0).integers(0, 2, 200)]
    for name, net in {"gru": gru, "vanilla": vanilla}.items():
        found = lyapunov_exponents(net, inputs=inputs, burn_in=50, key=KEY)
        yield from arrays(f"lyapunov/{name}", found)
    yield from arrays("certificate", certificate_of_forgetting(vanilla))


def languages() -> Numbers:
    """Yield languages, their words, and the memory that they demand."""
    for name in LANGUAGES:
        language = language_by_name(name)
        yield f"language/{name}", to_toml(language)
        yield f"words/{name}", "|".join(sample(language, 50, seed=3))
        yield from arrays(f"demand/{name}", memory_demand(language, 8))
        if name in EVERY_LENGTH:
            illegal = illegal_words(language, 20, seed=4)
            yield f"illegal words/{name}", "|".join(illegal)
            uniform = sample_uniform(language, 20, 12, seed=4)
            yield f"uniform words/{name}", "|".join(uniform)


def trainings() -> Numbers:
    """Yield trainings by both rules, on given and on fresh words."""
    words = tuple(sample(reber(), 32, seed=1))
    published = partial(
        train,
        language=reber(),
        rule=Published(0.05, max_epochs=8),
        words=words,
        num_seeds=3,
        key=KEY,
    )
    for name in ("vanilla:use_bias=yes", "gru", "lstm"):
        for size in (3, 6):
            result = published(CELLS[name], hidden_size=size)
            yield from arrays(f"train/published/{name}:{size}", result)
    modern = Modern(0.01, max_epochs=6)
    result = train(
        GRU, embedded_reber(), hidden_size=5, rule=modern, num_seeds=2, key=KEY
    )
    yield from arrays("train/modern/gru", result)
    result = train(
        Vanilla,
        reber(),
        hidden_size=4,
        rule=Published(0.05, max_epochs=4),
        num_words=32,
        num_seeds=2,
        initializer={"W_h": "orthogonal"},
        key=KEY,
    )
    yield from arrays("train/fresh words/vanilla", result)


def supply() -> Numbers:
    """Yield demand and supply of two cells."""
    cells = [
        "gru:5,use_bias=no",
        "vanilla:8,use_bias=no,initializer=orthogonal",
    ]
    result = demand_and_supply(reber(), cells, longest=6, num_draws=80, key=KEY)
    yield from arrays("demand and supply", result)


def paper() -> Numbers:
    """Yield every number of `firstbit paper`: three logs, the claims, the grids."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        command = [sys.executable, "-m", "firstbit", "paper", "--out", str(out)]
        subprocess.run(command, check=True, capture_output=True)
        yield from paper_numbers("paper", out)


GROUPS: dict[str, Callable[[], Numbers]] = {
    "discrepancy": discrepancies,
    "fates": all_fates,
    "weights": weights,
    "forgetting": forgetting,
    "languages": languages,
    "train": trainings,
    "supply": supply,
    "paper": paper,
}
"""What is compared, by name. Only `paper` takes longer than some seconds."""


def compared_with_before(numbers: Numbers) -> dict[str, str]:
    """Compare numbers with those before; those that are new are left out.

    A number of before that is gone counts as missing.
    """
    before = read_before()
    found: dict[str, str] = {}
    prefixes = set()
    for name, value in numbers:
        prefixes.add(name.partition("/")[0])
        if name in before:
            found[name] = compared(value, before[name])
    for name in before:
        if name.partition("/")[0] in prefixes:
            found.setdefault(name, MISSING)
    return found


def main(names: Iterable[str]) -> int:
    """Print one line for every number, and a count; return 1 if a reason is missing."""
    from firstbit.process import prepare

    prepare()
    count: Counter[str] = Counter()
    for group in names:
        for name, how in compared_with_before(GROUPS[group]()).items():
            why = "" if how in (BITS, DIGITS) else reason(name) or NO_REASON
            print(f"{how:<20} {name}  {why}".rstrip(), flush=True)
            kind = how if how in (BITS, DIGITS) else "not"
            count[NO_REASON if why == NO_REASON else kind] += 1
    print(
        f"{count[BITS]} {BITS}, {count[DIGITS]} {DIGITS}, {count['not']} not, with a "
        f"reason, {count[NO_REASON]} without."
    )
    return int(count[NO_REASON] > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or GROUPS))
