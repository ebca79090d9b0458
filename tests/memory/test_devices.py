"""The device changes no draw, and distances by their rounding alone."""

from functools import partial
from types import SimpleNamespace

import jax
import mpmath
import numpy as np
import pytest
import xarray as xr

from covering import few
from firstbit import devices
from firstbit.cells import Given
from firstbit.errors import OutputError, SettingError
from firstbit.execution import Execution
from firstbit.memory import Thresholds, discrepancy, fates
from firstbit.memory.ensemble import block_sizes
from firstbit.memory.ensemble import ensemble as ensembles
from firstbit.memory.ensemble.ensemble import Ensemble
from firstbit.memory.ensemble.run import samples
from firstbit.memory.ensemble.word_pair import WordPair
from firstbit.programs import differences_of_one
from firstbit.programs.traced import along

ASKED = {"length": 12, "num_draws": 1100, "key": jax.random.key(3)}
ROUNDING = 1e-12
"""Of the largest distance: cells of these sizes forget, or are short of chaos."""


@pytest.fixture
def gpu_on_cpu(monkeypatch):
    """Let the recipe of a GPU run here, in blocks of 1024 draws."""
    cpu = jax.local_devices(backend="cpu")[0]
    monkeypatch.setattr(devices, "accelerator", lambda: cpu)
    monkeypatch.setattr(block_sizes, "LARGEST_WIDE_BLOCK", 1024)


def sample(cell, device, words="constant", **asked):
    ensemble = Ensemble.of(
        Given.of(cell), WordPair.of(words), **{**ASKED, **asked}, device=device
    )
    assert ensemble.device == device
    return samples(ensemble, marks_lost=True)[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell", "words"),
    few(
        [("vanilla:3", "constant"), ("vanilla:40", "random"), ("gru:3", "constant")],
        kept=[1],
    ),
)
def test_the_recipe_of_a_gpu_gives_the_same_distances(cell, words, gpu_on_cpu):
    one = sample(cell, "cpu", words)
    other = sample(cell, "gpu", words)
    largest = one.distances.max(axis=1, keepdims=True)
    assert np.abs(one.distances - other.distances).max() <= ROUNDING * largest.min()
    np.testing.assert_array_equal(one.reference_draws, other.reference_draws)
    apart = np.abs(one.reference - other.reference).max()
    assert apart <= ROUNDING * one.reference.max()
    np.testing.assert_array_equal(one.is_lost, other.is_lost)


@pytest.mark.slow
def test_its_blocks_change_no_draw(gpu_on_cpu, monkeypatch):
    wide = sample("vanilla:3", "gpu")
    monkeypatch.setattr(block_sizes, "LARGEST_WIDE_BLOCK", 512)
    narrow = sample("vanilla:3", "gpu")
    np.testing.assert_allclose(narrow.distances, wide.distances, rtol=1e-9, atol=0)


@pytest.mark.slow
def test_a_law_of_whole_matrices(gpu_on_cpu):
    cell = "vanilla:4,initializer=orthogonal"
    one, other = (sample(cell, kind, num_draws=70) for kind in ("cpu", "gpu"))
    np.testing.assert_allclose(other.distances, one.distances, rtol=1e-9, atol=1e-15)


@pytest.mark.slow
def test_fates_are_the_same(gpu_on_cpu):
    few = Thresholds(transient=300, horizon=100)
    asked = {"num_draws": 60, "thresholds": few, "key": jax.random.key(0)}
    one = fates("vanilla:2", device="cpu", **asked)
    other = fates("vanilla:2", device="gpu", **asked)
    np.testing.assert_array_equal(one.fate_number, other.fate_number)
    np.testing.assert_allclose(one.distance, other.distance, rtol=1e-9, atol=1e-15)


def test_the_processors_are_the_default():
    measure = partial(discrepancy, "vanilla:3", **ASKED)
    xr.testing.assert_identical(measure(device="cpu"), measure())


@pytest.mark.slow
def test_a_result_names_its_accelerator(gpu_on_cpu):
    found = discrepancy("vanilla:3", device="gpu", **ASKED)
    kind = jax.local_devices()[0].device_kind
    assert f'"device": "{kind}"' in found.attrs["configuration"]
    plain = discrepancy("vanilla:3", device="cpu", **ASKED)
    assert "device" not in plain.attrs["configuration"]


def test_much_work_goes_to_the_accelerator(gpu_on_cpu, monkeypatch):
    of = partial(Ensemble.of, Given.of("vanilla:3"), WordPair.of("constant"), **ASKED)
    assert of().device == "cpu"
    monkeypatch.setattr(ensembles, "WORTH_A_GPU", of().work)
    assert of().device == "gpu"
    monkeypatch.setattr(devices, "accelerator", lambda: None)
    assert of().device == "cpu"


def test_blocks_of_another_device_are_refused(gpu_on_cpu, tmp_path):
    measure = partial(discrepancy, "vanilla:3", **ASKED)
    how = Execution(resume=tmp_path / "blocks")
    measure(device="cpu", execution=how)
    with pytest.raises(OutputError, match="holds parts of another run"):
        measure(device="gpu", execution=how)


@pytest.mark.parametrize("measure", [discrepancy, fates])
def test_no_accelerator_is_said_before_any_work(measure, monkeypatch):
    monkeypatch.setattr(devices, "accelerator", lambda: None)
    with pytest.raises(SettingError, match=r"expected an accelerator .* got none"):
        measure("nothing at all", **ASKED, device="gpu")
    with pytest.raises(SettingError, match="expected the device 'cpu' or 'gpu', got"):
        measure("nothing at all", **ASKED, device="tpu")


def test_an_accelerator_without_float64_is_refused(monkeypatch):
    short = SimpleNamespace(platform="metal", device_kind="Apple M4")
    monkeypatch.setattr(devices, "accelerator", lambda: short)
    with pytest.raises(SettingError, match=r"with float64, .* got Apple M4"):
        discrepancy("vanilla:3", **ASKED, device="gpu")
    assert not devices.is_usable()


@pytest.mark.wrong_types  # a stand-in for an operation of another JAX
@pytest.mark.parametrize("params", [{"num_consts": 2, "num_carry": 3}, None])
def test_operands_of_a_loop_are_counted_in_every_version_of_jax(params):
    groups = SimpleNamespace(unpack=lambda: ([0] * 2, [0] * 3, [0]))
    equation = SimpleNamespace(params=params or {"ft_in": groups})
    assert along(equation) == (2, 3)


@pytest.mark.parametrize(
    ("name", "exact"),
    [
        ("log2", lambda x: mpmath.log(x, 2)),
        ("one_minus_square", lambda x: 1 - x * x),
    ],
)
@pytest.mark.parametrize("d", [1e-200, -1e-20, 0.25])
def test_differences_of_operations_that_are_new_in_jax(name, exact, d):
    with jax.enable_x64(True), mpmath.workdps(250):
        x = jax.numpy.array(0.75)
        value, change = getattr(differences_of_one, name)(x, jax.numpy.array(d))
        at, by = mpmath.mpf(0.75), mpmath.mpf(d)
        assert abs(float(value) - exact(at)) <= 1e-15
        wanted = exact(at + by) - exact(at)
        assert abs(mpmath.mpf(float(change)) - wanted) <= 1e-14 * abs(wanted)
