"""Random cells: steps put together from the operations that a cell may use.

A step holds a pool of vectors of several dtypes. Each operation takes some and adds its
result. All that was made goes into the next state, so no operation is idle.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.extend.core import ClosedJaxpr, Jaxpr, JaxprEqn

from firstbit.programs.difference_propagation import with_difference
from random_operations import (
    KINDS,
    MATRIX,
    OPERATIONS,
    REAL,
    REFUSED,
    SHORT,
    SIZE,
    Operation,
)

FIRST: Sequence[tuple[str, Callable[[jax.Array, jax.Array], jax.Array]]] = (
    (REAL, lambda state, x: jnp.tanh(state)),
    (REAL, lambda state, x: x),
    ("complex128", lambda state, x: lax.complex(x, state / 2)),
    ("int32", lambda state, x: jnp.floor(4 * x).astype(jnp.int32)),
    ("bool", lambda state, x: state > 0.1),
    (SHORT, lambda state, x: jnp.floor(4 * x).astype(jnp.float32) / 4),
    ("int64", lambda state, x: jnp.floor(4 * x).astype(jnp.int64)),
    ("uint32", lambda state, x: jnp.abs(jnp.floor(4 * x)).astype(jnp.uint32)),
)
"""The vectors that a step begins with, by dtype."""

Part = tuple[Operation, Sequence[int]]
"""An operation, and how old each of its operands is among those of its dtype."""


class RandomCell:
    """A random step of (input of 2 symbols, state) -> state.

    Attributes:
        names: the operations, in their order.
        is_smooth: whether a tiny difference follows the derivative.
        refused: the operation that a refusal must name; None if it must be accepted.
        tolerance: largest error of a step, as a share of the state's norm.
    """

    def __init__(self, parts: Sequence[Part], *, seed: int, refused: str | None = None):
        generator = np.random.default_rng(seed)
        self.start = MATRIX @ generator.normal(size=SIZE)
        self.inputs = generator.normal(size=(SIZE, 2))
        self.mixing = generator.normal(size=(SIZE, SIZE)) / 2
        pool = [dtype for dtype, _ in FIRST]
        self.steps: list[tuple[Operation, list[int]]] = []
        for operation, ages in parts:
            pairs = zip(operation.takes, ages, strict=False)
            places = [_place(pool, dtype, age) for dtype, age in pairs]
            self.steps.append((operation, places))
            pool.append(_result_dtype(operation))
        self.names = [operation.name for operation, _ in self.steps]
        self.is_smooth = all(operation.is_smooth for operation, _ in self.steps)
        self.refused = refused
        if refused is not None:
            self.is_smooth = False
        # Shorter floats are rounded by each program in its own way.
        self.tolerance = 1e-7 if SHORT in pool[len(FIRST) :] else 1e-10

    def __repr__(self) -> str:
        return f"RandomCell of {self.steps}"

    def __call__(self, x: jax.Array, state: jax.Array) -> jax.Array:
        """Return the next state."""
        hidden = jnp.tanh(self.mixing @ state + self.inputs @ x)
        pool: dict[int, jax.Array] = {}
        used = {place for _, places in self.steps for place in places}
        for place, (_, make) in enumerate(FIRST):
            if place < 2 or place in used:
                pool[place] = make(state, hidden)
        for number, (operation, places) in enumerate(self.steps, len(FIRST)):
            result = operation.function(*[pool[place] for place in places])
            pool[number] = _bounded(result)
        total = self.inputs @ x
        for number, entry in pool.items():
            total = total + _as_real(entry) * (0.4 + 0.1 * (number % 3))
        if self.refused is not None:
            total = total + REFUSED[self.refused](total)
        return jnp.tanh(self.mixing @ total / 2)


def random_cell(seed: int, *, num_operations: int) -> RandomCell:
    """Return the cell of a seed: each operation has its turn, one in 20 is refused."""
    generator = np.random.default_rng([seed, num_operations])
    ages = generator.integers(9, size=(2, num_operations, 3)).min(axis=0)
    operations = _operations_of(seed, num_operations)
    parts = list(zip(operations, ages.tolist(), strict=True))
    refused = None
    if seed % 20 == 7:
        refused = sorted(REFUSED)[seed // 20 % len(REFUSED)]
    return RandomCell(parts, seed=seed, refused=refused)


def _operations_of(seed: int, number: int) -> list[Operation]:
    """Return the operations of a seed: none comes again before all had their turn."""
    found = []
    for place in range(seed * number, (seed + 1) * number):
        turn, rank = divmod(place, len(OPERATIONS))
        order = np.random.default_rng([turn, number]).permutation(len(OPERATIONS))
        found.append(OPERATIONS[order[rank]])
    return found


def _place(pool: list[str], dtype: str, age: int) -> int:
    """Return where a vector of that dtype stands; 0 is the latest."""
    places = [place for place, entry in enumerate(pool) if entry == dtype]
    return places[-1 - age % len(places)]


_FOUND: dict[str, str] = {}


def _result_dtype(operation: Operation) -> str:
    if operation.name not in _FOUND:
        like = [jax.ShapeDtypeStruct((SIZE,), dtype) for dtype in operation.takes]
        _FOUND[operation.name] = jax.eval_shape(operation.function, *like).dtype.name
    return _FOUND[operation.name]


def _bounded(array: jax.Array) -> jax.Array:
    """Keep floats within reach of every operation."""
    if jnp.issubdtype(array.dtype, jnp.complexfloating):
        return array / (1 + jnp.abs(array))
    if jnp.issubdtype(array.dtype, jnp.floating):
        return jnp.tanh(array)
    return array


def _as_real(array: jax.Array) -> jax.Array:
    if jnp.issubdtype(array.dtype, jnp.complexfloating):
        return jnp.real(array) - jnp.imag(array)
    if jnp.issubdtype(array.dtype, jnp.integer):
        return (array % 7).astype(float) / 7
    return array.astype(float)


# --- What a program holds


def operations_in(program: ClosedJaxpr | Jaxpr) -> Iterator[JaxprEqn]:
    """Return all operations of a program, those of inner programs too."""
    jaxpr = program.jaxpr if isinstance(program, ClosedJaxpr) else program
    for equation in jaxpr.eqns:
        yield equation
        for value in equation.params.values():
            inner = value if isinstance(value, tuple | list) else [value]
            for one in inner:
                if isinstance(one, ClosedJaxpr | Jaxpr):
                    yield from operations_in(one)


def pairs_in(program: ClosedJaxpr) -> set[frozenset[str]]:
    """Return the pairs of different dtypes that meet in one operation."""
    pairs = set()
    for equation in operations_in(program):
        dtypes = {a.aval.dtype.name for a in [*equation.invars, *equation.outvars]}
        known = sorted(dtypes & set(KINDS))
        pairs |= {frozenset((a, b)) for a in known for b in known if a != b}
    return pairs


# --- The engine against plain simulation

WORDS = np.array(
    [
        *[[0, 1], [0, 0], [1, 1], [0, 0], [1, 1], [0, 1]],
        *[[0, 0], [1, 1], [1, 1], [0, 0], [1, 1], [0, 0], [0, 0], [1, 1]],
        *[[1, 0], [1, 1], [0, 0], [1, 1], [0, 0], [0, 0], [1, 1], [0, 0]],
    ]
)
"""Two words, symbol by symbol: where they agree, states approach each other."""

FAST_TO_COMPILE = {
    "xla_allow_excess_precision": False,
    "xla_backend_optimization_level": 0,
    "xla_cpu_parallel_codegen_split_count": 1,
    "xla_cpu_use_fusion_emitters": False,
    "xla_llvm_disable_expensive_passes": True,
}


class Steps(NamedTuple):
    """What the engine and plain simulation say, step by step.

    Attributes:
        errors: of the engine's two states after a step from plain simulation's, as a
            share of the state's norm.
        free: the same of a run that is never started anew.
        tiny: change of the last state for a difference of 1e-60, as a multiple of it.
        slope: the derivative, which is its limit.
        growth: by which the tangent vector grows in the step, as a logarithm.
    """

    errors: Any
    free: Any
    tiny: Any
    slope: Any
    growth: Any


class States(NamedTuple):
    """Both states of plain simulation; the free run's first one and its difference; and
    a tangent vector of length 1."""

    first: Any
    second: Any
    free: Any
    apart: Any
    tangent: Any


@partial(jax.jit, static_argnames="cell", compiler_options=FAST_TO_COMPILE)
def compared(start: jax.Array, *, cell: RandomCell) -> Steps:
    """Read two words, and start the engine anew from both states in each step.

    The same program lets it run freely, and follows a tangent vector.
    """
    direction = jnp.asarray([1.0, -0.7, 0.3, 0.5])

    def plain(tangent, x, state):
        """Return the next state, and its derivative where it has one."""
        if not cell.is_smooth:
            return cell(x, state), jnp.zeros(SIZE)
        return jax.jvp(partial(cell, x), (state,), (tangent,))

    def step(old, x):
        both = jnp.stack([old.first, old.second])
        after, slopes = jax.vmap(partial(plain, old.tangent))(x, both)

        def engine(state, dx, d):
            return with_difference(cell)((x[0], state), (dx, d))

        moved = x[1] - x[0]
        values, changes = jax.vmap(engine)(
            jnp.stack([old.first, old.first, old.free]),
            jnp.stack([moved, jnp.zeros(2), moved]),
            jnp.stack([old.second - old.first, old.tangent * 1e-60, old.apart]),
        )
        norm = jnp.linalg.norm(after)

        def error(place):
            here = jnp.abs(values[place] - after[0])
            there = jnp.abs(values[place] + changes[place] - after[1])
            return (here + there).max() / norm

        errors = error(0) + jnp.abs(values[1] - after[0]).max() / norm
        tiny = changes[1] * 1e60
        tangent, growth = _unit(tiny, old.tangent)
        new = States(after[0], after[1], values[2], changes[2], tangent)
        return new, Steps(errors, error(2), tiny, slopes[0], growth)

    tangent = direction / jnp.linalg.norm(direction)
    begin = States(start, start, start, jnp.zeros(SIZE), tangent)
    _, steps = lax.scan(step, begin, jnp.eye(2)[WORDS])
    return steps


def _unit(vector: jax.Array, last: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Return a vector at length 1, or the last, and the logarithm of its length."""
    size = jnp.linalg.norm(vector)
    is_one = jnp.isfinite(size) & (size > 0)
    unit = jnp.where(is_one, vector / jnp.where(is_one, size, 1.0), last)
    return unit, jnp.log(size)
