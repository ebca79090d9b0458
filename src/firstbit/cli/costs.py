"""What a step costs, beside the rows of tables."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xarray as xr

    from firstbit.cells import Given

COUNTS = {
    "num_parameters": "parameters",
    "num_state_numbers": "numbers of state",
    "multiplications": "multiplications",
    "elementary_functions": "functions",
}
"""Variable -> head of its column."""


def with_counts(result: "xr.Dataset", given: "Given", num_inputs: int) -> "xr.Dataset":
    """Return a result over `hidden_size` with what a step of its cell takes, counted.

    Args:
        result: of a measure.
        given: the cell.
        num_inputs: numbers in an input.
    """
    from firstbit import cost

    counted = cost(given, input_size=num_inputs, timed=False)
    return result.assign(counted.data_vars)


def count_heads(result: "xr.Dataset") -> list[str]:
    """Return the heads of the columns of counts; none where there are no counts."""
    return [head for name, head in COUNTS.items() if name in result]


def count_texts(at: "xr.Dataset") -> list[str]:
    """Return the counts of a row, as `count_heads` names them."""
    return [f"{at[name].item():.6g}" for name in COUNTS if name in at]
