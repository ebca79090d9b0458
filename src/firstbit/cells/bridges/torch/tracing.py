"""One run of a module's own code, each elementary operation computed by JAX."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import numpy as np
import torch
from jax.core import Tracer
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map

from firstbit.cells.bridges.torch import rules
from firstbit.cells.bridges.torch.refusal import RefusedError, UnruledError
from firstbit.cells.bridges.torch.registry import OF_TENSORS, RULES, Array, Rule
from firstbit.cells.bridges.torch.rules_products import linear, product
from firstbit.cells.bridges.torch.tensor import Held, Store, cast, real_array

Values = Any
"""What operations take and return: tensors, plain numbers, and lists of them."""

assert rules  # they register themselves

CHANGED_BUFFER = (
    "it changes {}, which is not in its state; expected a function of parameters, "
    "input and state: make it a part of the state."
)


class Tracing(TorchDispatchMode):
    """Computes by JAX every operation that runs while it is entered."""

    def __init__(self) -> None:
        super().__init__()
        self.lifted: dict[int, tuple[torch.Tensor, Held]] = {}

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Say to PyTorch that its compiler needs no guard here.

        With one, the first operation loads the compiler, which takes a second.
        """
        return False

    def __torch_dispatch__(
        self,
        func: Callable[..., Values],
        types: object,
        args: Sequence[Values] = (),
        kwargs: Mapping[str, Values] | None = None,
    ) -> Values:
        """Compute one operation."""
        call = _Call(self, func, tuple(args), dict(kwargs or {}))
        if not torch.is_grad_enabled():
            return tree_map(_stopped, call.result())
        return call.result()

    def lift(self, tensor: torch.Tensor) -> Held:
        """Return a plain tensor as one that holds an array: the same every time."""
        if isinstance(tensor, Held):
            return tensor
        known = self.lifted.get(id(tensor))
        if known is None:
            array = real_array(tensor)
            held = Held(array, Store(array, "a tensor that is kept in the module"))
            known = self.lifted[id(tensor)] = (tensor, held)
        return known[1]


class WholeProducts(TorchFunctionMode):
    """Takes products whole: inside, PyTorch changes shapes in place."""

    def __init__(self, tracing: Tracing) -> None:
        super().__init__()
        self.tracing = tracing

    def __torch_function__(
        self,
        func: Callable[..., Values],
        types: object,
        args: Sequence[Values] = (),
        kwargs: Mapping[str, Values] | None = None,
    ) -> Values:
        """Compute a product of two tensors; let all else pass."""
        named = kwargs or {}
        if func in _LINEAR:
            return self.linear(args, named)
        if func in _PRODUCTS and len(args) == 2 and not named:
            left, right = args
            if func is torch.Tensor.__rmatmul__:
                left, right = right, left
            if _is_tensor(left) and _is_tensor(right):
                return self.product(left, right)
        return func(*args, **named)

    def linear(
        self,
        args: Sequence[torch.Tensor | None],
        named: Mapping[str, torch.Tensor | None],
    ) -> Held:
        """Compute x W^T + b; the bias may be None."""
        values = []
        for tensor in args:
            if tensor is not None:
                values.append(self.tracing.lift(tensor))
        others = {}
        for name, tensor in named.items():
            if tensor is not None:
                others[name] = self.tracing.lift(tensor)
        return linear(*values, **others)

    def product(self, left: torch.Tensor, right: torch.Tensor) -> Held:
        """Compute a product of two tensors."""
        first = self.tracing.lift(left)
        second = self.tracing.lift(right)
        return Held(product(first, second))


_LINEAR = {torch.nn.functional.linear}
_PRODUCTS = {
    torch.matmul,
    torch.Tensor.matmul,
    torch.Tensor.__matmul__,
    torch.Tensor.__rmatmul__,
}


def _stopped(held: Values) -> Values:
    """Return a tensor that is not differentiated: it was made under `no_grad`."""
    if not isinstance(held, Held):
        return held
    if not np.issubdtype(held.array.dtype, np.inexact):
        return held
    if held.path is None:
        held.store.array = jax.lax.stop_gradient(held.store.array)
        held.store.version += 1
    return held


class _Call:
    """One operation with its operands."""

    def __init__(
        self, mode: Tracing, func: Any, args: tuple, kwargs: dict[str, Values]
    ) -> None:
        self.mode = mode
        self.func = func
        self.args = args
        self.kwargs = kwargs
        self.schema = func._schema
        space, self.name = self.schema.name.split("::")
        self.full = f"{self.name}.{func._overloadname}"
        if space not in ("aten", "prims", "prim"):
            self.name = self.schema.name

    def result(self) -> Values:
        if torch.Tag.nondeterministic_seeded in self.func.tags:
            raise RefusedError(
                f"random numbers ({self.name}) in a step make it another every time; "
                "expected a function of parameters, input and state."
            )
        target = self.written()
        if target is not None:
            return self.in_place(target)
        if not _tensors(self.args, self.kwargs):
            made = self.func(*self.args, **self.kwargs)
            return tree_map(_fresh, made)
        return self.computed()

    def written(self) -> torch.Tensor | None:
        """Return the tensor that the operation writes to; None where it does not."""
        for argument, value in zip(self.schema.arguments, self.args, strict=False):
            if argument.alias_info is not None and argument.alias_info.is_write:
                return value
        for argument in self.schema.arguments:
            info = argument.alias_info
            if info is not None and info.is_write and argument.name in self.kwargs:
                return self.kwargs.pop(argument.name)
        return None

    def in_place(self, target: torch.Tensor) -> torch.Tensor:
        """Compute the operation that doesn't write, then write its result."""
        held = self.mode.lift(target)
        if held.store.owner:
            raise RefusedError(CHANGED_BUFFER.format(held.store.owner))
        plain = self.plain_rule()
        if plain is None or held.shape != target.shape:
            raise UnruledError(
                f"PyTorch's operation {self.schema.name} has no rule here."
            )
        result = self.by_rule(plain)
        shape = tuple(held.shape)
        if self.name.endswith("_") and np.shape(result) != shape:
            result = jax.numpy.broadcast_to(result, shape)
        held.write(result)
        return target if isinstance(target, Held) else held

    def plain_rule(self) -> Rule | None:
        """Return the rule of the operation that doesn't write; None if it has none."""
        name = self.name
        if name.endswith("_") and not name.endswith("__"):
            name = name[:-1]
        if name in _RESHAPED:
            raise UnruledError(
                f"{self.name} changes the shape of a tensor in place; write {name}."
            )
        variant = f"{name}.{self.func._overloadname}"
        return RULES.get(variant) or RULES.get(name)

    def computed(self) -> Values:
        of_tensors = OF_TENSORS.get(self.name)
        if of_tensors is not None:
            tensors = tree_map(self.lifted, self.args)
            return of_tensors(*tensors, **tree_map(self.lifted, self.kwargs))
        found = RULES.get(self.full) or RULES.get(self.name)
        if found is None:
            return self.taken_apart()
        return self.wrapped(found, self.by_rule(found))

    def by_rule(self, found: Rule) -> Values:
        """Run a rule; on numbers that are known it is computed now."""
        args, kwargs = tree_map(self.array, (self.args, self.kwargs))
        if any(isinstance(one, Tracer) for one in _leaves((args, kwargs))):
            return found(*args, **kwargs)
        with jax.ensure_compile_time_eval():
            return found(*args, **kwargs)

    def taken_apart(self) -> Values:
        """Run the operation by PyTorch's own definition in terms of others."""
        from torch._decomp import decomposition_table

        definition = decomposition_table.get(self.func)
        with self.mode:
            if definition is not None:
                return definition(*self.args, **self.kwargs)
            result = self.func.decompose(*self.args, **self.kwargs)
        if result is NotImplemented:
            raise UnruledError(
                f"PyTorch's operation {self.schema.name} has no rule here; write the "
                "step without it, or give the cell in Equinox's convention."
            )
        return result

    def wrapped(self, found: Rule, result: Values) -> Values:
        """Return results as tensors, views of an operand where PyTorch has views."""
        returns = self.schema.returns
        if not returns or returns[0].alias_info is None or not self.args:
            return tree_map(_wrap, result)
        base = self.mode.lift(self.args[0])
        if isinstance(result, list | tuple):
            views = []
            for place, array in enumerate(result):
                views.append(self.view(base, found, array, place))
            return views
        return self.view(base, found, result, None)

    def view(self, base: Held, found: Rule, array: Array, place: int | None) -> Held:
        """Return a tensor that shares its numbers with another."""
        _, *others = tree_map(self.array, self.args)
        kwargs = tree_map(self.array, self.kwargs)
        before = base.path

        def path(whole: Array) -> Array:
            own = whole if before is None else before(whole)
            result = found(own, *others, **kwargs)
            return result if place is None else result[place]

        view = Held(array, base.store, path)
        if base.dim() == 2 and self.is_flip():
            view.turned = base
        return view

    def is_flip(self) -> bool:
        """Return whether the operation transposes a matrix."""
        if self.name in ("t", "numpy_T"):
            return True
        if self.name == "transpose":
            return {axis % 2 for axis in self.args[1:3]} == {0, 1}
        if self.name != "permute":
            return False
        return [axis % 2 for axis in self.args[1]] == [1, 0]

    def array(self, value: Values) -> Values:
        return self.mode.lift(value).array if _is_tensor(value) else value

    def lifted(self, value: Values) -> Values:
        return self.mode.lift(value) if _is_tensor(value) else value


_RESHAPED = ("squeeze", "unsqueeze", "t", "transpose", "swapaxes", "swapdims", "resize")
"""In place they change a shape, which a tensor of this kind can't."""


def _is_tensor(value: object) -> bool:
    return isinstance(value, torch.Tensor)


def _leaves(values: Values) -> list[Values]:
    return jax.tree.leaves(values)


def _tensors(args: Sequence[Values], kwargs: dict[str, Values]) -> bool:
    leaves = _leaves((list(args), kwargs))
    return any(isinstance(leaf, torch.Tensor) for leaf in leaves)


def _fresh(made: Values) -> Values:
    """Return a tensor that was made in the step: it may be written to."""
    return Held(real_array(made)) if isinstance(made, torch.Tensor) else made


def _wrap(array: Values) -> Values:
    if isinstance(array, jax.Array | np.ndarray | np.generic):
        return Held(array if np.ndim(array) else jax.numpy.asarray(array))
    return array


def cast_held(tensor: Held, dtype: np.dtype) -> Held:
    """Return a tensor of another type of numbers."""
    return Held(cast(tensor.array, dtype))
