"""What the library's own cells have in common: gates with an input matrix U, a recurrent matrix W and a bias b."""

from abc import abstractmethod
from typing import Any, ClassVar, Self

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from firstbit.errors import CellError, require_at_least
from firstbit.weights.initializers import NORMAL


class Cell(eqx.Module):
    """A recurrent cell in Equinox's convention: `cell(input, hidden) -> hidden`, one example, no batch axis.

    For each gate g of `gates` a cell has the parameters U_g (hidden, input), W_g
    (hidden, hidden) and, with `use_bias`, b_g (hidden,).
    """

    gates: ClassVar[tuple[str, ...]]
    input_size: eqx.AbstractVar[int]
    hidden_size: eqx.AbstractVar[int]

    @abstractmethod
    def __call__(self, input: Float[Array, " input"], hidden: Any) -> Any:
        """One step: the state after reading `input` in state `hidden`."""

    @classmethod
    def from_parameters(cls, **parameters: Float[Array, "hidden ..."]) -> Self:
        """Build a cell from its arrays, named as in the paper (U_h=..., W_h=..., and b_h=... if it has biases).

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
        shell = eqx.filter_eval_shape(
            cls, input_size, hidden_size, use_bias=use_bias, key=jax.random.key(0)
        )
        return eqx.tree_at(
            lambda cell: [getattr(cell, name) for name in expected],
            shell,
            [parameters[name] for name in expected],
        )

    def parameters(self) -> dict[str, Array]:
        """The cell's arrays by their names in the paper, gate by gate."""
        names = [f"{kind}_{gate}" for gate in self.gates for kind in "UWb"]
        return {
            name: value for name in names if (value := getattr(self, name)) is not None
        }


def drawn_parameters(
    gates: tuple[str, ...],
    input_size: int,
    hidden_size: int,
    *,
    use_bias: bool,
    key: PRNGKeyArray,
) -> dict[str, Array]:
    """Every U and W of a new cell, from N(0,1); biases are zero."""
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
    U: Array, input: Array, W: Array, hidden: Array, b: Array | None
) -> Float[Array, " hidden"]:
    """U x + W h, plus b where there is one."""
    total = U @ input + W @ hidden
    return total if b is None else total + b
