"""A Vanilla cell with any activation, whose weights are N(0, gain^2)."""

from typing import ClassVar

import equinox as eqx
from jaxtyping import Array, Float, PRNGKeyArray

from firstbit.cells import Cell
from firstbit.cells.cell import draw_parameters
from firstbit.cells.product import product
from firstbit.memory.mean_field.activations import activation_by_name


def scaled_vanilla(activation: str, gain: float) -> type[Cell]:
    """The class of cells $h_t = s(g (U_h x_t + W_h h_{t-1}))$."""
    function = activation_by_name(activation)

    class ScaledVanilla(Cell):
        gates: ClassVar[tuple[str, ...]] = ("h",)

        U_h: Float[Array, "hidden input ..."]
        W_h: Float[Array, "hidden hidden ..."]
        b_h: Float[Array, "hidden ..."] | None
        input_size: int = eqx.field(static=True)
        hidden_size: int = eqx.field(static=True)

        def __init__(self, input_size: int, hidden_size: int, *, use_bias: bool = False, key: PRNGKeyArray) -> None:
            drawn = draw_parameters(self.gates, input_size, hidden_size, use_bias=use_bias, initializer="normal", key=key)
            self.U_h, self.W_h, self.b_h = drawn["U_h"], drawn["W_h"], None
            self.input_size, self.hidden_size = input_size, hidden_size

        def __call__(self, input: Array, hidden: Array) -> Array:
            return function(gain * (product(self.U_h, input) + product(self.W_h, hidden)))

    return ScaledVanilla
