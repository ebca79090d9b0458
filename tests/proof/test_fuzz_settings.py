"""5 x 10^4 settings, texts of cells, files of results: refused in a line, or taken.

A table of bad inputs, `tests/bad_inputs.py`, guards the same in `make test`.
"""

import json
import string
from dataclasses import replace
from types import SimpleNamespace

import jax
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstbit.cells import Network, Readout, Vanilla, initializer_by_name
from firstbit.cells.grammar import parse, parse_sizes
from firstbit.cli.phase import parse_gains
from firstbit.errors import FirstbitError, require_real, require_several, require_whole
from firstbit.execution import Execution
from firstbit.intervals import require_confidence
from firstbit.memory import Thresholds, WordPair
from firstbit.store import Store
from firstbit.studies import Standard
from firstbit.training import Checks, Epoch, Modern, Published, TaskWords, Training
from firstbit.training.checkpoint import Checkpoint, to_arrays
from firstbit.weights.threefry import require_key

pytestmark = [pytest.mark.proof, pytest.mark.wrong_types]

QUIET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
MANY = settings(max_examples=4000, deadline=None, suppress_health_check=QUIET)

NUMBERS = st.one_of(
    st.integers(),
    st.integers(-3, 300),
    st.floats(),
    st.floats(0, 1),
    st.booleans(),
    st.complex_numbers(),
    st.floats(width=32).map(np.float32),
    st.integers(-(2**63), 2**63 - 1).map(np.int64),
    st.floats().map(np.array),
)
ANYTHING = st.one_of(
    NUMBERS,
    st.none(),
    st.text(max_size=9),
    st.binary(max_size=5),
    st.lists(NUMBERS, max_size=3),
    st.dictionaries(st.text(max_size=2), NUMBERS, max_size=2),
    st.sets(st.integers(), max_size=3),
    st.builds(object),
    st.just(np.array(["1"])),
)

SETTINGS = {
    Modern: ("learning_rate", "max_epochs", "max_symbols", "batch_size", "clip"),
    Published: ("learning_rate", "max_epochs", "max_symbols", "tolerance"),
    Thresholds: ("transient", "horizon", "largest_period", "exponent_floor"),
    Checks: ("every",),
    TaskWords: ("num_words", "max_length"),
    Standard: ("solve_rate", "confidence", "num_guesses"),
    Execution: ("workers", "progress", "resume"),
}

PARTS = ("gru", "vanilla", ":", ",", "=", "1", "1:20", "gain", "initializer", "W_h")

CELL_TEXT = st.one_of(
    st.text(max_size=40),
    st.text("gruvanil:,=0123456789.-_WUbx", max_size=40),
    st.lists(
        st.sampled_from(PARTS),
        max_size=9,
    ).map("".join),
    st.text(string.printable, max_size=20),
)


def taken_or_refused(call, *args, **kwargs):
    """Return what a call returns; None if it refuses in one line."""
    try:
        return call(*args, **kwargs)
    except FirstbitError as error:
        text = str(error)
        assert "\n" not in text.strip("\n")
        assert len(text) < 2000
    return None


@MANY
@given(st.data())
def test_settings(data):
    kind = data.draw(st.sampled_from(list(SETTINGS)))
    names = data.draw(st.lists(st.sampled_from(SETTINGS[kind]), max_size=3))
    given_values = {"learning_rate": 0.1} if kind is Published else {}
    for name in names:
        given_values[name] = data.draw(ANYTHING)
    made = taken_or_refused(kind, **given_values)
    if made is not None and kind is not Execution:
        shown = {name: getattr(made, name) for name in SETTINGS[kind]}
        json.dumps(shown)  # numbers of Python alone


@MANY
@given(ANYTHING)
def test_doors(value):
    whole = taken_or_refused(require_whole, "length", value, 1)
    assert whole is None or type(whole) is int
    real = taken_or_refused(require_real, "threshold", value)
    assert real is None or type(real) is float
    taken_or_refused(require_confidence, value)
    taken_or_refused(require_several, "cells", value)
    taken_or_refused(require_key, value)
    taken_or_refused(initializer_by_name, value)
    taken_or_refused(initializer_by_name, "normal", value)
    taken_or_refused(WordPair.of, value)
    taken_or_refused(WordPair.of, ("ab", "bb"), value)


@settings(MANY, max_examples=20_000)
@given(CELL_TEXT)
def test_texts_of_cells(text):
    taken_or_refused(parse, text)


@settings(MANY, max_examples=10_000)
@given(st.text("0123456789:,.-+e ", max_size=20))
def test_sizes_and_gains(text):
    taken_or_refused(parse_sizes, text)
    few = len(text) < 12 and text.count(":") < 2
    if few:
        taken_or_refused(parse_gains, text)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A kept training, the bytes of its file, and the settings of its folder."""
    folder = tmp_path_factory.mktemp("kept")
    cell = Vanilla(2, 2, key=jax.random.key(0))
    start = Training(Network(cell, Readout(np.zeros((2, 2)))), (), 0.1)
    log = (Epoch(0, 1.0, 0.1, 9),)
    store = Store.of(folder / "seeds", {"rule": "published", "seed": 3})
    store.write("seed-0", to_arrays(replace(start, log=log)))
    whole = (store.folder / "seed-0.npz").read_bytes()
    text = (store.folder / "settings.json").read_bytes()
    return SimpleNamespace(store=store, start=start, whole=whole, text=text)


def damaged(whole):
    """Bytes with some of them changed, cut off, or put in."""
    place = st.integers(0, len(whole))
    change = st.tuples(place, st.binary(max_size=8), st.integers(0, 9))
    return st.lists(change, min_size=1, max_size=4).map(
        lambda changes: _changed(whole, changes)
    )


def _changed(whole, changes):
    for place, put_in, cut in changes:
        whole = whole[:place] + put_in + whole[place + cut :]
    return whole


@settings(MANY, max_examples=6_000)
@given(st.data())
def test_damaged_checkpoints(kept, data):
    content = data.draw(st.one_of(damaged(kept.whole), st.binary(max_size=50)))
    (kept.store.folder / "seed-0.npz").write_bytes(content)
    kept.store.read("seed-0")
    taken_or_refused(Checkpoint(kept.store, "seed-0").read, kept.start)


@settings(MANY, max_examples=6_000)
@given(st.data())
def test_damaged_settings(kept, data):
    content = data.draw(st.one_of(damaged(kept.text), st.binary(max_size=50)))
    (kept.store.folder / "settings.json").write_bytes(content)
    taken_or_refused(Store.of, kept.store.folder, {"rule": "published", "seed": 3})
