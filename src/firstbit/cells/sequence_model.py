"""A model of whole sequences without a state that can be seen: the second contract."""

from collections.abc import Callable, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.tree_util import Partial, register_pytree_node_class
from jaxtyping import Array, Float, PRNGKeyArray

from firstbit.cells.bridges.recognise import TORCH, framework_of
from firstbit.cells.state import in_float
from firstbit.errors import (
    CellError,
    FirstbitError,
    PackageError,
    SettingError,
    shown_value,
)
from firstbit.programs.in_turn import in_turn
from firstbit.programs.traced import coarsest_rounding
from firstbit.weights.numbers import in_current_float

MOST_POSITIONS = 64
"""Positions whose input is changed, one at a time, to see what moves before them."""

LEAK = 1e-9
"""A move of an earlier output by more, as a share of 1 + |value|, is no rounding: an
output by a Fourier transform moves by less."""

LAST_PLACES = 1000.0
"""Where the model computes in shorter floats, so many of their last places."""

Outputs = Callable[[Any], Any]
"""From inputs (time, n) to outputs (time, p)."""

Kept = tuple[str, tuple[str, ...]]
"""The name of a model, and what a result says of it."""


@register_pytree_node_class
class SequenceModel:
    """A model `f(inputs[time, n]) -> outputs[time, p]`, in PyTorch or JAX.

    Such as a Transformer, or a layer that shows no state. It is one net, measured as it
    is: D is that of its outputs, gradients are by its inputs. It is trained from there,
    its outputs the predictions. Measures that need a state refuse it. It must be
    causal: an output depends on no later input, nor on how many follow. This is checked
    where the length is known.

    Args:
        model: a torch.nn.Module that takes (time, n), (1, time, n) or (time, 1, n), or
            a function of JAX, such as a module of Equinox, that takes (time, n). What
            is trained are the parameters of a torch.nn.Module that take a gradient, and
            the arrays of a pytree; a plain function has none.

    Raises:
        CellError: it is none of these, or can't be called so.
        PackageError: PyTorch isn't installed.

    Example:
        >>> import jax.numpy as jnp
        >>> total = SequenceModel(lambda inputs: jnp.cumsum(inputs, axis=0))
        >>> total(jnp.array([[2.0], [4.0]])).tolist()
        [[2.0], [6.0]]
    """

    def __init__(self, model: object) -> None:
        self.notes: list[str] = []
        self.name = getattr(model, "__name__", type(model).__name__)
        if framework_of(model) == TORCH:
            code = _of_torch(model)
            self._outputs = Partial(code.run, code.arrays)
            self.name = code.name
            self.notes += code.notes
            return
        if not callable(model) or isinstance(model, type):
            raise CellError(
                "expected a model of sequences, a torch.nn.Module or a function from "
                f"inputs (time, n) to outputs (time, p), got {shown_value(model)}."
            )
        self._outputs = model

    def __call__(self, inputs: Float[Array, "time input"]) -> Float[Array, "time out"]:
        """Return the output after each input."""
        return self.traced()(inputs)

    def traced(self) -> Outputs:
        """Return the model as a function of JAX, in its current float type."""
        return in_current_float(self._outputs)

    def of(self, key: PRNGKeyArray) -> "SequenceModel":  # noqa: ARG002
        """Return the net with which a training begins: this one, for every key."""
        return in_current_float(self)

    def tree_flatten(self) -> tuple[Sequence[Any], Kept]:
        """Return the model as the user holds it: its arrays are those of the pytree."""
        return (self._outputs,), (self.name, tuple(self.notes))

    @classmethod
    def tree_unflatten(cls, kept: Kept, children: Sequence[Any]) -> "SequenceModel":
        """Return the same model with other leaves: JAX puts anything there."""
        made = object.__new__(cls)
        (made._outputs,) = children
        made.name, notes = kept
        made.notes = list(notes)
        return made


def require_state(cell: object) -> None:
    """Raise `CellError` for a model of sequences, where a state is needed."""
    if isinstance(cell, SequenceModel):
        raise CellError(
            f"expected a cell with a state, got the sequence model {cell.name}, which "
            "shows outputs alone; discrepancy, gradients_by_lag, train and verdict "
            "take it."
        )


def refuse_settings(name: str, **settings: object) -> None:
    """Raise `SettingError` if a setting is given that only a cell has.

    Args:
        name: of the model.
        **settings: by name; None stands for what wasn't given.
    """
    for setting, value in settings.items():
        if value is not None:
            raise SettingError(
                f"expected no `{setting}` for the sequence model {name}, which is "
                "a net without a state, seen by its outputs; leave it out."
            )


def require_learnable(
    model: SequenceModel, input_size: int, output_size: int, length: int
) -> None:
    """Raise `CellError` unless a model can be trained to predict.

    Args:
        model: whose outputs are the predictions.
        input_size: one input a symbol.
        output_size: one output for each thing that may come next.
        length: of the longest word.
    """
    if not jax.tree.leaves(eqx.filter(model, eqx.is_inexact_array)):
        raise CellError(
            f"expected {model.name} to hold arrays of real numbers to train, got none; "
            "make it a module of Equinox, or a torch.nn.Module with parameters."
        )
    require_causal(model, input_size, length)
    shape = jax.eval_shape(model, jnp.zeros((length, input_size))).shape
    if shape[1] != output_size:
        raise CellError(
            f"expected {output_size} outputs of {model.name}, one for each symbol that "
            f"may come next, got {shape[1]}; end it with a linear read-out."
        )


def _of_torch(module: Any) -> Any:
    try:
        from firstbit.cells.bridges.torch.sequences import TorchSequence
    except ImportError as error:
        raise PackageError(
            "a PyTorch model needs PyTorch 2.13, which isn't installed or is another "
            f"version ({error}); try pip install 'firstbit[torch]'."
        ) from error
    return TorchSequence(module)


def require_causal(model: SequenceModel, input_size: int, length: int) -> None:
    """Raise `CellError` unless the outputs of a model are those of its past alone.

    One input after the other is changed: no earlier output may move. And the first half
    of the inputs must give the first half of the outputs.

    Raises:
        CellError: the first position that leaks; or the form of the outputs is another.
    """
    generator = np.random.default_rng(0)
    before, after = generator.normal(size=(2, length, input_size))
    function = model.traced()
    outputs, rounding = _outputs(model, function, before)
    limit = max(LEAK, LAST_PLACES * rounding)
    spaced = np.linspace(1, length - 1, MOST_POSITIONS)
    positions = np.unique(spaced.astype(int))
    positions = positions[(positions > 0) & (positions < length)]

    @jax.jit
    @in_turn
    def changed(position: Array) -> Array:
        new = jnp.asarray(after)[position]
        inputs = jnp.asarray(before).at[position].set(new)
        return function(inputs)

    leaks = []
    for position in positions:
        moved = _moved(changed(jnp.asarray(position)), outputs, int(position))
        wrong = np.flatnonzero(moved > limit)
        if wrong.size:
            output = int(wrong[0])
            leaks.append((output, int(position), float(moved[output])))
    if leaks:
        first, position, size = min(leaks)
        raise CellError(
            f"expected outputs of {model.name} that depend on no later input, got "
            f"output {first} (from 0) that moves by {size:.1e} where input {position} "
            "changes; mask what comes later."
        )
    half = (length + 1) // 2
    of_half = function(jnp.asarray(before[:half]))
    moved = _moved(np.asarray(of_half), outputs, half)
    wrong = np.flatnonzero(moved > limit)
    if wrong.size:
        raise CellError(
            f"expected outputs of {model.name} that don't depend on how many inputs "
            f"follow, got output {wrong[0]} (from 0) that moves by "
            f"{moved[wrong[0]]:.1e} where there are {half} inputs instead of {length}."
        )


def _outputs(
    model: SequenceModel, function: Outputs, inputs: Float[np.ndarray, "time input"]
) -> tuple[np.ndarray, float]:
    """Return the outputs, and the rounding of the shortest floats of the program."""
    try:
        program, shape = jax.make_jaxpr(function, return_shape=True)(inputs)
        outputs = np.asarray(in_float(function(jnp.asarray(inputs))))
    except FirstbitError:
        raise
    except Exception as error:  # a user's own code may raise anything
        raise CellError(
            f"{model.name} fails on inputs of shape {inputs.shape}: "
            f"{type(error).__name__}: {error}; expected a function from (time, n) to "
            "(time, p)."
        ) from error
    if outputs.ndim != 2 or len(outputs) != len(inputs):
        raise CellError(
            f"expected {model.name} to give outputs of shape ({len(inputs)}, p) for "
            f"inputs of shape {inputs.shape}, got {jax.tree.map(jnp.shape, shape)}."
        )
    if not np.isfinite(outputs).all():
        raise CellError(
            f"expected {model.name} to give finite numbers, got nan or infinity."
        )
    return outputs, coarsest_rounding(program)


def _moved(
    found: Array | np.ndarray, outputs: np.ndarray, until: int
) -> Float[np.ndarray, " time"]:
    """Return by how much each of the first outputs has moved."""
    expected = outputs[:until]
    apart = np.abs(np.asarray(found)[:until] - expected)
    off = apart / (1 + np.abs(expected))
    return off.max(axis=1)
