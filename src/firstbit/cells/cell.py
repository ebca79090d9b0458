"""What the library's own cells share: gates with matrices U and W and a bias b."""

import inspect
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from firstbit.errors import CellError, require_at_least
from firstbit.weights.initializers import NORMAL
from firstbit.weights.roles import BIAS, INPUT, RECURRENT, Declared
from firstbit.weights.threefry import require_any_key

AnyArray = Array | np.ndarray
"""The arrays of a cell may be NumPy's: a network that was trained elsewhere."""

CellT = TypeVar("CellT", bound="Cell")

UnitAxes = Mapping[str, tuple[int, ...]]
"""Name of an array -> its axes that run over hidden units."""


OWN_ARGUMENTS = ("input_size", "hidden_size", "key")
"""Arguments of every cell: the others are its options."""


class Cell(eqx.Module):
    """A recurrent cell in Equinox's convention: `cell(input, hidden) -> hidden`.

    It reads one example, without a batch axis. For each gate g of `gates` a cell has
    the parameters U_g (hidden, input), W_g (hidden, hidden) and, with `use_bias`, b_g
    (hidden,).

    A class may declare `roles`: what each of its arrays and each leaf of its state is
    for; see `firstbit.cells.roles`. What it leaves out is read from its step.

    A class may declare `unit_axes`: for each of its arrays, the axes that run over
    hidden units. By this it says that further units, whose weights are all zero, change
    nothing in the others; then cells of several sizes share one compiled program. A
    subclass declares it anew: another step may not allow it.

    It may declare `transition`, the class of its step as a function of the state, such
    as `gated, real, non-negative`: theorems ask for it. It is checked where it is used.
    """

    gates: ClassVar[tuple[str, ...]]
    unit_axes: ClassVar[UnitAxes | None] = None
    roles: ClassVar[Declared] = {}
    transition: ClassVar[str] = ""
    input_size: eqx.AbstractVar[int]
    hidden_size: eqx.AbstractVar[int]

    @abstractmethod
    def __call__(self, input: Float[Array, " input"], hidden: Any) -> Any:
        """Return the state after reading `input` in state `hidden`."""

    @classmethod
    def from_parameters(
        cls: type[CellT],
        *,
        options: Mapping[str, object] | None = None,
        **parameters: Float[AnyArray, "hidden ..."],
    ) -> CellT:
        """Build a cell from its arrays, named as in the paper: U_h=..., W_h=...

        Args:
            options: of the cell, such as `{"reset": "after"}`.
            **parameters: the arrays; biases all or none.

        Raises:
            CellError: a parameter is missing, or unknown, or has another shape; or
                there is no such option.

        Example:
            >>> from firstbit.cells.vanilla import Vanilla
            >>> U, W = jnp.ones((2, 1)), jnp.zeros((2, 2))
            >>> chosen = {"activation": "tanh"}
            >>> cell = Vanilla.from_parameters(U_h=U, W_h=W, options=chosen)
            >>> cell(jnp.array([0.0]), jnp.ones(2)).tolist()
            [0.0, 0.0]
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
        hidden_size, input_size = np.shape(parameters[weights[0]])
        known = dict(options or {})
        known.pop("use_bias", None)
        _require_options(cls, known)
        make = partial(cls, use_bias=use_bias, key=jax.random.key(0), **known)
        shell = eqx.filter_eval_shape(make, input_size, hidden_size)
        for name in expected:
            _require_shape(name, parameters[name], getattr(shell, name).shape)
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


def _require_options(cell: type[Cell], options: Mapping[str, object]) -> None:
    """Raise `CellError` unless the cell takes these options."""
    names = inspect.signature(cell).parameters
    known = [name for name in names if name not in OWN_ARGUMENTS]
    for option in options:
        if option not in known:
            raise CellError(
                f"expected options of {cell.__name__} among {', '.join(known)}, got "
                f"'{option}'; leave it out."
            )


def _require_shape(name: str, array: Any, shape: tuple[int, ...]) -> None:
    """Raise `CellError` unless an array has the shape that the others ask for."""
    if np.shape(array) != shape:
        raise CellError(
            f"expected `{name}` of shape {shape}, got {np.shape(array)}; give U_ "
            "(hidden, input), W_ (hidden, hidden), b_ (hidden,)."
        )


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


def gate_roles(gates: Sequence[str]) -> Declared:
    """Return the roles of the arrays of these gates.

    Example:
        >>> gate_roles("h")
        {'U_h': 'input', 'W_h': 'recurrent', 'b_h': 'bias'}
    """
    roles: dict[str, str] = {}
    for gate in gates:
        roles |= {f"U_{gate}": INPUT, f"W_{gate}": RECURRENT, f"b_{gate}": BIAS}
    return roles


def drawn_parameters(
    gates: tuple[str, ...],
    input_size: int,
    hidden_size: int,
    *,
    use_bias: bool,
    key: PRNGKeyArray,
) -> dict[str, Array]:
    """Draw every U and W of a new cell from N(0,1); biases are zero."""
    input_size = require_at_least("input_size", input_size, 1)
    hidden_size = require_at_least("hidden_size", hidden_size, 1)
    require_any_key(key)
    parameters: dict[str, Array] = {}
    keys = jax.random.split(key, len(gates))
    for gate, of_gate in zip(gates, keys, strict=True):
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
