"""Modules of JAX's frameworks as cells: of a class a factory, of a module a cell."""

import inspect
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer
from jaxtyping import PRNGKeyArray

from firstbit.cells.bridges.adapter import (
    Adapter,
    Asked,
    Held,
    Key,
    Made,
    Module,
    OwnState,
)
from firstbit.cells.bridges.adapting import Adapting
from firstbit.cells.bridges.fitted import Arrays, Fitted
from firstbit.cells.bridges.foreign import ForeignCell
from firstbit.cells.bridges.module_calls import (
    first_state,
    one_step,
    promoting,
    reals_of,
)
from firstbit.cells.bridges.module_program import ModuleProgram
from firstbit.cells.bridges.place import said, users_place
from firstbit.cells.bridges.sizes import (
    HIDDEN_NAMES,
    INPUT_NAMES,
    arguments_of,
    options_left,
)
from firstbit.errors import CellError, FirstbitError

Sizes = tuple[int, int]

Options = Mapping[str, Any]
"""Keyword arguments of a class: a user's, so anything."""

MOST_PROGRAMS = 256
"""Kept at once; the oldest goes."""

_PROGRAMS: dict[Hashable, ModuleProgram] = {}
_LOCK = RLock()

ONE_BY_ONE = "its constructor can't be traced: it runs once for each draw"


@dataclass(frozen=True)
class ModuleFactory:
    """`(input_size, hidden_size, *, key, **options) -> cell` of a class or a function.

    Draw by draw it is what the constructor gives with the key, in the framework's own
    default type, then in JAX's current one.

    Attributes:
        target: the class, or a function that returns modules.
        adapter: what is known of the framework.
        adapting: what the user says of the cell.
        own_size: the hidden size, where a module without arrays has one.
    """

    target: Callable[..., Module]
    adapter: Adapter
    adapting: Adapting = field(default_factory=Adapting)
    own_size: int | None = None

    @property
    def __name__(self) -> str:
        """The name of the class, with its framework."""
        name = getattr(self.target, "__name__", type(self.target).__name__)
        return f"{self.adapter.framework}:{name}"

    @property
    def own_sizes(self) -> tuple[int, ...] | None:
        """The one hidden size that it has; None where it takes any."""
        if self.own_size is None:
            return None
        return (self.own_size,)

    @property
    def __signature__(self) -> inspect.Signature:
        """The options, beside the two sizes and the key."""
        hidden = ("rngs", "parent")
        return options_left(self.target, self._by_hidden_size, hidden)

    def __call__(
        self, input_size: int, hidden_size: int, *, key: PRNGKeyArray, **options: Any
    ) -> ForeignCell:
        """Return the cell that the constructor gives with a key."""
        sizes = input_size, hidden_size
        program = self.program(sizes, options)
        made = self._made(sizes, options, key)
        dtype = jnp.result_type(float)
        arrays = [jnp.asarray(one, dtype) for one in reals_of(made.held)]
        return ForeignCell(program.names, arrays, program)

    def with_output(self) -> "ModuleFactory":
        """Return the same, with the output of a step kept beside the state."""
        return replace(self, adapting=replace(self.adapting, output=True))

    def notes(self, sizes: Sizes, options: Options) -> list[str]:
        """Return what a result says of the cell."""
        return list(self.program(sizes, dict(options)).notes)

    def program(self, sizes: Sizes, options: Options) -> ModuleProgram:
        """Return the step of all cells of one size; made and checked once."""
        chosen = []
        for name in sorted(options):
            chosen.append((name, repr(options[name])))
        kind = self, tuple(chosen), sizes
        with _LOCK:
            known = _PROGRAMS.get(kind)
            if known is None:
                known = self._program(sizes, options)
                _PROGRAMS[kind] = known
                if len(_PROGRAMS) > MOST_PROGRAMS:
                    del _PROGRAMS[next(iter(_PROGRAMS))]
            return known

    def _program(self, sizes: Sizes, options: Options) -> ModuleProgram:
        """Make and check the step of all cells of one size."""
        if self.own_size not in (None, sizes[1]):
            raise CellError(
                f"expected {self.own_size} units of {self.__name__}, which is built "
                f"with that size, got {sizes[1]}; ask for its own, or give its class."
            )
        with jax.ensure_compile_time_eval():
            made = self._made(sizes, options, self._any_key())
            return ModuleProgram(
                self.__name__, self.adapter, made, sizes[0], self.adapting
            )

    def _any_key(self) -> Key:
        """Return a key for the first construction."""
        return jax.random.key(0)

    @property
    def _by_hidden_size(self) -> bool:
        """Whether the constructor takes the hidden size alone."""
        return self.adapter.by_hidden_size and isinstance(self.target, type)

    def _made(self, sizes: Sizes, options: Options, key: Key) -> Made:
        """Construct a module in the framework's own default type."""
        if self.own_size is None:
            places, names = arguments_of(self.target, sizes, self._by_hidden_size)
        else:
            places, names = (), {}

        def make(**more: object) -> Module:
            """Return a new module."""
            return self.target(*places, **names, **options, **more)

        def first_step(module: Module) -> OwnState:
            """Make the first step, with which some frameworks make arrays."""
            about = self.adapter, self.__name__, module
            state = first_state(*about, sizes[0], self.adapting)
            input = jnp.zeros(sizes[0], "float32")
            if self.adapting.step is not None:
                return self.adapting.step(module, input, state)
            return one_step(*about, input, state).state

        try:
            with jax.enable_x64(False), promoting():
                asked = Asked(make, key, first_step, sizes[0])
                return self.adapter.construct(asked)
        except FirstbitError:
            raise
        except Exception as error:  # a user's own code may raise anything
            raise self._failure(sizes, error) from error

    def _failure(self, sizes: Sizes, error: Exception) -> CellError:
        """Return what to raise for an error of the constructor."""
        first, second = sizes
        takes = "(hidden_size)" if self._by_hidden_size else "(input_size, hidden_size)"
        return CellError(
            f"{self.__name__} refuses {first} inputs and {second} units"
            f"{users_place(error)}: {said(error)}; expected a constructor that takes "
            f"{takes}."
        )


@dataclass(frozen=True)
class LoopedFactory(ModuleFactory):
    """A factory whose constructor can't be traced: it runs once for each draw.

    The last word of the key is its seed.

    Attributes:
        usual_draws: nets that a command draws of each size, where none are asked for.
    """

    usual_draws: ClassVar[int] = 200

    def notes(self, sizes: Sizes, options: Options) -> list[str]:
        """Return what a result says of the cell."""
        return [*super().notes(sizes, options), ONE_BY_ONE]

    def __call__(
        self, input_size: int, hidden_size: int, *, key: PRNGKeyArray, **options: Any
    ) -> ForeignCell:
        """Return the cell that the constructor gives with a key."""
        sizes = input_size, hidden_size
        program = self.program(sizes, options)
        data = jax.random.key_data(key)
        dtype = jnp.result_type(float)

        def draw(data: np.ndarray) -> list[np.ndarray]:
            """Return the arrays of the construction with this key."""
            found = self.draws(sizes, options, np.asarray(data)[-1:])
            return [array[0].astype(dtype) for array in found]

        if not isinstance(data, Tracer):
            drawn = draw(np.asarray(data))
            arrays = list(map(jnp.asarray, drawn))
            return ForeignCell(program.names, arrays, program)
        shapes = []
        for one in reals_of(program.made.held):
            shape = jax.ShapeDtypeStruct(one.shape, dtype)
            shapes.append(shape)
        # Where the law draws all arrays anew, XLA leaves this out.
        found = jax.pure_callback(draw, shapes, data, vmap_method="sequential")
        return ForeignCell(program.names, found, program)

    def draws(
        self, sizes: Sizes, options: Options, seeds: np.ndarray
    ) -> list[np.ndarray]:
        """Return the arrays of one construction for each seed, the seeds first."""
        program = self.program(sizes, options)
        shapes = [np.shape(one) for one in reals_of(program.made.held)]
        found = [np.empty((len(seeds), *shape)) for shape in shapes]
        with jax.ensure_compile_time_eval():
            for number, seed in enumerate(seeds):
                made = self._made(sizes, options, int(seed))
                for array, new in zip(found, reals_of(made.held), strict=True):
                    array[number] = new
        return found

    def _any_key(self) -> Key:
        """Return a key for the first construction."""
        return 0


def factory_of(
    target: Callable[..., Module],
    adapter: Adapter,
    adapting: Adapting,
    own_size: int | None = None,
) -> ModuleFactory:
    """Return the factory of a class or of a function that returns modules."""
    kind = LoopedFactory
    if adapter.traced:
        kind = ModuleFactory
    return kind(target, adapter, adapting, own_size)


def cell_of(
    module: Module, adapter: Adapter, adapting: Adapting
) -> ForeignCell | ModuleFactory:
    """Return a module with arrays as a cell, one without as a factory of its size.

    Raises:
        CellError: it is no function of arrays, input and state.
    """
    name = f"{adapter.framework}:{type(module).__name__}"
    made = adapter.taken(module)
    if not isinstance(made, Made):
        size = _size_of(module, HIDDEN_NAMES)
        again = _named(made, type(module).__name__)
        return factory_of(again, adapter, adapting, size)
    errors = []
    for input_size in _input_sizes(module, made.held):
        try:
            return _cell_of(name, adapter, made, input_size, adapting)
        except CellError as error:
            errors.append(error)
    raise errors[0]


def _cell_of(
    name: str, adapter: Adapter, made: Made, input_size: int, adapting: Adapting
) -> ForeignCell:
    """Return what a module is made of as a cell."""
    with jax.ensure_compile_time_eval():
        program = ModuleProgram(name, adapter, made, input_size, adapting)
    return ForeignCell(program.names, reals_of(made.held), program)


def trained_cell_of(
    make: Callable[[], Module],
    parameters: Arrays,
    adapter: Adapter,
    adapting: Adapting,
) -> ForeignCell:
    """Return a module with parameters that are held apart from it.

    Args:
        make: returns the module.
        parameters: by module paths, then by their own names.
        adapter: of a framework that holds them so.
        adapting: what the user says of the cell.

    Raises:
        CellError: they aren't the module's, or it is no function of them, of input and
            state.
    """
    factory = ModuleFactory(make, adapter, adapting, own_size=0)
    faults: list[list[str]] = []
    for input_size in _input_sizes(None, Held(parameters, {})):
        with jax.ensure_compile_time_eval():
            made = factory._made((input_size, 0), {}, jax.random.key(0))
        fitted = Fitted.of(made.held.trained, parameters)
        if fitted.faults:
            faults.append(fitted.faults)
            continue
        held = made.held._replace(trained=fitted.arrays)
        made = made._replace(held=held)
        name = f"{adapter.framework}:{made.kind.__name__}"
        return _cell_of(name, adapter, made, input_size, adapting)
    first = min(faults, key=len)
    of_any_size = [one for one in first if all(one in others for others in faults)]
    fault = (of_any_size or first)[0]
    raise CellError(
        f"expected parameters of the core that the function returns, {fault}; give "
        "those of its own transform, and the core's own size."
    )


def _named(again: Callable[..., Module], name: str) -> Callable[..., Module]:
    """Return a function under another name."""

    def make(**more: object) -> Module:
        """Return a new module."""
        return again(**more)

    make.__name__ = name
    return make


def _size_of(module: Module, names: tuple[str, ...]) -> int | None:
    """Return the first of these attributes that is a whole number."""
    for name in names:
        size = getattr(module, name, None)
        if isinstance(size, int):
            return size
    return None


def _input_sizes(module: Module, held: Held) -> list[int]:
    """Return the numbers of inputs with which a module may make a step."""
    own = _size_of(module, INPUT_NAMES)
    if own is not None:
        return [own]
    sizes: set[int] = {1, 2}
    for array in reals_of(held):
        if array.ndim > 1:
            sizes |= set(array.shape)
    return sorted(sizes)
