"""What a step of a cell costs, by its hidden size."""

from collections.abc import Sequence

import jax
import numpy as np

from firstbit.cells.check.cost import NUM_NETS, counts_of, of_costs, times_of
from firstbit.cells.check.stepping import Stepping
from firstbit.cells.first_step import require_form
from firstbit.cells.given import CellLike, Given
from firstbit.datasets import Result, dataset
from firstbit.errors import require_at_least
from firstbit.processors import num_processors, processor_name


def cost(
    cell: CellLike,
    hidden_size: Sequence[int] | int | None = None,
    *,
    input_size: int | None = None,
    timed: bool = True,
) -> Result:
    """Count what a step of a cell costs, and measure how long it takes here.

    Operations are counted on the program that JAX traces of the step, for one example
    and a full input: a product with a one-hot input counts in full, a division as one
    multiplication, x^n as n - 1, additions as nothing. Of branches the longest counts;
    the body of a loop of unknown length counts once. Another program of the same cell
    may do more, or less.

    Times are in float64, the fastest of five rounds, on all processors that XLA takes.
    Don't compare times of different machines, or of a machine that does other work.

    Args:
        cell: text, a factory or a built cell, as in `discrepancy`.
        hidden_size: k, or several; by default those of the cell.
        input_size: numbers in an input; by default that of a built cell, else 2.
        timed: whether times are measured, which takes seconds; counts take none.

    Returns:
        Dataset over `hidden_size`: `num_parameters`, numbers in the cell's arrays, and
        `num_state_numbers`; `multiplications` and `elementary_functions` (such as tanh,
        exp, a root) of a step. In ns a step: `step_time_alone`; `step_time_batch`, of a
        word that a net reads beside 255 others; `step_time`, of a net beside 255 others
        with arrays of their own, as random nets step. Attributes of times: `machine`
        and `num_processors`.

    Raises:
        CellError: the cell can't be built or makes no step, or no size is known.
        SettingError: a size is out of range.

    Example:
        >>> found = cost("gru", 10, timed=False)
        >>> found.multiplications.item(), found.elementary_functions.item()
        (390, 30)
    """
    if hidden_size is not None and not _is_several(hidden_size):
        hidden_size = require_at_least("hidden_size", hidden_size, 1)
    given = Given.of(cell, hidden_sizes=hidden_size)
    num_inputs = getattr(given.built, "input_size", 2)
    if input_size is not None:
        num_inputs = require_at_least("input_size", input_size, 1)
    sizes = list(given.sizes)
    for size in sizes:
        require_form(given, num_inputs, size)
    counts = [counts_of(given, num_inputs, size) for size in sizes]
    variables = of_costs(counts, "hidden_size")
    machine = {}
    if timed:
        with jax.enable_x64(True):
            times = [times_of(Stepping(given, num_inputs, size)) for size in sizes]
        variables += of_costs(times, "hidden_size")
        machine = {"machine": processor_name(), "num_processors": num_processors()}
    return dataset(
        variables,
        {"hidden_size": sizes},
        rows=["hidden_size"],
        configuration={
            "measure": "cost",
            "cell": given.name,
            "catalogue_name": given.catalogue_name,
            "hidden_sizes": sizes,
            "input_size": num_inputs,
            "num_nets": NUM_NETS,
        },
        attrs=machine,
    )


def _is_several(hidden_size: object) -> bool:
    if isinstance(hidden_size, str):
        return False
    return isinstance(hidden_size, Sequence | np.ndarray)
