"""Each rule against PyTorch itself, and against its gradient."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402, N812

from firstbit.cells.bridges.torch import tracing  # noqa: E402
from firstbit.cells.bridges.torch.forward import run_by_jax  # noqa: E402
from firstbit.cells.bridges.torch.parts import Parts  # noqa: E402

NAMES = {"torch": torch, "F": F, "nn": nn, "float": float}

ONE_NUMBER = """
tanh sigmoid exp exp2 expm1 sin cos tan atan sinh cosh asinh erf erfc sinc neg relu
square sign floor ceil trunc frac abs clone positive isnan isinf isfinite signbit round
special.expit special.erf nan_to_num
"""
POSITIVE = "log log2 log10 log1p sqrt rsqrt lgamma digamma reciprocal acosh"
INSIDE = "asin acos atanh erfinv"
TWO = """
add sub mul div maximum minimum fmax fmin remainder fmod hypot copysign logaddexp atan2
eq ne lt le gt ge logical_and logical_or logical_xor
"""
NN = """
softplus hardsigmoid hardtanh relu6 hardswish leaky_relu elu celu selu silu gelu mish
logsigmoid softsign tanhshrink softshrink hardshrink
"""

LINES = """
x.add(y, alpha=2)
x.sub(y, alpha=0.5)
torch.rsub(x, y)
3 - x
2.5 / p
x + 1j * y
i + 0.5
i / 2
i // 2
torch.floor_divide(x, y).detach()
torch.div(x, y, rounding_mode="trunc")
torch.div(x, y, rounding_mode="floor")
x ** 2
x ** 3
p ** 0.5
p ** -1.5
p ** y
2.0 ** x
torch.addcmul(x, y, p, value=0.5)
torch.addcdiv(x, y, p, value=0.5)
torch.lerp(x, y, 0.3)
torch.lerp(x, y, p)
torch.where(x > 0, x, y)
torch.where(x > 0, x, 0.0)
x.masked_fill(b, 2.0)
x.clamp(-0.5, 0.5)
x.clamp(min=0.1)
x.clamp_max(0.2)
x.clamp_min(0.2)
x.clamp(y - 1, y + 1)
torch.round(x, decimals=1)
torch.complex(x, y).abs()
torch.polar(p, y).real
torch.view_as_real(torch.complex(x, y))
torch.view_as_complex(torch.stack([x, y], -1)).imag
torch.complex(x, y).conj().angle()
torch.view_as_real(torch.sgn(torch.complex(x, y)))
(torch.complex(x, y) * torch.complex(y, x)).real
x.to(torch.float32).to(torch.float64)
x.double()
i.double() * x
(x > 0) & (y > 0)
(x > 0) | b
(x > 0) ^ b
~b
i & 1
i | 1
i ^ 3
torch.logical_not(b)
x.detach() + x
x.view(3, 2)
x.reshape(-1)
x.t()
x.T
x.mT
x.transpose(0, 1)
x.permute(1, 0)
torch.movedim(t, 0, 2)
x.unsqueeze(-1)
x.unsqueeze(1).squeeze(1)
x.unsqueeze(0).squeeze()
x.unsqueeze(1).expand(2, 4, 3)
x.select(1, 2)
x[..., -1]
x[:, 1:]
x[:, ::2]
x.narrow(1, 1, 2)
torch.cat(x.split(2, 1), 1)
torch.cat(x.split([1, 2], 1)[::-1], 1)
torch.cat(x.chunk(2, -1), 1)
torch.stack(x.unbind(1))
torch.tensor_split(x, 2, 1)[1]
m.diagonal()
torch.diag(v)
torch.diag(m)
torch.diag_embed(x)
torch.diag_embed(x, 1)
torch.stack([x, y], 1)
torch.cat([x, i], 1)
x.flip(1)
torch.roll(x, 1, 1)
torch.roll(x, 2)
torch.roll(x, (1, -1), (0, 1))
x.repeat(2, 2)
x.repeat_interleave(2, 1)
torch.tril(m)
torch.triu(m, 1)
F.pad(x, (1, 2))
F.pad(x, (1, 0, 0, 1), value=0.5)
x.unfold(1, 2, 1)
x.as_strided((2, 2), (3, 1), 1)
x[:, i[0]]
x[i[0] % 2]
x[b]
x.index_select(1, i[0])
x.gather(1, i)
x.take(i)
x.scatter(1, i, y)
x.scatter_add(1, i, y)
x.index_add(1, i[0], y)
x.index_copy(1, i[0], y)
x.index_fill(1, i[0][:1], 0.5)
x.index_put((i[0][1:],), y)
F.embedding(i, m)
x.select_scatter(y[:, 0], 1, 1)
x.slice_scatter(y[:, :2], 1, 0, 2)
x.sort(-1)[0]
x.sort(-1, descending=True)[0]
x.argsort(-1)
x.topk(2)[0]
x.sum()
x.sum(0)
x.sum((0, 1), keepdim=True)
i.sum()
x.mean()
x.mean(-1, keepdim=True)
x.prod(1)
x.cumsum(1)
x.cumprod(1)
x.var(1)
x.std(1, unbiased=False)
x.var()
torch.var_mean(x, 1)[1]
x.max()
x.max(1)[0]
x.min(1, keepdim=True)[0]
x.min()
x.amax(1)
x.amin()
x.argmax(1)
x.argmin()
(x > 0).all()
(x > 0).any(1)
x.logsumexp(1)
x.norm()
x.norm(dim=1, keepdim=True)
x.norm(p=1, dim=1)
x.norm(p=3)
torch.linalg.vector_norm(x, float("inf"))
F.normalize(x, dim=1)
torch.count_nonzero(i)
x.softmax(1)
F.log_softmax(x, 0)
m.trace()
torch.einsum("ij,kj->ik", x, y)
torch.einsum("ij,ij->i", x, y)
x @ m
x[0] @ m
m @ v
v @ v
x[:1] @ m.t()
m @ v[:, None]
t @ m
torch.mm(x, m)
torch.mv(m, v)
torch.matmul(x[:1], m)
torch.addmm(v, x, m)
torch.addmm(v, x[:1], m.t(), beta=0.5, alpha=2)
torch.addmv(v, m, v)
torch.bmm(t, t)
torch.baddbmm(t, t, t, beta=0.5, alpha=2)
torch.dot(v, v)
torch.outer(v, v)
torch.ger(v, v)
torch.kron(x, m)
torch.linalg.cross(x, y)
F.linear(x, m, v)
F.linear(x[0], m)
F.linear(x[:1], m, v)
F.bilinear(x, y, t[:, :3, :3].expand(2, 3, 3))
F.softplus(x, 2.0)
F.gelu(x, approximate="tanh")
F.prelu(x, v[:1])
F.threshold(x, 0.1, -1.0)
F.glu(torch.cat([x, y], 1))
F.dropout(x, 0.5, training=False)
F.layer_norm(x, (3,), v, v)
F.layer_norm(x, (3,))
F.group_norm(x, 3, v, v)
F.batch_norm(x, v.detach(), p[0].detach(), v, v)
F.rms_norm(x, (3,), v)
torch.inverse(m)
torch.linalg.inv(m)
torch.linalg.solve(m, x.T)
torch.linalg.solve(m, v)
torch.linalg.solve(m, x, left=False)
torch.linalg.solve_triangular(torch.tril(m), x.T, upper=False)
torch.linalg.matrix_exp(m)
torch.linalg.qr(m)[1].abs()
torch.linalg.cholesky(m @ m.T + torch.eye(3))
torch.linalg.eigh(m + m.T)[0]
torch.linalg.svdvals(m)
torch.linalg.det(m)
torch.linalg.householder_product(m, p[0] / 4)
torch.zeros_like(x) + x
torch.ones_like(x) * x
torch.full_like(x, 2.0) * x
torch.empty_like(x).copy_(x)
x.new_zeros(3) + x
x.new_ones(2, 3) * x
x.new_full((3,), 0.5) * x
x.new_empty(2, 3).fill_(1.0) * x
torch.zeros(3).add_(x[0])
torch.arange(3) * x
torch.clone(x).mul_(y).add_(1)
torch.clone(x).zero_() + x
torch.clone(x).clamp_(0, 1)
torch.clone(x).masked_fill_(b, 1.0)
torch.clone(x).index_add_(1, i[0], y)
x.clone().t().add_(y.t())
x * x.shape[0]
x * len(x)
torch.is_same_size(x, y) * x
"""


def lines():
    found = [f"torch.{name}(x)" for name in ONE_NUMBER.split()]
    found += [f"torch.{name}(p + 1)" for name in POSITIVE.split()]
    found += [f"torch.{name}(p / 4)" for name in INSIDE.split()]
    found += [f"torch.{name}(x, y)" for name in TWO.split()]
    found += [f"F.{name}(x)" for name in NN.split()]
    return found + LINES.strip().splitlines()


def operands():
    random = np.random.default_rng(0)
    return {
        "x": random.normal(size=(2, 3)),
        "y": random.normal(size=(2, 3)),
        "p": random.uniform(0.5, 2, size=(2, 3)),
        "m": random.normal(size=(3, 3)),
        "t": random.normal(size=(2, 3, 3)),
        "v": random.uniform(0.2, 1, size=3),
        "i": np.array([[2, 0, 1], [1, 2, 0]]),
        "b": np.array([[True, False, True], [False, False, True]]),
    }


def by_torch(line):
    """Return the result, and the gradient of its sum with odd weights."""
    tensors = {}
    for name, array in operands().items():
        is_real = array.dtype.kind == "f"
        tensors[name] = torch.tensor(array, requires_grad=is_real)
    result = eval(line, NAMES, tensors)
    slopes = {}
    if result.is_floating_point() and result.requires_grad:
        result_of_odd(result, torch.cos, torch.arange).backward()
        slopes = {n: t.grad for n, t in tensors.items() if t.grad is not None}
    value = result.detach().resolve_conj().numpy()
    return value, {name: slope.numpy() for name, slope in slopes.items()}


def result_of_odd(result, cos, arange):
    flat = result.reshape(-1)
    return (flat * cos(1.0 * arange(len(flat)))).sum()


def by_jax(line):
    names = list(operands())

    def function(_, *tensors):
        return eval(line, NAMES, dict(zip(names, tensors, strict=True)))

    def run(reals):
        arrays = {**operands(), **reals}
        return run_by_jax(
            "a line", nn.Module(), Parts((), (), (), ()), {}, function,
            tuple(arrays[name] for name in names),
        )  # fmt: skip

    def total(reals):
        result = run(reals)
        if not jnp.issubdtype(result.dtype, jnp.floating):
            return jnp.zeros(())
        return result_of_odd(result, jnp.cos, lambda n: jnp.arange(n, dtype=float))

    reals = {n: a for n, a in operands().items() if a.dtype.kind == "f"}
    with jax.enable_x64(True):
        if "b]" in line:  # as many entries as there are trues: known only as numbers
            return np.asarray(run(reals)), {}
        return np.asarray(jax.jit(run)(reals)), jax.grad(total)(reals)


@pytest.fixture(autouse=True)
def _double():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.slow
@pytest.mark.parametrize("line", lines())
def test_a_rule_is_that_of_pytorch(line):
    expected, slopes = by_torch(line)
    found, of_jax = by_jax(line)
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    assert np.allclose(found, expected, rtol=1e-12, atol=1e-13, equal_nan=True)
    for name, slope in slopes.items():
        if not of_jax:
            continue
        assert np.allclose(of_jax[name], slope, rtol=1e-7, atol=1e-9), name


def test_a_product_of_one_row_is_one_of_a_vector():
    line = "x[:1] @ m.t()"
    names = list(operands())

    def function(_, *tensors):
        return eval(line, NAMES, dict(zip(names, tensors, strict=True)))

    def run(arrays):
        return run_by_jax(
            "", nn.Module(), Parts((), (), (), ()), {}, function, tuple(arrays)
        )

    with jax.enable_x64(True):
        text = str(jax.make_jaxpr(run)(list(operands().values())))
    assert "dot_general[dimension_numbers=(([1], [0]), ([], []))]" in text


def test_every_rule_is_tried(monkeypatch):
    used = set()

    class Recording(dict):
        def get(self, name, default=None):
            found = dict.get(self, name, default)
            if found is not None:
                used.add(name)
            return found

    monkeypatch.setattr(tracing, "RULES", Recording(tracing.RULES))
    names = list(operands())
    for line in lines():

        def function(_, *tensors, line=line):
            return eval(line, NAMES, dict(zip(names, tensors, strict=True)))

        with jax.enable_x64(True):
            run_by_jax(
                "", nn.Module(), Parts((), (), (), ()), {}, function,
                tuple(operands().values()),
            )  # fmt: skip
    functions = {rule for name, rule in tracing.RULES.items() if name in used}
    left = {n for n, rule in tracing.RULES.items() if rule not in functions}
    assert left == UNTRIED, sorted(left)


NAMES_OF_OTHERS = """
__and__ __or__ __xor__ _batch_norm_impl_index _local_scalar_dense adjoint
alpha_dropout argsort batch_norm chunk contiguous diag dropout einsum equal
feature_dropout ger imag inverse is_nonzero isfinite item kron lift lift_fresh
lift_fresh_copy mH mT moveaxis movedim narrow narrow_copy native_dropout outer
positive real relu6 repeat_interleave resolve_conj resolve_neg selu special_erf
special_expit square unsafe_chunk
"""
UNTRIED = set(NAMES_OF_OTHERS.split())
"""PyTorch 2.13 takes these apart before they come to a rule; another may not. Numbers
of Python, batch norms and dropout are in `awkward`."""
