"""What the paper's cells have in common: gates with an input matrix U, a recurrent matrix W and a bias b."""

from abc import abstractmethod
from functools import partial
from typing import ClassVar, Self, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from firstbit.cells.initializers import Initializer, incoming_weights, initializer_by_name, uniform_entries
from firstbit.cells.threefry import Words, key_words
from firstbit.errors import CellError, require_at_least


class Cell(eqx.Module):
    """A recurrent cell in Equinox's convention: `cell(input, hidden) -> hidden`, one example, no batch axis.

    For each gate g of `gates` a cell has the parameters U_g (hidden, input), W_g (hidden, hidden) and, with
    `use_bias`, b_g (hidden,). Every parameter may carry further axes behind these: then the object is a block of
    cells that step together (see `product`).
    """

    gates: ClassVar[tuple[str, ...]]
    input_size: eqx.AbstractVar[int]
    hidden_size: eqx.AbstractVar[int]

    @abstractmethod
    def __call__(self, input: Float[Array, "input ..."], hidden: Float[Array, "hidden ..."]) -> Float[Array, "hidden ..."]:
        """One step: the hidden state after reading `input` in state `hidden`."""

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
            raise CellError(f"expected the parameters {', '.join(expected)}; got {', '.join(parameters)}; name each once.")
        hidden_size, input_size = parameters[weights[0]].shape[:2]
        shell = eqx.filter_eval_shape(cls, input_size, hidden_size, use_bias=use_bias, key=jax.random.key(0))
        return eqx.tree_at(
            lambda cell: [getattr(cell, name) for name in expected],
            shell,
            [parameters[name] for name in expected],
        )

    def parameters(self) -> dict[str, Array]:
        """The cell's arrays by their names in the paper, gate by gate."""
        names = [f"{kind}_{gate}" for gate in self.gates for kind in "UWb"]
        return {name: value for name in names if (value := getattr(self, name)) is not None}


CellType = TypeVar("CellType", bound=Cell)


def draw_parameters(
    gates: tuple[str, ...],
    input_size: int,
    hidden_size: int,
    *,
    use_bias: bool,
    initializer: str | Initializer,
    key: PRNGKeyArray,
) -> dict[str, Array]:
    """Draw every U and W of a cell from one law; biases are zero."""
    require_at_least("input_size", input_size, 1)
    require_at_least("hidden_size", hidden_size, 1)
    law = initializer_by_name(initializer) if isinstance(initializer, str) else initializer
    rows = _rows(key_words(key), law.is_normal, law.by_fan_in, num_gates=len(gates), input_size=input_size, hidden_size=hidden_size)
    drawn = split_by_gate(gates, input_size, rows)
    return {**drawn, **{f"b_{gate}": jnp.zeros(hidden_size) for gate in gates}} if use_bias else drawn


@partial(jax.jit, static_argnames=("num_gates", "input_size", "hidden_size"))
def _rows(key: Words, is_normal: Array, by_fan_in: Array, *, num_gates: int, input_size: int, hidden_size: int) -> Array:
    entries = uniform_entries(key, num_rows=hidden_size, num_gates=num_gates, num_columns=input_size + hidden_size)
    return incoming_weights(is_normal, by_fan_in, entries, input_size=input_size, hidden_size=hidden_size)


def split_by_gate(gates: tuple[str, ...], input_size: int, rows: Float[Array, "hidden gate columns ..."]) -> dict[str, Array]:
    """Name the parts of incoming weights: U_g and W_g for each gate g."""
    parts: dict[str, Array] = {}
    for number, gate in enumerate(gates):
        parts[f"U_{gate}"] = rows[:, number, :input_size]
        parts[f"W_{gate}"] = rows[:, number, input_size:]
    return parts


def redraw(cell: CellType, initializer: str | Initializer, key: PRNGKeyArray) -> CellType:
    """The same cell with every weight drawn afresh; biases, where it has them, become zero.

    Args:
        cell: one of the paper's cells.
        initializer: a law, or its name: `normal`, `fan-in-normal`, `fan-in-uniform`.
        key: the random key; the same key gives the same cell.

    Example:
        >>> import jax
        >>> from firstbit.cells.vanilla import Vanilla
        >>> cell = Vanilla(2, 3, key=jax.random.key(0))
        >>> redraw(cell, "fan-in-normal", jax.random.key(1)).W_h.shape
        (3, 3)
    """
    return cell.from_parameters(
        **draw_parameters(
            cell.gates,
            cell.input_size,
            cell.hidden_size,
            use_bias=any(name.startswith("b_") for name in cell.parameters()),
            initializer=initializer,
            key=key,
        )
    )
