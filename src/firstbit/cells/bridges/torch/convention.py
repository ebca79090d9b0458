"""How a module is called, and what its state is: found by trying."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import torch

from firstbit.cells.bridges.adapting import Adapting
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

CLOSE = 1e-9

_ASK = (
    "say it: firstbit.adapt(cell, initial_state=lambda module: ..., "
    "step=lambda module, input, state: ...)"
)


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

    step: Callable[[Any, Any, Any], Any]
    start: Callable[[Any], Any] | None
    zeros: Any
    has_batch: bool
    batched: Any
    note: str = ""

    def one_step(self, module: Any, input: Any, state: Any) -> Any:
        """Make a step of one sequence: batch axes are put on and taken off."""
        if self.has_batch:
            input = input.unsqueeze(0)
        found = self.step(module, input, jax.tree.map(_with_axis, state, self.batched))
        return jax.tree.map(_without_axis, found, self.batched)

    def first(self, module: Any) -> Any:
        """Return the state before the first symbol, of one sequence."""
        assert self.start is not None
        return jax.tree.map(_without_axis, self.start(module), self.batched)


def _with_axis(leaf: Any, has_batch: bool) -> Any:
    return leaf.unsqueeze(0) if has_batch else leaf


def _without_axis(leaf: Any, has_batch: bool) -> Any:
    return leaf.squeeze(0) if has_batch else leaf


class Form(NamedTuple):
    """A form in which a module may be called.

    Attributes:
        state_first: whether the state comes before the input.
        number: of arguments over which the state is spread; 0 where it is one.
        takes: from what the module returns to the state.
    """

    state_first: bool
    number: int
    takes: Callable[[Any], Any]
    note: str = ""

    def call(self, module: Any, input: Any, state: Any) -> Any:
        """Return the state after an input; without a state, where it is None."""
        if state is None:
            return self.takes(module(input))
        states = tuple(state) if self.number else (state,)
        arguments = (*states, input) if self.state_first else (input, *states)
        return self.takes(module(*arguments))


def _all(result: Any) -> Any:
    return result


def _last(result: Any) -> Any:
    if isinstance(result, tuple | list) and len(result) == 2:
        return result[1]
    raise TypeError("not (output, state)")


def _first(result: Any) -> Any:
    if isinstance(result, tuple | list) and len(result) == 2:
        return result[0]
    raise TypeError("not (state, output)")


def _rest(result: Any) -> Any:
    if isinstance(result, tuple | list) and len(result) > 2:
        return tuple(result[1:])
    raise TypeError("not (output, state, state, ...)")


_TAKEN = (
    (_all, ""),
    (_last, "the first of the two results of forward is an output, which is left out"),
    (_rest, "the first result of forward is an output, which is left out"),
    (
        _first,
        "the second of the two results of forward is an output, which is left out",
    ),
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
        self.name, self.module, self.adapting = name, module, adapting
        self.input_size, self.hidden_size = input_size, hidden_size
        self.errors: list[Exception] = []
        generator = torch.Generator().manual_seed(0)
        shape = (ROWS, input_size)
        self.rows = torch.randn(shape, generator=generator, dtype=torch.float64)

    def found(self) -> Convention | None:
        if self.adapting.step is not None:
            return self.by_user(self.adapting.step)
        for has_batch in (True, False):
            for form in self.forms():
                for start, state in self.starts(form, has_batch):
                    convention = self.tried(form, has_batch, start, state)
                    if convention is not None:
                        return convention
        return None

    def by_user(self, step: Callable[[Any, Any, Any], Any]) -> Convention | None:
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
        for state_first in (is_turned,):
            for spread in numbers:
                for takes, note in _TAKEN:
                    yield Form(state_first, spread, takes, note)

    def starts(self, form: Form, has_batch: bool) -> Iterator[tuple[Any, Any]]:
        """Yield how a state begins, and a first state (None: to be found)."""
        given = self.adapting.initial_state
        if given is not None:
            yield given, given(self.module)
            return
        for name in STARTS:
            method = getattr(self.module, name, None)
            if callable(method):
                for arguments in ((1,), (), (self.rows[:1],)) if has_batch else ((),):
                    start = _Started(name, arguments)
                    try:
                        yield start, start(self.module)
                    except Exception:  # a user's own code may raise anything
                        continue
        if not form.state_first:
            yield None, None
        if self.hidden_size is not None:
            zero = self.zeros(self.hidden_size, has_batch)
            yield None, zero
            yield None, (zero, zero)
            yield None, (zero, zero, zero)

    def zeros(self, size: int, has_batch: bool) -> torch.Tensor:
        shape = (1, size) if has_batch else (size,)
        return torch.zeros(shape, dtype=torch.float64)

    def tried(
        self, form: Form, has_batch: bool, start: Any, state: Any
    ) -> Convention | None:
        """Call the module twice; None where that fails."""
        one = self.rows[:1] if has_batch else self.rows[0]
        without = None
        try:
            if state is None:
                without = form.call(self.module, one, None)
                state = jax.tree.map(_zeros_like, without)
            if form.number and len(tuple(state)) != form.number:
                return None
            after = form.call(self.module, one, state)
            _require_alike(state, after)
            batched = self.batched(form, has_batch, start, state)
        except Exception as error:  # a user's own code may raise anything
            self.errors.append(error)
            return None
        if batched is None:
            return None
        if without is not None and not _close(without, after):
            raise CellError(
                f"{self.name} called without a state doesn't begin with zeros; {_ASK}."
            )
        zeros = jax.tree.map(_without_axis, jax.tree.map(_zeros_like, state), batched)
        return Convention(form.call, start, zeros, has_batch, batched, form.note)

    def batched(self, form: Form, has_batch: bool, start: Any, state: Any) -> Any:
        """Return which leaves have a batch axis; None where it isn't a batch at all."""
        nowhere = jax.tree.map(lambda _: False, state)
        if not has_batch:
            return nowhere
        if start is not None:
            return jax.tree.map(
                lambda leaf: leaf.dim() > 1 and leaf.shape[0] == 1, state
            )
        several, axes = self.several(form, state)
        if several is None:
            return nowhere if self.alone(form, state) is None else None
        pairs = zip(jax.tree.leaves(several), jax.tree.leaves(axes), strict=True)
        pairs = list(pairs)
        for row in range(ROWS):
            alone = form.call(self.module, self.rows[row : row + 1], state)
            for (many, has_axis), one in zip(
                pairs, jax.tree.leaves(alone), strict=True
            ):
                if has_axis and not _close(many[row : row + 1], one):
                    return None if self.alone(form, state) is not None else axes
        return axes

    def several(self, form: Form, state: Any) -> tuple[Any, Any]:
        """Return the states of several rows, and which leaves have a row for each."""
        axes = jax.tree.map(lambda leaf: leaf.dim() > 0 and leaf.shape[0] == 1, state)

        def widened(leaf: torch.Tensor, has_axis: bool) -> torch.Tensor:
            return leaf.expand(ROWS, *leaf.shape[1:]).clone() if has_axis else leaf

        try:
            found = form.call(
                self.module, self.rows, jax.tree.map(widened, state, axes)
            )
            grown = jax.tree.map(
                lambda leaf, has: has and leaf.shape[:1] == (ROWS,), found, axes
            )
        except Exception:  # a user's own code may raise anything
            return None, None
        return found, grown

    def alone(self, form: Form, state: Any) -> Any:
        """Return the state of one row without any batch axis; None if refused."""
        leaves, shape = jax.tree.flatten(state)
        flat = [leaf.squeeze(0) if leaf.dim() > 1 else leaf for leaf in leaves]
        try:
            after = form.call(self.module, self.rows[0], shape.unflatten(flat))
            _require_alike(shape.unflatten(flat), after)
        except Exception:  # a user's own code may raise anything
            return None
        return after

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


@dataclass(frozen=True)
class _Started:
    """A method of a module that makes its first state."""

    method: str
    arguments: tuple[Any, ...]

    def __call__(self, module: Any) -> Any:
        return getattr(module, self.method)(*self.arguments)


class ChangedFormError(TypeError):
    """The state after a step has another form than that before it."""


def _require_alike(before: Any, after: Any) -> None:
    """Raise unless two states have one form, and hold tensors alone."""
    first, second = form_of(before), form_of(after)
    if first != second:
        raise ChangedFormError(
            f"expected a state like the one before, {first}; got {second}"
        )


def form_of(state: Any) -> str:
    """Return the form of a state as text."""
    leaves, shape = jax.tree.flatten(state)
    for leaf in leaves:
        if not isinstance(leaf, torch.Tensor):
            raise TypeError(f"expected tensors in the state, got {type(leaf).__name__}")
    shapes = ", ".join(str(list(leaf.shape)) for leaf in leaves)
    kinds = (
        "" if len(leaves) == 1 and isinstance(state, torch.Tensor) else f"{shape} of "
    )
    return f"{kinds}{shapes}" if len(leaves) else "nothing"


def _zeros_like(leaf: Any) -> torch.Tensor:
    if not isinstance(leaf, torch.Tensor):
        raise TypeError(f"expected tensors in the state, got {type(leaf).__name__}")
    return torch.zeros_like(leaf).detach()


def _close(first: Any, second: Any) -> bool:
    one, other = jax.tree.leaves(first), jax.tree.leaves(second)
    for a, b in zip(one, other, strict=True):
        if not torch.allclose(a, b, CLOSE, CLOSE, equal_nan=True):
            return False
    return True


def _deepest(errors: list[Exception]) -> list[Exception]:
    """Return the errors that arose deepest in the user's code first."""

    def depth(error: Exception) -> int:
        number, trace = 0, error.__traceback__
        while trace is not None:
            number, trace = number + 1, trace.tb_next
        return number

    return sorted(errors, key=depth, reverse=True)


def _positional(function: Callable[..., Any]) -> tuple[list[str], int]:
    """Return the names of a function's arguments by place, and how many are needed."""
    names, needed = [], 0
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return [], 2
    for one in parameters:
        if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD):
            names.append(one.name)
            needed += one.default is one.empty
    return names, needed
