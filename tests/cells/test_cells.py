"""Cells by name and from parameters; read-outs."""

import jax.numpy as jnp
import numpy as np
import pytest

from firstbit.cells import CELLS, GRU, Cell, Readout, cell_by_name
from firstbit.errors import CellError


def test_the_nearest_name_is_named():
    with pytest.raises(CellError, match="did you mean 'gru'"):
        cell_by_name("gro")


def test_parameters_that_are_missing_are_named():
    with pytest.raises(CellError, match="expected the parameters"):
        GRU.from_parameters(U_h=np.zeros((2, 2)))


@pytest.mark.parametrize("name", CELLS)
def test_every_cell_of_the_catalogue_is_found_by_its_name(name):
    assert cell_by_name(name) is CELLS[name]
    assert issubclass(CELLS[name], Cell)


def test_a_read_out_without_a_bias_is_a_product():
    readout = Readout(jnp.ones((2, 3)))
    assert readout(jnp.ones(3)).tolist() == [3.0, 3.0]
