"""Run one draw's program for a whole block of draws, the draw as the last axis.

`jax.vmap` moves that axis to the front of a product. There XLA's batched product of
small matrices is, on a CPU, two to three times slower than the same sums written out
over contiguous draws. So each operation that JAX traces is repeated with one more axis
at the end, by the rule of its kind, and small sums are written out. Operations without
a rule go through `vmap`.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.extend.core import ClosedJaxpr, JaxprEqn
from jax.typing import ArrayLike
from jaxtyping import Array, Bool

from firstbit.programs.kept import KEPT
from firstbit.programs.machines import ON_CPU, Machine
from firstbit.programs.one_more_axis import ONE_MORE_AXIS
from firstbit.programs.refusal import refused
from firstbit.programs.traced import (
    ELEMENTWISE,
    dtype_of,
    inner_jaxpr,
    interpret,
    is_outer_product,
    product_of,
    results_of,
    shape_of,
)

SHORT = 4
"""A product with a vector this short (an input) is computed again, not kept."""


class Outer(NamedTuple):
    """The matrices u v^T, one a draw, not multiplied out.

    Attributes:
        left: u, (row, draw).
        right: v, (column, draw), or (column, 1) where all draws share it.
    """

    left: Array
    right: Array

    def multiplied(self) -> Array:
        """Return the matrices, (row, column, draw)."""
        rows = self.left[:, None]
        columns = self.right[None]
        return rows * columns


class Known(NamedTuple):
    """An array of all draws, or one that all draws share.

    Attributes:
        array: the numbers.
        is_block: whether the last axis is the draw; else all draws share the array.
    """

    array: ArrayLike
    is_block: bool

    def spread(self, num_draws: int) -> Array:
        """Return the array with the draw as last axis."""
        array = jnp.asarray(self.array)
        if self.is_block:
            return array
        shape = (*array.shape, num_draws)
        return jnp.broadcast_to(array[..., None], shape)

    def thin(self) -> Array:
        """Return the array with the draw as last axis, of length 1 where shared."""
        array = jnp.asarray(self.array)
        if self.is_block:
            return array
        return array[..., None]

    def widened(self, shape: tuple[int, ...]) -> Array:
        """Return the array in the shape of a result; a scalar fills every entry."""
        array = jnp.asarray(self.array)
        if array.ndim and not self.is_block:
            array = array[..., None]
        return jnp.broadcast_to(array, shape)


def blockwise(
    function: Callable[..., object],
    always: Bool[Array, ""],
    *,
    shared: Sequence[int] = (),
    number: int | None = None,
    keeps_products: bool = False,
    factored: bool = False,
    machine: Machine = ON_CPU,
) -> Callable[..., Any]:
    """Turn a function of one draw's arrays into one of many draws' arrays.

    Every array that enters has the draw as its last axis, of one length; so has every
    array that leaves.

    Args:
        function: of arrays, or of pytrees of arrays, that JAX can trace.
        always: true, but not known to the compiler. Results computed under this
            condition are kept, where XLA would compute a matrix product again for each
            of its uses.
        shared: places of the arguments that have no such axis: all draws share them.
        number: of draws; by default that of the arguments.
        keeps_products: whether each product of a matrix and a vector is computed once.
            Functions marked by `kept` always are, unless they are short.
        factored: whether a result that is a product of two vectors is left as `Outer`.
        machine: the processor that the operations are written for.

    Example:
        >>> matrices, vectors = jnp.ones((2, 3, 5)), jnp.ones((3, 5))
        >>> product = lambda matrix, vector: matrix @ vector
        >>> blockwise(product, jnp.array(True))(matrices, vectors).shape
        (2, 5)
        >>> of_shared = blockwise(product, jnp.array(True), shared=[1])
        >>> of_shared(matrices, jnp.ones(3)).shape
        (2, 5)
    """

    def of_block(*arguments: object) -> Any:
        inputs = _entering(arguments, shared)
        num_draws = number or _number_of_draws(inputs)
        of_one_draw = map(_shape_of_one_draw, inputs)
        structure = jax.tree.structure(arguments)
        one_draw = structure.unflatten(of_one_draw)
        trace = jax.make_jaxpr(function, return_shape=True)
        program, shapes = trace(*one_draw)
        block = _Block(num_draws, always, keeps_products, machine)
        leaving = []
        for result in block.run(program, inputs):
            stays_apart = factored and isinstance(result, Outer)
            whole = result if stays_apart else block.leaving(result)
            leaving.append(whole)
        return jax.tree.structure(shapes).unflatten(leaving)

    return of_block


def _entering(arguments: tuple, shared: Sequence[int]) -> list[Known]:
    known = []
    for place, argument in enumerate(arguments):
        is_block = place not in shared
        for leaf in jax.tree.leaves(argument):
            known.append(Known(leaf, is_block))
    return known


def _number_of_draws(inputs: list[Known]) -> int:
    for known in inputs:
        if known.is_block:
            return jnp.shape(known.array)[-1]
    raise AssertionError("every argument is shared: how many draws?")


def _shape_of_one_draw(known: Known) -> jax.ShapeDtypeStruct:
    shape = jnp.shape(known.array)
    dtype = jnp.result_type(known.array)
    if known.is_block:
        shape = shape[:-1]
    return jax.ShapeDtypeStruct(shape, dtype)


class _Block(NamedTuple):
    """A block of draws, on which the operations of a program run."""

    num_draws: int
    always: Array
    keeps_products: bool
    machine: Machine

    def run(
        self, program: ClosedJaxpr, inputs: Sequence[Known | Outer]
    ) -> list[Known | Outer]:
        return interpret(program, inputs, constant=_shared, apply=self.apply)

    def apply(
        self, equation: JaxprEqn, inputs: list[Known | Outer]
    ) -> list[Known | Outer]:
        """Compute the results of one operation for all draws."""
        if equation.primitive.name == "transpose" and self.can_flip(inputs[0]):
            return [_flipped(inputs[0])]
        known = list(map(_multiplied, inputs))
        if any(entry.is_block for entry in known):
            rule = _rule_of(equation)
            return rule(self, equation, known)
        arrays = [entry.array for entry in known]
        results = results_of(equation, arrays)
        return list(map(_shared, results))

    def can_flip(self, value: Known | Outer) -> bool:
        """Return whether u v^T can be transposed as v u^T, factors left apart."""
        if not isinstance(value, Outer):
            return False
        return value.right.shape[-1] == self.num_draws

    def once(self, function: Callable[..., object], *arguments: Array) -> Any:
        """Compute a function whose result is never computed again."""
        return self.machine.once(self.always, function, *arguments)

    def spread(self, inputs: list[Known]) -> list[Array]:
        """Return the arrays, each with the draw as last axis."""
        return [known.spread(self.num_draws) for known in inputs]

    def leaving(self, value: Known | Outer) -> Array:
        """Return a result with the draw as last axis."""
        known = _multiplied(value)
        return known.spread(self.num_draws)


def _shared(value: ArrayLike) -> Known:
    return Known(value, False)


def _of_block(results: Sequence[ArrayLike]) -> list[Known | Outer]:
    return [Known(result, True) for result in results]


def _flipped(outer: Known | Outer) -> Outer:
    assert isinstance(outer, Outer)
    return Outer(outer.right, outer.left)


def _multiplied(value: Known | Outer) -> Known:
    if isinstance(value, Outer):
        return Known(value.multiplied(), True)
    return value


Rule = Callable[[_Block, JaxprEqn, list[Known]], list[Known | Outer]]
"""Computes an operation's results for all draws."""


def _rule_of(equation: JaxprEqn) -> Rule:
    name = equation.primitive.name
    if name in _RULES:
        return _RULES[name]
    if inner_jaxpr(equation) is None:
        return _mapped
    return _inner


def _elementwise(block: _Block, equation: JaxprEqn, inputs: list[Known]) -> list:
    """Compute each entry alone: all operands take the shape of the result."""
    (result,) = equation.outvars
    shape = (*shape_of(result), block.num_draws)
    arrays = [known.widened(shape) for known in inputs]
    return _of_block(results_of(equation, arrays))


def _dot_general(block: _Block, equation: JaxprEqn, inputs: list[Known]) -> list:
    """Leave u v^T of two vectors apart; sum W v for each draw."""
    dtype = dtype_of(equation.outvars[0])
    if is_outer_product(equation):
        left, right = inputs
        rows = left.spread(block.num_draws).astype(dtype)
        return [Outer(rows, right.thin().astype(dtype))]
    form = product_of(equation)
    if form is None:
        return _mapped(block, equation, inputs)
    matrix = inputs[form.matrix].thin()
    vector = inputs[1 - form.matrix].thin()
    multiply = partial(block.machine.product, axis=form.axis, dtype=dtype)
    is_long = vector.shape[0] > SHORT
    if block.keeps_products and is_long:
        return _of_block([block.once(multiply, matrix, vector)])
    return _of_block([multiply(matrix, vector)])


def _kept(block: _Block, equation: JaxprEqn, inputs: list[Known]) -> list:
    """Compute a function marked by `kept` once, unless it is short."""
    program = equation.params["program"]
    arrays = block.spread(inputs)
    least = min(array.size for array in arrays)
    if least <= SHORT * block.num_draws:
        return block.run(program, inputs)

    def group(*arrays: Array) -> list[Array]:
        entering = _of_block(arrays)
        results = block.run(program, entering)
        return list(map(block.leaving, results))

    results = block.once(group, *arrays)
    return _of_block(results)


def _inner(block: _Block, equation: JaxprEqn, inputs: list[Known]) -> list:
    """Run a group of operations, each by its own rule."""
    program = inner_jaxpr(equation)
    assert program is not None
    return block.run(program, inputs)


def _mapped(block: _Block, equation: JaxprEqn, inputs: list[Known]) -> list:
    """Run an operation without a rule by `vmap` over the last axis."""
    primitive = equation.primitive
    operation = partial(primitive.bind, **equation.params)
    mapped = jax.vmap(operation, in_axes=-1, out_axes=-1)
    arrays = block.spread(inputs)
    try:
        results = mapped(*arrays)
    except NotImplementedError:
        raise refused(equation, "an operation that can run on many cells") from None
    if primitive.multiple_results:
        return _of_block(results)
    return _of_block([results])


def _with_one_more_axis(block: _Block, equation: JaxprEqn, inputs: list[Known]) -> list:
    """Move entries of spread arrays: the last axis stays as it is."""
    operation = ONE_MORE_AXIS[equation.primitive.name]
    arrays = block.spread(inputs)
    results = operation(equation.params, *arrays)
    if isinstance(results, list):
        return _of_block(results)
    return _of_block([results])


_RULES: Mapping[str, Rule] = {
    **dict.fromkeys(ELEMENTWISE, _elementwise),
    **dict.fromkeys(ONE_MORE_AXIS, _with_one_more_axis),
    KEPT.name: _kept,
    "dot_general": _dot_general,
}
"""Primitive -> how it runs on a block."""
