"""The Vanilla cell, equation (1) of the paper."""

from typing import ClassVar, final

import equinox as eqx
from jaxtyping import Array, Float, PRNGKeyArray

from firstbit.cells.activations import Activation, activation_by_name
from firstbit.cells.cell import (
    Cell,
    UnitAxes,
    affine,
    drawn_parameters,
    gate_axes,
    gate_roles,
)
from firstbit.weights.roles import Declared


@final
class Vanilla(Cell):
    r"""Vanilla (simple recurrent) cell; the paper's has the logistic function.

    $$ h_t = \sigma(U_h x_t + W_h h_{t-1} + b_h) $$

    The paper's (1) has no bias, its published training code has one: `use_bias`.

    Args:
        input_size: n, number of inputs, at least 1.
        hidden_size: k, number of units, at least 1.
        use_bias: whether b_h is there (then it starts at zero).
        activation: the function of a unit: `logistic`, `tanh`, `relu`, `softplus`,
            `erf`, `sin`, `identity`, or a function of an array, entry by entry.
        key: weights are drawn from N(0,1) with it.

    Raises:
        CellError: the activation is unknown.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> cell = Vanilla(2, 5, key=jax.random.key(0))
        >>> cell(jnp.array([1.0, 0.0]), jnp.zeros(5)).shape
        (5,)

    References:
        Stérin, Farrugia, Gripon 2017, equation (1).
    """

    gates: ClassVar[tuple[str, ...]] = ("h",)
    unit_axes: ClassVar[UnitAxes | None] = gate_axes(gates)
    roles: ClassVar[Declared] = gate_roles(gates)

    U_h: Float[Array, "hidden input"]
    W_h: Float[Array, "hidden hidden"]
    b_h: Float[Array, " hidden"] | None
    input_size: int = eqx.field(static=True)
    hidden_size: int = eqx.field(static=True)
    activation: Activation = eqx.field(static=True)

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        use_bias: bool = False,
        activation: str | Activation = "logistic",
        key: PRNGKeyArray,
    ) -> None:
        drawn = drawn_parameters(
            self.gates, input_size, hidden_size, use_bias=use_bias, key=key
        )
        self.U_h = drawn["U_h"]
        self.W_h = drawn["W_h"]
        self.b_h = drawn.get("b_h")
        self.hidden_size, self.input_size = drawn["U_h"].shape
        self.activation = (
            activation_by_name(activation)
            if isinstance(activation, str)
            else activation
        )

    def __call__(
        self, input: Float[Array, " input"], hidden: Float[Array, " hidden"]
    ) -> Float[Array, " hidden"]:
        """Return h_t of equation (1)."""
        return self.activation(affine(self.U_h, input, self.W_h, hidden, self.b_h))
