"""Cores of Haiku: `core(x, state) -> (output, state)`, alive inside a transform."""

from collections.abc import Callable
from typing import Any

from firstbit.cells.bridges.adapter import (
    Adapter,
    Arrays,
    Asked,
    Call,
    Held,
    Made,
    Module,
)
from firstbit.cells.bridges.recognise import HAIKU
from firstbit.errors import CellError


def _start(module: Module, input_size: int) -> Any:  # noqa: ARG001
    return module.initial_state(None)


def _construct(asked: Asked) -> Made:
    import haiku  # pyright: ignore[reportMissingImports]

    kinds: list[type] = []

    def called(call: Call) -> Any:
        core = asked.make()
        kinds.append(type(core))
        return call(core)

    program = haiku.transform_with_state(called)
    trained, kept = program.init(asked.key, asked.first_step)
    return Made(program, kinds[0], Held(trained, kept))


def _run(made: Made, held: Held, call: Call) -> tuple[Any, Arrays]:
    return made.module.apply(*held, None, call)


def _taken(module: Module) -> Made:
    raise CellError(
        f"expected a class or a function that returns a core, got the Haiku module "
        f"{type(module).__name__}, which is alive only inside hk.transform; give its "
        "class."
    )


def _again(module: Module) -> Callable[[], Module]:
    return lambda: module


ADAPTER = Adapter(
    framework=HAIKU,
    state_first=False,
    batched=False,
    by_hidden_size=True,
    leaves={"LSTM": ("h", "c")},
    start=_start,
    construct=_construct,
    run=_run,
    taken=_taken,
    again=_again,
)
