"""Which argument holds for every net of a configuration, and why the others don't."""

from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy

from firstbit.cells import ACTIVATIONS, GRU, LSTM, Vanilla, redraw
from firstbit.cells.given import Given
from firstbit.languages import Language, embedded_reber, reber
from firstbit.studies.verdicts.applicability import Inapplicable, arguments_on
from firstbit.studies.verdicts.arguments import Argument, rank_argument


def why_not(cell, language, place, *, is_softmax=False):
    """Why the argument at a place does not apply."""
    found = arguments_on(cell, language, is_softmax=is_softmax)[place]
    assert isinstance(found, Inapplicable)
    return found.why


def test_a_softmax_escapes_the_argument_from_rank():
    """Logits s cos(angle of state - angle of symbol) have rank 2.

    Their softmax goes to any table of certainties.
    """
    cycle = Language.from_regex("abcdef")
    rank = rank_argument(cycle, 2)
    assert rank is not None
    assert rank.numbers["excess_loss"] > 1
    angles = np.linspace(0, 2 * np.pi, 6, endpoint=False)
    logits = 1000 * np.cos(angles[:, None] - angles)
    assert np.linalg.matrix_rank(logits) == 2
    assert scipy.special.softmax(logits, axis=1) == pytest.approx(np.eye(6), abs=1e-9)
    with_softmax, without = (
        arguments_on("vanilla:2", cycle, is_softmax=is_softmax)[0]
        for is_softmax in (True, False)
    )
    assert isinstance(with_softmax, Inapplicable)
    assert "go through a softmax" in with_softmax.why
    assert without == rank


@pytest.mark.parametrize(
    ("activation", "norm"),
    [
        ("logistic", 4),
        ("tanh", 1),
        ("relu", 1),
        ("softplus", 1),
        ("erf", np.sqrt(np.pi) / 2),
        ("sin", 1),
        ("identity", 1),
    ],
)
def test_the_norm_that_contraction_needs_is_one_over_the_steepest_slope(
    activation, norm
):
    steepest = np.diff(ACTIVATIONS[activation](np.linspace(-9, 9, 18001))).max() / 1e-3
    assert 1 / steepest == pytest.approx(norm, rel=1e-2)
    for cell in (
        partial(Vanilla, activation=activation),
        partial(Vanilla, activation=ACTIVATIONS[activation]),
    ):
        given = Given.of(cell, hidden_sizes=[2])
        why = why_not(given, reber(), 1)
        assert f"needs |W_h| below {norm:.4g} (slopes of {activation}" in why
        assert "training bounds no weight" in why


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell", "open_gate", "shut_gate"), [(GRU, "z", None), (LSTM, "f", "i")]
)
def test_a_gated_cell_may_keep_its_state(cell, open_gate, shut_gate):
    """So no rate below 1 holds for all weights, as is said of it."""
    one = redraw(
        cell(2, 3, use_bias=True, key=jax.random.key(0)), "normal", jax.random.key(1)
    )
    one = eqx.tree_at(lambda c: getattr(c, f"b_{open_gate}"), one, jnp.full(3, 60.0))
    one = (
        one
        if shut_gate is None
        else eqx.tree_at(
            lambda c: getattr(c, f"b_{shut_gate}"), one, jnp.full(3, -60.0)
        )
    )
    kept = jnp.array([0.3, -0.2, 0.5])
    state = one(jnp.array([1.0, 0.0]), kept if shut_gate is None else (kept, kept))
    assert np.asarray(jax.tree.leaves(state)[-1]) == pytest.approx(
        np.asarray(kept), abs=1e-6
    )
    given = Given.of(cell, hidden_sizes=[3])
    why = why_not(given, reber(), 1, is_softmax=True)
    assert f"with {open_gate} near 1" in why


def test_why_the_theorem_is_not_about_a_configuration():
    parity = Language.from_regex("(0|10*1)*")

    def why(cell, language=parity):
        given = Given.of(cell, hidden_sizes=[3])
        return why_not(given, language, 2)

    assert "embedded-reber has none" in why(Vanilla, embedded_reber())
    assert all("'1' repeated: s0, s1" in why(cell) for cell in (Vanilla, GRU))
    assert why(partial(Vanilla, activation="identity")).endswith(
        "the eigenvalues of W_h may be negative"
    )
    assert why(partial(Vanilla, activation="relu")).endswith("relu is not linear")
    assert why(LSTM).endswith("the gates of LSTM are not linear")
    assert why(partial(Vanilla, activation=jax.nn.silu)).endswith(
        "it is not known that Vanilla(activation=silu) is one"
    )
    assert why(eqx.nn.GRUCell).endswith("it is not known that GRUCell is one")


def test_of_a_foreign_cell_no_bound_is_known():
    given = Given.of(eqx.nn.GRUCell, hidden_sizes=[3])
    why = why_not(given, reber(), 1)
    assert why.endswith("known for GRUCell")


def test_the_readouts_bias_counts_for_the_rank():
    kinds = []
    for cell in ("vanilla:5", "vanilla:5,readout_bias=no"):
        found = arguments_on(cell, embedded_reber(), is_softmax=False)
        kinds.append(type(found[0]))
    assert kinds == [Inapplicable, Argument]
