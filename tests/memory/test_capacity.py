"""Memory capacity: nets whose capacity is known, and slow twins."""

from fractions import Fraction
from functools import partial
from itertools import product

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.linalg

from covering import few
from firstbit.cells import GRU, Given, Vanilla, initializer_by_name
from firstbit.datasets import interval
from firstbit.errors import CellError, SettingError
from firstbit.execution import Execution
from firstbit.memory import Drive, memory_capacity
from firstbit.memory.capacity import projection
from firstbit.memory.capacity.exact_profile import exact_profile
from firstbit.memory.capacity.linear import PRIMES, controllable
from firstbit.memory.capacity.terms import inputs_of, polynomials, terms_of
from firstbit.threads import in_double

KEY = jax.random.key(0)
TOO_SHORT = Drive(num_steps=100, lags=[2])
LINEAR = partial(Vanilla, activation="identity")


class Built(eqx.Module):
    """A net of one input, by its matrix."""

    matrix: jax.Array

    def __init__(self, matrix):
        with jax.enable_x64(True):
            self.matrix = jnp.asarray(matrix, dtype=float)

    @property
    def hidden_size(self):
        return len(self.matrix)


class Line(Built):
    """A linear net whose input goes to its first unit."""

    __init__ = Built.__init__

    def __call__(self, x, h):
        return self.matrix @ h + jnp.zeros(len(h)).at[0].set(x[0])


class Products(Built):
    """The last input, its product with the one before, and its square."""

    __init__ = Built.__init__

    def __call__(self, x, h):
        kept = self.matrix @ h
        return jnp.stack([x[0], x[0] * kept[0], x[0] ** 2])


class Square(Built):
    """Units that never read, and move without an end."""

    __init__ = Built.__init__

    def __call__(self, x, h):
        return 1 - 1.9 * (self.matrix @ h) ** 2

    def initial_state(self):
        return jnp.linspace(0.1, 0.9, len(self.matrix))


def delay_line(size):
    return Line(np.eye(size, k=-1))


def first(result):
    return result.isel(hidden_size=0)


@pytest.mark.slow
def test_a_delay_line_holds_its_last_inputs_and_no_more():
    found = first(memory_capacity(delay_line(6), drive=Drive(lags=[60]), key=KEY))
    assert np.allclose(found.capacity[:6], 1, rtol=0, atol=1e-9)
    low, high = interval(found, "capacity")
    holds = ((low[6:] < 0) & (high[6:] > 0)).mean()
    assert holds > 0.8
    assert found.total_capacity.item() == pytest.approx(6, abs=0.02)
    assert found.total_capacity.item() <= 6
    assert found.exact_capacity.item() == 6
    assert found.num_read.item() == found.num_independent.item() == 6


@pytest.mark.slow
def test_few_steps_and_many_lags_do_not_add_up_to_more():
    """30 units, 600 steps, 60 lags: 30 lags without memory have 30 / 599 each."""
    short = Drive(num_steps=600, lags=[60])
    found = first(memory_capacity(delay_line(30), drive=short, key=KEY))
    error = found.total_capacity_se.item()
    assert found.total_capacity.item() > 30 - 4 * error
    assert error < 0.3
    beyond = found.capacity[30:]
    assert abs(beyond.sum().item()) < 4 * error


@pytest.mark.slow
@pytest.mark.parametrize("leak", [0.5, 0.9])
def test_a_leaky_unit(leak):
    drive = Drive(lags=[80], burn_in=300)
    found = first(memory_capacity(Line([[leak]]), drive=drive, key=KEY))
    known = (1 - leak**2) * leak ** (2 * np.arange(80))
    off = np.abs(found.capacity - known)
    # No estimate is below minus chance, so ten small ones have too small an error.
    assert (off < 5 * found.capacity_se + 2 / 5000).all()
    assert abs(found.total_capacity.item() - 1) < 0.05
    assert found.exact_capacity.item() == 1
    assert found.exact_profile.values == pytest.approx(known, rel=1e-12)


@pytest.mark.slow
def test_products_and_squares_are_of_degree_two():
    found = first(memory_capacity(Products(np.eye(3)), key=KEY))
    assert np.allclose(found.capacity_of_degree, [1, 2, 0], atol=0.05)
    assert found.num_functions.values.tolist() == [100, 20 + 190, 8 + 56 + 56]
    assert np.isnan(found.exact_capacity)


@pytest.mark.slow
def test_a_net_that_reads_nothing_holds_nothing():
    found = first(memory_capacity(Square(np.eye(4)), key=KEY))
    low, high = found.total_capacity_ci.values
    assert low < 0 < high
    assert found.capacity.max() < 0.05


@pytest.mark.slow
def test_an_odd_step_has_nothing_of_degree_two_and_the_result_says_so():
    cell = Given.of("vanilla:6,activation=tanh", initializer="fan-in-normal")
    short = Drive(num_steps=1000, lags=(20, 10))
    found = memory_capacity(cell, num_draws=6, drive=short, key=KEY)
    assert "exactly 0" in found.attrs["configuration"]
    low, high = first(found).capacity_of_degree_ci.sel(degree=2).values
    assert low < 0 < high
    other = memory_capacity("gru:3", num_draws=2, drive=short, key=KEY)
    assert "exactly 0" not in other.attrs["configuration"]


@pytest.mark.slow
def test_linear_nets_have_their_rank_and_float64_reads_less():
    law = initializer_by_name("fan-in-normal", 0.6)
    cell = Given.of(LINEAR, hidden_sizes=[10, 30], initializer=law)
    found = memory_capacity(cell, num_draws=2, drive=Drive(lags=[120]), key=KEY)
    assert found.exact_capacity.values.tolist() == [10, 30]
    assert found.num_independent.values[0] == 10
    assert found.num_independent.values[1] < 30
    assert (found.total_capacity <= found.exact_capacity).all()
    assert found.exact_profile.sum("lag").values == pytest.approx([10, 30], abs=1e-6)
    assert found.total_capacity.values[0] == pytest.approx(10, abs=0.5)


@pytest.mark.slow
def test_states_beyond_float64_are_no_numbers():
    found = first(memory_capacity(Line([[2.0**20]]), drive=Drive(lags=[4]), key=KEY))
    assert np.isnan(found.capacity).all()
    assert np.isnan(found.total_capacity)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("law", "degree"),
    few(
        [*product(["uniform", "normal", "binary"], [1, 2, 3])],
        kept=[1, 2, 3, 5, 7],
    ),
)
def test_functions_are_orthonormal(law, degree):
    drive = Drive(law=law)
    terms = terms_of(degree, 4, is_two_valued=drive.is_two_valued)
    with in_double():
        uniform = jnp.asarray(np.random.default_rng(0).uniform(-1, 1, (4, 400_000)))
        values = np.asarray(polynomials(drive, inputs_of(drive, uniform)))
    products = []
    for lags, powers in zip(*terms, strict=True):
        factors = [values[power, lag] for lag, power in zip(lags, powers, strict=True)]
        products.append(np.prod(factors, axis=0))
    means = np.array(products) @ np.array(products).T / 400_000
    assert np.allclose(means, np.eye(len(means)), atol=0.06)
    assert np.allclose(np.mean(products, axis=1), 0, atol=0.01)


def capacity_slowly(states, function):
    """Least squares in plain NumPy, less chance."""
    inputs = np.concatenate([states, np.ones((len(states), 1))], axis=1)
    weights = np.linalg.lstsq(inputs, function, rcond=None)[0]
    left = ((function - inputs @ weights) ** 2).mean() / function.var()
    return 1 - left * (1 + states.shape[1] / (len(states) - 1 - states.shape[1]))


@pytest.mark.slow
def test_capacities_are_those_of_least_squares():
    random = np.random.default_rng(1)
    drive = Drive(num_steps=400, burn_in=3, lags=(5, 3))
    inputs = random.uniform(-1, 1, (10, drive.first_read + 40))
    read = np.arange(40) + drive.first_read
    past = [inputs[:, read - lag] for lag in range(5)]
    mixed = past[0] + past[2] * past[1] + 0.3 * past[3] ** 2
    states = np.stack([mixed.ravel(), past[1].ravel() + mixed.ravel() ** 2], axis=1)
    with in_double():
        basis = projection.basis_of(jnp.asarray(states))
        found = projection.capacities(basis, drive, jnp.asarray(inputs), 1)
        second = projection.capacities(basis, drive, jnp.asarray(inputs), 2)
    slow = [capacity_slowly(states, one.ravel()) for one in past]
    assert found == pytest.approx(slow, abs=1e-9)
    terms = terms_of(2, 3, is_two_valued=False)
    place = terms.powers.tolist().index([1, 1])
    one, other = terms.lags[place]
    product = (past[one] * past[other]).ravel()
    assert second[place] == pytest.approx(capacity_slowly(states, product), abs=1e-9)


def rank_slowly(matrix):
    """Elimination with fractions."""
    rows = [[Fraction(number) for number in row] for row in matrix]
    rank = 0
    for column in range(len(rows[0])):
        pivots = [row for row in rows[rank:] if row[column] != 0]
        if not pivots:
            continue
        place = rows.index(pivots[0], rank)
        rows[rank], rows[place] = rows[place], rows[rank]
        for row in rows[rank + 1 :]:
            factor = row[column] / rows[rank][column]
            for i, number in enumerate(rows[rank]):
                row[i] -= factor * number
        rank += 1
    return rank


@pytest.mark.parametrize("seed", range(6))
def test_the_exact_rank_is_that_of_fractions(seed):
    random = np.random.default_rng(seed)
    size = 5
    matrix = random.normal(size=(size, size)) * 2.0 ** random.integers(-9, 9, size)
    inputs = random.normal(size=(size, 1))
    if seed % 2:
        matrix[-1] = matrix[0]
        inputs[-1] = inputs[0]
    powers = [[Fraction(number) for number in inputs[:, 0]]]
    for _ in range(size - 1):
        last = powers[-1]
        after = []
        for row in matrix:
            after.append(sum(Fraction(a) * b for a, b in zip(row, last, strict=True)))
        powers.append(after)
    expected = rank_slowly(powers)
    assert controllable(matrix, inputs) == expected == size - seed % 2


@pytest.mark.parametrize("seed", range(3))
def test_the_exact_profile_is_that_of_fractions(seed):
    """Sigma = A Sigma A^T + b b^T, solved with fractions."""
    random = np.random.default_rng(seed)
    size, lags = 3, 12
    matrix = random.normal(size=(size, size)) / 3
    column = random.normal(size=size)
    A = as_fractions(matrix)
    equations = []
    for i in range(size):
        for j in range(size):
            row = [
                Fraction(i == k and j == n) - A[i][k] * A[j][n]
                for k in range(size)
                for n in range(size)
            ]
            row.append(Fraction(column[i]) * Fraction(column[j]))
            equations.append(row)
    sigma = np.reshape(solved(equations), (size, size)).tolist()
    z = [Fraction(number) for number in column]
    expected = []
    for _ in range(lags):
        weights = solved([[*row, one] for row, one in zip(sigma, z, strict=True)])
        expected.append(float(sum(w * one for w, one in zip(weights, z, strict=True))))
        z = [sum(a * one for a, one in zip(row, z, strict=True)) for row in A]
    found = exact_profile(matrix, column, size, lags)
    assert found == pytest.approx(expected, rel=1e-14)


def as_fractions(matrix):
    return [[Fraction(number) for number in row] for row in matrix]


def solved(rows):
    """Gauss and Jordan's elimination with fractions."""
    rows = [list(row) for row in rows]
    for place in range(len(rows)):
        pivot = next(row for row in rows[place:] if row[place] != 0)
        rows.remove(pivot)
        rows.insert(place, pivot)
        rows[place] = [number / pivot[place] for number in pivot]
        for other in rows:
            if other is not rows[place]:
                factor = other[place]
                for i, number in enumerate(rows[place]):
                    other[i] -= factor * number
    return [row[-1] for row in rows]


@pytest.mark.parametrize(("size", "lags"), [(10, 60), (30, 120)])
def test_the_exact_profile_adds_up_to_the_rank(size, lags):
    """float64 loses half of it: its inverse of Sigma is none."""
    random = np.random.default_rng(size)
    matrix = random.normal(size=(size, size)) * 0.6 / np.sqrt(size)
    found = exact_profile(matrix, random.normal(size=size), size, lags)
    assert found.sum() == pytest.approx(size, abs=1e-6)
    assert ((found > -1e-12) & (found < 1 + 1e-12)).all()


def test_the_exact_profile_of_nets_that_are_known():
    line = exact_profile(np.eye(4, k=-1), np.eye(4)[0], 4, 6)
    assert line.tolist() == [1, 1, 1, 1, 0, 0]
    twice = np.diag([0.5, 0.25, 0.5])  # two units do the same
    assert controllable(twice, np.ones((3, 1))) == 2
    alike = exact_profile(twice, np.ones(3), 2, 40)
    both = exact_profile(twice[:2, :2], np.ones(2), 2, 40)
    assert alike == pytest.approx(both, abs=1e-15)
    turned = 0.9 * np.linalg.qr(np.random.default_rng(0).normal(size=(6, 6)))[0]
    column = np.random.default_rng(1).normal(size=6)
    sigma = scipy.linalg.solve_discrete_lyapunov(turned, np.outer(column, column))
    z, expected = column, []
    for _ in range(30):
        expected.append(z @ np.linalg.solve(sigma, z))
        z = turned @ z
    assert exact_profile(turned, column, 6, 30) == pytest.approx(expected, rel=1e-9)


@pytest.mark.slow
def test_one_hot_inputs_drive_in_one_direction():
    """Two units that keep the last symbol, its two numbers: one function of it."""
    cell = Vanilla(2, 2, activation="identity", key=KEY)
    weights = (np.eye(2), np.zeros((2, 2)))
    cell = eqx.tree_at(lambda one: (one.U_h, one.W_h), cell, weights)
    short = Drive(law="one-hot", num_steps=200, lags=[3])
    found = first(memory_capacity(cell, drive=short, key=KEY))
    assert found.exact_capacity.item() == 1
    assert found.exact_profile.values.tolist() == [1, 0, 0]
    assert found.total_capacity.item() == pytest.approx(1, abs=0.05)


def test_the_moduli_are_primes():
    for prime in PRIMES:
        assert all(prime % divisor for divisor in range(2, 46341))


@pytest.mark.slow
def test_threads_and_parts_change_no_bit(tmp_path):
    asked = {"num_draws": 10, "drive": Drive(num_steps=200, lags=[5, 3]), "key": KEY}
    whole = memory_capacity("gru:3,4", **asked)
    one = memory_capacity("gru:3,4", **asked, execution=Execution(workers=1))
    assert one.identical(whole)
    for part in ("1/2", "2/2"):
        how = Execution(resume=tmp_path, part=part)
        assert memory_capacity("gru:3,4", **asked, execution=how).attrs["num_blocks"]
    how = Execution(resume=tmp_path, only_kept=True)
    assert memory_capacity("gru:3,4", **asked, execution=how).identical(whole)


BAD = {
    "law": ({"law": "cauchy"}, "expected `law` as one of uniform, normal, binary"),
    "scale": ({"scale": 0.0}, "expected a `scale` above 0"),
    "hot": ({"law": "one-hot", "scale": 2.0}, "expected `scale` = 1 beside one-hot"),
    "lags": ({"num_steps": 100, "lags": [11]}, "expected up to 10 lags with 100 steps"),
    "degrees": ({"lags": [4, 3, 2, 1]}, "for up to 3 degrees, got 4"),
    "none": ({"lags": [0]}, "`lags` must be at least 1"),
    "steps": ({"num_steps": 99}, "`num_steps` must be at least 100"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_settings(name):
    setting, text = BAD[name]
    with pytest.raises(SettingError, match=text):
        Drive(**setting)


@pytest.mark.slow
def test_cells_of_other_inputs_are_refused():
    built = GRU(2, 3, key=KEY)
    with pytest.raises(CellError, match=r"of 1 inputs for the law 'uniform', got GRU"):
        memory_capacity(built, key=KEY)
    short = Drive(law="one-hot", num_steps=200, lags=[3])
    found = first(memory_capacity(built, drive=short, key=KEY))
    assert found.capacity[0] > 0.5
    with pytest.raises(SettingError, match="at least 200 for k = 20, of which"):
        memory_capacity("gru:20", num_draws=2, drive=TOO_SHORT, key=KEY)


class Table(Built):
    """A state that is a matrix."""

    __init__ = Built.__init__

    def initial_state(self):
        return jnp.zeros_like(self.matrix)

    def __call__(self, x, h):
        return jnp.tanh(self.matrix @ h + x)


@pytest.mark.slow
def test_steps_are_enough_for_all_numbers_that_are_read():
    text = "at least 1440 for k = 12, of which 144 numbers are read, got 140"
    short = Drive(num_steps=140, lags=[2])
    with pytest.raises(SettingError, match=text):
        memory_capacity(Table(np.eye(12)), drive=short, key=KEY)


@pytest.mark.slow
def test_an_unstable_linear_net_has_no_exact_capacity():
    short = Drive(num_steps=200, burn_in=10, lags=[3])
    found = first(memory_capacity(Line([[1.01]]), drive=short, key=KEY))
    assert np.isnan(found.exact_capacity)
    assert np.isfinite(found.total_capacity)


class Small(Built):
    """A unit with tanh, in units of its state that are large."""

    __init__ = Built.__init__

    def __call__(self, x, h):
        return 1e-13 * jnp.tanh(1e13 * self.matrix @ h + 3 * x)


@pytest.mark.slow
def test_the_units_of_a_state_make_no_net_linear():
    short = Drive(num_steps=200, burn_in=10, lags=[3])
    found = first(memory_capacity(Small([[0.3]]), drive=short, key=KEY))
    assert np.isnan(found.exact_capacity)
