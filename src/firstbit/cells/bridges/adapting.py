"""What a user says of a cell where its own code can't be asked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Start = Callable[[Any], Any]
"""From a module to its state before the first symbol, in the framework's terms."""

Step = Callable[[Any, Any, Any], Any]
"""From a module, an input and a state to the next state."""


@dataclass(frozen=True)
class Adapting:
    """What a user says of a cell where its own code can't be asked.

    Attributes:
        initial_state: the state with which the cell is first called, as a function of
            the module; None to find it by trying.
        step: `(module, input, state) -> state`, where the module is called otherwise;
            its input is one vector, its state one sequence's.
        hidden: path of the leaf of the state that is h, such as `1` or `h`.
        drawn_buffers: names of buffers that a law draws, such as a reservoir's matrix.
        output: whether the output of a step is kept beside the state.
    """

    initial_state: Start | None = None
    step: Step | None = None
    hidden: str | None = None
    drawn_buffers: tuple[str, ...] = ()
    output: bool = False
