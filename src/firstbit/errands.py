"""A pure function with a value and a job, which any process can compute.

It is pickled once, and unpacked once by each worker.
"""

import os
import pickle
import platform
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar

from firstbit.compiled.sharing import adopt, own_folder, share
from firstbit.errors import SettingError, shown
from firstbit.surroundings import Surroundings
from firstbit.threads import in_double, require_unforked
from firstbit.worked import Done

Value = TypeVar("Value")
Job = TypeVar("Job", bound=Hashable)
Result = TypeVar("Result")

MOST_ERRANDS = 4
"""Values that a worker keeps."""

_UNPACKING = Lock()


@dataclass(frozen=True)
class Errand(Generic[Value, Job, Result]):
    """A pure function of a value that many jobs share, and of a job.

    Attributes:
        function: of a module, so that another process finds it by its name.
        value: what the jobs share; it can be pickled, if the cell in it can.
        name: of the value, as errors name it: the cell's.
        told: what an error says of a job: which it is, and its seed.
    """

    function: Callable[[Value, Job], Result]
    value: Value
    name: str
    told: Callable[[Job], str]

    def __call__(self, job: Job) -> Result:
        """Compute a job here."""
        return self.function(self.value, job)

    def packed(self, *, allows_mixed: bool = False) -> "Packed":
        """Return what a worker gets.

        Args:
            allows_mixed: whether the worker may differ in what bits depend on.

        Raises:
            SettingError: the value can't be pickled.
        """
        try:
            payload = _pickler().dumps((self.function, self.value))
        except Exception as error:  # a user's own object may raise anything
            raise SettingError(
                f"expected {self.name} to be something that can be sent to another "
                f"process, got {type(error).__name__}: {shown(error, 200)}; write it "
                "as a class or a function at the top of a file (file.py:MyCell), "
                "install cloudpickle, or leave `executor` out."
            ) from error
        own = own_folder()
        programs = str(Path(own).parent) if own else ""
        return Packed(Surroundings.here(), payload, programs, allows_mixed)


class Packed(NamedTuple):
    """What all jobs of an errand take to a worker.

    Attributes:
        surroundings: of the caller.
        payload: function and value, pickled.
        programs: folder of the compiled programs that processes share; "" for none.
        allows_mixed: whether the worker may differ in what bits depend on.
    """

    surroundings: Surroundings
    payload: bytes
    programs: str
    allows_mixed: bool


@dataclass(frozen=True)
class Call:
    """What a worker calls: no tuple, since Dask would look into it.

    Attributes:
        packed: the errand.
        jobs: which.
        attempt: its number; some engines return the same for equal calls.
    """

    packed: Packed = field(repr=False)
    jobs: tuple[Any, ...]
    attempt: int

    def __call__(self) -> Done:
        """Compute the jobs in this process, one after another.

        Returns:
            The results, who computed them, and the seconds of it and of getting ready.

        Raises:
            SettingError: bits might differ here, or the process was forked.
        """
        began = time.monotonic()
        require_unforked()
        surroundings, payload, programs, allows_mixed = self.packed
        surroundings.adopt()  # before the value: its arrays make JAX begin
        if not allows_mixed:
            surroundings.require_same()
        adopt(programs)
        share()
        with _UNPACKING:
            function, value = _unpacked(payload)
        with surroundings.switched(), in_double():
            results = [function(value, job) for job in self.jobs]
        here = f"{platform.node()}:{os.getpid()}"
        return Done(results, here, time.monotonic() - began)


@lru_cache(maxsize=MOST_ERRANDS)
def _unpacked(payload: bytes) -> tuple[Callable[..., Any], Any]:
    """Return function and value: once, as what a value has derived is used again."""
    return pickle.loads(payload)


def _pickler() -> Any:
    """Return cloudpickle, which takes more, where it is installed; else pickle."""
    try:
        return import_module("cloudpickle")
    except ImportError:
        return pickle
