"""The rules: an oracle in plain loops, rates, budgets, and a third rule."""

from dataclasses import dataclass
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import firstbit
from covering import few
from firstbit.cells import cross_entropy, squared_error
from firstbit.errors import SettingError
from firstbit.languages import reber
from firstbit.training import (
    Examples,
    FixedWords,
    Modern,
    Published,
    Rule,
    fit,
    loss_and_gradient,
    next_symbol_examples,
    rule_by_name,
    train_seeds,
)
from firstbit.training.rules.rule import Learned
from small_trainings import KEY, VANILLA, WORDS, require_close, task


@pytest.mark.slow
def test_modern_epoch_equals_a_plain_loop_over_minibatches():
    rule = Modern(0.02, batch_size=5, clip=0.1, max_epochs=1)
    start = task(rule).network(0)
    got = fit(start, FixedWords(reber(), WORDS), rule)
    # optax mixes its types
    with jax.enable_x64(True), jax.numpy_dtype_promotion("standard"):
        net, losses = by_plain_loops(start)
        assert got.log[0].mean_error == pytest.approx(np.mean(losses), rel=1e-12)
        require_close(got.network, net)


def by_plain_loops(start):
    """Network and losses of one epoch of optax.adam on means over five words."""
    net: Any = jax.tree.map(lambda leaf: jnp.asarray(leaf, float), start)
    optimizer = optax.chain(optax.clip_by_global_norm(0.1), optax.adam(0.02))
    state, losses = optimizer.init(net), []
    gradient_of = eqx.filter_jit(loss_and_gradient)
    words = jax.tree.map(jnp.asarray, next_symbol_examples(reber(), WORDS))
    for batch in (range(5), range(5, 10), range(10, 12)):
        gradients = []
        for i in batch:
            word = Examples(*[part[i] for part in words])
            loss, gradient = gradient_of(net, word, cross_entropy)
            losses.append(float(loss))
            gradients.append(gradient)
        mean = jax.tree.map(lambda *parts: sum(parts) / len(parts), *gradients)
        step, state = jax.jit(optimizer.update)(mean, state)
        net = optax.apply_updates(net, step)
    return net, losses


@pytest.mark.slow
@pytest.mark.parametrize(
    ("loss", "function", "clip"),
    few(
        [
            ("squared-error", squared_error, np.inf),
            ("squared-error", squared_error, 10.0),
            ("cross-entropy", cross_entropy, np.inf),
            ("cross-entropy", cross_entropy, 2.0),
        ],
        kept=[0, 3],
    ),
)
def test_published_epoch_equals_a_plain_loop_over_words(loss, function, clip):
    rule = Published(0.05, loss=loss, clip=clip, max_epochs=1)
    start = task(rule).network(0)
    got = fit(start, FixedWords(reber(), WORDS), rule)
    net: Any = jax.tree.map(lambda leaf: np.asarray(leaf, float), start)
    gradient_of = eqx.filter_jit(loss_and_gradient)
    words = next_symbol_examples(reber(), WORDS)
    losses, norms = [], []
    with jax.enable_x64(True):
        for i in range(len(WORDS)):
            word = Examples(*[jnp.asarray(part[i]) for part in words])
            value, gradient = gradient_of(net, word, function)
            losses.append(float(value))
            norms.append(np.sqrt(sum((g**2).sum() for g in jax.tree.leaves(gradient))))
            scale = min(1.0, clip / norms[-1])
            net = jax.tree.map(lambda p, g, s=scale: p - 0.05 * s * g, net, gradient)
        assert got.log[0].mean_error == pytest.approx(np.mean(losses), rel=1e-12)
        require_close(got.network, net)
    assert clip == np.inf or min(norms) < clip < max(norms)  # some are scaled


@pytest.mark.slow
def test_without_halving_fresh_words_are_read_at_one_rate():
    rule = Published(0.01, halves=False, max_epochs=3)
    done = train_seeds(task(rule, words=None, num_words=8), 1)[0]
    assert [epoch.learning_rate for epoch in done.log] == [0.01] * 3
    with pytest.raises(SettingError, match="expected a fixed list"):
        task(Published(0.01), words=None, num_words=8)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("constant", [0.02] * 4),
        ("cosine", [0.02 * (1 + np.cos(np.pi * e / 4)) / 2 for e in range(4)]),
    ],
)
def test_the_rate_falls_by_a_cosine_or_stays(schedule, expected):
    rule = Modern(0.02, max_epochs=4, schedule=schedule)
    done = fit(task().network(0), FixedWords(reber(), WORDS), rule)
    rates = [epoch.learning_rate for epoch in done.log]
    assert rates == pytest.approx(expected)


@pytest.mark.slow
def test_a_budget_of_symbols():
    done = train_seeds(task(Published(0.01, max_epochs=50, max_symbols=200)), 1)[0]
    assert done.log[-2].symbols_read < 200 <= done.log[-1].symbols_read


@dataclass(frozen=True)
class Lazy(Rule):
    """A rule of one's own that learns nothing, and ends when its error repeats."""

    name: ClassVar[str] = "lazy"
    widths: ClassVar[tuple[int, ...]] = (3,)

    def epoch(self, learners, words, width):
        assert width == 3
        loss = float(words.num_steps.mean())
        return [Learned(one.network, one.moments, loss) for one in learners]

    def next_rate(self, last, before):
        return last.learning_rate

    def stops(self, last, before):
        return before is not None and last.mean_error == before.mean_error


@pytest.mark.slow
def test_a_third_rule_is_one_class():
    d = firstbit.train(
        VANILLA,
        reber(),
        rule=Lazy(0.5),
        num_seeds=5,
        key=KEY,
        hidden_size=5,
        words=WORDS,
    )
    assert d.sizes["epoch"] == 2
    assert (d.loss == np.mean([len(word) - 1 for word in WORDS])).all()
    assert '"name": "lazy"' in d.attrs["configuration"]


def test_rules_by_name():
    assert rule_by_name("published", learning_rate=0.1, tolerance=None) == Published(
        0.1
    )
    assert rule_by_name("modern") == Modern()
    with pytest.raises(SettingError, match="the rule published or modern, got 'adam'"):
        rule_by_name("adam")
    with pytest.raises(
        SettingError, match="rule has no `schedule`; leave it out, or try mo"
    ):
        rule_by_name("published", learning_rate=0.1, schedule="cosine")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: Modern(clip=0.0), "`clip` must be above 0"),
        (lambda: rule_by_name("modern", schedule="linear"), "`constant` or `cosine`"),
        (lambda: Published(0.1, clip=-1.0), "`clip` must be above 0"),
        (
            lambda: Published(0.1, loss="hinge"),
            "or cross-entropy, got the text",
        ),
        (lambda: Modern(batch_size=0), "`batch_size` must be at least 1"),
        (lambda: Published(0.1, max_symbols=0), "`max_symbols` must be at least 1"),
        (lambda: Published(0.1, max_epochs=0), "`max_epochs` must be at least 1"),
        (lambda: Published(float("nan")), "a number for `learning_rate`, got nan"),
    ],
)
def test_settings_out_of_range_are_refused(make, reason):
    with pytest.raises(SettingError, match=reason):
        make()
