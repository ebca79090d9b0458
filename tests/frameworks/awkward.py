"""PyTorch cells that are awkward: those that can be measured, and those that can't."""

import random

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812
from torch.nn.utils import parametrizations


class Plain(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.U = nn.Parameter(torch.randn(hidden_size, input_size))
        self.W = nn.Parameter(torch.randn(hidden_size, hidden_size))
        self.b = nn.Parameter(torch.zeros(hidden_size))

    def pre(self, x, h):
        return x @ self.U.T + h @ self.W.T + self.b

    def forward(self, x, h):
        return torch.tanh(self.pre(x, h))


class Gates(nn.ModuleList):
    def __init__(self, input_size, hidden_size, number):
        super().__init__(
            nn.Linear(input_size + hidden_size, hidden_size) for _ in range(number)
        )


class BatchNeeded(nn.Module):
    """Its gates are cut along axis 1."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.gates = nn.Linear(input_size + hidden_size, 2 * hidden_size)

    def forward(self, x, h):
        z, c = self.gates(torch.cat([x, h], dim=1)).chunk(2, dim=1)
        z = torch.sigmoid(z)
        return z * h + (1 - z) * torch.tanh(c)


class BatchRefused(Plain):
    def forward(self, x, h):
        assert x.dim() == 1
        return torch.tanh(self.U @ x + torch.mv(self.W, h) + self.b)


class SilentBatch(Plain):
    """Without a batch axis it would run, and compute something else."""

    def forward(self, x, h):
        drive = (x.unsqueeze(1) * self.U).sum(-1)
        return torch.tanh(drive + (h.unsqueeze(1) * self.W).sum(-1))


class NoneAtFirst(Plain):
    def forward(self, x, h=None):
        if h is None:
            h = x.new_zeros(x.shape[0], self.hidden_size)
        return super().forward(x, h)


class InitMethod(Plain):
    """Begins with a state that is not zero."""

    def init_hidden(self, batch_size):
        return torch.full((batch_size, self.hidden_size), 0.25)


class LearnedStart(Plain):
    def __init__(self, input_size, hidden_size):
        super().__init__(input_size, hidden_size)
        self.h0 = nn.Parameter(torch.randn(hidden_size))

    def initial_state(self):
        return self.h0.unsqueeze(0)


class StateFirst(Plain):
    def forward(self, h, x):
        return super().forward(x, h)


class DictState(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.gates = Gates(input_size, hidden_size, 3)
        self.hidden_size = hidden_size

    def forward(self, x, state=None):
        if state is None:
            zero = x.new_zeros(*x.shape[:-1], self.hidden_size)
            state = {"h": zero, "c": zero}
        both = torch.cat([x, state["h"]], dim=-1)
        f, i, o = (gate(both) for gate in self.gates)
        c = torch.sigmoid(f) * state["c"] + torch.tanh(i)
        return {"h": torch.sigmoid(o) * torch.tanh(c), "c": c}


class OutputAndState(Plain):
    def forward(self, x, h):
        after = super().forward(x, h)
        return F.relu(after[..., :1]), after


class OutputAndTwo(DictState):
    def forward(self, x, state=None):
        if state is not None:
            state = dict(zip(("h", "c"), state, strict=True))
        after = super().forward(x, state)
        return after["h"].sum(-1), (after["h"], after["c"])


class SpreadState(DictState):
    """Two arguments for its state."""

    def forward(self, x, h, c):
        after = super().forward(x, {"h": h, "c": c})
        return after["h"], after["c"]


class Clock(Plain):
    """A whole number in its state."""

    def forward(self, x, state=None):
        if state is None:
            state = (x.new_zeros(x.shape[0], self.hidden_size), torch.tensor(0))
        h, t = state
        after = super().forward(x, h)
        return torch.where(t % 2 == 0, after, 0.5 * (h + after)), t + 1


class InPlace(Plain):
    def forward(self, x, h):
        h = h.clone()
        h[..., 0] = 0.5
        h[..., 1:].mul_(0.9)
        pre = self.pre(x, h)
        pre.add_(1).clamp_(-3, 3)
        out = torch.zeros_like(h)
        out[..., ::2] = torch.tanh(pre)[..., ::2]
        out += 0.1 * pre
        return out


class Filled(Plain):
    """Writes into an array that it makes itself."""

    def forward(self, x, h):
        out = torch.empty(h.shape)
        pre = self.pre(x, h)
        for unit in range(h.shape[-1]):
            out[..., unit] = torch.sin(pre[..., unit] + unit)
        return out


class Einsum(Plain):
    def forward(self, x, h):
        drive = torch.einsum("bi,ki->bk", x, self.U)
        return torch.tanh(drive + torch.einsum("bi,ki->bk", h, self.W))


class Attention(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.q = nn.Linear(input_size, hidden_size)
        self.k = nn.Linear(hidden_size, hidden_size)
        self.v = nn.Linear(hidden_size, hidden_size)

    def forward(self, x, h):
        scores = torch.softmax(self.q(x) * self.k(h) / h.shape[-1] ** 0.5, dim=-1)
        return torch.tanh(scores * self.v(h) + h.mean(-1, keepdim=True))


class Norms(Plain):
    def __init__(self, input_size, hidden_size):
        super().__init__(input_size, hidden_size)
        self.layer = nn.LayerNorm(hidden_size)
        self.group = nn.GroupNorm(1, hidden_size)
        self.batch = nn.BatchNorm1d(hidden_size)
        self.drop = nn.Dropout(0.5)

    def forward(self, x, h):
        return torch.tanh(self.batch(self.group(self.layer(self.drop(self.pre(x, h))))))


class Orthogonal(nn.Module):
    """Its recurrent weights are orthogonal by a parametrisation."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.inner = nn.Linear(input_size, hidden_size)
        self.turn = parametrizations.orthogonal(
            nn.Linear(hidden_size, hidden_size, bias=False)
        )

    def forward(self, x, h):
        return F.hardtanh(self.inner(x) + self.turn(h))


class WeightNorm(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.inner = nn.Linear(input_size, hidden_size)
        self.turn = parametrizations.weight_norm(nn.Linear(hidden_size, hidden_size))

    def forward(self, x, h):
        return torch.tanh(self.inner(x) + self.turn(h))


class SpectralNorm(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.inner = nn.Linear(input_size, hidden_size)
        self.turn = parametrizations.spectral_norm(nn.Linear(hidden_size, hidden_size))

    def forward(self, x, h):
        return torch.tanh(self.inner(x) + self.turn(h))


class Reservoir(nn.Module):
    """An echo state network: its matrix is a buffer."""

    W: torch.Tensor
    mask: torch.Tensor

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.inner = nn.Linear(input_size, hidden_size)
        self.register_buffer("W", torch.randn(hidden_size, hidden_size) * 0.3)
        self.register_buffer("mask", torch.ones(hidden_size, dtype=torch.bool))

    def forward(self, x, h):
        return torch.tanh(self.inner(x) + h @ self.W.t()).masked_fill(~self.mask, 0)


class KeptTensor(Plain):
    """Holds an array that is neither parameter nor buffer."""

    def __init__(self, input_size, hidden_size):
        super().__init__(input_size, hidden_size)
        self.decay = torch.rand(hidden_size)

    def forward(self, x, h):
        return self.decay * h + torch.tanh(self.pre(x, h))


class Complex(Plain):
    """Complex numbers inside."""

    def forward(self, x, h):
        turned = torch.complex(h, torch.roll(h, 1, -1)) * torch.exp(
            1j * self.b.to(torch.complex128)
        )
        return torch.tanh(x @ self.U.T + turned.real + 0.5 * turned.imag)


class Detached(Plain):
    """Stops a gradient on purpose."""

    def forward(self, x, h):
        return torch.tanh(self.pre(x, h.detach()) + 0.3 * h)


class NoGradient(Plain):
    def forward(self, x, h):
        with torch.no_grad():
            scale = 1 / (1 + h.abs().sum(-1, keepdim=True))
        return torch.tanh(self.pre(x, h)) * scale


class Sequence(nn.GRU):
    """A layer over time: one symbol at a time it is a cell."""


class Constants(Plain):
    """Numbers that are made in the step, in Python and in PyTorch."""

    def forward(self, x, h):
        size = h.shape[-1]
        steps = torch.linspace(0.1, 1.0, size)
        scale = torch.sqrt(torch.tensor(float(size))).item()
        if scale > 1000:
            return h
        return torch.tanh(self.pre(x, h) / scale) * steps + torch.eye(size)[0] * 0.1


ADMITTED = [
    Plain,
    BatchNeeded,
    BatchRefused,
    SilentBatch,
    NoneAtFirst,
    InitMethod,
    LearnedStart,
    StateFirst,
    DictState,
    OutputAndState,
    OutputAndTwo,
    SpreadState,
    Clock,
    InPlace,
    Filled,
    Einsum,
    Attention,
    Norms,
    Orthogonal,
    WeightNorm,
    SpectralNorm,
    Reservoir,
    KeptTensor,
    Complex,
    Detached,
    NoGradient,
    Sequence,
    Constants,
]


class BranchOnData(Plain):
    def forward(self, x, h):
        if h.abs().sum() > 1:
            return h
        return super().forward(x, h)


class Item(Plain):
    def forward(self, x, h):
        return super().forward(x, h) * h.mean().item()


class AsNumpy(Plain):
    def forward(self, x, h):
        return super().forward(x, h) + torch.from_numpy(np.tanh(h.detach().numpy()))


class Noise(Plain):
    def forward(self, x, h):
        return super().forward(x, h) + 0.1 * torch.randn(h.shape)


class NoiseLike(Plain):
    def forward(self, x, h):
        return super().forward(x, h) * torch.rand_like(h)


class NoiseOfNumPy(Plain):
    def forward(self, x, h):
        return super().forward(x, h) * random.random()


class AlwaysDropout(Plain):
    def forward(self, x, h):
        return F.dropout(super().forward(x, h), 0.5, training=True)


class ChangesBuffer(Plain):
    mean: torch.Tensor

    def __init__(self, input_size, hidden_size):
        super().__init__(input_size, hidden_size)
        self.register_buffer("mean", torch.zeros(hidden_size))

    def forward(self, x, h):
        self.mean.mul_(0.9).add_(0.1 * h.detach().reshape(-1, h.shape[-1])[0])
        return super().forward(x, h - self.mean)


class KeepsState(Plain):
    def __init__(self, input_size, hidden_size):
        super().__init__(input_size, hidden_size)
        self.last = None

    def forward(self, x, h):
        before = 0 if self.last is None else self.last
        self.last = h
        return super().forward(x, h + 0.1 * before)


class Counts(Plain):
    def __init__(self, input_size, hidden_size):
        super().__init__(input_size, hidden_size)
        self.time = 0

    def forward(self, x, h):
        self.time += 1
        return super().forward(x, h) / self.time


class HalfPrecision(Plain):
    def forward(self, x, h):
        return super().forward(x, h).to(torch.bfloat16).to(x.dtype)


class Grows(Plain):
    def forward(self, x, h):
        after = torch.tanh(self.pre(x, h[..., : self.hidden_size]))
        return torch.cat([after, h], dim=-1)


class FixedSize(nn.Module):
    """Its constructor doesn't take the hidden size."""

    def __init__(self, input_size):
        super().__init__()
        self.inner = nn.Linear(input_size, 8)

    def forward(self, x, h):
        return torch.tanh(self.inner(x) + h)


class EvenSize(Plain):
    def __init__(self, input_size, hidden_size):
        if hidden_size % 4:
            raise ValueError("hidden_size must be divisible by 4 heads")
        super().__init__(input_size, hidden_size)


class Cuda(Plain):
    def forward(self, x, h):
        return super().forward(x.cuda(), h.cuda())


class Triton(Plain):
    def forward(self, x, h):
        import triton_kernels_that_are_not_there  # noqa: F401

        return super().forward(x, h)


class FusedGRU(Plain):
    """A kernel that no package here has."""

    def forward(self, x, h):
        return torch.ops.my_kernels.scan(x, h)


class Half(Plain):
    """Its parameters have half precision."""

    def __init__(self, input_size, hidden_size):
        super().__init__(input_size, hidden_size)
        self.half()


class Restored(nn.GRUCell):
    """Its checkpoint is of another size."""

    def __init__(self, input_size, hidden_size):
        super().__init__(input_size, hidden_size)
        self.load_state_dict(nn.GRUCell(2, 6).state_dict())


REFUSED = {
    BranchOnData: 'awkward.py:LINE, "if h.abs().sum() > 1:": a Python number or a',
    Item: "h.mean().item()",
    AsNumpy: "np.tanh(h.detach().numpy())",
    Noise: "random numbers (randn)",
    NoiseLike: "random numbers (rand_like)",
    NoiseOfNumPy: "another state when its first step is repeated",
    AlwaysDropout: "training=True",
    ChangesBuffer: "it changes `mean`",
    KeepsState: "it keeps `self.last` from step to step",
    Counts: "it keeps `self.time` from step to step",
    HalfPrecision: "half precision (bfloat16)",
    Grows: "expected a state like the one before",
    FixedSize: "refuses 2 inputs and 5 units",
    EvenSize: "divisible by 4 heads",
    Cuda: "needs CUDA or a compiled kernel",
    Triton: "needs CUDA or a compiled kernel",
    FusedGRU: "run on a CPU; or measure 'gru' of the catalogue",
    Half: "half precision (float16)",
    Restored: "; expected weights of the same class and sizes",
}
"""A cell, and a part of the line by which it is refused."""


class _Spike(torch.autograd.Function):
    """A step whose gradient is that of a smoother function."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return (x > 0).to(x.dtype)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad / (1 + x.abs()) ** 2


class Spiking(Plain):
    """A surrogate gradient: D can be measured; gradients can't."""

    def forward(self, x, h):
        return 0.8 * h + _Spike.apply(self.pre(x, h))
