"""What the bits of a job depend on beside the job, the same here and at a worker."""

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from typing import Any, NamedTuple

import jax

from firstbit.errors import SettingError
from firstbit.processors import processor_kind
from firstbit.xla import has_begun

FLAGS = "XLA_FLAGS"

REMEDY = {
    FLAGS: f"start the workers anew, with {FLAGS} as here",
    "processor": "take machines of one kind, or workers of this machine",
}
"""What helps where a worker differs; else the same version must be installed."""


class Surroundings(NamedTuple):
    """Versions, options of XLA, the kind of processor, and JAX's own switches.

    Attributes:
        versions: of the packages, by name.
        flags: options of XLA.
        processor: its kind.
        partitionable: JAX's switch of how random bits are made.
        precision: JAX's precision of matrix products.
    """

    versions: dict[str, str]
    flags: str
    processor: str
    partitionable: bool
    precision: str | None

    @classmethod
    def here(cls) -> "Surroundings":
        """Return those of this process."""
        return cls(
            versions=dict(_versions()),
            flags=os.environ.get(FLAGS, ""),
            processor=processor_kind(),
            partitionable=bool(_switch("jax_threefry_partitionable")),
            precision=_switch("jax_default_matmul_precision"),
        )

    def adopt(self) -> None:
        """Take the options of XLA over, where JAX has not begun to work here."""
        if os.environ.get(FLAGS, "") != self.flags and not has_begun():
            os.environ[FLAGS] = self.flags

    def require_same(self) -> None:
        """Raise `SettingError` where this process differs in what bits depend on."""
        for name, expected, got in self._differences(Surroundings.here()):
            remedy = REMEDY.get(name, f"install {name} {expected} there")
            raise SettingError(
                f"expected a worker with {name} = '{expected}', got '{got}' on "
                f"'{platform.node()}', so that bits may differ; {remedy}, or allow "
                "workers that differ (--allow-mixed)."
            )

    @contextmanager
    def switched(self) -> Iterator[None]:
        """Set JAX's own switches within the block, in this thread."""
        with (
            jax.threefry_partitionable(self.partitionable),
            jax.default_matmul_precision(self.precision),
        ):
            yield

    def _differences(self, other: "Surroundings") -> Iterator[tuple[str, str, str]]:
        """Yield name, ours and theirs of all that differs."""
        for name, ours in self.versions.items():
            if other.versions[name] != ours:
                yield name, ours, other.versions[name]
        if other.flags != self.flags:
            yield FLAGS, self.flags, other.flags
        if other.processor != self.processor:
            yield "processor", self.processor, other.processor


@cache
def _versions() -> dict[str, str]:
    """Return the versions of the packages; asking takes a millisecond."""
    return {name: version(name) for name in ("firstbit", "jax", "jaxlib")}


def _switch(name: str) -> Any:
    """Return a setting of JAX; its types don't name them all."""
    return getattr(jax.config, name)
