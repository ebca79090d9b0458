"""The type of a result of two operands, for all types with and without axes."""

from itertools import product

import jax
import jax.numpy as jnp
import pytest

torch = pytest.importorskip("torch")

from firstbit.cells.bridges.torch.dtypes import TO_NUMPY, promoted  # noqa: E402

SHAPES = [((2,), (2,)), ((2,), ()), ((), (2,)), ((), ())]


@pytest.mark.parametrize("shapes", SHAPES)
def test_two_arrays_meet_as_in_pytorch(shapes):
    for one, other in product(TO_NUMPY, repeat=2):
        types = one, other
        theirs = [torch.ones(s, dtype=t) for s, t in zip(shapes, types, strict=True)]
        with jax.enable_x64(True):
            ours = [
                jnp.ones(s, TO_NUMPY[t]) for s, t in zip(shapes, types, strict=True)
            ]
            found = promoted(*ours)
        assert found == TO_NUMPY[torch.result_type(*theirs)], types


@pytest.mark.parametrize("number", [True, 2, 2.5, 1j])
@pytest.mark.parametrize("shape", [(2,), ()])
def test_a_number_of_python_counts_only_if_its_kind_is_higher(shape, number):
    for dtype in TO_NUMPY:
        theirs = torch.ones(shape, dtype=dtype)
        with jax.enable_x64(True):
            found = promoted(jnp.ones(shape, TO_NUMPY[dtype]), number)
        assert found == TO_NUMPY[torch.result_type(theirs, number)], dtype
