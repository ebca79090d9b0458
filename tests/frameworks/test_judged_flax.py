"""Nets of Flax that were trained elsewhere: nnx, and linen with its variables."""

import numpy as np
import pytest

pytest.importorskip("flax")

import jax
from flax import linen, nnx

from firstbit import judge
from firstbit.errors import CellError
from firstbit.languages import Criterion
from firstbit.languages.automaton.visits import moves, visits_after_a_symbol
from firstbit.languages.catalogue import reber

SHORT = Criterion(num_words=20)


def rows_by_symbol():
    """The mean row after each symbol: weights of a net that sees the last one."""
    task = reber()
    visits = visits_after_a_symbol(task)
    start = np.zeros(len(task.states))
    start[0] = 1
    rows = []
    for move in moves(task):
        weights = (visits + start) @ move
        row = weights @ task.next_output
        rows.append(row / max(row.sum(), 1e-300))
    return np.array(rows)


def test_the_last_symbol_is_what_both_kinds_behave_like():
    rows = rows_by_symbol()
    own = nnx.Linear(7, 7, use_bias=False, rngs=nnx.Rngs(0))
    own.kernel = nnx.Param(jax.numpy.asarray(rows, jax.numpy.float32))
    dense = linen.Dense(7, use_bias=False)
    variables = {"params": {"kernel": jax.numpy.asarray(rows, jax.numpy.float32)}}
    ways = {"scores": "probabilities", "criterion": SHORT}
    found = [
        judge(own, "reber", batched=True, **ways),
        judge(dense.bind(variables), "reber", **ways, batched=True),
        judge(lambda array: dense.apply(variables, array), "reber", **ways),
    ]
    for one in found:
        assert one.behaves_like.item() == "last symbol"
        assert not one.solved
        np.testing.assert_allclose(
            one.squared_distance, found[0].squared_distance, rtol=1e-6
        )


def test_a_module_without_its_variables_is_one_line():
    with pytest.raises(CellError, match="the model failed on words") as refused:
        judge(linen.Dense(7), "reber", scores="logits", criterion=SHORT)
    assert "\n" not in str(refused.value)
