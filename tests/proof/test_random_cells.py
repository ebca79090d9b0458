"""Random cells of mixed dtypes: the difference engine against plain simulation."""

from collections import Counter

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstbit.errors import CellError
from firstbit.programs.difference_table import TABLE
from firstbit.programs.differences_of_loops import LOOPS
from random_cells import (
    RandomCell,
    Steps,
    compared,
    operations_in,
    pairs_in,
    random_cell,
)
from random_operations import KINDS, OPERATIONS

NEVER = {
    *("add_any", "copy_p", "name", "device_put", "layout_constraint", "reshard"),
    *("sharding_constraint", "debug_callback", "debug_print", "random_clone"),
    *("mulhi", "rng_bit_generator", "eq_to", "le_to", "lt_to", "ragged_dot_general"),
    *("tridiagonal_solve", "eig", "random_seed", "threefry2x32"),
    "lu_pivots_to_permutation",
    *("log2", "one_minus_square"),
}
"""Operations of the table that no random cell has: they move nothing, are like others
of their row, or are new in JAX 0.11 (tests/memory/test_devices.py tries these)."""


@pytest.fixture(autouse=True)
def _programs_are_forgotten():
    """Keep no program after a test: thousands of them would fill the memory."""
    yield
    jax.clear_caches()


def refusal_of(cell: RandomCell) -> CellError | None:
    """Compare a random cell step by step; return how it was refused, if it was."""
    try:
        steps = compared(jnp.asarray(cell.start), cell=cell)
    except CellError as error:
        return error
    assert_like_plain(cell, steps)
    return None


def assert_like_plain(cell: RandomCell, steps: Steps) -> None:
    """Hold that each step, tiny changes and free runs are like plain simulation."""
    assert np.all(np.asarray(steps.errors) < cell.tolerance), cell.names
    if not cell.is_smooth:
        return
    tiny, slope = np.asarray(steps.tiny), np.asarray(steps.slope)
    # JAX says NaN where an infinite slope meets no change, as of a root at zero.
    known = np.isfinite(slope)
    off = np.abs(tiny - slope)[known].max(initial=0)
    assert off < 1e-7 * (1e-2 + np.abs(slope[known]).max(initial=0)), cell.names
    if np.sum(steps.growth) < 0:
        assert np.all(np.asarray(steps.free) < cell.tolerance), cell.names


def assert_most_are_accepted(seeds: range, num_operations: int) -> Counter[str]:
    """Hold that few cells are refused, each by name; return how many of each kind."""
    found = Counter()
    for seed in seeds:
        with jax.enable_x64(True), jax.numpy_dtype_promotion("standard"):
            cell = random_cell(seed, num_operations=num_operations)
            error = refusal_of(cell)
        if cell.refused is None:
            assert error is None, cell.names
            found["equal"] += 1
            continue
        found[f"refused by {cell.refused}"] += 1
        assert f"got `{cell.refused}` of" in str(error)
        assert "random_operations.py:" in str(error)
    assert len(seeds) - found["equal"] <= len(seeds) / 10
    return found


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 60, 20))
def test_sixty_random_cells_are_like_plain_simulation(first):
    assert_most_are_accepted(range(first, first + 20), num_operations=3)


@pytest.mark.proof
@pytest.mark.parametrize("first", range(1000, 2000, 50))
def test_a_thousand_random_cells_are_like_plain_simulation(first, record_property):
    found = assert_most_are_accepted(range(first, first + 50), num_operations=6)
    for what, number in found.items():
        record_property(what, number)


ANY_PART = st.tuples(st.sampled_from(OPERATIONS), st.tuples(*[st.integers(0, 8)] * 3))
"""An operation, and which of the vectors of its dtypes it takes."""


@pytest.mark.proof
@settings(
    max_examples=100,
    # A failure shrinks to the fewest operations: compiling takes a second each.
    suppress_health_check=[HealthCheck.too_slow],
)
@given(parts=st.lists(ANY_PART, min_size=1, max_size=9), seed=st.integers(0, 99))
def test_programs_drawn_by_hypothesis_are_like_plain_simulation(parts, seed):
    with jax.enable_x64(True), jax.numpy_dtype_promotion("standard"):
        assert refusal_of(RandomCell(parts, seed=seed)) is None


@pytest.mark.proof
def test_each_operation_and_each_pair_of_dtypes_is_tried():
    operations, pairs = Counter(), Counter()
    with jax.enable_x64(True), jax.numpy_dtype_promotion("standard"):
        for seed in range(1000, 2000):
            cell = random_cell(seed, num_operations=6)
            program = jax.make_jaxpr(cell)(jnp.zeros(2), jnp.asarray(cell.start))
            operations.update({e.primitive.name for e in operations_in(program)})
            pairs.update(pairs_in(program))
    expected = {*TABLE, *LOOPS, "custom_linear_solve"} - NEVER
    assert {name for name in expected if operations[name] < 20} == set()
    possible = {frozenset((a, b)) for a in KINDS for b in KINDS if a != b}
    assert {pair for pair in possible if pairs[pair] < 10} == set()
