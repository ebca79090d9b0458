"""A model of any framework as a function of words: scores after each symbol."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from sys import stderr
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from firstbit.cells import Network
from firstbit.cells.bridges.recognise import TORCH, framework_of
from firstbit.cells.user_files import (
    A_MODEL,
    factory_from_file,
    factory_from_module,
    is_dotted,
    split_file,
)
from firstbit.errors import CellError, FirstbitError, shown, shown_value
from firstbit.languages import Language, encode
from firstbit.studies.judging.contract import Contract
from firstbit.training.reading import run_flat

SIDE_BY_SIDE = 256
"""Words that a model reads together, at most."""

FEWEST_STEPS = 16
"""Symbols that words are filled up to for a compiled model, at least."""

Scored = list[Float[np.ndarray, "_ output"]]
"""Scores after each symbol of each word."""

Call = Callable[[Any], Any]
"""A model as a function of arrays of NumPy, or of text."""


@dataclass(frozen=True)
class Model:
    """A model, and how it is called.

    Attributes:
        source: the model as the user holds it.
        contract: what it takes and gives.
        language: gives the symbols and the outputs.
    """

    source: Any
    contract: Contract
    language: Language

    @property
    def name(self) -> str:
        """What a result calls the model."""
        name = getattr(self.source, "__name__", None)
        return name if isinstance(name, str) else type(self.source).__name__

    @property
    def network(self) -> Network | None:
        """The model if it is a network of ours, whose states can be seen."""
        return self.source if isinstance(self.source, Network) else None

    @property
    def reads_many(self) -> bool:
        """Whether many words take about the time of one."""
        return self.network is not None or self._is_in_blocks

    def scores(self, words: Sequence[str]) -> Scored:
        """Return the scores after each symbol of each word, as the model gives them.

        Raises:
            CellError: the model fails, or gives something of another shape.
        """
        if not words:
            return []
        if self.network is not None:
            return self._of_network(words)
        scored: Scored = [np.zeros(0)] * len(words)
        with self._prepared() as call:
            for some in self._blocks(words):
                block = [words[place] for place in some]
                found = self._asked(call, block)
                for place, one in zip(some, found, strict=True):
                    scored[place] = one
        return scored

    def _of_network(self, words: Sequence[str]) -> Scored:
        _, flat = run_flat(self.source, self.language, words)
        ends = np.cumsum([len(word) for word in words])
        return np.split(flat, ends[:-1])

    def _blocks(self, words: Sequence[str]) -> Iterator[list[int]]:
        """Yield the places of words that are read together, of nearly one length."""
        size = SIDE_BY_SIDE if self._is_in_blocks else 1
        places = range(len(words))
        order = sorted(places, key=lambda place: len(words[place]))
        for first in range(0, len(order), size):
            yield order[first : first + size]

    @property
    def _is_in_blocks(self) -> bool:
        return self.contract.batched or self._is_compiled

    @property
    def _is_compiled(self) -> bool:
        """Whether the model is compiled here: a module of JAX that reads arrays."""
        return isinstance(self.source, eqx.Module) and self.contract.inputs != "words"

    def _asked(self, call: Call, block: Sequence[str]) -> Scored:
        """Return what a model gives for words that are read together."""
        arrays = self._arrays(block)
        given = self._called(call, arrays, block)
        num_words = len(arrays) if self._is_in_blocks else 1
        if len(given) != num_words:
            raise CellError(
                f"expected scores of {num_words} words, got those of {len(given)}; "
                f"firstbit expects {self.contract.said(self.language)}."
            )
        found = []
        for word, one in zip(block, given, strict=False):
            scores = self._numbers(one, word)
            steps = len(word)
            if isinstance(arrays, np.ndarray) and self._is_in_blocks:
                steps = arrays.shape[1]
            wanted = steps, len(self.language.outputs)
            if scores.shape != wanted:
                outputs = ", ".join(self.language.outputs)
                raise CellError(
                    f"expected scores of shape {wanted} for '{shown(word)}', got "
                    f"{scores.shape}; return one row a symbol read, and one column for "
                    f"each of {shown(outputs)}."
                )
            found.append(scores[: len(word)])
        return found

    def _arrays(self, block: Sequence[str]) -> Any:
        """Return words as the model takes them, padded behind their ends."""
        if self.contract.inputs == "words":
            return list(block) if self.contract.batched else block[0]
        numbers, _ = encode(block, self.language.alphabet)
        if self._is_compiled:
            rows = _power_of_two(len(numbers), 1) - len(numbers)
            steps = _power_of_two(numbers.shape[1], FEWEST_STEPS) - numbers.shape[1]
            numbers = np.pad(numbers, ((0, rows), (0, steps)))
        given = numbers
        if self.contract.inputs == "one-hot":
            one_hot = np.eye(len(self.language.alphabet), dtype=np.float32)
            given = one_hot[numbers]
        return given if self._is_in_blocks else given[0]

    def _called(self, call: Call, given: object, block: Sequence[str]) -> Any:
        try:
            with redirect_stdout(stderr):
                found = call(given)
            if isinstance(found, tuple):  # outputs, then states: as torch.nn.GRU
                found = found[0]
            return list(found) if self._is_in_blocks else [found]
        except FirstbitError:
            raise
        except Exception as error:  # a user's own code may raise anything
            longest = max(block, key=len)
            raise CellError(
                f"the model failed on words of up to {len(longest)} symbols: "
                f"{type(error).__name__}: {shown(error, 300)}; firstbit expects "
                f"{self.contract.said(self.language)}."
            ) from error

    def _numbers(self, given: object, word: str) -> np.ndarray:
        try:
            return np.asarray(given, dtype=float)
        except (TypeError, ValueError) as error:
            raise CellError(
                f"expected numbers as the scores of '{shown(word)}', got "
                f"{shown_value(given)}: {shown(error)}; firstbit expects "
                f"{self.contract.said(self.language)}."
            ) from error

    @contextmanager
    def _prepared(self) -> Iterator[Call]:
        """Give the model as a function of NumPy's arrays, in evaluation mode."""
        if framework_of(self.source) == TORCH:
            with _evaluating(self.source):
                yield _of_torch(self.source)
        elif isinstance(self.source, eqx.Module):
            yield _of_equinox(self.source, self.contract)
        else:
            yield self.source


def loaded(model: object) -> Any:
    """Return the model that a text names, or the model itself.

    A text is `path/to/file.py:load` or `package.module:load`. What it names is called
    if it takes nothing, and returns the model; else it is the model.

    Raises:
        CellError: there is no such name, it fails, or it is nothing that can be called.
    """
    if isinstance(model, str):
        model = _named(model)
    elif isinstance(model, type):
        model = _built(model, model.__name__)
    if not callable(model):
        raise CellError(
            "expected a model that can be called, such as a torch.nn.Module or a "
            f"function, got {shown_value(model)}; for a file of predictions name one "
            "that ends in .jsonl."
        )
    return model


def _named(text: str) -> Any:
    if split_file(text) is not None:
        found = factory_from_file(text, A_MODEL)
    elif is_dotted(text):
        found = factory_from_module(text, A_MODEL)
    else:
        raise CellError(
            "expected path/to/file.py:load, package.module:load, or a file of "
            f"predictions that ends in .jsonl; got '{shown(text)}'."
        )
    if _asks_for_nothing(found):
        return _built(found, text)
    return found


def _asks_for_nothing(found: Any) -> bool:
    """Return whether something is called without arguments, to give the model."""
    if not isinstance(found, type) and framework_of(found):
        return False
    try:
        parameters = inspect.signature(found).parameters.values()
    except (TypeError, ValueError):
        return False
    for one in parameters:
        is_open = one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
        if one.default is one.empty and not is_open:
            return False
    return True


def _built(load: Any, text: str) -> Any:
    try:
        with redirect_stdout(stderr):
            return load()
    except Exception as error:  # a user's own code may raise anything
        raise CellError(
            f"'{shown(text)}' gave no model: {type(error).__name__}: "
            f"{shown(error, 300)}; name a function without arguments that returns the "
            "trained model."
        ) from error


@contextmanager
def _evaluating(module: Any) -> Iterator[None]:
    """Hold a module of PyTorch in evaluation mode: without dropout."""
    modes = [(part, part.training) for part in module.modules()]
    module.eval()
    try:
        yield
    finally:
        for part, mode in modes:
            part.training = mode


def _of_torch(module: Any) -> Call:
    """Return a module of PyTorch as a function of NumPy's arrays."""
    import torch  # pyright: ignore[reportMissingImports]

    floats = [one for one in module.parameters() if one.is_floating_point()]
    dtype = floats[0].dtype if floats else torch.float32
    device = floats[0].device if floats else torch.device("cpu")

    def call(given: Any) -> Any:
        if isinstance(given, np.ndarray):
            given = torch.from_numpy(np.array(given)).to(device)
            if given.is_floating_point():
                given = given.to(dtype)
        with torch.no_grad():
            found = module(given)
        if isinstance(found, tuple):
            found = found[0]
        if isinstance(found, torch.Tensor):
            return found.detach().to("cpu", torch.float64).numpy()
        return found

    return call


def _of_equinox(module: Any, contract: Contract) -> Call:
    """Return a module of Equinox as a compiled function of NumPy's arrays."""
    still: Any = eqx.nn.inference_mode(module)
    if contract.inputs == "words":
        return still
    leaves = jax.tree.leaves(eqx.filter(still, eqx.is_inexact_array))
    is_double = any(leaf.dtype == jnp.float64 for leaf in leaves)

    @eqx.filter_jit
    def compiled(module: Any, array: Array) -> Array:
        def scores(given: Array) -> Array:
            found = module(given)
            return found[0] if isinstance(found, tuple) else found

        return scores(array) if contract.batched else jax.vmap(scores)(array)

    def call(given: np.ndarray) -> Any:
        with jax.enable_x64(is_double):
            array = jnp.asarray(given)
            if is_double and contract.inputs == "one-hot":
                array = array.astype(float)
            return np.asarray(compiled(still, array))

    return call


def _power_of_two(number: int, least: int) -> int:
    """Return the least power of two that is at least a number, and `least`.

    Example:
        >>> _power_of_two(5, 1), _power_of_two(5, 16)
        (8, 16)
    """
    found = least
    while found < number:
        found *= 2
    return found


def require_rows(words: Sequence[str], scored: Scored) -> None:
    """Raise unless the same beginning always has the same scores.

    Else a model sees symbols to come, or draws at random.

    Raises:
        CellError: two words begin alike, and their scores there differ.
    """
    seen: dict[str, tuple[str, np.ndarray]] = {}
    for word, scores in zip(words, scored, strict=True):
        until = min(len(word), LONGEST_COMPARED, len(scores))
        now = scores[:until]
        first = []
        for time, row in enumerate(now):
            beginning = word[: time + 1]
            first.append(seen.setdefault(beginning, (word, row)))
        rows = [row for _, row in first]
        before = np.array(rows).reshape(now.shape)
        differs = ~np.isclose(before, now, rtol=SAME, atol=SAME, equal_nan=True)
        if not differs.any():
            continue
        time = int(np.argmax(differs.any(axis=1)))
        apart = np.nanmax(np.abs(before[time] - now[time]))
        raise CellError(
            f"expected the same scores after '{shown(word[: time + 1])}' in every "
            f"word, got scores {apart:.3g} apart in '{shown(first[time][0])}' and "
            f"'{shown(word)}'; a model must not see symbols to come (mask it), and "
            "must not draw at random (no dropout)."
        )


LONGEST_COMPARED = 24
"""Symbols of the beginnings that are compared."""

SAME = 1e-3
"""Scores that differ by less than this, and this share of the larger, are the same."""
