"""One definition of a step, run for a whole block of draws: from f(x) to f of arrays whose last axis is the draw.

`jax.vmap` moves that axis to the front of a product, where XLA's batched product of
small matrices on a CPU is two to three times slower than the same sums written out over
contiguous draws. So the operations that JAX traces are repeated with one more axis at
the end, and small sums are written out. What is not known here goes through `vmap`.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.extend.core import ClosedJaxpr, JaxprEqn, Literal
from jaxtyping import Array, Bool

from firstbit.programs.traced import (
    ELEMENTWISE,
    inner_jaxpr,
    is_outer_product,
    product_of,
    shape_of,
)

UNROLLED_UP_TO = 32
"""Longest sum that is written out."""

SHORT = 4
"""A product with vectors this short (an input) is computed again rather than kept."""


class Outer(NamedTuple):
    """The matrices u v^T, one a draw, not multiplied out.

    Attributes:
        left: u, (row, draw).
        right: v, (column, draw), or (column, 1) where all draws share it.
    """

    left: Array
    right: Array

    def multiplied(self) -> Array:
        """As (row, column, draw)."""
        return self.left[:, None] * self.right[None]


def blockwise(
    function: Callable[..., Any],
    always: Bool[Array, ""],
    *,
    shared: Sequence[int] = (),
    number: int | None = None,
    keeps_products: bool = False,
    factored: bool = False,
) -> Callable[..., Any]:
    """From a function of one draw's arrays to one of many draws' arrays, side by side on the last axis.

    Every array that enters has the draw as its last axis, of one length; so has every
    array that leaves.

    Args:
        function: of arrays, or of pytrees of arrays, that JAX can trace.
        always: true, but not known to the compiler: what stands under this condition is
            computed once and kept, where XLA would compute a matrix product again for
            each of its uses.
        shared: which arguments have no such axis: all draws share them.
        number: of draws; by default the arguments tell.
        keeps_products: whether each product of a matrix and a vector is computed once;
            else, those in a jitted function whose name begins with `kept_`.
        factored: whether a result that is a product of two vectors is left as `Outer`.

    Example:
        >>> matrices, vectors = jnp.ones((2, 3, 5)), jnp.ones((3, 5))
        >>> blockwise(lambda matrix, vector: matrix @ vector, jnp.array(True))(matrices, vectors).shape
        (2, 5)
        >>> blockwise(lambda matrix, vector: matrix @ vector, jnp.array(True), shared=[1])(matrices, jnp.ones(3)).shape
        (2, 5)
    """

    def of_block(*arguments: Any) -> Any:
        known = [
            (leaf, place not in shared)
            for place, argument in enumerate(arguments)
            for leaf in jax.tree.leaves(argument)
        ]
        num_draws = number or next(
            leaf.shape[-1] for leaf, is_block in known if is_block
        )
        one = [
            jax.ShapeDtypeStruct(
                leaf.shape[:-1] if is_block else leaf.shape, leaf.dtype
            )
            for leaf, is_block in known
        ]
        traced, shapes = jax.make_jaxpr(function, return_shape=True)(
            *jax.tree.structure(arguments).unflatten(one)
        )
        results = _Block(num_draws, always, keeps_products).run(traced, known)
        told = [_told(*result, num_draws, factored) for result in results]
        return jax.tree.structure(shapes).unflatten(told)

    return of_block


Known = tuple[Any, bool]
"""An array, and whether its last axis is the draw; else all draws share it. Or an
`Outer`."""


class _Block(NamedTuple):
    num_draws: int
    always: Array
    keeps_products: bool

    def run(self, closed: ClosedJaxpr, inputs: Sequence[Known]) -> list[Known]:
        known: dict[Any, Known] = dict(
            zip(
                closed.jaxpr.constvars, ((c, False) for c in closed.consts), strict=True
            )
        )
        known |= dict(zip(closed.jaxpr.invars, inputs, strict=True))
        for equation in closed.jaxpr.eqns:
            arguments = [
                (atom.val, False) if isinstance(atom, Literal) else known[atom]
                for atom in equation.invars
            ]
            known |= dict(
                zip(equation.outvars, self.apply(equation, arguments), strict=True)
            )
        return [
            (atom.val, False) if isinstance(atom, Literal) else known[atom]
            for atom in closed.jaxpr.outvars
        ]

    def apply(self, equation: JaxprEqn, inputs: list[Known]) -> list[Known]:
        name, params = equation.primitive.name, equation.params
        if not any(is_block for _, is_block in inputs):
            out = equation.primitive.bind(*[value for value, _ in inputs], **params)
            return [
                (o, False)
                for o in (out if equation.primitive.multiple_results else [out])
            ]
        if (
            name == "transpose"
            and isinstance(inputs[0][0], Outer)
            and inputs[0][0].right.shape[-1] == self.num_draws
        ):
            return [(Outer(inputs[0][0].right, inputs[0][0].left), True)]
        inputs = [
            (value.multiplied() if isinstance(value, Outer) else value, is_block)
            for value, is_block in inputs
        ]
        if name in ELEMENTWISE:
            shape = (*shape_of(equation.outvars[0]), self.num_draws)
            return [
                (
                    equation.primitive.bind(
                        *[_widened(*known, shape) for known in inputs], **params
                    ),
                    True,
                )
            ]
        if is_outer_product(equation):
            return [
                (Outer(_spread(*inputs[0], self.num_draws), _thin(*inputs[1])), True)
            ]
        product = product_of(equation)
        if product is not None:
            return [
                (
                    self.product(
                        inputs[product.matrix], inputs[1 - product.matrix], product.axis
                    ),
                    True,
                )
            ]
        arrays = [_spread(*known, self.num_draws) for known in inputs]
        inner = inner_jaxpr(equation)
        if inner is not None:
            is_long = str(params.get("name")).startswith("kept_") and self.is_long(
                arrays
            )
            return self.kept(inner, arrays) if is_long else self.run(inner, inputs)
        if name in _RULES:
            out = _RULES[name](arrays, params)
        else:
            out = jax.vmap(
                lambda *a: equation.primitive.bind(*a, **params),
                in_axes=-1,
                out_axes=-1,
            )(*arrays)
        return [(o, True) for o in (out if isinstance(out, list | tuple) else [out])]

    def product(self, matrix: Known, vector: Known, axis: int) -> Array:
        """A matrix times a vector, for each draw."""
        operands = [_thin(*matrix), _thin(*vector)]
        if self.keeps_products and operands[1].shape[0] > SHORT:
            return once(self.always, partial(_product, axis=axis), *operands)
        return _product(*operands, axis=axis)

    def is_long(self, arrays: list) -> bool:
        """Whether it takes longer to compute than to keep."""
        return min(array.size for array in arrays) > SHORT * self.num_draws

    def kept(self, closed: ClosedJaxpr, arrays: list) -> list[Known]:
        """Computed under a condition that always holds, so that XLA does not compute it again for each use."""

        def group(*arrays: Any) -> list:
            return [
                value
                for value, _ in self.run(closed, [(array, True) for array in arrays])
            ]

        return [(o, True) for o in once(self.always, group, *arrays)]


def once(always: Bool[Array, ""], function: Callable[..., Any], *arguments: Any) -> Any:
    """A function's result, computed under a condition that always holds: what uses it reads it, and never computes it again."""
    nothing = jax.tree.map(
        lambda o: jnp.zeros(o.shape, o.dtype), jax.eval_shape(function, *arguments)
    )
    return jax.lax.cond(always, function, lambda *_: nothing, *arguments)


def _spread(value: Any, is_block: bool, num_draws: int) -> Any:
    """With the draw as last axis."""
    return (
        value
        if is_block
        else jnp.broadcast_to(
            jnp.asarray(value)[..., None], (*jnp.shape(value), num_draws)
        )
    )


def _thin(value: Any, is_block: bool) -> Any:
    """With the draw as last axis; of length 1 where all share it."""
    return value if is_block else jnp.asarray(value)[..., None]


def _widened(value: Any, is_block: bool, shape: tuple[int, ...]) -> Any:
    """In the shape of the result; a scalar stands for every entry."""
    value = jnp.asarray(value)
    return (
        jnp.broadcast_to(value if is_block else value[..., None], shape)
        if value.ndim
        else jnp.broadcast_to(value, shape)
    )


def _told(value: Any, is_block: bool, num_draws: int, factored: bool) -> Any:
    """A result as it leaves."""
    if isinstance(value, Outer):
        return value if factored else value.multiplied()
    return _spread(value, is_block, num_draws)


def _product(matrix: Array, vector: Array, axis: int) -> Array:
    """A matrix times a vector, for each draw; `axis` of the matrix is summed over."""
    length = vector.shape[0]
    if length <= UNROLLED_UP_TO:
        lines = [
            jax.lax.index_in_dim(matrix, j, axis=axis, keepdims=False)
            for j in range(length)
        ]
        entries = [jax.lax.index_in_dim(vector, j, axis=0) for j in range(length)]
        terms = [line * entry for line, entry in zip(lines, entries, strict=True)]
        return sum(terms[1:], terms[0])
    if matrix.shape[2] == 1:
        return jnp.tensordot(matrix[..., 0], vector, axes=(axis, 0))
    whole = jnp.broadcast_to(vector, (length, matrix.shape[2]))
    return jnp.einsum("ijn,jn->in" if axis == 1 else "jin,jn->in", matrix, whole)


def _split(arrays: list, params: dict) -> list:
    edges = [0, *accumulate(params["sizes"])]
    return [
        jax.lax.slice_in_dim(arrays[0], a, b, axis=params["axis"])
        for a, b in pairwise(edges)
    ]


def _slice(arrays: list, params: dict) -> Any:
    (x,) = arrays
    strides = params["strides"] or (1,) * (x.ndim - 1)
    return jax.lax.slice(
        x,
        (*params["start_indices"], 0),
        (*params["limit_indices"], x.shape[-1]),
        (*strides, 1),
    )


_RULES: dict[str, Callable[[list, dict], Any]] = {
    "split": _split,
    "slice": _slice,
    "reduce_sum": lambda a, p: jnp.sum(a[0], axis=p["axes"]),
    "reduce_max": lambda a, p: jnp.max(a[0], axis=p["axes"]),
    "reduce_min": lambda a, p: jnp.min(a[0], axis=p["axes"]),
    "concatenate": lambda a, p: jnp.concatenate(a, axis=p["dimension"]),
    "squeeze": lambda a, p: jnp.squeeze(a[0], axis=p["dimensions"]),
    "reshape": lambda a, p: jnp.reshape(a[0], (*p["new_sizes"], a[0].shape[-1])),
    "transpose": lambda a, p: jnp.transpose(a[0], (*p["permutation"], a[0].ndim - 1)),
    "broadcast_in_dim": lambda a, p: jax.lax.broadcast_in_dim(
        a[0],
        (*p["shape"], a[0].shape[-1]),
        (*p["broadcast_dimensions"], len(p["shape"])),
    ),
}
"""Operations with one more axis at the end."""
