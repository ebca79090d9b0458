"""The GRU cell, Section II.B of the paper."""

from typing import ClassVar, Literal, final

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
from firstbit.errors import CellError
from firstbit.weights.roles import Declared


@final
class GRU(Cell):
    r"""Gated recurrent unit.

    In the paper the reset vector acts on the state before the recurrent product.

    $$ z = \sigma(U_z x_t + W_z h_{t-1} + b_z), \qquad
       r = \sigma(U_r x_t + W_r h_{t-1} + b_r), $$
    $$ h' = \tanh(U_h x_t + W_h (h_{t-1} \circ r) + b_h), \qquad
       h_t = (1 - z) \circ h' + z \circ h_{t-1} $$

    With `reset="after"` the candidate is $\tanh(U_h x_t + r \circ (W_h h_{t-1}) +
    b_h)$, as in cuDNN and in `eqx.nn.GRUCell`. The paper's equations have no biases,
    its published training code has three: `use_bias`.

    Args:
        input_size: n, number of inputs, at least 1.
        hidden_size: k, number of units, at least 1.
        use_bias: whether b_z, b_r, b_h are there (then they start at zero).
        reset: where the reset vector acts, `before` the recurrent product (the paper)
            or `after` it.
        key: weights are drawn from N(0,1) with it.

    Raises:
        CellError: `reset` is something else.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> cell = GRU(2, 5, key=jax.random.key(0))
        >>> cell(jnp.array([1.0, 0.0]), jnp.zeros(5)).shape
        (5,)

    References:
        Stérin, Farrugia, Gripon 2017, Section II.B (their h' is the candidate, its
        parameters U_h, W_h here).
    """

    gates: ClassVar[tuple[str, ...]] = ("z", "r", "h")
    unit_axes: ClassVar[UnitAxes | None] = gate_axes(gates)
    roles: ClassVar[Declared] = gate_roles(gates)

    U_z: Float[Array, "hidden input"]
    W_z: Float[Array, "hidden hidden"]
    b_z: Float[Array, " hidden"] | None
    U_r: Float[Array, "hidden input"]
    W_r: Float[Array, "hidden hidden"]
    b_r: Float[Array, " hidden"] | None
    U_h: Float[Array, "hidden input"]
    W_h: Float[Array, "hidden hidden"]
    b_h: Float[Array, " hidden"] | None
    input_size: int = eqx.field(static=True)
    hidden_size: int = eqx.field(static=True)
    reset: str = eqx.field(static=True)

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        use_bias: bool = False,
        reset: Literal["before", "after"] = "before",
        key: PRNGKeyArray,
    ) -> None:
        if reset not in ("before", "after"):
            raise CellError(
                "expected the reset `before` or `after` the recurrent product, "
                f"got '{reset}'."
            )
        drawn = drawn_parameters(
            self.gates, input_size, hidden_size, use_bias=use_bias, key=key
        )
        self.U_z = drawn["U_z"]
        self.W_z = drawn["W_z"]
        self.b_z = drawn.get("b_z")
        self.U_r = drawn["U_r"]
        self.W_r = drawn["W_r"]
        self.b_r = drawn.get("b_r")
        self.U_h = drawn["U_h"]
        self.W_h = drawn["W_h"]
        self.b_h = drawn.get("b_h")
        self.hidden_size, self.input_size = drawn["U_h"].shape
        self.reset = reset

    def __call__(
        self, input: Float[Array, " input"], hidden: Float[Array, " hidden"]
    ) -> Float[Array, " hidden"]:
        """Return h_t by the four equations of Section II.B."""
        z = jax.nn.sigmoid(affine(self.U_z, input, self.W_z, hidden, self.b_z))
        r = jax.nn.sigmoid(affine(self.U_r, input, self.W_r, hidden, self.b_r))
        recurrent = (
            self.W_h @ (hidden * r)
            if self.reset == "before"
            else r * (self.W_h @ hidden)
        )
        field = self.U_h @ input + recurrent
        candidate = jnp.tanh(field if self.b_h is None else field + self.b_h)
        return (1 - z) * candidate + z * hidden
