"""Run the published training in plain eager PyTorch, in float64.

It uses autograd, and one gradient step a word.

A leading axis of parameters, if there, is that of seeds: all seeds then step together
in batched products. The inputs' part of the sums is computed for a whole word at once,
and so are the outputs. On matrices this small a second thread would only cost.
"""

import numpy as np
import torch
from published_task import Task


def train(task: Task, num_epochs: int, *, num_seeds: int | None = None) -> np.ndarray:
    """Mean error of each epoch, (epoch,) or (epoch, seed); the seeds are alike."""
    torch.set_num_threads(1)
    parameters = [
        torch.tensor(
            np.broadcast_to(
                array, array.shape if num_seeds is None else (num_seeds, *array.shape)
            )
        ).requires_grad_()
        for array in LAYOUT[task.cell](task.parameters)
    ]
    words = [torch.from_numpy(word) for word in task.one_hot]
    errors = []
    for _ in range(num_epochs):
        total = torch.zeros((), dtype=torch.float64)
        for word in words:
            predicted = OUTPUTS[task.cell](word[:-1], *parameters)
            losses = ((predicted - word[1:]) ** 2).sum(dim=(-2, -1))
            gradients = torch.autograd.grad(losses.sum(), parameters)
            with torch.no_grad():
                torch._foreach_add_(  # pyright: ignore[reportPrivateImportUsage]
                    parameters, gradients, alpha=-task.rate
                )
                total = total + losses
        errors.append(total.numpy() / len(words))
    return np.array(errors)


def _vanilla_layout(p: dict[str, np.ndarray]) -> list[np.ndarray]:
    return [p["U_h"].T, p["b_h"][None], p["W_h"].T, p["O"].T, p["b_O"][None]]


def _vanilla(
    inputs: torch.Tensor,
    U: torch.Tensor,
    b: torch.Tensor,
    W: torch.Tensor,
    O: torch.Tensor,
    b_O: torch.Tensor,
):
    product = torch.addmm if W.ndim == 2 else torch.baddbmm
    h = torch.zeros_like(b)
    hidden = []
    for a in (inputs @ U + b).split(1, dim=-2):
        h = product(a, h, W).sigmoid()
        hidden.append(h)
    return torch.cat(hidden, dim=-2) @ O + b_O


def _gru_layout(p: dict[str, np.ndarray]) -> list[np.ndarray]:
    """The gates z and r in one product; the candidate's in another, for it needs r."""
    U, b = (
        np.concatenate([p["U_z"], p["U_r"], p["U_h"]]).T,
        np.concatenate([p["b_z"], p["b_r"], p["b_h"]])[None],
    )
    return [U, b, np.concatenate([p["W_z"], p["W_r"]]).T, p["W_h"].T, p["O"].T]


def _gru(
    inputs: torch.Tensor,
    U: torch.Tensor,
    b: torch.Tensor,
    W: torch.Tensor,
    W_h: torch.Tensor,
    O: torch.Tensor,
):
    product = torch.addmm if W.ndim == 2 else torch.baddbmm
    size = W_h.shape[-1]
    gates, candidates = (inputs @ U + b).split((2 * size, size), dim=-1)
    h = torch.zeros_like(b[..., :size])
    hidden = []
    for a, c in zip(gates.split(1, dim=-2), candidates.split(1, dim=-2), strict=True):
        z, r = product(a, h, W).sigmoid().chunk(2, dim=-1)
        h = torch.lerp(product(c, r * h, W_h).tanh(), h, z)
        hidden.append(h)
    return torch.cat(hidden, dim=-2) @ O


LAYOUT = {"Vanilla": _vanilla_layout, "GRU": _gru_layout}
OUTPUTS = {"Vanilla": _vanilla, "GRU": _gru}
