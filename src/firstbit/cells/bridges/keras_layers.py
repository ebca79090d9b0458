"""Cells of Keras: `cell(x, states) -> (output, states)`, with a batch axis.

On JAX their steps are JAX programs. On PyTorch the layer's own code runs while JAX
traces, as that of PyTorch's modules does.
"""

import random
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import RLock
from typing import Any

import numpy as np
from jax.typing import ArrayLike

from firstbit.cells.bridges.adapter import (
    DROPOUT,
    Adapter,
    Again,
    Arrays,
    Asked,
    Call,
    Held,
    Made,
    Module,
    OwnState,
    Result,
    Trial,
    plainly,
)
from firstbit.cells.bridges.adapting import Step
from firstbit.cells.bridges.recognise import KERAS
from firstbit.errors import CellError

Variable = Any
"""A variable of Keras."""

JAX = "jax"
TORCH = "torch"

_LOCK = RLock()


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Let Keras draw seeds from this one: it takes them from Python's generator."""
    with _LOCK:
        of_python = random.getstate()
        of_numpy = np.random.get_state()  # noqa: NPY002 - a user's layer may draw by it
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002
        try:
            yield
        finally:
            random.setstate(of_python)
            np.random.set_state(of_numpy)  # noqa: NPY002


def _is_on_torch() -> bool:
    """Return whether Keras runs on PyTorch, and not on JAX.

    Raises:
        CellError: it runs on neither.
    """
    import keras  # pyright: ignore[reportMissingImports]

    backend = keras.config.backend()
    if backend not in (JAX, TORCH):
        raise CellError(
            f"expected Keras to run on {JAX} or {TORCH}, got {backend}, whose steps "
            f"JAX can't trace; set KERAS_BACKEND={JAX} before Keras is imported."
        )
    return backend == TORCH


def _begun_with(seed: int) -> AbstractContextManager[None]:
    """Let whatever a layer may draw by begin with a seed for a while."""
    if not _is_on_torch():
        return _seeded(seed)
    from firstbit.cells.bridges.torch.construct import begun_with

    return begun_with(seed)


def _start(module: Module, input_size: int) -> OwnState:  # noqa: ARG001
    """Return the states before the first symbol."""
    return module.get_initial_state(batch_size=1)


def _variables(module: Module) -> tuple[list[Variable], list[Variable]]:
    """Return the variables that are trained, and the others."""
    return module.trainable_variables, module.non_trainable_variables


def _name(variable: Variable) -> str:
    """Return the path of a variable as a name."""
    return variable.path.replace("/", ".")


def _array(variable: Variable) -> ArrayLike:
    """Return the numbers of a variable."""
    if not _is_on_torch():
        return variable.value
    from firstbit.cells.bridges.torch.tensor import real_array

    return real_array(variable.value)


def _apart(module: Module) -> Made:
    """Take a layer and its variables apart."""
    groups = []
    for variables in _variables(module):
        groups.append({_name(one): _array(one) for one in variables})
    shares = (getattr(module, name, 0) for name in ("dropout", "recurrent_dropout"))
    notes = (DROPOUT,) if any(shares) else ()
    return Made(module, type(module), Held(*groups), notes)


def _construct(asked: Asked) -> Made:
    """Build a layer with a seed."""
    with _begun_with(asked.key):
        layer = asked.make()
        if not layer.built:
            layer.build((1, asked.input_size))
    return _apart(layer)


def _run(made: Made, held: Held, call: Call) -> tuple[Result, Arrays]:
    """Call a layer with other numbers."""
    if not _is_on_torch():
        return _called(made, held, call)
    from firstbit.cells.bridges.torch.lent_layer import run_lent

    return run_lent(_called, made, held, call)


def _called(made: Made, held: Held, call: Call) -> tuple[Result, Arrays]:
    """Call a layer with other variables, as Keras knows them."""
    import keras  # pyright: ignore[reportMissingImports]

    mapping = []
    for variables, arrays in zip(_variables(made.module), held, strict=True):
        mapping += [(one, arrays[_name(one)]) for one in variables]
    with keras.StatelessScope(state_mapping=mapping) as scope:
        result = call(made.module)
    after = {}
    for one in _variables(made.module)[1]:
        after[_name(one)] = scope.get_current_value(one)
    return result, after


def _stepped(step: Step, module: Module, input: Arrays, state: OwnState) -> OwnState:
    """Make the step that a user says; on PyTorch with tensors."""
    if not _is_on_torch():
        return plainly(step, module, input, state)
    from firstbit.cells.bridges.torch.lent_layer import step_lent

    return step_lent(step, module, input, state)


def _taken(module: Module) -> Made | Again:
    """Take a layer apart; one that isn't built has no variables, and is made anew."""
    _is_on_torch()  # refuses Keras on anything else but JAX
    if module.built:
        return _apart(module)
    config = module.get_config()
    return lambda: type(module).from_config(config)


def _require_same(trial: Trial) -> None:
    """Compare a step with the layer's own, where it isn't a JAX program itself."""
    if not _is_on_torch():
        return
    from firstbit.cells.bridges.torch.same_layer import require_same_layer

    trained = {}
    for one in trial.made.module.trainable_variables:
        trained[_name(one)] = one.value
    require_same_layer(trial, _run, trained)


ADAPTER = Adapter(
    framework=KERAS,
    state_first=False,
    batched=True,
    by_hidden_size=True,
    leaves={"LSTMCell": ("h", "c")},
    start=_start,
    construct=_construct,
    run=_run,
    taken=_taken,
    traced=False,
    require_same=_require_same,
    stepped=_stepped,
)
