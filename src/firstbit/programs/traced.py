"""What JAX traces of a step: which operations there are, and what kind each is."""

from typing import Any, NamedTuple

from jax.extend.core import ClosedJaxpr, Jaxpr, JaxprEqn


def shape_of(atom: Any) -> tuple[int, ...]:
    """Shape of what an operation reads or gives."""
    return atom.aval.shape


class Product(NamedTuple):
    """A matrix times a vector.

    Attributes:
        matrix: which of the two operands it is.
        axis: of the matrix, that is summed over: 1 for W v, 0 for W^T v.
    """

    matrix: int
    axis: int


def product_of(equation: JaxprEqn) -> Product | None:
    """The product of a matrix and a vector that an operation is."""
    if equation.primitive.name != "dot_general":
        return None
    summed, batched = equation.params["dimension_numbers"]
    ranks = [len(shape_of(atom)) for atom in equation.invars]
    if batched != ((), ()) or len(summed[0]) != 1 or sorted(ranks) != [1, 2]:
        return None
    matrix = ranks.index(2)
    return Product(matrix, summed[matrix][0])


def is_outer_product(equation: JaxprEqn) -> bool:
    """Whether an operation makes a matrix u v^T of two vectors."""
    return (
        equation.primitive.name == "dot_general"
        and equation.params["dimension_numbers"] == (((), ()), ((), ()))
        and [len(shape_of(atom)) for atom in equation.invars] == [1, 1]
    )


def inner_jaxpr(equation: JaxprEqn) -> ClosedJaxpr | None:
    """The operations behind one that only groups others (a jitted function, a custom derivative)."""
    for name in ("jaxpr", "call_jaxpr", "fun_jaxpr"):
        inner = equation.params.get(name)
        if isinstance(inner, Jaxpr):
            inner = ClosedJaxpr(inner, ())
        if isinstance(inner, ClosedJaxpr) and len(inner.jaxpr.invars) == len(
            equation.invars
        ):
            return inner if equation.primitive.name not in _LOOPS else None
    return None


_LOOPS = ("while", "scan", "cond")

_LINEAR = """
sub neg reduce_sum cumsum broadcast_in_dim reshape squeeze transpose slice rev concatenate pad copy split
"""
_ELEMENTWISE = """
add add_any sub neg mul div rem max min abs sign floor ceil round clamp select_n
exp exp2 log log1p expm1 tanh logistic sin cos tan asin acos atan atan2 sinh cosh asinh acosh atanh
sqrt rsqrt cbrt square integer_pow pow erf erfc erf_inv is_finite nextafter
and or not xor eq ne lt le gt ge shift_left shift_right_logical shift_right_arithmetic
convert_element_type bitcast_convert_type copy stop_gradient
"""

LINEAR = frozenset(_LINEAR.split())
"""Operations whose differences are the operation of the differences."""

ELEMENTWISE = frozenset(_ELEMENTWISE.split())
"""Operations that treat each entry alone."""
