"""Modules built by their own constructors, each from a seed; nothing global changes."""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import numpy as np
import torch

from firstbit.cells.bridges.recognise import TORCH, framework_of
from firstbit.cells.bridges.sizes import sizes_by_name
from firstbit.cells.bridges.torch.forward import LOCK
from firstbit.cells.bridges.torch.refusal import needs_device, place_of, refused
from firstbit.errors import CellError, shown


def arguments_of(
    target: Callable[..., torch.nn.Module], input_size: int, hidden_size: int
) -> tuple[tuple[int, ...], dict[str, int]]:
    """Return the sizes as a constructor takes them: by name, else by place."""
    names = sizes_by_name(target)
    if names is None:
        return (input_size, hidden_size), {}
    of_input, of_hidden = names
    return (), {of_input: input_size, of_hidden: hidden_size}


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
        seed_all(seed)
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
        remedy = "expected a constructor that takes (input_size, hidden_size)"
        if "loading state_dict" in said:
            remedy = "expected weights of the same class and sizes"
        return CellError(
            f"{self.name} refuses {first} inputs and {second} units{place_of(error)}: "
            f"{type(error).__name__}: {said.rstrip('.')}; {remedy}."
        )


def seed_all(seed: int) -> None:
    """Let all generators of random numbers begin with a seed."""
    torch.default_generator.manual_seed(seed)
    np.random.seed(seed)
    random.seed(seed)


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


@contextmanager
def begun_with(seed: int) -> Iterator[None]:
    """Let all generators begin with a seed for a while, as if nothing had happened."""
    with seeded():
        seed_all(seed)
        yield
