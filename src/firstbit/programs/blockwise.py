"""Run one draw's program for a whole block of draws, the draw as the last axis.

`jax.vmap` moves that axis to the front of a product. There XLA's batched product of
small matrices is, on a CPU, two to three times slower than the same sums written out
over contiguous draws. So each operation that JAX traces is repeated with one more axis
at the end, by the rule of its kind, and small sums are written out. Operations without
a rule go through `vmap`.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import accumulate, pairwise
from typing import Any, NamedTuple, TypeVar

import jax
import jax.numpy as jnp
from jax.extend.core import ClosedJaxpr, JaxprEqn
from jax.typing import ArrayLike
from jaxtyping import Array, Bool

from firstbit.programs.kept import KEPT
from firstbit.programs.traced import (
    ELEMENTWISE,
    inner_jaxpr,
    interpret,
    is_outer_product,
    product_of,
    results_of,
    shape_of,
)

UNROLLED_UP_TO = 32
"""Longest sum that is written out."""

SHORT = 4
"""A product with a vector this short (an input) is computed again, not kept."""

Result = TypeVar("Result")


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
        return self.left[:, None] * self.right[None]


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
        return jnp.broadcast_to(array[..., None], (*array.shape, num_draws))

    def thin(self) -> Array:
        """Return the array with the draw as last axis, of length 1 where shared."""
        array = jnp.asarray(self.array)
        return array if self.is_block else array[..., None]

    def widened(self, shape: tuple[int, ...]) -> Array:
        """Return the array in the shape of a result; a scalar fills every entry."""
        array = jnp.asarray(self.array)
        if array.ndim and not self.is_block:
            array = array[..., None]
        return jnp.broadcast_to(array, shape)


def blockwise(
    function: Callable[..., Any],
    always: Bool[Array, ""],
    *,
    shared: Sequence[int] = (),
    number: int | None = None,
    keeps_products: bool = False,
    factored: bool = False,
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

    Example:
        >>> matrices, vectors = jnp.ones((2, 3, 5)), jnp.ones((3, 5))
        >>> product = lambda matrix, vector: matrix @ vector
        >>> blockwise(product, jnp.array(True))(matrices, vectors).shape
        (2, 5)
        >>> of_shared = blockwise(product, jnp.array(True), shared=[1])
        >>> of_shared(matrices, jnp.ones(3)).shape
        (2, 5)
    """

    def of_block(*arguments: Any) -> Any:
        inputs = _entering(arguments, shared)
        num_draws = number or _number_of_draws(inputs)
        one_draw = [_shape_of_one_draw(known) for known in inputs]
        program, shapes = jax.make_jaxpr(function, return_shape=True)(
            *jax.tree.structure(arguments).unflatten(one_draw)
        )
        block = _Block(num_draws, always, keeps_products)
        results = block.run(program, inputs)
        leaving = []
        for result in results:
            stays_apart = factored and isinstance(result, Outer)
            leaving.append(result if stays_apart else block.leaving(result))
        return jax.tree.structure(shapes).unflatten(leaving)

    return of_block


def once(
    always: Bool[Array, ""], function: Callable[..., Result], *arguments: Any
) -> Result:
    """Compute a function under a condition that always holds.

    Whatever uses the result reads it, and never computes it again.
    """
    shapes = jax.eval_shape(function, *arguments)
    nothing = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), shapes)
    return jax.lax.cond(always, function, lambda *_: nothing, *arguments)


def _entering(arguments: tuple, shared: Sequence[int]) -> list[Known]:
    known = []
    for place, argument in enumerate(arguments):
        for leaf in jax.tree.leaves(argument):
            known.append(Known(leaf, place not in shared))
    return known


def _number_of_draws(inputs: list[Known]) -> int:
    return next(jnp.shape(known.array)[-1] for known in inputs if known.is_block)


def _shape_of_one_draw(known: Known) -> jax.ShapeDtypeStruct:
    shape = jnp.shape(known.array)
    return jax.ShapeDtypeStruct(
        shape[:-1] if known.is_block else shape, jnp.result_type(known.array)
    )


class _Block(NamedTuple):
    """A block of draws, on which the operations of a program run."""

    num_draws: int
    always: Array
    keeps_products: bool

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
        known = [_multiplied(value) for value in inputs]
        if not any(entry.is_block for entry in known):
            results = results_of(equation, [entry.array for entry in known])
            return [_shared(result) for result in results]
        return _rule_of(equation)(self, equation, known)

    def can_flip(self, value: Known | Outer) -> bool:
        """Return whether u v^T can be transposed as v u^T, factors left apart."""
        return isinstance(value, Outer) and value.right.shape[-1] == self.num_draws

    def spread(self, inputs: list[Known]) -> list[Array]:
        """Return the arrays, each with the draw as last axis."""
        return [known.spread(self.num_draws) for known in inputs]

    def leaving(self, value: Known | Outer) -> Array:
        """Return a result with the draw as last axis."""
        return _multiplied(value).spread(self.num_draws)


def _shared(value: ArrayLike) -> Known:
    return Known(value, False)


def _of_block(results: Sequence[ArrayLike]) -> list[Known | Outer]:
    return [Known(result, True) for result in results]


def _flipped(outer: Known | Outer) -> Outer:
    assert isinstance(outer, Outer)
    return Outer(outer.right, outer.left)


def _multiplied(value: Known | Outer) -> Known:
    return Known(value.multiplied(), True) if isinstance(value, Outer) else value


Rule = Callable[[_Block, JaxprEqn, list[Known]], list[Known | Outer]]
"""Computes an operation's results for all draws."""


def _rule_of(equation: JaxprEqn) -> Rule:
    name = equation.primitive.name
    if name in _RULES:
        return _RULES[name]
    return _mapped if inner_jaxpr(equation) is None else _inner


def _elementwise(block: _Block, equation: JaxprEqn, inputs: list[Known]) -> list:
    """Compute each entry alone: all operands take the shape of the result."""
    shape = (*shape_of(equation.outvars[0]), block.num_draws)
    return _of_block(results_of(equation, [known.widened(shape) for known in inputs]))


def _dot_general(block: _Block, equation: JaxprEqn, inputs: list[Known]) -> list:
    """Leave u v^T of two vectors apart; sum W v for each draw."""
    if is_outer_product(equation):
        left, right = inputs
        return [Outer(left.spread(block.num_draws), right.thin())]
    form = product_of(equation)
    if form is None:
        return _mapped(block, equation, inputs)
    matrix, vector = inputs[form.matrix].thin(), inputs[1 - form.matrix].thin()
    product = partial(_product, axis=form.axis)
    if block.keeps_products and vector.shape[0] > SHORT:
        return _of_block([once(block.always, product, matrix, vector)])
    return _of_block([product(matrix, vector)])


def _kept(block: _Block, equation: JaxprEqn, inputs: list[Known]) -> list:
    """Compute a function marked by `kept` once, unless it is short."""
    program = equation.params["program"]
    arrays = block.spread(inputs)
    if min(array.size for array in arrays) <= SHORT * block.num_draws:
        return block.run(program, inputs)

    def group(*arrays: Array) -> list[Array]:
        results = block.run(program, _of_block(arrays))
        return [block.leaving(result) for result in results]

    return _of_block(once(block.always, group, *arrays))


def _inner(block: _Block, equation: JaxprEqn, inputs: list[Known]) -> list:
    """Run a group of operations, each by its own rule."""
    program = inner_jaxpr(equation)
    assert program is not None
    return block.run(program, inputs)


def _mapped(block: _Block, equation: JaxprEqn, inputs: list[Known]) -> list:
    """Run an operation without a rule by `vmap` over the last axis."""
    operation = partial(equation.primitive.bind, **equation.params)
    results = jax.vmap(operation, in_axes=-1, out_axes=-1)(*block.spread(inputs))
    return _of_block(results if equation.primitive.multiple_results else [results])


def _product(matrix: Array, vector: Array, axis: int) -> Array:
    """Multiply a matrix and a vector of each draw, summing over the matrix's `axis`."""
    length = vector.shape[0]
    if length <= UNROLLED_UP_TO:
        return _written_out(matrix, vector, axis)
    if matrix.shape[2] == 1:
        return jnp.tensordot(matrix[..., 0], vector, axes=(axis, 0))
    whole = jnp.broadcast_to(vector, (length, matrix.shape[2]))
    return jnp.einsum("ijn,jn->in" if axis == 1 else "jin,jn->in", matrix, whole)


def _written_out(matrix: Array, vector: Array, axis: int) -> Array:
    """Add up the products of a matrix's lines and a vector's entries, in order."""
    terms = []
    for j in range(vector.shape[0]):
        line = jax.lax.index_in_dim(matrix, j, axis=axis, keepdims=False)
        terms.append(line * jax.lax.index_in_dim(vector, j, axis=0))
    return sum(terms[1:], terms[0])


Parameters = Mapping[str, Any]
"""An operation's parameters, of any kind, by name."""


def _split(params: Parameters, array: Array) -> list[Array]:
    edges = accumulate(params["sizes"], initial=0)
    pieces = []
    for start, stop in pairwise(edges):
        pieces.append(jax.lax.slice_in_dim(array, start, stop, axis=params["axis"]))
    return pieces


def _slice(params: Parameters, array: Array) -> Array:
    start = (*params["start_indices"], 0)
    stop = (*params["limit_indices"], array.shape[-1])
    strides = params["strides"] or (1,) * (array.ndim - 1)
    return jax.lax.slice(array, start, stop, (*strides, 1))


def _reduce_sum(params: Parameters, array: Array) -> Array:
    return jnp.sum(array, axis=params["axes"])


def _reduce_max(params: Parameters, array: Array) -> Array:
    return jnp.max(array, axis=params["axes"])


def _reduce_min(params: Parameters, array: Array) -> Array:
    return jnp.min(array, axis=params["axes"])


def _concatenate(params: Parameters, *arrays: Array) -> Array:
    return jnp.concatenate(arrays, axis=params["dimension"])


def _squeeze(params: Parameters, array: Array) -> Array:
    return jnp.squeeze(array, axis=params["dimensions"])


def _reshape(params: Parameters, array: Array) -> Array:
    return jnp.reshape(array, (*params["new_sizes"], array.shape[-1]))


def _transpose(params: Parameters, array: Array) -> Array:
    return jnp.transpose(array, (*params["permutation"], array.ndim - 1))


def _broadcast_in_dim(params: Parameters, array: Array) -> Array:
    shape = (*params["shape"], array.shape[-1])
    dimensions = (*params["broadcast_dimensions"], len(params["shape"]))
    return jax.lax.broadcast_in_dim(array, shape, dimensions)


def _with_one_more_axis(function: Callable[..., Array | list[Array]]) -> Rule:
    """Make a rule of a function of an operation's parameters and of spread arrays."""

    def apply(block: _Block, equation: JaxprEqn, inputs: list[Known]) -> list:
        results = function(equation.params, *block.spread(inputs))
        return _of_block(results if isinstance(results, list) else [results])

    return apply


_RULES: Mapping[str, Rule] = {
    **dict.fromkeys(ELEMENTWISE, _elementwise),
    KEPT.name: _kept,
    "dot_general": _dot_general,
    "split": _with_one_more_axis(_split),
    "slice": _with_one_more_axis(_slice),
    "reduce_sum": _with_one_more_axis(_reduce_sum),
    "reduce_max": _with_one_more_axis(_reduce_max),
    "reduce_min": _with_one_more_axis(_reduce_min),
    "concatenate": _with_one_more_axis(_concatenate),
    "squeeze": _with_one_more_axis(_squeeze),
    "reshape": _with_one_more_axis(_reshape),
    "transpose": _with_one_more_axis(_transpose),
    "broadcast_in_dim": _with_one_more_axis(_broadcast_in_dim),
}
"""Primitive -> how it runs on a block."""
