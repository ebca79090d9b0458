"""How a module may be called, and the form of a state."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import torch

Tensors = Any
"""A tensor, or tuples, lists and dictionaries of tensors: a state."""

Flags = Any
"""A tree like a state, of truth values."""

Step = Callable[[torch.nn.Module, torch.Tensor, Tensors], Tensors]
"""`(module, input, state) -> state`."""

Start = Callable[[torch.nn.Module], Tensors]
"""`(module) -> state`."""

CLOSE = 1e-9


@dataclass(frozen=True)
class Convention:
    """How a module is called.

    Attributes:
        step: `(module, input, state) -> state`, with batch axes where there are any.
        start: `(module) -> state`; None where the state begins with zeros.
        zeros: a state of zeros, one sequence's.
        has_batch: whether the input has a batch axis.
        batched: a tree like the state: which leaves have one.
        note: what is left out, for results.
    """

    step: Step
    start: Start | None
    zeros: Tensors
    has_batch: bool
    batched: Flags
    note: str = ""

    def one_step(
        self, module: torch.nn.Module, input: torch.Tensor, state: Tensors
    ) -> Tensors:
        """Make a step of one sequence: batch axes are put on and taken off."""
        if self.has_batch:
            input = input.unsqueeze(0)
        widened = jax.tree.map(_with_axis, state, self.batched)
        found = self.step(module, input, widened)
        return jax.tree.map(without_axis, found, self.batched)

    def first(self, module: torch.nn.Module) -> Tensors:
        """Return the state before the first symbol, of one sequence."""
        assert self.start is not None
        return jax.tree.map(without_axis, self.start(module), self.batched)


def _with_axis(leaf: torch.Tensor, has_batch: bool) -> torch.Tensor:
    return leaf.unsqueeze(0) if has_batch else leaf


def without_axis(leaf: torch.Tensor, has_batch: bool) -> torch.Tensor:
    """Take off the axis of a batch of one, where there is one."""
    return leaf.squeeze(0) if has_batch else leaf


class Form(NamedTuple):
    """A form in which a module may be called.

    Attributes:
        state_first: whether the state comes before the input.
        number: of arguments over which the state is spread; 0 where it is one.
        takes: from what the module returns to the state.
        output: from what the module returns to its output; None where it has none.
    """

    state_first: bool
    number: int
    takes: Callable[[object], Tensors]
    note: str = ""
    output: Callable[[object], Tensors] | None = None

    def call(
        self, module: torch.nn.Module, input: torch.Tensor, state: Tensors
    ) -> Tensors:
        """Return the state after an input; without a state, where it is None."""
        return self.takes(self.result(module, input, state))

    def result(
        self, module: torch.nn.Module, input: torch.Tensor, state: Tensors
    ) -> object:
        """Return what the module returns."""
        if state is None:
            return module(input)
        states = tuple(state) if self.number else (state,)
        if self.state_first:
            return module(*states, input)
        return module(input, *states)


def _all(result: object) -> Tensors:
    return result


def _last(result: object) -> Tensors:
    if isinstance(result, tuple | list) and len(result) == 2:
        return result[1]
    raise TypeError("not (output, state)")


def _first(result: object) -> Tensors:
    if isinstance(result, tuple | list) and len(result) == 2:
        return result[0]
    raise TypeError("not (state, output)")


def _rest(result: object) -> Tensors:
    if isinstance(result, tuple | list) and len(result) > 2:
        return tuple(result[1:])
    raise TypeError("not (output, state, state, ...)")


def _output_first(result: object) -> Tensors:
    assert isinstance(result, tuple | list)
    return result[0]


def _output_last(result: object) -> Tensors:
    assert isinstance(result, tuple | list)
    return result[1]


TAKEN = (
    (_all, "", None),
    (
        _last,
        "the first of the two results of forward is an output, which is left out",
        _output_first,
    ),
    (
        _rest,
        "the first result of forward is an output, which is left out",
        _output_first,
    ),
    (
        _first,
        "the second of the two results of forward is an output, which is left out",
        _output_last,
    ),
)
"""How a state is taken from what `forward` returns, a note of what is left out, and how
that is taken."""


def with_output(
    convention: Convention, form: Form, module: torch.nn.Module, input: torch.Tensor
) -> Convention:
    """Return a convention whose state is `{"output": y, "state": s}`.

    Args:
        convention: without the output.
        form: in which it calls.
        module: the module.
        input: one vector, with its batch axis if there is one.
    """
    takes = form.output
    assert takes is not None

    def step(module: torch.nn.Module, input: torch.Tensor, state: Tensors) -> Tensors:
        result = form.result(module, input, state["state"])
        return {"output": takes(result), "state": form.takes(result)}

    def has_row(leaf: torch.Tensor) -> bool:
        return convention.has_batch and leaf.dim() > 0 and leaf.shape[0] == 1

    def start(module: torch.nn.Module) -> Tensors:
        assert convention.start is not None
        return {"output": first, "state": convention.start(module)}

    state = jax.tree.map(_with_axis, convention.zeros, convention.batched)
    result = form.result(module, input, state)
    first = jax.tree.map(zeros_like, takes(result))
    rows = jax.tree.map(has_row, first)
    return Convention(
        step,
        None if convention.start is None else start,
        {
            "output": jax.tree.map(without_axis, first, rows),
            "state": convention.zeros,
        },
        convention.has_batch,
        {"output": rows, "state": convention.batched},
        convention.note.replace("which is left out", "which is measured"),
    )


class ChangedFormError(TypeError):
    """The state after a step has another form than that before it."""


def require_alike(before: Tensors, after: Tensors) -> None:
    """Raise unless two states have one form, and hold tensors alone."""
    first = form_of(before)
    second = form_of(after)
    if first != second:
        raise ChangedFormError(
            f"expected a state like the one before, {first}; got {second}"
        )


def form_of(state: Tensors) -> str:
    """Return the form of a state as text."""
    leaves, shape = jax.tree.flatten(state)
    for leaf in leaves:
        if not isinstance(leaf, torch.Tensor):
            raise TypeError(f"expected tensors in the state, got {type(leaf).__name__}")
    shapes = ", ".join(str(list(leaf.shape)) for leaf in leaves)
    if not leaves:
        return "nothing"
    if isinstance(state, torch.Tensor):
        return shapes
    return f"{shape} of {shapes}"


def zeros_like(leaf: object) -> torch.Tensor:
    """Return zeros like a leaf of a state; raise TypeError where it is no tensor."""
    if not isinstance(leaf, torch.Tensor):
        raise TypeError(f"expected tensors in the state, got {type(leaf).__name__}")
    return torch.zeros_like(leaf).detach()


def close(first: Tensors, second: Tensors) -> bool:
    """Return whether two states are equal but for rounding."""
    leaves = jax.tree.leaves(first)
    others = jax.tree.leaves(second)
    pairs = zip(leaves, others, strict=True)
    return all(torch.allclose(a, b, CLOSE, CLOSE, equal_nan=True) for a, b in pairs)
