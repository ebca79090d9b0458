"""Cells of Flax nnx: `cell(carry, x) -> (carry, y)`, objects that hold their arrays."""

from firstbit.cells.bridges.adapter import (
    DROPOUT,
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
from firstbit.cells.bridges.recognise import NNX


def _start(module: Module, input_size: int) -> OwnState:
    """Return the carry before the first symbol."""
    from flax import nnx  # pyright: ignore[reportMissingImports]

    return module.initialize_carry((input_size,), nnx.Rngs(0))


def _apart(module: Module) -> Made:
    """Take a module apart, as it is after training."""
    from flax import nnx  # pyright: ignore[reportMissingImports]

    trains = any(_trains(part) for _, part in nnx.iter_graph(module))
    module.eval()
    graph, trained, kept = nnx.split(module, nnx.Param, ...)
    notes = (DROPOUT,) if trains else ()
    return Made(graph, type(module), Held(trained, kept), notes)


def _trains(part: object) -> bool:
    """Return whether a part of a module does something else while it is trained."""
    for flag in ("deterministic", "use_running_average"):
        value = getattr(part, flag, True)
        if value is False:
            return True
    return False


def _construct(asked: Asked) -> Made:
    """Construct a module with a key."""
    from flax import nnx  # pyright: ignore[reportMissingImports]

    return _apart(asked.make(rngs=nnx.Rngs(asked.key)))


def _taken(module: Module) -> Made:
    """Take a copy of a module apart."""
    from flax import nnx  # pyright: ignore[reportMissingImports]

    return _apart(nnx.merge(*nnx.split(module)))  # a copy


def _run(made: Made, held: Held, call: Call) -> tuple[Result, Arrays]:
    """Call a module with other arrays."""
    from flax import nnx  # pyright: ignore[reportMissingImports]

    module = nnx.merge(made.module, *held)
    result = call(module)
    return result, nnx.split(module, nnx.Param, ...)[2]


ADAPTER = Adapter(
    framework=NNX,
    state_first=True,
    batched=False,
    by_hidden_size=False,
    leaves={"LSTMCell": ("c", "h"), "OptimizedLSTMCell": ("c", "h")},
    start=_start,
    construct=_construct,
    run=_run,
    taken=_taken,
)
