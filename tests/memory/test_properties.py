"""What must hold for any input, tried on many."""

import re
from collections import Counter

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstbit.cells import GRU, Network, Readout, Vanilla, run
from firstbit.cells.grammar import parse_sizes
from firstbit.errors import SettingError
from firstbit.languages import (
    Language,
    embedded_reber,
    full_floor,
    loss_of_truth,
    reber,
    sample,
)
from firstbit.memory.state_clusters import separation
from firstbit.programs.blockwise import blockwise
from firstbit.programs.products import UNROLLED_UP_TO

SEEDS = st.integers(0, 2**32 - 1)


REBER = "B((TS*X|PT*VP)(XT*VP)*(S|XT*VV)|PT*VV)E"
"""Reber's grammar as an expression: the ways to q2, round from there to q2, and on to
the last E."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "expression"),
    [(reber(), REBER), (embedded_reber(), f"B(T{REBER}T|P{REBER}P)E")],
    ids=["reber", "embedded"],
)
def test_a_word_is_accepted_just_when_it_matches_the_expression_of_the_grammar(
    task, expression
):
    seen = Counter()

    @given(
        st.from_regex(expression, fullmatch=True, alphabet="BTSXVPE"),
        st.integers(0, 40),
        st.text("BTSXVPE", max_size=1),
        st.integers(0, 1),
    )
    def holds(word, at, instead, lost):
        at %= len(word) + 1
        damaged = word[:at] + instead + word[at + lost :]
        assert task.accepts(word)
        assert task.accepts(damaged) == (re.fullmatch(expression, damaged) is not None)
        seen[task.accepts(damaged)] += 1

    holds()
    assert min(seen.values()) > 10
    assert task.shortest_difference(Language.from_regex(expression)) is None


@given(SEEDS)
@settings(max_examples=20)
def test_next_symbols_along_a_sampled_word_sum_to_one_and_allow_it(seed):
    language = embedded_reber()
    (word,) = sample(language, 1, seed=seed)
    for i, symbol in enumerate(word):
        following = language.next_symbols(word[:i])
        assert sum(following.values()) == pytest.approx(1)
        assert following[symbol] > 0


@pytest.mark.slow
@given(SEEDS)
@settings(max_examples=10)
def test_the_mean_loss_of_the_truth_is_near_the_floor(seed):
    words = sample(reber(), 400, seed=seed)
    losses = [loss_of_truth(reber(), [word]) for word in words]
    assert np.mean(losses) == pytest.approx(
        full_floor(reber()), abs=6 * np.std(losses) / 20
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "columns"),
    [(1, 1), (3, 2), (2, UNROLLED_UP_TO), (5, UNROLLED_UP_TO + 1)],
    ids=["a number", "short", "longest written out", "longer"],
)
def test_products_in_blocks_are_the_products_of_each_draw(rows, columns):
    generator = np.random.default_rng(rows)
    matrix = generator.normal(size=(rows, columns, 3))
    vector = generator.normal(size=(columns, 3))
    with jax.enable_x64(True):
        of_block = jax.jit(blockwise(lambda a, b: a @ b, jax.numpy.array(True)))
        block = np.asarray(of_block(matrix, vector))
    assert block == pytest.approx(np.einsum("ijd,jd->id", matrix, vector), abs=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("cell", [Vanilla, GRU])
def test_many_networks_at_once_are_each_network_alone(cell):
    def outputs(key):
        made = cell(3, 4, use_bias=True, key=key)
        network = Network(made, Readout(jax.random.normal(key, (2, 4))))
        return run(network, jax.numpy.eye(3)[jax.numpy.array([0, 2, 1, 1])])[1]

    with jax.enable_x64(True):
        keys = jax.random.split(jax.random.key(0), 5)
        assert np.asarray(jax.vmap(outputs)(keys)) == pytest.approx(
            np.stack([outputs(key) for key in keys]), abs=1e-14
        )


@given(st.text(alphabet="0123456789:,- ", max_size=8))
def test_sizes_are_read_or_refused(text):
    try:
        sizes = parse_sizes(text if len(text) < 6 else text[:5])
    except SettingError:
        return
    assert min(sizes) >= 1
    assert len(set(sizes)) == len(sizes)


@given(st.lists(st.floats(-5, 5), min_size=4, max_size=4), st.floats(-3, 3))
def test_distances_of_states_ignore_a_common_shift(values, shift):
    hidden, labels = np.array(values)[:, None], ["a", "a", "b", "b"]
    here, there = separation(hidden, labels), separation(hidden + shift, labels)
    assert (here.within, here.between) == pytest.approx(
        (there.within, there.between), abs=1e-11
    )
