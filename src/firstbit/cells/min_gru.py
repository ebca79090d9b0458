"""The minimal GRU: a gated cell whose step is linear in the state."""

from collections.abc import Mapping
from typing import ClassVar, TypeVar, final

import equinox as eqx
import jax
from jaxtyping import Array, Float, PRNGKeyArray

from firstbit.cells.cell import AnyArray, Cell, UnitAxes
from firstbit.errors import CellError, require_at_least
from firstbit.weights.initializers import NORMAL
from firstbit.weights.roles import INPUT, Declared

MinGRUT = TypeVar("MinGRUT", bound="MinGRU")


@final
class MinGRU(Cell):
    r"""Minimal gated recurrent unit: gate and candidate see the input alone.

    $$ z = \sigma(U_z x_t), \qquad h_t = (1 - z) \circ h_{t-1} + z \circ U_h x_t $$

    The step is linear in the state, and its eigenvalues 1 - z are real and above 0. So
    each unit forgets at the input's rate and can't alternate. The candidate is linear,
    and there is no bias, as in the first form of the paper.

    Args:
        input_size: n, number of inputs, at least 1.
        hidden_size: k, number of units, at least 1.
        key: weights are drawn from N(0,1) with it.

    Example:
        >>> import jax, jax.numpy as jnp
        >>> cell = MinGRU(2, 5, key=jax.random.key(0))
        >>> cell(jnp.array([1.0, 0.0]), jnp.zeros(5)).shape
        (5,)

    References:
        Feng et al. 2024, "Were RNNs All We Needed?", arXiv 2410.01201.
    """

    gates: ClassVar[tuple[str, ...]] = ("z", "h")
    unit_axes: ClassVar[UnitAxes | None] = {"U_z": (0,), "U_h": (0,)}
    roles: ClassVar[Declared] = {"U_z": INPUT, "U_h": INPUT}
    transition: ClassVar[str] = "gated, real, non-negative"

    U_z: Float[Array, "hidden input"]
    U_h: Float[Array, "hidden input"]
    input_size: int = eqx.field(static=True)
    hidden_size: int = eqx.field(static=True)

    def __init__(self, input_size: int, hidden_size: int, *, key: PRNGKeyArray) -> None:
        require_at_least("input_size", input_size, 1)
        require_at_least("hidden_size", hidden_size, 1)
        of_gate, of_candidate = jax.random.split(key)
        self.U_z = NORMAL(of_gate, (hidden_size, input_size))
        self.U_h = NORMAL(of_candidate, (hidden_size, input_size))
        self.input_size = input_size
        self.hidden_size = hidden_size

    def __call__(
        self, input: Float[Array, " input"], hidden: Float[Array, " hidden"]
    ) -> Float[Array, " hidden"]:
        """Return h_t."""
        z = jax.nn.sigmoid(self.U_z @ input)
        candidate = self.U_h @ input
        return (1 - z) * hidden + z * candidate

    @classmethod
    def from_parameters(
        cls: type[MinGRUT],
        *,
        options: Mapping[str, object] | None = None,
        **parameters: Float[AnyArray, "hidden ..."],
    ) -> MinGRUT:
        """Build a cell from its arrays, U_z=... and U_h=...; it has no options.

        Raises:
            CellError: a parameter is missing, or unknown, or there is an option.
        """
        if options:
            raise CellError(
                f"expected no options of MinGRU, got {', '.join(options)}; leave them "
                "out."
            )
        if set(parameters) != {"U_z", "U_h"}:
            raise CellError(
                f"expected the parameters U_z, U_h; got {', '.join(parameters)}; name "
                "each once."
            )
        hidden_size, input_size = parameters["U_z"].shape
        shell = eqx.filter_eval_shape(
            cls, input_size, hidden_size, key=jax.random.key(0)
        )
        return eqx.tree_at(
            lambda cell: (cell.U_z, cell.U_h),
            shell,
            (parameters["U_z"], parameters["U_h"]),
        )

    def parameters(self) -> dict[str, AnyArray]:
        """Return the cell's arrays by their names."""
        return {"U_z": self.U_z, "U_h": self.U_h}
