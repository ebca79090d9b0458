"""Programs as values: two that compute the same, however they were written.

A function that is made anew in each call traces to the same program each time.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import ClosedJaxpr, Jaxpr, Literal

_ADDRESS = re.compile(r"0x[0-9a-f]+")


def digest_of(program: ClosedJaxpr) -> str:
    """Return a digest of a program: its operations and all its constants.

    Python functions that a program calls back have no value; they count by identity.

    Example:
        >>> import jax
        >>> double, twice = (jax.make_jaxpr(lambda x: 2 * x)(1.0) for _ in range(2))
        >>> digest_of(double) == digest_of(twice)
        True
        >>> digest_of(jax.make_jaxpr(lambda x: 3 * x)(1.0)) == digest_of(double)
        False
    """
    found = hashlib.sha256()
    text = str(program)
    if "callback" not in text:
        text = _ADDRESS.sub("", text)
    found.update(text.encode())
    for value in _constants(program):
        array = _numbers(value)
        found.update(f"{array.dtype}{array.shape}".encode())
        found.update(array.tobytes())
    return found.hexdigest()


def _constants(program: ClosedJaxpr | Jaxpr) -> Iterator[Any]:
    """Yield the numbers of a program that its text shortens or leaves out."""
    jaxpr = program
    if isinstance(program, ClosedJaxpr):
        yield from program.consts
        jaxpr = program.jaxpr
    assert isinstance(jaxpr, Jaxpr)
    for equation in jaxpr.eqns:
        for operand in equation.invars:
            if isinstance(operand, Literal):
                yield operand.val
        for value in equation.params.values():
            yield from _inside(value)
    for result in jaxpr.outvars:
        if isinstance(result, Literal):
            yield result.val


def _inside(value: object) -> Iterator[Any]:
    """Yield the constants of a parameter that holds programs or arrays."""
    if isinstance(value, ClosedJaxpr | Jaxpr):
        yield from _constants(value)
    elif isinstance(value, np.ndarray | jax.Array):
        yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _inside(one)


def _numbers(value: object) -> np.ndarray:
    if isinstance(value, jax.Array) and jnp.issubdtype(
        value.dtype, jax.dtypes.prng_key
    ):
        value = jax.random.key_data(value)
    return np.asarray(value)
