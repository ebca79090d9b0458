"""The door: a cell of another framework as one that every measure takes."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import import_module
from typing import Any

from firstbit.cells.bridges.adapter import Adapter
from firstbit.cells.bridges.adapting import Adapting, Start, Step
from firstbit.cells.bridges.fitted import Arrays
from firstbit.cells.bridges.foreign import ForeignCell
from firstbit.cells.bridges.module_factory import cell_of, factory_of, trained_cell_of
from firstbit.cells.bridges.recognise import (
    HAIKU,
    KERAS,
    LINEN,
    NNX,
    TORCH,
    framework_of,
    framework_of_function,
)
from firstbit.errors import CellError, PackageError, shown, shown_value

_ADAPTERS = {
    NNX: "flax_nnx",
    LINEN: "flax_linen",
    HAIKU: "haiku_cores",
    KERAS: "keras_layers",
}
"""Framework -> the file beside this one that says how its cells are called."""


def adapt(
    cell: Any,
    *,
    initial_state: Start | None = None,
    step: Step | None = None,
    hidden: str | None = None,
    drawn_buffers: Sequence[str] = (),
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
) -> Any:
    """Say of a cell of another framework what its own code doesn't.

    Measures take a class, a function or a module of PyTorch, Flax, Haiku and Keras as
    it is. This is for where they ask for more. Everything is said in the framework's
    own terms.

    Args:
        cell: a class of modules, a function `(input_size, hidden_size) -> module`, or a
            module.
        initial_state: the state with which the module is first called, as a function of
            the module; with a batch axis of 1 where the module needs one.
        step: `(module, input, state) -> state`, where the module is called otherwise.
            The input is one vector, without a batch axis; so is the state, which in
            PyTorch is None at first where there is no `initial_state`.
        hidden: path of the leaf of the state that is h, such as `1` or `h`.
        drawn_buffers: names of buffers that a law of the weights draws, such as the
            matrix of a reservoir; they aren't trained.
        parameters: of a trained core of Haiku: what `init` of its transform gave and
            training made of it, by module paths; those of other modules may be among
            them. `cell` is then a function without arguments that returns the core,
            such as `lambda: haiku.GRU(20)`.

    Returns:
        Of a class or a function a factory; of a module, or with `parameters`, a cell.

    Raises:
        CellError: it is none of these, or can't be called so.
        PackageError: the framework isn't installed.
    """
    if isinstance(drawn_buffers, str):
        drawn_buffers = [drawn_buffers]
    adapting = Adapting(initial_state, step, hidden, tuple(drawn_buffers))
    if parameters is not None:
        return _trained(cell, adapting, parameters)
    framework = framework_of(cell) or framework_of_function(cell)
    if framework:
        return _taken(cell, framework, adapting)
    if callable(cell) and not isinstance(cell, type):
        return _of_torch(cell, adapting)
    raise CellError(
        "expected a class or a module of PyTorch, Flax, Haiku or Keras, or a function "
        f"that returns modules, got {shown_value(cell)}."
    )


def adopted(cell: Any) -> Any:
    """Return a cell of another framework as one of ours; any other as it is."""
    if isinstance(cell, partial) and not cell.args:
        func = adopted(cell.func)
        return cell if func is cell.func else partial(func, **cell.keywords)
    framework = framework_of(cell) or framework_of_function(cell)
    return _taken(cell, framework, Adapting()) if framework else cell


def _trained(
    make: Callable[[], Any], adapting: Adapting, parameters: Arrays
) -> ForeignCell:
    """Return a core of Haiku with parameters that are held apart from it."""
    if not callable(make) or isinstance(make, type):
        raise CellError(
            "expected beside `parameters` a function without arguments that returns a "
            f"core of Haiku, got {shown_value(make)}; try lambda: haiku.GRU(20)."
        )
    for path, arrays in parameters.items():
        if not isinstance(arrays, Mapping):
            raise CellError(
                "expected `parameters` as Haiku's init gives them, a mapping of arrays "
                f"for each module, got {shown_value(arrays)} at '{shown(path)}'."
            )
    adapter = _adapter(HAIKU)
    return trained_cell_of(make, parameters, adapter, adapting)


def _adapter(framework: str) -> Adapter:
    """Return what is known of a framework."""
    return import_module(f"{__package__}.{_ADAPTERS[framework]}").ADAPTER


def _taken(cell: Any, framework: str, adapting: Adapting) -> Any:
    if framework == TORCH:
        return _of_torch(cell, adapting)
    adapter = _adapter(framework)
    if isinstance(cell, type) or not framework_of(cell):
        return factory_of(cell, adapter, adapting)
    return cell_of(cell, adapter, adapting)


def _of_torch(cell: Any, adapting: Adapting) -> Any:
    try:
        from firstbit.cells.bridges.torch.factory import TorchFactory
        from firstbit.cells.bridges.torch.factory import cell_of as module_as_cell
    except ImportError as error:
        raise PackageError(
            "a PyTorch cell needs PyTorch 2.13, which isn't installed or is another "
            f"version ({error}); try pip install 'firstbit[torch]'."
        ) from error
    if isinstance(cell, type) or framework_of(cell) != TORCH:
        return TorchFactory(cell, adapting)
    return module_as_cell(cell, adapting)
