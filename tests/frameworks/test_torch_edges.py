"""Rules where numbers meet: at zero, at ties, at NaN, and out of range.

The trial step of a cell takes numbers at random, which are never there.
"""

import jax
import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402, N812

from firstbit.cells.bridges.torch.forward import run_by_jax  # noqa: E402
from firstbit.cells.bridges.torch.parts import Parts  # noqa: E402

NAMES = {"torch": torch, "F": F, "inf": float("inf")}

NONE = Parts((), (), (), ())


def by_torch(line, array):
    """Return the result, and the gradient of its sum."""
    is_real = array.dtype.kind == "f"
    x = torch.tensor(array, requires_grad=is_real)
    result = eval(line, NAMES, {"x": x})
    if result.is_floating_point() and result.requires_grad:
        result.sum().backward()
    slope = x.grad if x.grad is not None else torch.zeros_like(x)
    return result.detach().numpy(), slope.numpy()


def by_jax(line, array):
    def function(_, x):
        return eval(line, NAMES, {"x": x})

    def run(x):
        return run_by_jax("a line", nn.Module(), NONE, {}, function, (x,))

    with jax.enable_x64(True):
        result = run(array) if array.dtype.kind == "f" else jax.jit(run)(array)
        if array.dtype.kind != "f" or result.dtype.kind != "f":
            return np.asarray(result), np.zeros(array.shape)
        slope = jax.grad(lambda x: run(x).sum())(array)
    return np.asarray(result), np.asarray(slope)


@pytest.fixture(autouse=True)
def _double():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


CUT = """
F.relu(x)
F.relu6(x)
F.hardtanh(x)
F.hardtanh(x, -0.5, 1.5)
F.hardsigmoid(x)
F.hardswish(x)
F.threshold(x, 0.5, 9.0)
F.leaky_relu(x)
x.clamp(-1, 1)
x.clamp_min(0)
x.clamp(torch.tensor(float("nan")), torch.tensor(1.0))
x.clamp_max(torch.tensor(float("nan")))
"""


@pytest.mark.parametrize("line", CUT.strip().splitlines())
def test_what_cuts_numbers_off_keeps_nan(line):
    x = np.array([-3, -1, -0.5, 0, 0.5, 1, 3, 6, np.inf, -np.inf, np.nan])
    expected, slope = by_torch(line, x)
    found, of_jax = by_jax(line, x)
    assert np.allclose(found, expected, rtol=1e-12, atol=0, equal_nan=True)
    assert np.allclose(of_jax[:8], slope[:8], rtol=0, atol=1e-7)


AT_ZERO = """
x.std()
x.std(0, unbiased=False)
x.std(0, keepdim=True) + x.mean()
x.norm(p=1)
x.norm(p=3)
x.norm(p=0.5)
x.norm(p=inf)
x.norm(p=-inf)
x.norm(p=0)
x.abs()
torch.sign(x)
torch.angle(x)
torch.angle(torch.complex(x, x))
torch.complex(x, x).abs()
torch.fmax(x, 0 * x)
torch.fmin(x, 2 * x)
torch.maximum(x, 2 * x)
torch.atan2(x, 0 * x)
torch.atan2(0 * x, x)
torch.atan2(x, torch.ones(3))
x.abs() ** x.abs()
torch.pow(torch.zeros(3), x.abs())
torch.sgn(torch.complex(x, x * x)).real
torch.sgn(torch.complex(x, torch.ones(3))).imag
"""


@pytest.mark.parametrize("line", AT_ZERO.strip().splitlines())
@pytest.mark.parametrize("x", [[0.0, 0, 0], [-0.0, 0, 2], [-1, 0, 1], [1, 1, -1]])
def test_values_and_slopes_are_pytorch_s_at_zero_and_at_ties(line, x):
    x = np.array(x, float)
    expected, slope = by_torch(line, x)
    found, of_jax = by_jax(line, x)
    assert np.allclose(found, expected, rtol=1e-14, atol=0)
    assert np.allclose(of_jax, slope, rtol=1e-12, atol=0)


OF_TYPES = """
torch.sign(torch.tensor(float("nan")) * x)
x.float() + torch.arange(3)
x.float() * torch.arange(3, dtype=torch.int32)
x.float() * 1j
torch.complex(x, x).to(torch.complex64) + torch.arange(3)
torch.complex(x, x).to(torch.complex64) + x
torch.where(x > 0, x.float(), torch.arange(3))
torch.cat([x.float(), torch.arange(3)])
torch.complex(x, 2 * x).var()
"""


@pytest.mark.parametrize("line", OF_TYPES.strip().splitlines())
def test_types_of_numbers_are_pytorch_s(line):
    x = np.array([0.1, -0.7, 3])
    expected, _ = by_torch(line, x)
    found, _ = by_jax(line, x)
    assert found.dtype == expected.dtype
    assert np.allclose(found, expected, rtol=1e-6, atol=0)


OUTSIDE = """
torch.arange(3.0)[x]
torch.arange(3.0).take(x)
torch.eye(3)[:, x]
torch.arange(3.0).index_select(0, x)
torch.arange(3.0).gather(0, x)
torch.arange(3.0).scatter(0, x, torch.ones(2))
torch.arange(3.0).scatter_add(0, x, torch.ones(2))
torch.arange(3.0).index_add(0, x, torch.ones(2))
torch.arange(3.0).index_copy(0, x, torch.ones(2))
torch.arange(3.0).index_fill(0, x, 1.0)
torch.arange(3.0).index_put((x,), torch.ones(2))
F.embedding(x, torch.eye(3))
"""


@pytest.mark.parametrize("line", OUTSIDE.strip().splitlines())
@pytest.mark.parametrize("place", [1, 3, 4, -1, -4])
def test_a_place_out_of_range_gives_no_number(line, place):
    x = np.array([0, place])
    try:
        expected, _ = by_torch(line, x)
    except (IndexError, RuntimeError):
        assert np.isnan(by_jax(line, x)[0]).any()
        return
    assert np.array_equal(by_jax(line, x)[0], expected)


FEWER = """
torch.stack([x, -x]).gather(1, torch.tensor([[2, 0]]))
torch.stack([x, -x]).gather(0, torch.tensor([[1, 0]]))
torch.zeros(2, 3).scatter(1, torch.tensor([[2, 0]]), torch.stack([x, -x]).detach())
torch.zeros(2, 3).scatter(0, torch.tensor([[1, 0]]), torch.stack([x, -x]).detach())
torch.zeros(2, 3).scatter_add(1, torch.tensor([[1, 1]]), torch.ones(2, 3))
torch.zeros(3).scatter(0, torch.tensor([2]), x.detach())
torch.ones(3).scatter(0, torch.tensor([2]), 0.5) * x
"""


@pytest.mark.parametrize("line", FEWER.strip().splitlines())
def test_an_index_may_be_smaller_than_what_it_reads(line):
    x = np.array([0.3, -1.2, 2])
    expected, slope = by_torch(line, x)
    found, of_jax = by_jax(line, x)
    assert np.array_equal(found, expected)
    assert np.array_equal(of_jax, slope)
