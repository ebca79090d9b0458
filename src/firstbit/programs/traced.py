"""The operations that JAX traces: run them on other values, and sort them by kind."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

import jax
import jax.numpy as jnp
from jax.extend.core import ClosedJaxpr, Jaxpr, JaxprEqn, Literal, Var
from jax.typing import ArrayLike

Value = TypeVar("Value")


def interpret(
    program: ClosedJaxpr,
    inputs: Sequence[Value],
    *,
    constant: Callable[[ArrayLike], Value],
    apply: Callable[[JaxprEqn, list[Value]], list[Value]],
) -> list[Value]:
    """Run a traced program on values of any kind, one operation after the other.

    Args:
        program: as `jax.make_jaxpr` gives it.
        inputs: the values of its arguments.
        constant: makes a value of an array that the program holds.
        apply: computes an operation's results from the values of its operands.

    Example:
        >>> import jax
        >>> program = jax.make_jaxpr(lambda x: 2 * x + 1)(0.0)
        >>> def note(operation, operands):
        ...     return [f"{operation.primitive.name}({', '.join(operands)})"]
        >>> interpret(program, ["x"], constant=lambda value: f"{value:g}", apply=note)
        ['add(mul(2, x), 1)']
    """
    known: dict[Var, Value] = {}

    def read(atom: Var | Literal) -> Value:
        if isinstance(atom, Literal):
            return constant(atom.val)
        return known[atom]

    def write(variables: Sequence[Var], values: Iterable[Value]) -> None:
        pairs = zip(variables, values, strict=True)
        known.update(pairs)

    jaxpr = program.jaxpr
    write(jaxpr.constvars, map(constant, program.consts))
    write(jaxpr.invars, inputs)
    for equation in jaxpr.eqns:
        operands = list(map(read, equation.invars))
        results = apply(equation, operands)
        write(equation.outvars, results)
    return list(map(read, jaxpr.outvars))


def results_of(equation: JaxprEqn, operands: Sequence[ArrayLike]) -> list[ArrayLike]:
    """Return the results of an operation as a list, be they one or several."""
    primitive = equation.primitive
    results = primitive.bind(*operands, **equation.params)
    if primitive.multiple_results:
        return list(results)
    return [results]


def shape_of(atom: Var | Literal) -> tuple[int, ...]:
    """Return the shape of an operand or a result."""
    aval: Any = atom.aval  # abstract values other than arrays have no shape
    return aval.shape


def dtype_of(atom: Var | Literal) -> Any:
    """Return the dtype of an operand or a result."""
    aval: Any = atom.aval  # abstract values other than arrays have no dtype
    return aval.dtype


def is_complex(equation: JaxprEqn) -> bool:
    """Return whether an operand or a result of an operation is complex."""
    for atom in [*equation.invars, *equation.outvars]:
        if jnp.issubdtype(dtype_of(atom), jnp.complexfloating):
            return True
    return False


class Product(NamedTuple):
    """A matrix times a vector.

    Attributes:
        matrix: the place of the matrix among the two operands.
        axis: the axis of the matrix that is summed over: 1 for W v, 0 for W^T v.
    """

    matrix: int
    axis: int


def product_of(equation: JaxprEqn) -> Product | None:
    """Return the form of an operation that is a product of a matrix and a vector."""
    if equation.primitive.name != "dot_general":
        return None
    summed, batched = equation.params["dimension_numbers"]
    if batched != ((), ()) or len(summed[0]) != 1:
        return None
    ranks = _ranks(equation)
    if sorted(ranks) != [1, 2]:
        return None
    matrix = ranks.index(2)
    (axis,) = summed[matrix]
    return Product(matrix, axis)


def is_outer_product(equation: JaxprEqn) -> bool:
    """Return whether an operation makes a matrix u v^T of two vectors."""
    if equation.primitive.name != "dot_general":
        return False
    summed, batched = equation.params["dimension_numbers"]
    if summed != ((), ()) or batched != ((), ()):
        return False
    return _ranks(equation) == [1, 1]


def _ranks(equation: JaxprEqn) -> list[int]:
    """Return the number of axes of each operand."""
    return [len(shape_of(atom)) for atom in equation.invars]


def inner_jaxpr(equation: JaxprEqn) -> ClosedJaxpr | None:
    """Return the operations that an operation groups, or None where it is no group.

    Groups are jitted functions and functions with a derivative of their own. Loops and
    branches are none: their operations don't run once each.
    """
    if equation.primitive.name not in GROUPS:
        return None
    for name in ("jaxpr", "call_jaxpr", "fun_jaxpr", "program"):
        inner: Any = equation.params.get(name)
        if isinstance(inner, Jaxpr) and not isinstance(inner, ClosedJaxpr):
            inner = ClosedJaxpr(inner, ())
        if not isinstance(inner, ClosedJaxpr):  # JAX 0.11 has one class for both
            continue
        num_arguments = len(inner.jaxpr.invars)
        if num_arguments == len(equation.invars):
            return inner
    return None


class Along(NamedTuple):
    """How many operands of a loop along an axis are of which kind.

    Attributes:
        consts: the same in each turn.
        carry: handed from turn to turn.
    """

    consts: int
    carry: int


def along(equation: JaxprEqn) -> Along:
    """Return how many operands of a `scan` each turn shares, and how many it hands on.

    JAX 0.11 has operands in groups, where earlier versions count them.
    """
    params = equation.params
    if "num_consts" in params:
        return Along(params["num_consts"], params["num_carry"])
    consts, carry, _ = params["ft_in"].unpack()
    return Along(len(consts), len(carry))


def coarsest_rounding(program: ClosedJaxpr | Jaxpr) -> float:
    """Return the rounding of the shortest float in a program and those inside it.

    Example:
        >>> import jax
        >>> short = jax.make_jaxpr(lambda x: x.astype("bfloat16"))(0.0)
        >>> coarsest_rounding(short)
        0.0078125
    """
    jaxpr = program.jaxpr if isinstance(program, ClosedJaxpr) else program
    largest = 0.0
    for equation in jaxpr.eqns:
        for atom in equation.outvars:
            dtype = dtype_of(atom)
            if jnp.issubdtype(dtype, jnp.inexact):
                largest = max(largest, float(jnp.finfo(dtype).eps))
        for inner in jax.tree.leaves(equation.params):
            if isinstance(inner, ClosedJaxpr | Jaxpr):
                largest = max(largest, coarsest_rounding(inner))
    return largest


_GROUPS = """
jit pjit call closed_call core_call custom_jvp_call custom_vjp_call
remat2 remat checkpoint composite kept
"""

GROUPS = frozenset(_GROUPS.split())
"""Operations that group others. A reduction by a function of its own is none."""

_ELEMENTWISE = """
add add_any sub neg mul div rem max min abs sign floor ceil round clamp select_n
exp exp2 log log2 log1p expm1 tanh logistic sin cos tan asin acos atan atan2
sinh cosh asinh acosh atanh
sqrt rsqrt cbrt square one_minus_square integer_pow pow
erf erfc erf_inv is_finite nextafter
and or not xor eq ne lt le gt ge shift_left shift_right_logical shift_right_arithmetic
convert_element_type copy stop_gradient clz population_count mulhi
real imag complex conj reduce_precision
lgamma digamma polygamma igamma igammac regularized_incomplete_beta
bessel_i0e bessel_i1e
"""

ELEMENTWISE = frozenset(_ELEMENTWISE.split())
"""Operations that treat each entry alone."""
