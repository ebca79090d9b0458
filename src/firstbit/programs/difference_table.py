"""The table of all operations that a cell may use, and how each moves.

A row has one rule for real and one for complex numbers; None refuses. For whole numbers
and truth values there is one rule for all rows: their results are computed at both
points (see `firstbit.programs.moving`). An operation without a row is refused.
"""

from collections.abc import Mapping
from typing import NamedTuple

from firstbit.programs import differences_of_complex as of_complex
from firstbit.programs import differences_of_one as real
from firstbit.programs.differences_of_choices import (
    by_slope,
    in_order,
    largest,
    of_top,
    smallest,
)
from firstbit.programs.differences_of_more import (
    ADDED,
    BILINEAR,
    DIVIDED,
    absolute,
    angle,
    chosen,
    clamped,
    integer_power,
    maximum,
    minimum,
    next_number,
    of_larger_complex,
    power,
    remainder,
    running_product,
    whole_product,
)
from firstbit.programs.differences_of_products import multiplied
from firstbit.programs.differences_of_solves import triangular
from firstbit.programs.rules import (
    Rule,
    at_both_points,
    difference_of,
    either_way,
    linear,
    noted,
    of_one,
    of_two,
    placed,
)


class Row(NamedTuple):
    """The rules of an operation.

    Attributes:
        real: where operands and results are real numbers.
        complex: where one of them is complex; None refuses.
        mixes: whether the rule itself takes discrete operands that differ.
    """

    real: Rule
    complex: Rule | None = None
    mixes: bool = False


_LINEAR = """
sub neg reduce_sum cumsum broadcast_in_dim reshape squeeze transpose slice
rev concatenate pad copy copy_p split stack unstack tile stop_gradient
optimization_barrier name device_put layout_constraint sharding_constraint reshard
convert_element_type real imag conj complex fft reduce_window_sum
"""

_PLACED = """
gather dynamic_slice dynamic_update_slice scatter scatter-add scatter-sub
"""

_SMOOTH = """
asinh acosh erf erfc erf_inv lgamma digamma polygamma igamma igammac
regularized_incomplete_beta bessel_i0e bessel_i1e cumlogsumexp
"""

_SMOOTH_COMPLEX = """
lu cholesky qr eigh svd eig tridiagonal_solve
"""

_STEPS = """
floor ceil round reduce_precision
"""

_DISCRETE = """
eq ne lt le gt ge eq_to le_to lt_to is_finite argmax argmin and or not xor
shift_left shift_right_logical shift_right_arithmetic population_count clz mulhi
reduce_and reduce_or reduce_xor bitcast_convert_type iota lu_pivots_to_permutation
random_bits random_fold_in random_seed random_split random_wrap random_unwrap
random_clone threefry2x32 rng_bit_generator
"""
"""Their results are discrete."""

_NOTES = """
debug_callback debug_print
"""


def _rows(names: str, row: Row) -> dict[str, Row]:
    return dict.fromkeys(names.split(), row)


def _one(name: str, complex_rule: Rule | None = either_way) -> Row:
    """Return the row of a function of one real number, by its name."""
    function = getattr(real, name)
    return Row(of_one(function), complex_rule)


def _root(name: str, complex_rule: Rule | None = either_way) -> Row:
    """Return the row of a function whose slope is infinite somewhere."""
    function = getattr(real, name)
    return Row(of_two(function), complex_rule)


TABLE: Mapping[str, Row] = {
    **_rows(_LINEAR, Row(linear, linear)),
    **_rows(_PLACED, Row(placed, placed, mixes=True)),
    **_rows(_SMOOTH, Row(either_way)),
    **_rows(_SMOOTH_COMPLEX, Row(either_way, either_way)),
    **_rows(_STEPS, Row(at_both_points)),
    **_rows(_DISCRETE, Row(at_both_points, at_both_points, mixes=True)),
    **_rows(_NOTES, Row(noted, noted)),
    "sign": Row(at_both_points, of_one(of_complex.sign)),
    "nextafter": Row(difference_of(next_number)),
    "logistic": _one("logistic", of_one(of_complex.logistic)),
    "tanh": _one("tanh", of_one(of_complex.tanh)),
    "exp": _one("exp", of_one(of_complex.exp)),
    "expm1": _one("expm1", of_one(of_complex.expm1)),
    "exp2": _one("exp2"),
    "log": _one("log", of_two(of_complex.log)),
    "log2": _one("log2"),
    "log1p": _one("log1p", of_two(of_complex.log1p)),
    "sqrt": _root("sqrt", of_two(of_complex.sqrt)),
    "rsqrt": _one("rsqrt", of_two(of_complex.rsqrt)),
    "cbrt": _root("cbrt"),
    "square": _one("square", of_one(real.square)),
    "one_minus_square": _one("one_minus_square", of_one(real.one_minus_square)),
    "sin": _one("sin", of_one(real.sin)),
    "cos": _one("cos", of_one(real.cos)),
    "tan": _one("tan"),
    "asin": _root("asin"),
    "acos": _root("acos"),
    "atan": _one("atan"),
    "sinh": _one("sinh", of_one(of_complex.sinh)),
    "cosh": _one("cosh", of_one(of_complex.cosh)),
    "asinh": Row(either_way, either_way),
    "acosh": Row(either_way, either_way),
    "atanh": _one("atanh"),
    "abs": Row(of_one(absolute), of_one(of_complex.absolute)),
    "integer_pow": Row(integer_power, integer_power),
    "pow": Row(difference_of(power), either_way),
    "add": Row(ADDED, ADDED),
    "add_any": Row(ADDED, ADDED),
    "mul": Row(BILINEAR, BILINEAR),
    "div": Row(DIVIDED, DIVIDED),
    "rem": Row(difference_of(remainder)),
    "atan2": Row(difference_of(angle)),
    "max": Row(difference_of(maximum), of_larger_complex),
    "min": Row(difference_of(minimum), of_larger_complex),
    "clamp": Row(difference_of(clamped)),
    "select_n": Row(chosen, chosen, mixes=True),
    "dot_general": Row(multiplied, multiplied),
    "ragged_dot_general": Row(BILINEAR, BILINEAR),
    "conv_general_dilated": Row(BILINEAR, BILINEAR),
    "triangular_solve": Row(triangular, triangular),
    "reduce_prod": Row(whole_product, whole_product),
    "cumprod": Row(running_product, running_product),
    "reduce_max": Row(largest),
    "reduce_min": Row(smallest),
    "cummax": Row(by_slope),
    "cummin": Row(by_slope),
    "reduce_window_max": Row(by_slope),
    "reduce_window_min": Row(by_slope),
    "sort": Row(in_order, mixes=True),
    "top_k": Row(of_top, mixes=True),
}
"""Primitive -> its rules. Loops and branches are in `differences_of_loops`."""
