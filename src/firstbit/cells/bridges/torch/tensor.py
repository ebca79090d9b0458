"""A tensor of PyTorch that holds an array of JAX.

Views share a store: what is written to one is seen in all others.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

import jax
import jax.numpy as jnp
import numpy as np
import torch
from numpy.typing import DTypeLike

from firstbit.cells.bridges.torch.dtypes import TO_NUMPY, TO_TORCH
from firstbit.cells.bridges.torch.refusal import RefusedError

CPU = torch.device("cpu")

Array = Any
"""An array of JAX or of NumPy, or a number of Python."""

Path = Callable[[Array], Array]
"""From the array of a store to that of a view of it."""


@dataclass
class Store:
    """The array behind a tensor and its views.

    Attributes:
        array: the numbers.
        owner: the name of what it belongs to in the module; "" if made in the step.
        version: how often it was written to.
    """

    array: Array
    owner: str = ""
    version: int = 0


class Held(torch.Tensor):
    """A tensor that holds an array of JAX.

    Attributes:
        store: the array behind it.
        path: from that array to its own; None where it is the same.
        turned: the matrix whose transpose it is; None if none.
    """

    store: Store
    path: Path | None
    turned: "Held | None"
    _cached: Array
    _seen: int

    @staticmethod
    def __new__(
        cls, array: Array, store: Store | None = None, path: Path | None = None
    ) -> "Held":
        """Return a tensor of an array, or of a view of a store."""
        dtype = TO_TORCH[np.dtype(array.dtype)]
        held = torch.Tensor._make_wrapper_subclass(
            cls, tuple(array.shape), dtype=dtype, device=CPU, requires_grad=False
        )
        held.store = store or Store(array)
        held.path = path
        held.turned = None
        held._cached = array
        held._seen = held.store.version
        return held

    # Functions reach the operations below them as if this were any tensor.
    __torch_function__ = (  # PyTorch gives it another type than its own method
        torch._C._disabled_torch_function_impl  # pyright: ignore[reportAssignmentType]
    )

    @classmethod
    def __torch_dispatch__(
        cls, func: object, types: object, args: object, kwargs: object
    ) -> NoReturn:
        """Refuse: what is called outside of a step isn't traced."""
        raise RefusedError(f"{func} was called outside of the step")

    @property
    def array(self) -> Array:
        """The numbers, as they are now."""
        if self._seen != self.store.version:
            whole = self.store.array
            self._cached = whole if self.path is None else self.path(whole)
            self._seen = self.store.version
        return self._cached

    def write(self, array: Array) -> None:
        """Put other numbers in, through the view."""
        store = self.store
        converted = cast(array, self._cached.dtype)
        new = jnp.broadcast_to(converted, self._cached.shape)
        if self.path is None:
            store.array = new
        else:
            places = self._places()
            flat = jnp.reshape(jnp.asarray(store.array), -1)
            entries = places.reshape(-1)
            put = flat.at[entries].set(new.reshape(-1))
            store.array = put.reshape(jnp.shape(store.array))
        store.version += 1

    def _places(self) -> np.ndarray:
        """Return the place in the store of each number of the view."""
        shape = jnp.shape(self.store.array)
        with jax.ensure_compile_time_eval():
            numbers = jnp.arange(int(np.prod(shape))).reshape(shape)
            assert self.path is not None
            return np.asarray(self.path(numbers))


def cast(array: Array, dtype: DTypeLike) -> Array:
    """Return an array of another type of numbers, as PyTorch turns them."""
    wanted = np.dtype(dtype)
    if not hasattr(array, "dtype"):
        return jnp.asarray(array, wanted)
    if array.dtype == wanted:
        return array
    if wanted.kind == "b":
        return array != jnp.zeros((), array.dtype)
    if np.dtype(array.dtype).kind == "c" and wanted.kind != "c":
        array = jnp.real(array)
    return jax.lax.convert_element_type(array, wanted)


def numpy_dtype(dtype: torch.dtype) -> np.dtype:
    """Return the type of numbers of NumPy for one of PyTorch.

    Raises:
        RefusedError: it is of half precision, or none that JAX has.
    """
    if dtype in TO_NUMPY:
        return TO_NUMPY[dtype]
    short = str(dtype).removeprefix("torch.")
    if dtype in (torch.float16, torch.bfloat16):
        raise RefusedError(
            f"half precision ({short}) keeps three digits, and D needs all; expected "
            "float32 or float64."
        )
    raise RefusedError(f"numbers of type {short} aren't known; expected float64.")


def real_array(tensor: torch.Tensor) -> np.ndarray:
    """Return a copy of the numbers of a plain tensor of PyTorch."""
    numpy_dtype(tensor.dtype)
    plain = tensor.detach().resolve_conj().resolve_neg().cpu()
    return np.array(plain.numpy())
