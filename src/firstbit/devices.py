"""Where programs are computed: on this machine's processors, or on an accelerator."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Protocol, runtime_checkable

import jax
import jax.numpy as jnp

from firstbit.errors import SettingError, shown_value

CPU = "cpu"
GPU = "gpu"
KINDS = (CPU, GPU)


@runtime_checkable
class Device(Protocol):
    """What is read of a device of JAX.

    Attributes:
        platform: its kind, such as `cpu` or `gpu`.
        device_kind: its name, such as `NVIDIA H100 80GB HBM3`.
    """

    platform: str
    device_kind: str


def require_device(kind: object) -> str | None:
    """Return the kind of processor that is asked for; None where none is.

    Raises:
        SettingError: it is unknown, it isn't there, or it has no float64.

    Example:
        >>> require_device("cpu")
        'cpu'
    """
    if kind is None:
        return None
    if not isinstance(kind, str) or kind not in KINDS:
        raise SettingError(
            f"expected the device 'cpu' or 'gpu', got {shown_value(kind)}."
        )
    if kind == CPU:
        return kind
    found = accelerator()
    if found is None:
        raise SettingError(
            "expected an accelerator for the device 'gpu', got none: JAX finds "
            "processors alone; install jax with its plugin for yours (jax[cuda13]), "
            "or leave the device out."
        )
    if not has_float64(found):
        raise SettingError(
            f"expected an accelerator with float64, which the measures need, got "
            f"{found.device_kind}, which has none; leave the device out."
        )
    return kind


@cache
def accelerator() -> Device | None:
    """Return the first accelerator that JAX has, or None."""
    try:
        return jax.local_devices(backend=GPU)[0]
    except RuntimeError:  # JAX has no such backend
        first = jax.local_devices()[0]
    return None if first.platform == CPU else first


def is_usable() -> bool:
    """Return whether there is an accelerator that measures can be computed on."""
    found = accelerator()
    return found is not None and has_float64(found)


def has_float64(device: Device) -> bool:
    """Return whether a device computes with 53 bits, tried on it.

    Example:
        >>> has_float64(jax.local_devices()[0])
        True
    """
    least = 2.0**-52
    try:
        with jax.enable_x64(True), jax.default_device(device):
            beside_one = jnp.asarray(1.0) + jnp.asarray(least)
            return float(beside_one - jnp.asarray(1.0)) == least
    except Exception:  # what a backend raises is its own affair
        return False


def place(kind: str) -> Device:
    """Return the device of a kind that programs run on."""
    if kind == GPU:
        found = accelerator()
        assert found is not None, "asked for before any work, see `require_device`"
        return found
    try:
        return jax.local_devices(backend=CPU)[0]
    except RuntimeError:  # the user's JAX_PLATFORMS leaves the processors out
        return jax.local_devices()[0]


@contextmanager
def computing_on(kind: str) -> Iterator[None]:
    """Compute on a kind of device within the block, in this thread.

    Example:
        >>> with computing_on("cpu"):
        ...     jnp.ones(2).device.platform
        'cpu'
    """
    if kind == CPU and accelerator() is None:
        yield  # JAX has nothing else
        return
    with jax.default_device(place(kind)):
        yield


def described(kind: str) -> str:
    """Return the name of the device of a kind, as results keep it.

    Example:
        >>> described("cpu")
        'cpu'
    """
    if kind == CPU:
        return CPU
    return place(kind).device_kind
