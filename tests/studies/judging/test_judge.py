"""A net trained elsewhere is judged as a run is; baselines fail; errors are a line."""

import json
from functools import cache

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import firstbit
from covering import few
from elsewhere import FEW, indices_of, one_hot_of, remembered, truth, window
from firstbit.cells import GRU, Network, Readout
from firstbit.datasets import interval
from firstbit.errors import CellError, SettingError
from firstbit.intervals import clopper_pearson
from firstbit.languages import (
    Criterion,
    Language,
    embedded_reber,
    full_floor,
    parity,
    reber,
    window_floors,
)
from firstbit.studies import judge, write_judgement
from firstbit.studies.judging.models import loaded
from firstbit.studies.judging.page import answer, judgement_page
from firstbit.studies.verdicts.by_hand import automaton_network
from page_parser import Outside

SHORT = Criterion(num_words=FEW)
WORDS = {"scores": "probabilities", "inputs": "words", "batched": True}
SEEN = {
    0: "constant",
    1: "last symbol",
    2: "last 2 symbols",
    3: "outer symbol lost; last 3 symbols; last 4 symbols; last 5 symbols",
}


@pytest.fixture(scope="module", params=few([*SEEN], kept=[0, 3]))
def size(request):
    """Symbols that a window shows."""
    return request.param


@pytest.fixture(scope="module")
def found(size):
    """A window on embedded Reber, judged."""
    task = embedded_reber()
    return judge(window(task, size), task, criterion=SHORT, **WORDS)


def test_the_truth_passes_everything():
    found = judge(truth(reber()), "reber", criterion=SHORT, **WORDS)
    assert found.solved
    assert found.repeats_right
    assert found.passes_hochreiter
    assert found.keeps_to == found.attrs["lag"] == 1
    assert found.right_to_length == found.long_length.max()
    assert found.squared_distance == 0
    assert found.expected_squared_error == full_floor(reber()) == 3.0
    assert abs(found.bits_above_floor) < 1e-12
    assert (found.length_accuracy == 1).all()
    assert not found.behaves_like.item()
    assert "at_rest" not in found
    assert "memory_is_there" in found.attrs["left_out"]


@pytest.mark.slow
def test_constants_and_short_windows_fail_every_measure_of_success(found, size):
    low, _ = interval(found, "squared_distance")
    at_lag = found.sel(twin_lag=found.attrs["lag"])
    assert not found.solved
    assert not found.passes_hochreiter
    assert found.keeps_to < max(size, 1)
    assert found.right_to_length == 0
    assert found.fresh_error > 0.2
    assert at_lag.twin_error == 1  # whatever the probabilities
    assert (found.long_error > 0.2).all()
    assert low > 0
    assert interval(found, "bits_above_floor")[0] > 0
    assert interval(found, "nats_above_floor")[0] > 0
    assert interval(found, "divergence")[0] > 0
    assert (found.length_accuracy < 1).any()
    farthest = found.lag_accuracy.where(found.num_lag_words > 100, drop=True)
    assert farthest[-1] < 0.9


@pytest.mark.slow
def test_a_window_lands_on_its_floor(found, size):
    assert found.behaves_like.item() == SEEN[size]
    assert found.window_floor.values.tolist() == list(
        window_floors(embedded_reber(), 8)
    )
    floor = float(found.window_floor.sel(window=size))
    low, high = interval(found, "expected_squared_error")
    assert low - 1e-9 <= floor <= high + 1e-9  # all words may lose the same
    # 1,000 pairs at each lag: all wrong from the window on.
    wrong = found.twin_error.where(found.twin_lag >= max(size, 1), drop=True)
    assert (wrong == 1).all()


@pytest.mark.slow
def test_a_network_that_was_built_by_hand_solves():
    network = automaton_network(embedded_reber())
    found = judge(network, "embedded-reber", scores="linear", criterion=SHORT)
    assert found.solved
    assert found.keeps_to == found.twin_lag.max()
    assert not found.memory_is_there  # it is right with its own
    assert found.loss_above_floor.attrs["units"] == "squared error a word"


@pytest.mark.slow
def test_a_read_out_that_is_wrong_is_told_from_memory():
    network = automaton_network(reber())
    turned = Readout(network.readout.O[::-1], network.readout.b_O)
    wrong = eqx.tree_at(lambda net: net.readout, network, turned)
    found = judge(wrong, "reber", scores="linear", criterion=SHORT)
    assert not found.solved
    assert found.memory_is_there
    assert "The memory is there, the read-out isn't." in answer(found)


@cache
def noise(last, place):
    """What is added after some last symbols; often nothing."""
    draw = np.random.default_rng([place, *map(ord, last)])
    return 0.6 * draw.random(3) * (draw.random() < 0.3)


def noisy(task):
    """The truth with an error that depends on the beginning alone."""

    exact = truth(task)

    def predict(words):
        return list(map(with_noise, words, exact(words)))

    def with_noise(word, rows):
        given = rows.copy()
        for end in range(1, len(word) + 1):
            given[end - 1] += noise(word[max(0, end - 4) : end], end % 3)
        return given / given.sum(axis=1, keepdims=True)

    return predict


@pytest.mark.slow
def test_means_and_shares_are_those_of_plain_loops():
    task = parity()
    predict = noisy(task)
    found = judge(predict, task, criterion=SHORT, **WORDS)
    from firstbit.languages.judging.standard_test import StandardTest

    words = StandardTest(task, SHORT, 0).words.fresh
    squared, bits, counts, right = [], [], [], {}
    rows = np.unique(task.next_output.round(12), axis=0)
    for word, given in zip(words, predict(words), strict=True):
        states = task.path(word)[1:]
        of_word = [task.next_output[state] for state in states]
        outputs = [task.outputs.index(symbol) for symbol in (*word[1:], "$")]
        squared.append(((given - of_word) ** 2).sum())
        bits.append(
            sum(
                np.log2(row[o] / y[o])
                for row, y, o in zip(of_word, given, outputs, strict=True)
            )
        )
        counts.append(len(word))
        nearest = [rows[((rows - y) ** 2).sum(axis=1).argmin()] for y in given]
        is_right = np.allclose(nearest, of_word)
        right.setdefault(len(word), []).append(is_right)
    assert found.squared_distance == pytest.approx(np.mean(squared), rel=1e-9)
    error = np.std(squared, ddof=1) / np.sqrt(len(words))
    assert found.squared_distance_se == pytest.approx(error, rel=1e-9)
    mean = sum(bits) / sum(counts)
    assert found.bits_above_floor == pytest.approx(mean, rel=1e-9)
    # The jackknife: the ratio without one word, for each word.
    left = (sum(bits) - np.array(bits)) / (sum(counts) - np.array(counts))
    jackknife = np.sqrt((len(words) - 1) * left.var())
    assert found.bits_above_floor_se == pytest.approx(jackknife, rel=0.01)
    assert found.nats_above_floor == pytest.approx(mean * np.log(2), rel=1e-9)
    assert found.loss_above_floor == pytest.approx(np.mean(bits), rel=1e-9)
    length = max(right, key=lambda each: len(right[each]))
    at = found.sel(length=length)
    assert at.length_accuracy == np.mean(right[length])
    assert at.num_length_words == len(right[length])
    low, high = interval(at, "length_accuracy")
    assert (low, high) == clopper_pearson(sum(right[length]), len(right[length]))
    wrong = sum(not all(one) for one in ([r] for each in right.values() for r in each))
    assert found.fresh_error == wrong / len(words)


@pytest.mark.slow
def test_all_ways_to_call_a_model_give_the_same():
    task = reber()
    last = remembered(window(task, 1))
    one = judge(last, task, criterion=SHORT, **WORDS)
    ways = [
        (one_hot_of(task, last), {"inputs": "one-hot"}),
        (indices_of(task, last), {"inputs": "indices", "batched": True}),
        (lambda word: last([word])[0], {"inputs": "words"}),
        (
            lambda word: np.log(np.maximum(last([word])[0], 1e-300)),
            {"inputs": "words", "scores": "logits"},
        ),
    ]
    for model, way in ways:
        other = judge(
            model, task, **{"scores": "probabilities", **way}, criterion=SHORT
        )
        for name, values in one.data_vars.items():
            if values.dtype.kind == "f":
                np.testing.assert_allclose(values, other[name], atol=1e-9)
            else:
                assert (values == other[name]).all()


@pytest.mark.slow
def test_a_module_of_equinox_is_compiled_and_padded():
    class Last(eqx.Module):
        rows: jax.Array
        dropout: eqx.nn.Dropout

        def __call__(self, one_hot):
            return self.dropout(one_hot @ self.rows), "state"

    task = reber()
    rows = np.zeros((7, 7))
    for word in ("B", "BT", "BTX", "BTS", "BP", "BPTV", "BTXSE"):
        place = task.alphabet.index(word[-1])
        rows[place] = window(task, 1)([word])[0][-1]
    model = Last(jnp.asarray(rows, jnp.float32), eqx.nn.Dropout(0.5))
    found = judge(model, task, scores="probabilities", criterion=SHORT)
    exact = judge(window(task, 1), task, criterion=SHORT, **WORDS)
    assert found.attrs["model"] == "Last"
    assert found.behaves_like.item() == "last symbol"
    np.testing.assert_allclose(
        found.squared_distance, exact.squared_distance, rtol=1e-5
    )


@pytest.mark.slow
def test_a_network_of_ours_takes_its_logits():
    cell = GRU(7, 3, key=jax.random.key(0))
    network = Network(cell, Readout(jnp.zeros((7, 3))))
    found = judge(network, "reber", scores="logits", criterion=SHORT)
    assert not found.solved
    assert json.loads(found.attrs["configuration"])["num_units"] == 3


def test_the_page_says_the_answer_first(tmp_path):
    task = Language.from_regex("a(b|c)d")
    found = judge(truth(task), task, criterion=SHORT, **WORDS)
    text = judgement_page(found)
    page = Outside()
    page.feed(text)
    assert not page.addresses
    assert not page.open
    assert text.index("solves a(b|c)d") < text.index("Right and wrong")
    assert answer(found).startswith("predict solves a(b|c)d.")
    write_judgement(tmp_path / "new", found)
    about = json.loads((tmp_path / "new" / "judgement.json").read_text())
    assert about["answer"] == answer(found)


def test_what_a_language_lacks_is_not_right():
    """No symbol repeats and leads through different rows there; no twins exist."""
    for regex in ("a(b|c)d", "a(b|c)*"):
        task = Language.from_regex(regex)
        found = judge(truth(task), task, criterion=SHORT, **WORDS)
        text = judgement_page(found)
        assert "a symbol that repeats" not in text
        keeps_to = text.split(found.keeps_to.attrs["long_name"])[1]
        assert "none exist" in keeps_to.split("</tr>")[0]
        right_to = text.split(found.right_to_length.attrs["long_name"])[1]
        assert f">{int(found.right_to_length)}<" in right_to.split("</tr>")[0]
    of_parity = judge(truth(parity()), "parity", criterion=SHORT, **WORDS)
    assert "a symbol that repeats" in judgement_page(of_parity)


def constant(word):
    return np.full((len(word), 7), 1 / 7)


def with_nan(word):
    scores = constant(word)
    scores[-1, 2] = np.nan
    return scores


def later(word):
    """Sees the symbol to come."""
    scores = constant(word)
    for time, symbol in enumerate(word[1:]):
        scores[time] = np.eye(7)["BTSXVPE".index(symbol)]
    return scores


def drawn(word, random=np.random.default_rng(0)):  # noqa: B008
    scores = random.random((len(word), 7))
    return scores / scores.sum(axis=1, keepdims=True)


def failing(word):
    raise ValueError("no room\nfor 'BT'")


BAD = {
    "too few outputs": (
        lambda w: constant(w)[:, :6],
        r"shape \(\d+, 7\) for '\w+', got",
    ),
    "no row for the last": (lambda w: constant(w)[1:], "return one row a symbol read"),
    "a number": (lambda w: 3.0, r"got \(\)"),
    "nothing": (lambda w: None, "expected numbers|got"),
    "text": (lambda w: "abc", "expected numbers as the scores"),
    "nan": (with_nan, "expected finite scores, got nan after 'B"),
    "unnormalised": (lambda w: 3 * constant(w), "sum to 1, got the sum 3 .*'logits'"),
    "negative": (lambda w: constant(w) - np.eye(7)[0] + np.eye(7)[1], "at least 0"),
    "sees what comes": (later, "expected the same scores after 'B'.*mask it"),
    "draws at random": (drawn, "no dropout"),
    "fails": (failing, r"ValueError: no room\\nfor 'BT'; firstbit expects a call with"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_model_is_one_line(name):
    model, text = BAD[name]
    with pytest.raises((CellError, SettingError), match=text) as refused:
        judge(model, "reber", scores="probabilities", inputs="words", criterion=SHORT)
    assert "\n" not in str(refused.value)


@pytest.mark.wrong_types
@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"scores": "softmax"}, "expected `scores` to be one of logits, probabilities"),
        ({"inputs": "text"}, "expected `inputs` to be one of one-hot, indices, words"),
        ({"batched": "yes"}, "expected `batched` as True or False"),
        ({"confidence": 95}, "expected a confidence between 0 and 1"),
        ({"seed": -1}, "`seed` must be at least 0"),
        ({"criterion": 3}, "expected `criterion` as Criterion"),
        ({"model": 3}, "expected a model that can be called"),
        ({"model": "gru:3"}, "expected path/to/file.py:load"),
        ({"model": "nowhere.py:load"}, "'nowhere.py', which is not there"),
        ({"language": "rebber"}, "did you mean 'reber'"),
    ],
)
def test_a_bad_setting_is_one_line(changes, text):
    arguments = {"model": constant, "language": "reber", "scores": "logits", **changes}
    with pytest.raises(firstbit.FirstbitError, match=text):
        judge(**arguments)


@pytest.mark.slow
def test_what_a_file_lacks_is_named_with_what_it_has(tmp_path):
    file = tmp_path / "nets.py"
    file.write_text("def load():\n    return len\n")
    with pytest.raises(CellError, match=r"'lod' in .*; got load; try .*nets.py:load\."):
        loaded(f"{file}:lod")


@pytest.mark.slow
def test_what_a_file_loads(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(
        "import numpy as np\n\n\ndef load():\n    return predict\n\n\n"
        "def predict(word):\n    return np.full((len(word), 7), 1 / 7)\n\n\n"
        "def broken():\n    raise KeyError('weights')\n"
    )
    way = {"scores": "probabilities", "inputs": "words", "criterion": SHORT}
    by_load = judge(f"{file}:load", "reber", **way)
    itself = judge(f"{file}:predict", "reber", **way)
    assert by_load.attrs["model"] == "predict"
    assert by_load.identical(itself)
    with pytest.raises(CellError, match="gave no model: KeyError: 'weights'"):
        judge(f"{file}:broken", "reber", **way)
