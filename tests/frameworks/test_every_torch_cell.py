"""All 44 cells of torch.nn and torchrecurrent: a step, every measure, refusals."""

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("torchrecurrent")

from covering import diagonal  # noqa: E402
from firstbit.cells import Given  # noqa: E402
from firstbit.errors import CellError  # noqa: E402
from frameworks.every_measure import (  # noqa: E402
    MEASURES,
    OF_VANILLA_ALONE,
    require_numbers,
)
from frameworks.own_torch_steps import (  # noqa: E402
    AS_MANY_UNITS_AS_INPUTS,
    KEY,
    kind_of,
    names,
    sizes_of,
    step_error,
    with_normal_numbers,
)

NAMES = names()

LAWS = ["D as built", "D normal", "D orthogonal"]
"""A cell has one of them, in turn."""

OTHERS = [measure for measure in MEASURES if measure not in LAWS]

SIZE = 2
"""Units: as many as inputs, which one of the cells asks for."""


def test_none_is_left_out():
    assert len(NAMES) == 44


@pytest.mark.slow
@pytest.mark.parametrize(("name", "size"), diagonal(NAMES, [1, 5, 20]))
def test_a_cell_steps_as_pytorch_does(name, size):
    sizes = sizes_of(name, 3, size)
    given = Given.of(kind_of(name))
    cell, own = with_normal_numbers(given, sizes)
    for batch in (True, False):
        assert step_error(given, cell, sizes, own, batch=batch) < 1e-14


@pytest.mark.slow
@pytest.mark.parametrize(("name", "measure"), diagonal(NAMES, ["D", *OTHERS]))
def test_every_measure_runs(name, measure):
    if measure == "D":
        measure = LAWS[NAMES.index(name) % len(LAWS)]
    require_numbers(measure, kind_of(name), SIZE)


@pytest.mark.slow
@pytest.mark.parametrize("measure", OF_VANILLA_ALONE)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_of_vanilla_alone_is_refused_by_name(name, measure):
    expected = f"built Vanilla cell, got torch:{name.partition(':')[2]}"
    with pytest.raises(CellError, match=expected):
        OF_VANILLA_ALONE[measure](kind_of(name), SIZE)


def test_a_cell_with_as_many_units_as_inputs_refuses_other_sizes():
    (name,) = [name for name in NAMES if name.endswith(AS_MANY_UNITS_AS_INPUTS)]
    with pytest.raises(CellError, match="requires input_size == hidden_size"):
        Given.of(kind_of(name)).make(2, 5, KEY)
