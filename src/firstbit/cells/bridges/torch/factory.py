"""PyTorch's modules as firstbit's cells: of a class a factory, of a module a cell."""

import copy
import inspect
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch
from jax.core import Tracer
from jaxtyping import PRNGKeyArray

from firstbit.cells.bridges.adapting import Adapting
from firstbit.cells.bridges.foreign import ForeignCell
from firstbit.cells.bridges.sizes import sizes_by_name
from firstbit.cells.bridges.torch.check import require_same_step
from firstbit.cells.bridges.torch.construct import Constructor, seeded
from firstbit.cells.bridges.torch.own_state import attributes, restore
from firstbit.cells.bridges.torch.parts import (
    Parts,
    arrays_of,
    in_double,
    parts_of,
    put,
    require_alike,
)
from firstbit.cells.bridges.torch.program import TorchProgram
from firstbit.cells.bridges.torch.refusal import RefusedError, refused
from firstbit.cells.bridges.torch.tensor import Array
from firstbit.cells.bridges.torch.trial import convention_of
from firstbit.errors import CellError

DROPOUT = (
    "built in training mode, measured as after .eval(): dropout is off, and batch "
    "normalisation takes its running numbers"
)

Sizes = tuple[int, int]

Options = Mapping[str, Any]
"""Keyword arguments of a class: a user's, so anything."""

Kind = Hashable
"""Factory, options and sizes."""


class Template:
    """All that cells of one size share: a program, and the names and shapes of arrays.

    Attributes:
        program: the step.
        constructor: builds further modules; None of a module that came built.
        shapes: of the arrays.
    """

    def __init__(self, program: TorchProgram, constructor: Constructor | None) -> None:
        self.program = program
        self.constructor = constructor
        self.shapes: list[tuple[int, ...]] = []

    def cell(self, arrays: Sequence[Array]) -> ForeignCell:
        """Return the cell with these arrays."""
        return ForeignCell(self.program.parts.names, arrays, self.program)

    def drawn(self, seeds: np.ndarray) -> list[np.ndarray]:
        """Return the arrays of one construction for each seed, the seeds first."""
        assert self.constructor is not None
        found = [np.empty((len(seeds), *shape)) for shape in self.shapes]
        parts = self.program.parts
        with seeded():
            for number, seed in enumerate(seeds):
                module = self.constructor.built(int(seed))
                for array, new in zip(found, arrays_of(module, parts), strict=True):
                    array[number] = new
        return found


MOST_TEMPLATES = 256
"""Kept at once; the oldest goes."""

_TEMPLATES: dict[Kind, Template] = {}
_CHECKED: dict[Kind, str] = {}
"""Kind of cell -> why its gradient is not that of its step; none if it is."""
_LOCK = RLock()


@dataclass(frozen=True)
class TorchFactory:
    """`(input_size, hidden_size, *, key, **options) -> cell` of a PyTorch class.

    Draw by draw it is what the constructor gives with the key's last word as seed, in
    PyTorch's own default type, then in float64.

    Attributes:
        target: the class, or a function that returns modules.
        adapting: what the user says of it.
    """

    target: Callable[..., torch.nn.Module]
    adapting: Adapting = field(default_factory=Adapting)

    @property
    def __name__(self) -> str:
        """The name of the class, with its framework."""
        return f"torch:{_name_of(self.target)}"

    @property
    def __signature__(self) -> inspect.Signature:
        """The options, beside the two sizes and the key."""
        names = ["input_size", "hidden_size", "key"]
        kind = inspect.Parameter.KEYWORD_ONLY
        found = [inspect.Parameter(name, kind) for name in names]
        taken = sizes_by_name(self.target)
        try:
            parameters = list(inspect.signature(self.target).parameters.values())
        except (TypeError, ValueError):
            parameters = []
        left = parameters[2:] if taken is None else parameters
        for one in left:
            if one.kind == one.VAR_POSITIONAL or one.name in (taken or ()):
                continue
            if one.name not in names:
                found.append(one.replace(kind=_as_keyword(one)))
        found.sort(key=lambda one: one.kind == one.VAR_KEYWORD)
        return inspect.Signature(found)

    def __call__(
        self, input_size: int, hidden_size: int, *, key: PRNGKeyArray, **options: Any
    ) -> ForeignCell:
        """Return the cell that the constructor gives with a key."""
        template = self.template(input_size, hidden_size, options)
        data = jax.random.key_data(key)
        if not isinstance(data, Tracer):
            arrays = template.drawn(np.asarray(data)[-1:])
            return template.cell([jnp.asarray(array[0]) for array in arrays])
        dtype = jnp.result_type(float)
        shapes = [jax.ShapeDtypeStruct(shape, dtype) for shape in template.shapes]

        def draw(data: np.ndarray) -> list[np.ndarray]:
            arrays = template.drawn(np.asarray(data)[-1:])
            return [array[0].astype(dtype) for array in arrays]

        # Where the law draws all arrays anew, XLA leaves this out.
        found = jax.pure_callback(draw, shapes, data, vmap_method="sequential")
        return template.cell(found)

    def notes(self, sizes: Sizes, options: Options) -> list[str]:
        """Return what a result says of the cell."""
        return list(self.template(*sizes, dict(options)).program.notes)

    def draws(
        self, sizes: Sizes, options: Options, seeds: np.ndarray
    ) -> list[np.ndarray]:
        """Return the arrays of one construction for each seed, the seeds first."""
        return self.template(*sizes, dict(options)).drawn(seeds)

    def with_output(self) -> "TorchFactory":
        """Return the same, with the output of a step kept beside the state."""
        return replace(self, adapting=replace(self.adapting, output=True))

    def template(self, input_size: int, hidden_size: int, options: Options) -> Template:
        """Return what all cells of one size share; made and checked once."""
        texts = [(name, repr(options[name])) for name in options]
        kind = (self, tuple(sorted(texts)))
        sizes = input_size, hidden_size
        with _LOCK:
            known = _TEMPLATES.get((kind, sizes))
            if known is None:
                found = _CHECKED.get((kind, input_size))
                known = self._made(sizes, options, checks=found is None)
                known.program.own_gradient = found or known.program.own_gradient
                _CHECKED[kind, input_size] = known.program.own_gradient
                _TEMPLATES[kind, sizes] = known
                if len(_TEMPLATES) > MOST_TEMPLATES:
                    del _TEMPLATES[next(iter(_TEMPLATES))]
            return known

    def _made(self, sizes: Sizes, options: Options, *, checks: bool) -> Template:
        constructor = Constructor(self.target, self.__name__, *sizes, options)
        with seeded():
            module, own, other = (constructor.built(seed) for seed in (0, 0, 1))
        template = _template(
            module, own, self.__name__, sizes, self.adapting, constructor
        )
        program = template.program
        try:
            require_alike(program.name, module, other, program.parts)
            second = arrays_of(other, program.parts)
        except RefusedError as error:
            raise refused(program.name, error) from error
        if checks:
            _check(
                template,
                in_double(own),
                dict(zip(program.parts.names, second, strict=True)),
            )
        return template


def _as_keyword(one: inspect.Parameter) -> inspect._ParameterKind:
    return one.kind if one.kind == one.VAR_KEYWORD else one.KEYWORD_ONLY


def _name_of(target: object) -> str:
    return getattr(target, "__name__", type(target).__name__)


def cell_of(module: torch.nn.Module, adapting: Adapting) -> ForeignCell:
    """Return a built module as a cell, with its own numbers.

    Raises:
        CellError: it is no function of parameters, input and state.
    """
    if isinstance(module, torch.jit.ScriptModule):
        raise CellError(
            f"{type(module).__name__} is a TorchScript module, whose step can't be "
            "traced; give the class or module that it was made of."
        )
    module = getattr(module, "_orig_mod", module)  # of torch.compile
    name = f"torch:{type(module).__name__}"
    was_training = module.training
    try:
        own = copy.deepcopy(module).cpu().eval()
        copied = copy.deepcopy(own)
    except Exception as error:  # a user's own code may raise anything
        raise refused(name, error) from error
    errors = []
    for input_size in _input_sizes(module):
        sizes = input_size, _hidden_size(module)
        try:
            template = _template(copied, own, name, sizes, adapting, None)
        except CellError as error:
            errors.append(error)
            continue
        numbers = arrays_of(copied, template.program.parts)
        _check(
            template,
            in_double(own),
            dict(zip(template.program.parts.names, numbers, strict=True)),
        )
        if was_training and is_changed_by_training(module):
            template.program.notes.append(DROPOUT)
        with jax.enable_x64(True):  # its own numbers, to the last digit
            return template.cell(list(map(jnp.asarray, numbers)))
    raise errors[0]


_INPUT_ATTRIBUTES = ("input_size", "in_features", "input_dim")
_HIDDEN_ATTRIBUTES = ("hidden_size", "hidden_dim", "num_units", "units", "n_hidden")


def _input_sizes(module: torch.nn.Module) -> list[int]:
    """Return the numbers of inputs with which a module may make a step."""
    for name in _INPUT_ATTRIBUTES:
        size = getattr(module, name, None)
        if isinstance(size, int):
            return [size]
    sizes: set[int] = {1, 2}
    for parameter in module.parameters():
        if parameter.dim() > 1:
            sizes |= set(parameter.shape)
    return sorted(sizes)


def _hidden_size(module: torch.nn.Module) -> int | None:
    for name in _HIDDEN_ATTRIBUTES:
        size = getattr(module, name, None)
        if isinstance(size, int):
            return size
    return None


_TRAINING_MODULES = (
    torch.nn.modules.dropout._DropoutNd,
    torch.nn.modules.batchnorm._BatchNorm,
)


def is_changed_by_training(module: torch.nn.Module) -> bool:
    """Return whether a module computes something else in training mode."""
    return any(isinstance(part, _TRAINING_MODULES) for part in module.modules())


def _template(
    module: torch.nn.Module,
    own: torch.nn.Module,
    name: str,
    sizes: tuple[int, int | None],
    adapting: Adapting,
    constructor: Constructor | None,
) -> Template:
    """Return a template of a module; `own` is another one, for PyTorch itself."""
    if isinstance(module, torch.jit.ScriptModule):
        raise CellError(
            f"{name} is a TorchScript module, whose step can't be traced; give the "
            "class or module that it was made of."
        )
    try:
        parts = parts_of(module)
        arrays = arrays_of(module, parts)
        trial = in_double(copy.deepcopy(own))
        _fill(trial, parts)
    except RefusedError as error:
        raise refused(name, error) from error
    before = attributes(trial)
    convention = convention_of(name, trial, *sizes, adapting)
    restore(trial, before)
    program = TorchProgram(name, module, parts, convention, sizes[0], adapting)
    if constructor is not None and is_changed_by_training(module):
        program.notes.append(DROPOUT)
    template = Template(program, constructor)
    template.shapes = [array.shape for array in arrays]
    return template


def _fill(module: torch.nn.Module, parts: Parts) -> None:
    """Give a module parameters of no special kind."""
    for name, array in _some_numbers(arrays_of(module, parts), parts).items():
        put(module, name, array)


def _some_numbers(arrays: Sequence[np.ndarray], parts: Parts) -> dict[str, np.ndarray]:
    """Return normal parameters, and the buffers as they are."""
    generator = np.random.default_rng(5)
    found = {}
    for name, array in zip(parts.names, arrays, strict=True):
        found[name] = array
        if name in parts.trained:
            drawn = generator.normal(size=array.shape, scale=0.5)
            found[name] = drawn.astype(array.dtype)
    return found


def _check(
    template: Template, own: torch.nn.Module, second: Mapping[str, np.ndarray]
) -> None:
    """Compare a step with PyTorch's own, with any parameters and with these."""
    program = template.program
    first = _some_numbers(arrays_of(own, program.parts), program.parts)
    before = attributes(own)
    require_same_step(program, own, [first, second])
    restore(own, before)
