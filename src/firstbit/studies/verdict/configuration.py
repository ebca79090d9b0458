"""A cell of one size with one initialiser: what studies compare."""

import re
from dataclasses import dataclass

from firstbit.cells.given import CellLike, name_of
from firstbit.cells.readout import laws_of
from firstbit.weights.redraw import Initializer


@dataclass(frozen=True)
class Configuration:
    """What is compared: a cell of one size with one initialiser, and its linear read-out.

    Attributes:
        name: what it is called, as in
            `vanilla:18,activation=tanh,initializer=orthogonal`.
        cell: the factory.
        hidden_size: k.
        initializer: law of the weights, or laws by their names; None for what training
            has by default.
        output_bias: whether the read-out has a bias.
    """

    name: str
    cell: CellLike
    hidden_size: int
    initializer: Initializer | None = None
    output_bias: bool = True

    @property
    def architecture(self) -> str:
        """Cell and size alone."""
        return f"{name_of(self.cell)}:{self.hidden_size}" + (
            "" if self.output_bias else ", no output bias"
        )

    @property
    def law(self) -> Initializer:
        """Law of the cell's weights in a random draw; N(0,1) where training has the cell's own."""
        return laws_of(self.initializer)[0] or "normal"

    @property
    def file_name(self) -> str:
        """The name with nothing in it that a file system minds."""
        return re.sub(r"[^\w.=-]+", "-", self.name).strip("-")
