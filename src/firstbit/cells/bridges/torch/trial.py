"""How a module is called, and what its state is: found by trying."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import jax
import torch

from firstbit.cells.bridges.adapting import Adapting
from firstbit.cells.bridges.torch.convention import (
    TAKEN,
    ChangedFormError,
    Convention,
    Flags,
    Form,
    Start,
    Step,
    Tensors,
    close,
    require_alike,
    with_output,
    without_axis,
    zeros_like,
)
from firstbit.cells.bridges.torch.forward import run_by_torch
from firstbit.cells.bridges.torch.refusal import needs_device, place_of, refused
from firstbit.errors import CellError, shown

STATES = (
    "h",
    "hx",
    "hidden",
    "state",
    "states",
    "carry",
    "prev",
    "h_prev",
    "hidden_state",
)
INPUTS = ("x", "input", "inputs", "inp", "x_t", "u")

STARTS = (
    "initial_state",
    "init_state",
    "init_hidden",
    "initial_hidden",
    "get_initial_state",
    "initialize_state",
    "initialize_carry",
    "zero_state",
)
"""Methods that make a first state, of a batch size or of nothing."""

ROWS = 3
"""Rows of the batch by which an axis is known to be one."""

_ASK = (
    "say it: firstbit.adapt(cell, initial_state=lambda module: ..., "
    "step=lambda module, input, state: ...)"
)


def convention_of(
    name: str,
    module: torch.nn.Module,
    input_size: int,
    hidden_size: int | None,
    adapting: Adapting,
) -> Convention:
    """Find how a module is called.

    Args:
        name: of the cell, for messages.
        module: in float64, with numbers of no special kind.
        input_size: number of inputs.
        hidden_size: k; None where it isn't known.
        adapting: what the user says.

    Raises:
        CellError: no way of calling it works; says how the likeliest failed.
    """
    trial = _Trial(name, module, input_size, hidden_size, adapting)
    found = run_by_torch(module, lambda _: trial.found())
    if found is None:
        raise trial.failure()
    return found


class _Trial:
    """Attempts to call a module."""

    def __init__(
        self,
        name: str,
        module: torch.nn.Module,
        input_size: int,
        hidden_size: int | None,
        adapting: Adapting,
    ) -> None:
        self.name = name
        self.module = module
        self.adapting = adapting
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.errors: list[Exception] = []
        generator = torch.Generator().manual_seed(0)
        shape = (ROWS, input_size)
        self.rows = torch.randn(shape, generator=generator, dtype=torch.float64)

    def found(self) -> Convention | None:
        if self.adapting.step is not None:
            if self.adapting.output:
                raise self.no_output()
            return self.by_user(self.adapting.step)
        for is_own in (True, False):
            for has_batch in (True, False):
                for form in self.forms():
                    for start, state in self.starts(form, has_batch, is_own):
                        convention = self.tried(form, has_batch, start, state)
                        if convention is not None:
                            return self.finished(form, convention)
        return None

    def by_user(self, step: Step) -> Convention | None:
        """Take a step as the user gives it: of one sequence."""
        start = self.adapting.initial_state
        state = None if start is None else start(self.module)
        try:
            after = step(self.module, self.rows[0], state)
        except Exception as error:  # a user's own code may raise anything
            self.errors.append(error)
            return None
        no_batch = jax.tree.map(lambda _: False, after)
        zeros = jax.tree.map(torch.zeros_like, after)
        return Convention(step, start, zeros, False, no_batch)

    def forms(self) -> Iterator[Form]:
        """Yield the forms that the signature of `forward` allows, the likely first."""
        names, number = _positional(self.module.forward)
        first = names[0] if names else ""
        second = names[1] if len(names) > 1 else ""
        is_turned = first in STATES and (second in INPUTS or second not in STATES)
        numbers = [0, number - 1] if number > 2 else [0]
        for spread in numbers:
            for takes, note, output in TAKEN:
                yield Form(is_turned, spread, takes, note, output)

    def starts(
        self, form: Form, has_batch: bool, is_own: bool
    ) -> Iterator[tuple[Start | None, Tensors]]:
        """Return how a state may begin: as the module says, or with zeros."""
        return self.own_starts(has_batch) if is_own else self.no_starts(form, has_batch)

    def own_starts(self, has_batch: bool) -> Iterator[tuple[Start, Tensors]]:
        """Yield how a state begins where the user or the module says it."""
        given = self.adapting.initial_state
        if given is not None:
            yield given, given(self.module)
            return
        for name in STARTS:
            method = getattr(self.module, name, None)
            if callable(method):
                for arguments in self.arguments(has_batch):
                    start = _Started(name, arguments)
                    try:
                        yield start, start(self.module)
                    except Exception:  # a user's own code may raise anything
                        continue

    def no_starts(self, form: Form, has_batch: bool) -> Iterator[tuple[None, Tensors]]:
        """Yield first states of zeros (None: to be found) where nobody says it."""
        if self.adapting.initial_state is not None:
            return
        if not form.state_first:
            yield None, None
        if self.hidden_size is not None:
            zero = self.zeros(self.hidden_size, has_batch)
            yield None, zero
            yield None, (zero, zero)
            yield None, (zero, zero, zero)

    def arguments(self, has_batch: bool) -> list[tuple[object, ...]]:
        """Return what a method that makes a first state may take."""
        if not has_batch:
            return [()]
        return [(1,), (), (self.rows[:1],)]

    def zeros(self, size: int, has_batch: bool) -> torch.Tensor:
        shape = (1, size) if has_batch else (size,)
        return torch.zeros(shape, dtype=torch.float64)

    def tried(
        self, form: Form, has_batch: bool, start: Start | None, state: Tensors
    ) -> Convention | None:
        """Call the module twice; None where that fails."""
        one = self.rows[:1] if has_batch else self.rows[0]
        without = None
        try:
            if state is None:
                without = form.call(self.module, one, None)
                state = jax.tree.map(zeros_like, without)
            if form.number and len(tuple(state)) != form.number:
                return None
            after = form.call(self.module, one, state)
            require_alike(state, after)
            batched = self.batched(form, has_batch, start, state)
        except Exception as error:  # a user's own code may raise anything
            self.errors.append(error)
            return None
        if batched is None:
            return None
        if without is not None and not close(without, after):
            raise CellError(
                f"{self.name} called without a state doesn't begin with zeros; {_ASK}."
            )
        of_batch = jax.tree.map(zeros_like, state)
        zeros = jax.tree.map(without_axis, of_batch, batched)
        return Convention(form.call, start, zeros, has_batch, batched, form.note)

    def finished(self, form: Form, found: Convention) -> Convention:
        """Return a convention that was found; with the output, where it is wanted."""
        if not self.adapting.output:
            return found
        if form.output is None:
            raise self.no_output()
        one = self.rows[:1] if found.has_batch else self.rows[0]
        return with_output(found, form, self.module, one)

    def batched(
        self, form: Form, has_batch: bool, start: Start | None, state: Tensors
    ) -> Flags:
        """Return which leaves have a batch axis; None where it isn't a batch at all."""
        nowhere = jax.tree.map(lambda _: False, state)
        if not has_batch:
            return nowhere
        if start is not None:
            return jax.tree.map(_is_one_row, state)
        several, axes = self.several(form, state)
        if several is None:
            return nowhere if self.alone(form, state) is None else None
        if self.is_row_by_row(form, state, several, axes):
            return axes
        return None if self.alone(form, state) is not None else axes

    def is_row_by_row(
        self, form: Form, state: Tensors, several: Tensors, axes: Flags
    ) -> bool:
        """Return whether several rows together give what each gives alone."""
        for row in range(ROWS):
            only = slice(row, row + 1)
            alone = form.call(self.module, self.rows[only], state)
            leaves = zip(
                jax.tree.leaves(several),
                jax.tree.leaves(axes),
                jax.tree.leaves(alone),
                strict=True,
            )
            for many, has_axis, one in leaves:
                if has_axis and not close(many[only], one):
                    return False
        return True

    def several(self, form: Form, state: Tensors) -> tuple[Tensors, Flags]:
        """Return the states of several rows, and which leaves have a row for each."""

        def has_row(leaf: torch.Tensor) -> bool:
            return leaf.dim() > 0 and leaf.shape[0] == 1

        def widened(leaf: torch.Tensor, has_axis: bool) -> torch.Tensor:
            if not has_axis:
                return leaf
            return leaf.expand(ROWS, *leaf.shape[1:]).clone()

        def is_grown(leaf: torch.Tensor, has_axis: bool) -> bool:
            return has_axis and leaf.shape[:1] == (ROWS,)

        axes = jax.tree.map(has_row, state)
        try:
            wide = jax.tree.map(widened, state, axes)
            found = form.call(self.module, self.rows, wide)
            grown = jax.tree.map(is_grown, found, axes)
        except Exception:  # a user's own code may raise anything
            return None, None
        return found, grown

    def alone(self, form: Form, state: Tensors) -> Tensors:
        """Return the state of one row without any batch axis; None if refused."""
        leaves, shape = jax.tree.flatten(state)
        flat = [leaf.squeeze(0) if leaf.dim() > 1 else leaf for leaf in leaves]
        before = shape.unflatten(flat)
        try:
            after = form.call(self.module, self.rows[0], before)
            require_alike(before, after)
        except Exception:  # a user's own code may raise anything
            return None
        return after

    def no_output(self) -> CellError:
        """Return what to raise where an output is asked for, and there is none."""
        return CellError(
            f"expected {self.name} to have an output beside its state, got none: a "
            "forward that returns (output, state), and no step= of one's own; measure "
            "'hidden'."
        )

    def failure(self) -> CellError:
        """Return what to raise where nothing worked."""
        errors = self.errors or [TypeError("forward takes no input")]
        for error in errors:
            if needs_device(error):
                return refused(self.name, error)
        changed = [one for one in errors if isinstance(one, ChangedFormError)]
        likeliest = (changed or _deepest(errors))[0]
        text = shown(" ".join(str(likeliest).split()), 200)
        said = f"{type(likeliest).__name__}: {text}"
        if changed:
            said = str(likeliest)
        return CellError(
            f"{self.name} can't be called as (input, state) with {self.input_size} "
            f"inputs{place_of(likeliest)}: {said}; {_ASK}."
        )


def _is_one_row(leaf: torch.Tensor) -> bool:
    return leaf.dim() > 1 and leaf.shape[0] == 1


@dataclass(frozen=True)
class _Started:
    """A method of a module that makes its first state."""

    method: str
    arguments: tuple[object, ...]

    def __call__(self, module: torch.nn.Module) -> Tensors:
        return getattr(module, self.method)(*self.arguments)


def _deepest(errors: list[Exception]) -> list[Exception]:
    """Return the errors that arose deepest in the user's code first."""

    def depth(error: Exception) -> int:
        number = 0
        trace = error.__traceback__
        while trace is not None:
            number = number + 1
            trace = trace.tb_next
        return number

    return sorted(errors, key=depth, reverse=True)


def _positional(function: Callable[..., object]) -> tuple[list[str], int]:
    """Return the names of a function's arguments by place, and how many are needed."""
    names = []
    needed = 0
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return [], 2
    for one in parameters:
        if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD):
            names.append(one.name)
            needed += one.default is one.empty
    return names, needed
