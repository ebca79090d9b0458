"""Compiled programs, as many as are worth keeping.

JAX keeps every program that it has compiled as long as its function lives. A sweep over
many laws or cells compiles one for each; here the oldest are dropped.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from functools import partial
from threading import Lock, Thread
from typing import Any

import jax
from jax.stages import Wrapped

from firstbit.processors import num_processors
from firstbit.threads import in_double

MOST_PROGRAMS = 32
"""Programs of one function that are kept: more than a grid has sizes.

One takes some ten MiB.
"""

FAST_TO_COMPILE = {
    "xla_allow_excess_precision": False,
    "xla_backend_optimization_level": 0,
    "xla_llvm_disable_expensive_passes": True,
}
"""A trial is compiled once and runs for a millisecond."""

_LOWERING = Lock()
"""Python makes one program at a time; meanwhile XLA compiles those before it."""


class Compiled:
    """A function of arrays, compiled anew for each value of one argument.

    Args:
        function: of arrays, and of the argument by keyword.
        static: name of the argument.
        most: programs that are kept; the one that was not used for longest goes.
        options: of `jax.jit`.

    Example:
        >>> import jax.numpy as jnp
        >>> power = Compiled(lambda x, *, times: x**times, static="times", most=2)
        >>> [power(jnp.array(2.0), times=times).item() for times in (1, 2, 3)]
        [2.0, 4.0, 8.0]
        >>> len(power)
        2
    """

    def __init__(
        self,
        function: Callable[..., Any],
        static: str,
        most: int = MOST_PROGRAMS,
        **options: Any,
    ) -> None:
        self.__doc__ = function.__doc__
        self.options = options
        self.function = function
        self.static = static
        self.most = most
        self.programs: OrderedDict[Hashable, Wrapped] = OrderedDict()
        self.begun: dict[Hashable, Thread] = {}
        self.lock = Lock()

    def __call__(self, *arrays: Any, **options: Any) -> Any:
        """Run the program of that argument, and compile it if it is not kept."""
        value = options.pop(self.static)
        program = self.of(value)
        begun = self.begun.get(value)
        if begun is not None:
            begun.join()
        return program(*arrays, **options)

    def begin(self, *arrays: object, **options: Hashable) -> None:
        """Compile the program of that argument in a thread, which a call waits for.

        It is a program of float64. As many are compiled at a time as there are
        processors. An error is left to the call, which meets it again.
        """
        value = options.pop(self.static)
        with self.lock:
            at_work = sum(thread.is_alive() for thread in self.begun.values())
            is_kept = value in self.programs
        if is_kept or at_work >= num_processors():
            return
        thread = Thread(target=_compile, args=(self.of(value), arrays))
        thread.start()
        with self.lock:
            self.begun[value] = thread  # a call may join it: it has started

    def of(self, value: Hashable) -> Wrapped:
        """Return the program of a value of the argument."""
        with self.lock:
            if value not in self.programs:
                of_value: Any = partial(self.function, **{self.static: value})
                of_value.__name__ = self.function.__name__  # as profiles show it
                self.programs[value] = jax.jit(of_value, **self.options)
            self.programs.move_to_end(value)
            while len(self.programs) > self.most:
                oldest, _ = self.programs.popitem(last=False)
                self.begun.pop(oldest, None)
            return self.programs[value]

    def __len__(self) -> int:
        """Return the number of programs that are kept."""
        return len(self.programs)


def _compile(program: Wrapped, arrays: tuple[object, ...]) -> None:
    """Compile a program for such arrays; JAX keeps it for the first call."""
    with in_double(), suppress(Exception):
        with _LOWERING:
            lowered = program.lower(*arrays)
        lowered.compile()


def bounded(
    *, static: str, most: int = MOST_PROGRAMS, **options: Any
) -> Callable[[Callable[..., Any]], Compiled]:
    """Compile a function anew for each value of one argument; keep the last ones."""

    def compiled(function: Callable[..., Any]) -> Compiled:
        return Compiled(function, static, most, **options)

    return compiled
