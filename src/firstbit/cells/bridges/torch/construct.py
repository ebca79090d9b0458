"""Modules built by their own constructors, each from a seed; nothing global changes."""

import inspect
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import numpy as np
import torch

from firstbit.cells.bridges.recognise import TORCH, framework_of
from firstbit.cells.bridges.torch.forward import LOCK
from firstbit.cells.bridges.torch.refusal import needs_device, place_of, refused
from firstbit.errors import CellError, shown

INPUT_NAMES = (
    "input_size",
    "in_features",
    "input_dim",
    "in_dim",
    "n_in",
    "num_inputs",
    "n_inputs",
    "d_in",
    "idim",
    "ninp",
    "input_features",
    "in_size",
    "nin",
    "n_input",
)
HIDDEN_NAMES = (
    "hidden_size",
    "hidden_dim",
    "hidden",
    "n_hidden",
    "num_hidden",
    "num_units",
    "units",
    "nhid",
    "hdim",
    "d_hidden",
    "out_features",
    "hidden_features",
    "d_model",
    "state_size",
    "n_units",
    "size",
)
"""What constructors call the two sizes."""


def arguments_of(
    target: Callable[..., torch.nn.Module], input_size: int, hidden_size: int
) -> tuple[tuple[int, ...], dict[str, int]]:
    """Return the sizes as a constructor takes them: by name, else by place."""
    names = sizes_by_name(target)
    if names is None:
        return (input_size, hidden_size), {}
    of_input, of_hidden = names
    return (), {of_input: input_size, of_hidden: hidden_size}


def sizes_by_name(target: Callable[..., torch.nn.Module]) -> tuple[str, str] | None:
    """Return what a constructor calls the two sizes; None if unknown."""
    try:
        known = list(inspect.signature(target).parameters)
    except (TypeError, ValueError):
        return None
    of_input = [name for name in INPUT_NAMES if name in known]
    of_hidden = [name for name in HIDDEN_NAMES if name in known]
    if not of_input or not of_hidden:
        return None
    return of_input[0], of_hidden[0]


class Constructor:
    """Builds modules of one size.

    Args:
        target: the class or function.
        name: for messages.
        input_size: number of inputs.
        hidden_size: k.
        options: further keyword arguments.
    """

    def __init__(
        self,
        target: Callable[..., torch.nn.Module],
        name: str,
        input_size: int,
        hidden_size: int,
        options: Mapping[str, object],
    ) -> None:
        self.target = target
        self.name = name
        self.sizes = input_size, hidden_size
        places, names = arguments_of(target, input_size, hidden_size)
        self.places = places
        self.keywords = {**names, **options}

    def built(self, seed: int) -> torch.nn.Module:
        """Return the module that a seed gives; call it inside `seeded`."""
        torch.default_generator.manual_seed(seed)
        np.random.seed(seed)
        random.seed(seed)
        try:
            found = self.target(*self.places, **self.keywords)
        except Exception as error:  # a user's own code may raise anything
            raise self.failure(error) from error
        if framework_of(found) != TORCH:
            raise CellError(
                f"expected {self.name} to give a torch.nn.Module, got "
                f"{type(found).__name__}."
            )
        return found.eval() if found.training else found

    def failure(self, error: Exception) -> CellError:
        """Return what to raise for an error of the constructor."""
        if needs_device(error):
            return refused(self.name, error)
        first, second = self.sizes
        said = shown(" ".join(str(error).split()), 200)
        return CellError(
            f"{self.name} refuses {first} inputs and {second} units{place_of(error)}: "
            f"{type(error).__name__}: {said}; expected a constructor that takes "
            "(input_size, hidden_size)."
        )


@contextmanager
def seeded() -> Iterator[None]:
    """Leave all generators of random numbers, and PyTorch's threads, as they were.

    One thread: with two, small factorisations wait for each other.
    """
    with LOCK:
        of_numpy = np.random.get_state()
        of_python = random.getstate()
        threads = torch.get_num_threads()
        with torch.random.fork_rng(devices=[]):
            torch.set_num_threads(1)
            try:
                yield
            finally:
                torch.set_num_threads(threads)
                np.random.set_state(of_numpy)
                random.setstate(of_python)
