"""Cells of Flax linen: `cell(carry, x) -> (carry, y)`, arrays apart from modules."""

import jax

from firstbit.cells.bridges.adapter import (
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
from firstbit.cells.bridges.recognise import LINEN


def _start(module: Module, input_size: int) -> OwnState:
    """Return the carry before the first symbol."""
    return module.initialize_carry(jax.random.key(0), (input_size,))


def _made(module: Module, variables: Arrays) -> Made:
    """Return what a module and its variables are made of."""
    kept = dict(variables)
    trained = kept.pop("params", {})
    return Made(module, type(module), Held(trained, kept))


def _construct(asked: Asked) -> Made:
    """Let a module make its variables with a key."""
    from flax import linen  # pyright: ignore[reportMissingImports]

    module = asked.make()
    return _made(module, linen.init(asked.first_step, module)(asked.key))


def _run(made: Made, held: Held, call: Call) -> tuple[Result, Arrays]:
    """Call a module that is bound to other variables."""
    live = made.module.bind({"params": held.trained, **held.kept})
    return call(live), held.kept


def _taken(module: Module) -> Made | Again:
    """Take a bound module apart; another has no variables, and is made anew."""
    if module.scope is None:
        return module.clone
    return _made(*module.unbind())


ADAPTER = Adapter(
    framework=LINEN,
    state_first=True,
    batched=False,
    by_hidden_size=True,
    leaves={"LSTMCell": ("c", "h"), "OptimizedLSTMCell": ("c", "h")},
    start=_start,
    construct=_construct,
    run=_run,
    taken=_taken,
)
