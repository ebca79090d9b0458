"""A program taken apart: what it does, and the whole numbers in it.

The programs of one function at several sizes may do the same and differ in whole
numbers alone: the lengths of axes, the places where an array is cut.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import ClosedJaxpr, Jaxpr, JaxprEqn, Literal

from firstbit.programs.traced import dtype_of, shape_of

_ADDRESS = re.compile(r"0x[0-9a-f]+")
_WHOLE_NUMBER = re.compile(r"(?<![\w.])\d+(?![\w.])")


class Anatomy(NamedTuple):
    """What a program does, and its whole numbers.

    Attributes:
        words: operations, operands, types, and all numbers that are not whole.
        numbers: whole numbers, in the order in which they stand.
    """

    words: tuple[str, ...]
    numbers: tuple[int, ...]


class Line(NamedTuple):
    """A whole number at every size k: slope k + constant."""

    slope: int
    constant: int

    def at(self, size: int) -> int:
        """Return the number at a size.

        Example:
            >>> Line(3, 2).at(10)
            32
        """
        return self.slope * size + self.constant


def anatomy(program: ClosedJaxpr) -> Anatomy:
    """Take a program apart, and those inside it.

    Example:
        >>> tripled = jax.make_jaxpr(lambda x: jnp.tile(x, 3))
        >>> one, two = anatomy(tripled(jnp.ones(4))), anatomy(tripled(jnp.ones(5)))
        >>> one.words == two.words, one.numbers == two.numbers
        (True, False)
        >>> 12 in one.numbers, 15 in two.numbers
        (True, True)
    """
    writer = _Writer()
    writer.program(program)
    return Anatomy(tuple(writer.words), tuple(writer.numbers))


def lines_through(at: Mapping[int, Sequence[int]]) -> list[Line] | None:
    """Return the line of each number through its values; None where one has none.

    Args:
        at: size -> numbers; two sizes or more.

    Example:
        >>> lines_through({1: [3, 2], 2: [6, 2], 5: [15, 2]})
        [Line(slope=3, constant=0), Line(slope=0, constant=2)]
        >>> lines_through({1: [1], 2: [1], 3: [2]}) is None
        True
    """
    lengths = {len(numbers) for numbers in at.values()}
    if len(lengths) > 1:
        return None
    first, last = min(at), max(at)
    found = []
    for number, largest in zip(at[first], at[last], strict=True):
        slope = (largest - number) // (last - first)
        constant = number - slope * first
        found.append(Line(slope, constant))
    for size, numbers in at.items():
        expected = [line.at(size) for line in found]
        if expected != list(numbers):
            return None
    return found


class _Writer:
    """Writes down what a program does and its whole numbers, each in order."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.numbers: list[int] = []

    def program(self, program: ClosedJaxpr | Jaxpr) -> None:
        """Write a program: its arguments, constants, operations and results."""
        jaxpr: Any = program
        if isinstance(program, ClosedJaxpr):
            for constant in program.consts:
                self.array(constant)
            jaxpr = program.jaxpr
        names: dict[Any, str] = {}
        self.results([*jaxpr.constvars, *jaxpr.invars], names)
        for equation in jaxpr.eqns:
            self.equation(equation, names)
        self.operands(jaxpr.outvars, names)

    def equation(self, equation: JaxprEqn, names: dict[Any, str]) -> None:
        """Write an operation."""
        self.words.append(equation.primitive.name)
        self.operands(equation.invars, names)
        for name in sorted(equation.params):
            self.words.append(name)
            self.value(equation.params[name])
        self.results(equation.outvars, names)

    def operands(self, operands: Sequence[object], names: dict[Any, str]) -> None:
        """Write what an operation takes: results by their place, and numbers."""
        for operand in operands:
            if isinstance(operand, Literal):
                self.array(operand.val)
            else:
                self.words.append(names[operand])

    def results(self, results: Sequence[Any], names: dict[Any, str]) -> None:
        """Write the types of results."""
        for result in results:
            names[result] = f"%{len(names)}"
            shape = shape_of(result)
            self.words.append(f"{dtype_of(result)} of {len(shape)} axes")
            self.numbers += shape

    def array(self, value: object) -> None:
        """Write a constant: a whole number apart, others by their bits."""
        array = _plain(value)
        is_whole = jnp.issubdtype(array.dtype, jnp.integer)
        if is_whole and not array.ndim:
            self.words.append("whole")
            self.numbers.append(int(array))
            return
        entries = array.ravel()
        if entries.size and (entries == entries[0]).all():
            entries = entries[:1]  # one number, however often
        digest = hashlib.sha256(entries.tobytes())
        self.words.append(str(array.dtype))
        self.words.append(digest.hexdigest())
        self.numbers += array.shape

    def value(self, value: object) -> None:
        """Write a parameter of an operation."""
        if isinstance(value, ClosedJaxpr | Jaxpr):
            self.program(value)
        elif isinstance(value, np.ndarray | jax.Array):
            self.array(value)
        elif isinstance(value, Mapping):
            self.value(sorted(value.items()))
        elif isinstance(value, tuple | list):
            self.words.append(f"{len(value)} of")
            for one in value:
                self.value(one)
        elif isinstance(value, float):
            self.words.append(value.hex())
        else:
            self.text(value)

    def text(self, value: object) -> None:
        """Write any other parameter as text, its whole numbers apart."""
        text = repr(value)
        if "callback" not in text:  # a function that is called counts by identity
            text = _ADDRESS.sub("", text)
        self.numbers += map(int, _WHOLE_NUMBER.findall(text))
        self.words.append(_WHOLE_NUMBER.sub("_", text))


def _plain(value: object) -> np.ndarray:
    """Return a constant as NumPy holds it; a random key by its words."""
    if not isinstance(value, jax.Array):
        return np.asarray(value)
    if jnp.issubdtype(value.dtype, jax.dtypes.prng_key):
        value = jax.random.key_data(value)
    return np.asarray(value)
