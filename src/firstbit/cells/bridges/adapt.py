"""The door: a cell of another framework as one that every measure takes."""

import inspect
import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

from firstbit.cells.bridges.adapting import Adapting, Start, Step
from firstbit.cells.bridges.recognise import TORCH, framework_of
from firstbit.errors import CellError, PackageError, shown_value


def adapt(
    cell: Any,
    *,
    initial_state: Start | None = None,
    step: Step | None = None,
    hidden: str | None = None,
    drawn_buffers: Sequence[str] = (),
) -> Any:
    """Say of a PyTorch cell what its own code doesn't.

    Measures take a class, a function or a module of PyTorch as it is. This is for where
    they ask for more. Everything is said in PyTorch's own terms.

    Args:
        cell: a subclass of torch.nn.Module, a function `(input_size, hidden_size) ->
            module`, or a module.
        initial_state: the state with which the module is first called, as a function of
            the module; with a batch axis of 1 where the module needs one.
        step: `(module, input, state) -> state`, where the module is called otherwise.
            The input is one vector, without a batch axis; so is the state, which is
            None at first where there is no `initial_state`.
        hidden: path of the leaf of the state that is h, such as `1` or `h`.
        drawn_buffers: names of buffers that a law of the weights draws, such as the
            matrix of a reservoir; they aren't trained.

    Returns:
        Of a class or a function a factory, of a module a cell.

    Raises:
        CellError: it is none of these, or can't be called so.
        PackageError: PyTorch isn't installed.
    """
    if isinstance(drawn_buffers, str):
        drawn_buffers = [drawn_buffers]
    adapting = Adapting(initial_state, step, hidden, tuple(drawn_buffers))
    if framework_of(cell) == TORCH:
        return _of_torch(cell, adapting)
    if callable(cell) and not isinstance(cell, type):
        return _of_torch(cell, adapting)
    raise CellError(
        "expected a PyTorch class, module, or a function that returns modules, got "
        f"{shown_value(cell)}."
    )


def adopted(cell: Any) -> Any:
    """Return a cell of another framework as one of ours; any other as it is."""
    if isinstance(cell, partial) and not cell.args:
        func = adopted(cell.func)
        return cell if func is cell.func else partial(func, **cell.keywords)
    if framework_of(cell) == TORCH or _makes_modules(cell):
        return _of_torch(cell, Adapting())
    return cell


def _makes_modules(cell: object) -> bool:
    """Return whether a function may return modules: it takes no key.

    Only PyTorch that is loaded has modules.
    """
    if not inspect.isfunction(cell) or "torch" not in sys.modules:
        return False
    parameters = inspect.signature(cell).parameters.values()
    names = [one.name for one in parameters]
    takes_any = any(one.kind == one.VAR_KEYWORD for one in parameters)
    return len(names) >= 2 and "key" not in names and not takes_any


def _of_torch(cell: Any, adapting: Adapting) -> Any:
    try:
        from firstbit.cells.bridges.torch.factory import TorchFactory, cell_of
    except ImportError as error:
        raise PackageError(
            "a PyTorch cell needs PyTorch 2.13, which isn't installed or is another "
            f"version ({error}); try pip install 'firstbit[torch]'."
        ) from error
    if isinstance(cell, type) or framework_of(cell) != TORCH:
        return TorchFactory(cell, adapting)
    return cell_of(cell, adapting)
