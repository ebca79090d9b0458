"""Cores of Haiku: `core(x, state) -> (output, state)`, alive inside a transform."""

from firstbit.cells.bridges.adapter import (
    Adapter,
    Arrays,
    Asked,
    Call,
    Held,
    Made,
    Module,
    OwnState,
    Result,
)
from firstbit.cells.bridges.recognise import HAIKU
from firstbit.errors import CellError


def _start(module: Module, input_size: int) -> OwnState:  # noqa: ARG001
    """Return the state before the first symbol."""
    return module.initial_state(None)


def _construct(asked: Asked) -> Made:
    """Let a core make its parameters with a key."""
    import haiku  # pyright: ignore[reportMissingImports]

    kinds: list[type] = []

    def called(call: Call) -> Result:
        """Make the core inside a transform, and call it."""
        core = asked.make()
        kinds.append(type(core))
        return call(core)

    program = haiku.transform_with_state(called)
    trained, kept = program.init(asked.key, asked.first_step)
    return Made(program, kinds[0], Held(trained, kept))


def _run(made: Made, held: Held, call: Call) -> tuple[Result, Arrays]:
    """Call a core with other parameters."""
    return made.module.apply(*held, None, call)


def _taken(module: Module) -> Made:
    """Refuse a core that was made elsewhere."""
    raise CellError(
        f"expected a class or a function that returns a core, got the Haiku module "
        f"{type(module).__name__}, which is alive only inside hk.transform; give its "
        "class, or firstbit.adapt(make, parameters=trained)."
    )


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
)
