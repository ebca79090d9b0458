"""The error for an operation that can't be run: its name, its operands, its line."""

from jax.extend.core import JaxprEqn
from jax.extend.source_info_util import summarize

from firstbit.errors import CellError
from firstbit.programs.traced import dtype_of


def refused(equation: JaxprEqn, expected: str) -> CellError:
    """Return the error that names an operation, and the line that asks for it."""
    name = equation.primitive.name
    kinds = sorted({str(dtype_of(atom)) for atom in equation.invars})
    line = summarize(equation.source_info)
    return CellError(
        f"expected {expected}, got `{name}` of {', '.join(kinds)} at {line}; write it "
        "by others, such as `jnp.where`, products and sums."
    )
