"""Which argument holds for every net of a configuration, and why the others don't."""

from functools import partial
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy

from firstbit.cells import GRU, LSTM, Vanilla
from firstbit.cells.given import Given
from firstbit.cells.transition import NON_NEGATIVE
from firstbit.cli.language.find import find
from firstbit.errors import CellError
from firstbit.languages import Language, embedded_reber, parity, reber
from firstbit.studies.verdicts.applicability import Inapplicable, arguments_on
from firstbit.studies.verdicts.arguments import Argument, rank_argument
from firstbit.studies.verdicts.transitions import require_transition

NAMES = ["order", "theorem", "theorem at a given length", "rank"]


def why_not(cell, language, name, *, is_softmax=False, **given):
    """Why an argument does not apply."""
    one = Given.of(cell) if isinstance(cell, str) else Given.of(cell, hidden_sizes=[1])
    found = arguments_on(one, language, is_softmax=is_softmax, **given)
    assert [argument.name for argument in found] == NAMES
    argument = found[NAMES.index(name)]
    assert isinstance(argument, Inapplicable)
    return argument.why


def holding(cell, language, *, is_softmax=False):
    """Names of the arguments by which a failure is intrinsic."""
    found = arguments_on(cell, language, is_softmax=is_softmax)
    return [one.name for one in found if isinstance(one, Argument) and one.is_intrinsic]


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
    assert "go through a softmax" in why_not(
        "vanilla:2", cycle, "rank", is_softmax=True
    )
    assert arguments_on("vanilla:2", cycle, is_softmax=False)[-1] == rank


@pytest.mark.slow
@pytest.mark.parametrize("activation", ["logistic", "tanh", "relu", "softplus", "erf"])
@pytest.mark.parametrize("name", ["parity", "count-mod:3", "tomita-7"])
def test_one_unit_is_intrinsic_by_order(activation, name):
    cell = f"vanilla:1,activation={activation}"
    assert holding(cell, find(name)) == ["order"]


@pytest.mark.slow
def test_where_order_says_nothing():
    assert "passes the linear programme" in why_not("vanilla:1", reber(), "order")
    assert "gru:1" not in holding("gru:1", parity())
    assert "about one unit" in why_not("vanilla:2", parity(), "order")
    assert "known to be increasing" in why_not(
        "vanilla:1,activation=sin", parity(), "order"
    )
    assert "after a softmax" in why_not("vanilla:1", parity(), "order", is_softmax=True)
    assert "pass for each other" in why_not(
        "vanilla:1", parity(), "order", resolution=0.41
    )
    assert "were not tried" in why_not("vanilla:1", find("dyck"), "order")
    silu = partial(Vanilla, activation=jax.nn.silu)
    assert "known to be increasing" in why_not(silu, parity(), "order")


def test_rank_is_never_intrinsic():
    assert holding("vanilla:3", reber()) == []
    assert holding("gru:2", reber()) == []
    found = arguments_on("gru:2", reber(), is_softmax=False)[-1]
    assert isinstance(found, Argument)
    assert "of right or wrong it says nothing" in found.excludes


class Signed(eqx.Module):
    """A gated cell with eigenvalues in (-1, 1) that says they are not below 0."""

    transition: ClassVar[str] = NON_NEGATIVE
    U: jax.Array
    hidden_size: int = eqx.field(static=True)

    def __init__(self, input_size, hidden_size, *, key):
        self.U = jax.random.normal(key, (hidden_size, input_size))
        self.hidden_size = hidden_size

    def __call__(self, input, hidden):
        return jnp.tanh(self.U @ input) * hidden + self.U @ input


class Gated(Signed):
    """The same with eigenvalues in (0, 1)."""

    def __call__(self, input, hidden):
        return jax.nn.sigmoid(self.U @ input) * hidden + self.U @ input


class Turning(Signed):
    """The same with eigenvalues on a circle."""

    def __call__(self, input, hidden):
        return jnp.roll(hidden, 1) + self.U @ input


class Complex(Signed):
    """The same with a complex state, which each step turns by a right angle."""

    def initial_state(self):
        return jnp.zeros(self.hidden_size, complex)

    def __call__(self, input, hidden):
        return 0.5j * hidden + (self.U @ input).astype(complex)


class Bent(Signed):
    """Not linear in its state."""

    def __call__(self, input, hidden):
        return jnp.tanh(jax.nn.sigmoid(self.U @ input) * hidden)


def test_a_theorem_asks_for_the_class_that_a_cell_declares():
    both = ["theorem", "theorem at a given length"]
    own = Given.of(Gated, hidden_sizes=[3])
    for cell in ("mingru:4", own):
        assert holding(cell, parity()) == both
        assert holding(cell, parity(), is_softmax=True) == both[:1]
        assert holding(cell, find("flip-flop")) == []
    for cell in (Vanilla, GRU, LSTM, partial(Vanilla, activation="identity")):
        assert "declares no such transition" in why_not(cell, parity(), "theorem")
    assert "reber has none" in why_not("mingru:4", embedded_reber(), "theorem")


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["mingru:4", "gru:2", "vanilla:2"])
def test_declarations_that_are_true_or_absent(cell):
    require_transition(Given.of(cell), 3)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (Signed, r"its step has the eigenvalue -0\.\d+"),
        (Turning, r"its step has the eigenvalue -0\.5[+-]0\.866j"),
        (Complex, r"its step has the eigenvalue -?0[+-]0\.5j"),
        (Bent, "its step isn't linear in the state: .* a derivative differs by"),
    ],
)
def test_a_declaration_is_refused_with_what_contradicts(cell, text):
    with pytest.raises(CellError, match=text):
        require_transition(Given.of(cell, hidden_sizes=[3]), 2)


def test_an_own_cell_that_keeps_its_word():
    require_transition(Given.of(Gated, hidden_sizes=[3]), 2)


def test_an_unknown_class_is_refused():
    class Odd(Gated):
        transition: ClassVar[str] = "gated, real, positive"

    with pytest.raises(CellError, match="expected the transition of Odd to be 'gated"):
        require_transition(Given.of(Odd, hidden_sizes=[3]), 2)


def test_the_readouts_bias_counts_for_the_rank():
    kinds = []
    for cell in ("vanilla:5", "vanilla:5,readout_bias=no"):
        found = arguments_on(cell, embedded_reber(), is_softmax=False)
        kinds.append(type(found[-1]))
    assert kinds == [Inapplicable, Argument]
