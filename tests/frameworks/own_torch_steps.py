"""One step as PyTorch makes it, of cells of torch.nn and of torchrecurrent."""

import inspect
from importlib import import_module

import jax
import jax.numpy as jnp
import numpy as np
import torch

KEY = jax.random.key(0)

HOMES = ("torch.nn", "torchrecurrent")

OUTPUT_IS_NOT_STATE = {"IntersectionRNNCell", "MCLSTMCell", "TLSTMCell"}
"""These return (output, state)."""

AS_MANY_UNITS_AS_INPUTS = "IntersectionRNNCell"
"""Its constructor refuses all other sizes."""


def names():
    """Return the name of every cell of a home, as `--cell` has it."""
    found = []
    for home in HOMES:
        package = import_module(home)
        for name in sorted(vars(package), key=str.lower):
            is_cell = name.endswith("Cell") and inspect.isclass(getattr(package, name))
            if is_cell:
                found.append(f"{home}:{name}")
    return found


def kind_of(name):
    home, _, cell = name.partition(":")
    return getattr(import_module(home), cell)


def sizes_of(name, input_size, hidden_size):
    """Return sizes that a cell takes."""
    if name.endswith(AS_MANY_UNITS_AS_INPUTS):
        return hidden_size, hidden_size
    return input_size, hidden_size


def with_normal_numbers(given, sizes):
    """Return a cell with N(0,1) numbers, and PyTorch's module with the same."""
    torch.manual_seed(0)
    own = given.factory.target(*sizes).double().eval()
    with torch.no_grad():
        for parameter in own.parameters():
            parameter.normal_()
    with jax.enable_x64(True):
        cell = given.make(*sizes, KEY)
        numbers = dict(own.named_parameters())
        arrays = []
        for name, array in zip(cell.names, cell.arrays, strict=True):
            if name in numbers:
                array = jnp.asarray(numbers[name].detach().numpy())
            arrays.append(array)
        return type(cell)(cell.names, arrays, cell.program), own


def step_error(given, cell, sizes, own, *, batch):
    """Return the error of one step, as a share of 1 + |value|.

    Args:
        given: the cell as firstbit takes it.
        cell: made by it.
        sizes: its numbers of inputs and of units.
        own: the module, in float64, with the same numbers.
        batch: whether PyTorch gets a batch axis.
    """
    input_size, hidden_size = sizes
    random = np.random.default_rng(hidden_size)
    x = random.normal(size=input_size)
    with jax.enable_x64(True):
        state = jax.tree.map(lambda s: normal(s, random), given.initial(cell))
        after = jax.tree.leaves(cell(jnp.asarray(x), state))
        after = list(map(np.asarray, after))

    def tensor(array):
        found = torch.tensor(array)
        return found[None] if batch else found

    result = own(tensor(x), jax.tree.map(tensor, state))
    if type(own).__name__ in OUTPUT_IS_NOT_STATE:
        result = result[1]
    largest = 0.0
    for got, right in zip(after, jax.tree.leaves(result), strict=True):
        right = right.detach().numpy()
        right = right[0] if batch else right
        largest = max(largest, np.max(abs(got - right) / (1 + abs(right))))
    return largest


def normal(leaf, random):
    leaf = np.asarray(leaf)
    if leaf.dtype.kind not in "fc":
        return leaf
    return random.normal(size=leaf.shape)
