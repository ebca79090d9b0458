"""Rules by the names of operations: looked up when an operation is met."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import torch

from firstbit.cells.bridges.torch.tensor import Array

Axes = int | Sequence[int] | None
"""One axis or several; None stands for all."""

Dtype = torch.dtype | None
"""PyTorch's type of numbers; None keeps that of the operand."""

Rule = Callable[..., Array]
"""From arrays and plain numbers, as the operation takes them, to arrays."""

RULES: dict[str, Rule] = {}
"""`add`, or `add.Tensor` where a variant differs -> its rule."""

OF_TENSORS: dict[str, Rule] = {}
"""Rules that take tensors as they are: they look at what a tensor is a view of."""

Function = TypeVar("Function", bound=Rule)


def rule(*names: str) -> Callable[[Function], Function]:
    """Register a function as the rule of operations."""

    def register(function: Function) -> Function:
        for name in names:
            RULES[name] = function
        return function

    return register


def rule_of_tensors(*names: str) -> Callable[[Function], Function]:
    """Register a function as the rule of operations that takes tensors."""

    def register(function: Function) -> Function:
        for name in names:
            OF_TENSORS[name] = function
        return function

    return register
