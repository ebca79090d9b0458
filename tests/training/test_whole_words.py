"""Models of sequences are trained and judged by whole words: against plain loops."""

from functools import cache

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from firstbit import SequenceModel, SequenceModels, verdict
from firstbit.cells.given_model import GivenModel
from firstbit.errors import CellError, SettingError
from firstbit.languages import Language, full_floor, window_floors
from firstbit.training import (
    Checks,
    Modern,
    Published,
    Task,
    TaskWords,
    train,
    train_seeds,
)

KEY = jax.random.key(3)
LANGUAGE = Language.from_regex("acccd|bccce")
WORDS = ("acccd", "bccce")
SIZES = len(LANGUAGE.alphabet), len(LANGUAGE.outputs)


class Window(eqx.Module):
    """Sees the last three symbols."""

    taps: jax.Array
    mix: jax.Array

    def __init__(self, key, *, sizes=SIZES):
        of_taps, of_mix = jax.random.split(key)
        self.taps = jax.random.normal(of_taps, (3, sizes[0], 8))
        self.mix = jax.random.normal(of_mix, (8, sizes[1])) / 2

    def __call__(self, inputs):
        padded = jnp.pad(inputs, ((2, 0), (0, 0)))
        shifted = [padded[i : i + len(inputs)] @ self.taps[i] for i in range(3)]
        return jnp.tanh(sum(shifted)) @ self.mix


@cache
def models():
    return SequenceModels(Window)


def loss_of(model, word, is_softmax):
    """The loss of a word, symbol by symbol: nothing is padded."""
    numbers = [LANGUAGE.alphabet.index(symbol) for symbol in word]
    outputs = model(jnp.eye(SIZES[0])[jnp.array(numbers)])
    after = [*numbers[1:], SIZES[1] - 1][: len(word) - (not LANGUAGE.has_end_marker)]
    losses = []
    for output, target in zip(outputs, after, strict=False):
        one_hot = jnp.eye(SIZES[1])[target]
        squared = jnp.sum((output - one_hot) ** 2)
        losses.append(-jax.nn.log_softmax(output)[target] if is_softmax else squared)
    return sum(losses)


@pytest.mark.slow
@pytest.mark.parametrize("rule", [Published(0.05, max_epochs=2), Modern(max_epochs=2)])
def test_two_epochs_equal_a_plain_loop(rule):
    words = TaskWords(WORDS[:1] * 2)
    task = Task(GivenModel(models()), LANGUAGE, rule, KEY, words=words)
    (got,) = train_seeds(task, 1)
    with jax.enable_x64(True), jax.numpy_dtype_promotion("standard"):
        net = task.network(0)
        chain = optax.chain(optax.clip_by_global_norm(1.0), optax.adam(0.01))
        adam = chain.init(net)
        asked = jax.jit(jax.value_and_grad(loss_of), static_argnums=(1, 2))
        update = jax.jit(chain.update)
        losses = []
        for _ in range(2):
            for _ in range(2 if rule.name == "published" else 1):
                loss, slope = asked(net, "acccd", rule.is_softmax)
                losses.append(float(loss))
                step = jax.tree.map(lambda g: -0.05 * g, slope)
                if rule.name == "modern":
                    step, adam = update(slope, adam)
                net = optax.apply_updates(net, step)
    log = np.array([epoch.mean_error for epoch in got.log])
    assert np.allclose(log, np.mean(np.reshape(losses, (2, -1)), axis=1), rtol=1e-12)
    leaves = jax.tree.leaves(got.network), jax.tree.leaves(net)
    for one, other in zip(*leaves, strict=True):
        assert np.allclose(one, other, rtol=1e-12, atol=1e-14)


@pytest.mark.slow
def test_a_window_of_three_lands_on_its_floor_and_no_witness_is_found(tmp_path):
    found = verdict(
        LANGUAGE,
        [models()],
        rule=Modern(0.05, max_epochs=80),
        num_seeds=8,
        key=KEY,
        words=WORDS,
        checks=Checks(every=80),
    )
    (one,) = found.verdicts
    runs = found.runs["Window"]
    floor = window_floors(LANGUAGE, 3)[3] - full_floor(LANGUAGE)
    assert one.verdict == "undecided"
    assert one.evidence.num_memory is None
    assert one.guessing is None
    assert "Window shows outputs alone" in one.reason
    assert np.allclose(runs.squared_distance, floor, rtol=0.02)
    assert set(runs.behaves_like.values) == {"last 3 symbols"}
    assert "memory_is_there" in runs.attrs["left_out"]
    assert "memory_is_there" not in runs
    found.save(tmp_path / "out")
    assert "t be seen" in (tmp_path / "out" / "report.html").read_text()


@pytest.mark.slow
def test_what_cannot_be_trained_is_refused_by_one_line():
    asked = {"rule": Modern(max_epochs=1), "num_seeds": 1, "key": KEY, "words": WORDS}
    plain = SequenceModel(lambda inputs: inputs)
    with pytest.raises(CellError, match="arrays of real numbers to train, got none"):
        train(plain, LANGUAGE, **asked)
    other = SequenceModel(Window(KEY, sizes=(SIZES[0], 2)))
    with pytest.raises(CellError, match=r"expected 5 outputs of Window, .* got 2; end"):
        train(other, LANGUAGE, **asked)
    with pytest.raises(
        SettingError, match="expected no `hidden_size` for the sequence"
    ):
        train(models(), LANGUAGE, hidden_size=3, **asked)
    one = SequenceModel(Window(KEY))
    twice = {**asked, "rule": Published(0.1, max_epochs=1), "num_seeds": 2}
    with pytest.raises(SettingError, match="expected seeds that differ, got 2 runs"):
        train(one, LANGUAGE, **twice)
    with pytest.raises(CellError, match="-> model fails: ZeroDivisionError"):
        SequenceModels(lambda key: 1 / 0)
