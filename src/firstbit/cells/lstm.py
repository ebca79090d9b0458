"""The LSTM cell."""

from typing import ClassVar, final

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from firstbit.cells.cell import (
    Cell,
    UnitAxes,
    affine,
    drawn_parameters,
    gate_axes,
    gate_roles,
)
from firstbit.weights.roles import Declared

LSTMState = tuple[Float[Array, " hidden"], Float[Array, " hidden"]]
"""h, then c."""


@final
class LSTM(Cell):
    r"""Long short-term memory with a forget gate; its state is the pair (h, c).

    $$ i, f, o = \sigma(U_g x_t + W_g h_{t-1} + b_g), \qquad
       g = \tanh(U_g x_t + W_g h_{t-1} + b_g), $$
    $$ c_t = f \circ c_{t-1} + i \circ g, \qquad h_t = o \circ \tanh(c_t) $$

    Args:
        input_size: n, number of inputs, at least 1.
        hidden_size: k, number of units, at least 1.
        use_bias: whether b_i, b_f, b_g, b_o are there (then they start at zero).
        key: weights are drawn from N(0,1) with it.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> cell = LSTM(2, 5, key=jax.random.key(0))
        >>> [part.shape for part in cell(jnp.array([1.0, 0.0]), cell.initial_state())]
        [(5,), (5,)]
    """

    gates: ClassVar[tuple[str, ...]] = ("i", "f", "g", "o")
    unit_axes: ClassVar[UnitAxes | None] = gate_axes(gates)
    roles: ClassVar[Declared] = {
        **gate_roles(gates),
        "state[0]": "h",
        "state[1]": "cell",
    }

    U_i: Float[Array, "hidden input"]
    W_i: Float[Array, "hidden hidden"]
    b_i: Float[Array, " hidden"] | None
    U_f: Float[Array, "hidden input"]
    W_f: Float[Array, "hidden hidden"]
    b_f: Float[Array, " hidden"] | None
    U_g: Float[Array, "hidden input"]
    W_g: Float[Array, "hidden hidden"]
    b_g: Float[Array, " hidden"] | None
    U_o: Float[Array, "hidden input"]
    W_o: Float[Array, "hidden hidden"]
    b_o: Float[Array, " hidden"] | None
    input_size: int = eqx.field(static=True)
    hidden_size: int = eqx.field(static=True)

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        use_bias: bool = False,
        key: PRNGKeyArray,
    ) -> None:
        drawn = drawn_parameters(
            self.gates, input_size, hidden_size, use_bias=use_bias, key=key
        )
        self.U_i = drawn["U_i"]
        self.W_i = drawn["W_i"]
        self.b_i = drawn.get("b_i")
        self.U_f = drawn["U_f"]
        self.W_f = drawn["W_f"]
        self.b_f = drawn.get("b_f")
        self.U_g = drawn["U_g"]
        self.W_g = drawn["W_g"]
        self.b_g = drawn.get("b_g")
        self.U_o = drawn["U_o"]
        self.W_o = drawn["W_o"]
        self.b_o = drawn.get("b_o")
        self.hidden_size, self.input_size = drawn["U_i"].shape

    def initial_state(self) -> LSTMState:
        """Return zero for h and for c."""
        return jnp.zeros(self.hidden_size), jnp.zeros(self.hidden_size)

    def __call__(self, input: Float[Array, " input"], hidden: LSTMState) -> LSTMState:
        """Return h and c after one step."""
        h, c = hidden
        i = jax.nn.sigmoid(affine(self.U_i, input, self.W_i, h, self.b_i))
        f = jax.nn.sigmoid(affine(self.U_f, input, self.W_f, h, self.b_f))
        g = jnp.tanh(affine(self.U_g, input, self.W_g, h, self.b_g))
        o = jax.nn.sigmoid(affine(self.U_o, input, self.W_o, h, self.b_o))
        c = f * c + i * g
        return o * jnp.tanh(c), c
