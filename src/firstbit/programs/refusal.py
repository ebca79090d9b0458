"""The error for an operation that can't be run: its name, its operands, its line."""

from jax.extend.core import JaxprEqn
from jax.extend.source_info_util import summarize

from firstbit.errors import CellError
from firstbit.programs.traced import dtype_of


class OperationError(CellError):
    """An operation of a cell that can't be run as asked.

    Attributes:
        what: the text without the line.
        line: of the user's file; "" where the operation stands in JAX's own functions.
    """

    def __init__(self, what: str, line: str) -> None:
        super().__init__(
            f"{what} at {line or 'an unknown line'}; write it by others, such as "
            "`jnp.where`, products and sums."
        )
        self.what = what
        self.line = line

    def seen_from(self, equation: JaxprEqn) -> "OperationError":
        """Return the error with the line of what holds it, if it has none itself."""
        line = self.line or summarize(equation.source_info)
        return OperationError(self.what, line)


def refused(equation: JaxprEqn, expected: str) -> OperationError:
    """Return the error that names an operation, and the line that asks for it."""
    name = equation.primitive.name
    kinds = sorted({str(dtype_of(atom)) for atom in equation.invars})
    what = f"expected {expected}, got `{name}` of {', '.join(kinds)}"
    return OperationError(what, summarize(equation.source_info))
