"""What the library's own cells share: gates with matrices U and W and a bias b."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from firstbit.errors import CellError, require_at_least
from firstbit.weights.initializers import NORMAL

AnyArray = Array | np.ndarray
"""The arrays of a cell may be NumPy's: a network that was trained elsewhere."""

CellT = TypeVar("CellT", bound="Cell")

UnitAxes = Mapping[str, tuple[int, ...]]
"""Name of an array -> its axes that run over hidden units."""


class Cell(eqx.Module):
    """A recurrent cell in Equinox's convention: `cell(input, hidden) -> hidden`.

    It reads one example, without a batch axis. For each gate g of `gates` a cell has
    the parameters U_g (hidden, input), W_g (hidden, hidden) and, with `use_bias`, b_g
    (hidden,).

    A class may declare `unit_axes`: for each of its arrays, the axes that run over
    hidden units. By this it says that further units, whose weights are all zero, change
    nothing in the others; then cells of several sizes share one compiled program. A
    subclass declares it anew: another step may not allow it.

    It may declare `transition`, the class of its step as a function of the state, such
    as `gated, real, non-negative`: theorems ask for it. It is checked where it is used.
    """

    gates: ClassVar[tuple[str, ...]]
    unit_axes: ClassVar[UnitAxes | None] = None
    transition: ClassVar[str] = ""
    input_size: eqx.AbstractVar[int]
    hidden_size: eqx.AbstractVar[int]

    @abstractmethod
    def __call__(self, input: Float[Array, " input"], hidden: Any) -> Any:
        """Return the state after reading `input` in state `hidden`."""

    @classmethod
    def from_parameters(
        cls: type[CellT], **parameters: Float[AnyArray, "hidden ..."]
    ) -> CellT:
        """Build a cell from its arrays, named as in the paper: U_h=..., W_h=...

        Raises:
            CellError: a parameter is missing, or unknown.
        """
        weights = [f"{kind}_{gate}" for gate in cls.gates for kind in "UW"]
        biases = [f"b_{gate}" for gate in cls.gates]
        use_bias = biases[0] in parameters
        expected = weights + biases if use_bias else weights
        if set(parameters) != set(expected):
            raise CellError(
                f"expected the parameters {', '.join(expected)}; got "
                f"{', '.join(parameters)}; name each once."
            )
        hidden_size, input_size = parameters[weights[0]].shape
        key = jax.random.key(0)
        shell = eqx.filter_eval_shape(
            cls, input_size, hidden_size, use_bias=use_bias, key=key
        )
        return eqx.tree_at(
            lambda cell: [getattr(cell, name) for name in expected],
            shell,
            [parameters[name] for name in expected],
        )

    def parameters(self) -> dict[str, AnyArray]:
        """Return the cell's arrays by their names in the paper, gate by gate."""
        found = {}
        for gate in self.gates:
            for name in (f"U_{gate}", f"W_{gate}", f"b_{gate}"):
                if getattr(self, name) is not None:
                    found[name] = getattr(self, name)
        return found


def gate_axes(gates: Sequence[str]) -> UnitAxes:
    """Return the unit axes of the arrays of these gates.

    Example:
        >>> gate_axes("h")
        {'U_h': (0,), 'W_h': (0, 1), 'b_h': (0,)}
    """
    axes: dict[str, tuple[int, ...]] = {}
    for gate in gates:
        axes |= {f"U_{gate}": (0,), f"W_{gate}": (0, 1), f"b_{gate}": (0,)}
    return axes


def drawn_parameters(
    gates: tuple[str, ...],
    input_size: int,
    hidden_size: int,
    *,
    use_bias: bool,
    key: PRNGKeyArray,
) -> dict[str, Array]:
    """Draw every U and W of a new cell from N(0,1); biases are zero."""
    require_at_least("input_size", input_size, 1)
    require_at_least("hidden_size", hidden_size, 1)
    parameters: dict[str, Array] = {}
    for gate, of_gate in zip(gates, jax.random.split(key, len(gates)), strict=True):
        of_input, of_hidden = jax.random.split(of_gate)
        parameters[f"U_{gate}"] = NORMAL(of_input, (hidden_size, input_size))
        parameters[f"W_{gate}"] = NORMAL(of_hidden, (hidden_size, hidden_size))
        if use_bias:
            parameters[f"b_{gate}"] = jnp.zeros(hidden_size)
    return parameters


def affine(
    U: Float[Array, "hidden input"],
    input: Float[Array, " input"],
    W: Float[Array, "hidden hidden"],
    hidden: Float[Array, " hidden"],
    b: Float[Array, " hidden"] | None,
) -> Float[Array, " hidden"]:
    """Return U x + W h, plus b where there is one."""
    total = U @ input + W @ hidden
    return total if b is None else total + b
