"""The page's arithmetic is the library's: draws, distances, quantiles, intervals."""

import jax
import numpy as np
import pytest

from covering import diagonal
from firstbit.cells import GRU, LSTM, Given, Vanilla, redraw
from firstbit.cells.min_gru import MinGRU
from firstbit.intervals import wilson
from firstbit.memory.discrepancy.summary import QUANTILES, quantiles_of_ordered
from firstbit.memory.ensemble.ensemble import Ensemble, Job
from firstbit.memory.ensemble.word_pair import WordPair
from firstbit.weights.initializers import initializer_by_name
from firstbit.weights.threefry import fold_in, key_words, seed_key
from in_node import ask, needs_node

pytestmark = needs_node

SEED = 7
CELLS = {"vanilla": Vanilla, "gru": GRU, "lstm": LSTM, "mingru": MinGRU}
LAWS = ("normal", "fan-in-normal", "fan-in-uniform")
SAME = 1e-12


def settings(cell, **others):
    usual = {
        "cell": cell,
        "size": 5,
        "seed": SEED,
        "length": 10,
        "suffix": "constant",
        "law": {"law": "normal", "gain": 1.0},
        "activation": "logistic",
        "bias": 0.0,
    }
    return usual | others


def distances(text, words, length, draws=8):
    """What the library measures: (draw, length)."""
    with jax.enable_x64(True):
        ensemble = Ensemble.of(
            Given.of(text),
            WordPair.of(words),
            length=length,
            num_draws=draws,
            key=seed_key(SEED),
        )
        return ensemble.block(Job(0, 0)).distances[:, :draws].T


def of_page(of, draws=8):
    calls = [("distancesOf", of, draw) for draw in range(draws)]
    return np.array(ask("numbers/reading.js", *calls))


def test_threefry_hashes_as_its_authors_say():
    (found,) = ask("numbers/threefry.js", ("threefry", [0, 0], 0, 0))
    assert found == [0x6B200159, 0x99BA4EFE]


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("cell", CELLS)
def test_weights_are_those_of_the_library(cell, law):
    size, draw = 5, 3
    words = fold_in(fold_in(key_words(seed_key(SEED)), size), draw)
    key = jax.random.wrap_key_data(np.stack([np.asarray(word) for word in words]))
    with jax.enable_x64(True):
        made = CELLS[cell](2, size, key=jax.random.key(0))
        drawn = redraw(made, initializer_by_name(law, 1.5), key).parameters()
    given = {"law": law, "gain": 1.5}
    of_page = ask("numbers/threefry.js", ("drawKey", SEED, size, draw))
    calls = []
    for number, array in enumerate(drawn.values()):
        calls.append(("matrix", of_page[0], number, *array.shape, given))
    for array, found in zip(
        drawn.values(), ask("numbers/weights.js", *calls), strict=True
    ):
        assert np.allclose(np.ravel(array), found, rtol=SAME, atol=0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell", "size", "words"), diagonal([*CELLS], [1, 5, 20], ["constant", "random"])
)
def test_distances_are_those_of_the_library(cell, size, words):
    expected = distances(f"{cell}:{size}", words, 10)
    found = of_page(settings(cell, size=size, suffix=words))
    assert np.allclose(found, expected, rtol=SAME, atol=0)


@pytest.mark.slow
@pytest.mark.parametrize("activation", ["tanh", "relu", "sin", "identity"])
def test_distances_under_each_activation(activation):
    expected = distances(f"vanilla:5,activation={activation}", "random", 10)
    found = of_page(settings("vanilla", activation=activation, suffix="random"))
    assert np.allclose(found, expected, rtol=SAME, atol=0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("law", "gain"), [("normal", 10.0), ("fan-in-normal", 2.0), ("fan-in-uniform", 2.0)]
)
def test_distances_under_each_law_and_gain(law, gain):
    # Under a gain of 10 gates go from one end to the other.
    text = f"gru:5,initializer={law},gain={gain}"
    given = {"law": law, "gain": gain}
    found = of_page(settings("gru", law=given))
    assert np.allclose(found, distances(text, "constant", 10), rtol=SAME, atol=0)


@pytest.mark.slow
def test_differences_keep_their_digits_down_to_1e_300():
    expected = distances("vanilla:5,gain=0.02", "constant", 150)
    found = of_page(
        settings("vanilla", length=150, law={"law": "normal", "gain": 0.02})
    )
    large = expected > 1e-300
    assert expected[large].min() < 1e-290
    assert np.allclose(found[large], expected[large], rtol=1e-11, atol=0)
    assert np.array_equal(found == 0, expected == 0)


@pytest.mark.slow
@pytest.mark.parametrize(("cell", "activation"), [("gru", ""), ("vanilla", "tanh")])
def test_chaotic_nets_have_the_same_mean_and_quantiles(cell, activation):
    # Rounding grows in them: single nets differ, many agree.
    text = f"{cell}:20,activation={activation}" if activation else f"{cell}:20"
    of = settings(cell, size=20, length=50, suffix="random", activation=activation)
    expected = distances(text, "random", 50, draws=200)[:, -1]
    found = of_page(of, draws=200)[:, -1]
    error = expected.std(ddof=1) / len(expected) ** 0.5
    assert abs(found.mean() - expected.mean()) < 4 * error
    for p in QUANTILES:
        slack = 4 * (p * (1 - p) / len(expected)) ** 0.5
        ends = np.quantile(expected, np.clip([p - slack, p + slack], 0, 1))
        assert ends[0] <= np.quantile(found, p) <= ends[1]


def test_quantiles_are_those_of_the_library():
    numbers = np.sort(np.random.default_rng(0).lognormal(size=(1, 101)))
    calls = [("quantileOfOrdered", numbers[0].tolist(), p) for p in QUANTILES]
    found = ask("numbers/statistics.js", *calls)
    assert np.allclose(found, quantiles_of_ordered(numbers, QUANTILES)[0], rtol=1e-15)


def test_intervals_are_those_of_the_library():
    counts = (0, 3, 50, 97, 100)
    found = ask("numbers/statistics.js", *(("wilson", n, 100) for n in counts))
    for n, ends in zip(counts, found, strict=True):
        assert np.allclose(ends, wilson(np.array(n), 100, 0.95), atol=1e-12)


def test_a_worker_rehearses_once_and_finds_nothing():
    of = settings("gru")
    once, again = ask("workers/rehearsal.js", ("rehearsal", of), ("rehearsal", of))
    assert len(once) >= 100
    assert set(once) == {None}
    assert again == []
