"""Types of numbers: PyTorch's and NumPy's."""

from functools import reduce
from typing import Any

import jax.numpy as jnp
import numpy as np
import torch
from numpy.typing import DTypeLike

TO_NUMPY: dict[torch.dtype, np.dtype] = {
    torch.bool: np.dtype(bool),
    torch.uint8: np.dtype("uint8"),
    torch.int8: np.dtype("int8"),
    torch.int16: np.dtype("int16"),
    torch.int32: np.dtype("int32"),
    torch.int64: np.dtype("int64"),
    torch.float32: np.dtype("float32"),
    torch.float64: np.dtype("float64"),
    torch.complex64: np.dtype("complex64"),
    torch.complex128: np.dtype("complex128"),
}
"""Those of half precision are left out on purpose."""

TO_TORCH = {numpy: torch_type for torch_type, numpy in TO_NUMPY.items()}

_KINDS = ("b", "iu", "f", "c")


def kind_of(dtype: DTypeLike) -> int:
    """Return 0 for truth values, 1 for whole numbers, 2 for reals, 3 for complex."""
    letter = np.dtype(dtype).kind
    for number, letters in enumerate(_KINDS):
        if letter in letters:
            return number
    raise TypeError(f"no kind of number: {dtype}")


def _default(kind: int) -> np.dtype:
    real = TO_NUMPY[torch.get_default_dtype()]
    if kind < 2:
        return np.dtype((bool, "int64")[kind])
    return real if kind == 2 else np.result_type(real, np.complex64)


def promoted(*operands: Any) -> np.dtype:
    """Return the type of a result of several operands, by PyTorch's rules.

    Arrays with axes come first, then those without, then numbers of Python: a later one
    counts only if its kind of number is higher.
    """
    ranked: list[list[np.dtype]] = [[], [], []]
    for operand in operands:
        if isinstance(operand, bool | int | float | complex):
            kind = kind_of(np.asarray(operand).dtype)
            ranked[2].append(_default(kind))
        else:
            rank = 0 if jnp.ndim(operand) else 1
            ranked[rank].append(np.dtype(operand.dtype))
    first, *others = (_together(dtypes) for dtypes in ranked if dtypes)
    for other in others:
        first = _beside_lower(first, other)
    return first


def _together(dtypes: list[np.dtype]) -> np.dtype:
    """Return the type of operands of one rank."""
    torch_types = [TO_TORCH[dtype] for dtype in dtypes]
    return TO_NUMPY[reduce(torch.promote_types, torch_types)]


def _beside_lower(first: np.dtype, lower: np.dtype) -> np.dtype:
    """Return the type of operands beside some of lower rank."""
    if kind_of(lower) <= kind_of(first):
        return first
    if (kind_of(first), kind_of(lower)) == (2, 3):
        return np.result_type(first, np.complex64)
    return lower


def in_real(dtype: DTypeLike) -> np.dtype:
    """Return the type of a function with real values of numbers of that type."""
    return _default(2) if kind_of(dtype) < 2 else np.dtype(dtype)
