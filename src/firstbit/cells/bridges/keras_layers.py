"""Cells of Keras on JAX: `cell(x, states) -> (output, states)`, with a batch axis."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any

import numpy as np

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
)
from firstbit.cells.bridges.recognise import KERAS
from firstbit.errors import CellError

Variable = Any
"""A variable of Keras."""

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


def _require_jax() -> None:
    """Refuse Keras on another framework."""
    import keras  # pyright: ignore[reportMissingImports]

    backend = keras.config.backend()
    if backend != "jax":
        raise CellError(
            f"expected Keras to run on jax, got {backend}, whose steps JAX can't "
            "trace; set KERAS_BACKEND=jax before Keras is imported."
        )


def _start(module: Module, input_size: int) -> OwnState:  # noqa: ARG001
    """Return the states before the first symbol."""
    return module.get_initial_state(batch_size=1)


def _variables(module: Module) -> tuple[list[Variable], list[Variable]]:
    """Return the variables that are trained, and the others."""
    return module.trainable_variables, module.non_trainable_variables


def _name(variable: Variable) -> str:
    """Return the path of a variable as a name."""
    return variable.path.replace("/", ".")


def _apart(module: Module) -> Made:
    """Take a layer and its variables apart."""
    groups = []
    for variables in _variables(module):
        groups.append({_name(one): one.value for one in variables})
    shares = (getattr(module, name, 0) for name in ("dropout", "recurrent_dropout"))
    notes = (DROPOUT,) if any(shares) else ()
    return Made(module, type(module), Held(*groups), notes)


def _construct(asked: Asked) -> Made:
    """Build a layer with a seed."""
    _require_jax()
    with _seeded(asked.key):
        layer = asked.make()
        if not layer.built:
            layer.build((1, asked.input_size))
    return _apart(layer)


def _run(made: Made, held: Held, call: Call) -> tuple[Result, Arrays]:
    """Call a layer with other variables."""
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


def _taken(module: Module) -> Made | Again:
    """Take a layer apart; one that isn't built has no variables, and is made anew."""
    _require_jax()
    if module.built:
        return _apart(module)
    config = module.get_config()
    return lambda: type(module).from_config(config)


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
)
