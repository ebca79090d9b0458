"""One reading of a network over words: its states and outputs beside the truth."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from firstbit.arrays import Lengths
from firstbit.cells import Network, SequenceModel
from firstbit.cells.network import Net
from firstbit.cells.state import hidden_of, initial_state
from firstbit.languages import Language, encode, lags
from firstbit.languages.judging.judge import Answers
from firstbit.languages.judging.paths import Paths
from firstbit.languages.judging.words_of_test import WordsOfTest
from firstbit.programs.in_turn import in_turn
from firstbit.training.whole_words import outputs_of_words, room_of
from firstbit.weights.numbers import in_current_float

SIDE_BY_SIDE = 256
"""Words that a network reads together: always as many, so that one program reads words
of all lengths."""

STEPS = 16
"""Symbols that one call of the program reads of each."""

Hidden = Float[np.ndarray, "symbol hidden"]
"""A hidden state for each symbol of words that are written one below the other."""

Outputs = Float[np.ndarray, "symbol output"]
"""An output for each of these symbols."""


class Questions(NamedTuple):
    """What words ask of any network: one row a prediction that counts.

    A prediction counts after each symbol read, while something is left to predict.

    Attributes:
        language: that the words belong to.
        words: that were read.
        word: the number of the word.
        time: symbols of the word that were read, less one.
        state: of the automaton.
        truth: the language's own next-output probabilities.
        target: what came, one-hot.
    """

    language: Language
    words: tuple[str, ...]
    word: Int[np.ndarray, " prediction"]
    time: Int[np.ndarray, " prediction"]
    state: Int[np.ndarray, " prediction"]
    truth: Float[np.ndarray, "prediction output"]
    target: Float[np.ndarray, "prediction output"]

    @classmethod
    def of(cls, language: Language, words: Sequence[str]) -> "Questions":
        """Return what words ask."""
        paths = Paths.of(language, words)
        word, time = paths.predictions
        state = paths.states[word, time]
        num_outputs = len(language.outputs)
        # Behind a word's last symbol comes the end marker.
        shape = len(words), paths.symbols.shape[1] + 1
        came = np.full(shape, num_outputs - 1)
        inside = np.arange(came.shape[1]) < paths.lengths[:, None]
        came[inside] = paths.symbols[inside[:, :-1]]
        target = np.eye(num_outputs)[came[word, time + 1]]
        truth = language.next_output[state]
        return cls(
            language,
            tuple(words),
            word,
            time,
            state,
            truth,
            target,
        )

    @property
    def lag(self) -> Int[np.ndarray, " prediction"]:
        """How far back the deciding symbol is; see `lags`."""
        return lags(self.language, self.words)[self.word, self.time]


class Replies(NamedTuple):
    """What a network replies to words: one row a prediction that counts.

    Attributes:
        hidden: hidden states.
        output: linear outputs.
        asked: the words and the truth.
        is_softmax: whether the network's probabilities are the softmax of its outputs;
            else the outputs themselves.
    """

    hidden: Float[np.ndarray, "prediction hidden"]
    output: Float[np.ndarray, "prediction output"]
    asked: Questions
    is_softmax: bool = False

    @property
    def probability(self) -> Float[np.ndarray, "prediction output"]:
        """The outputs as what they are trained to be."""
        return probabilities(self.output, is_softmax=self.is_softmax)

    def per_word(self, values: Float[np.ndarray, " prediction"]) -> float:
        """Return the sum of values over a word's predictions, the mean of all words."""
        return float(values.sum() / len(self.asked.words))


def probabilities(
    output: Float[np.ndarray, "row output"], *, is_softmax: bool
) -> Float[np.ndarray, "row output"]:
    """Return linear outputs as what they are trained to be."""
    if not is_softmax or not len(output):
        return output
    with np.errstate(all="ignore"):  # a diverged network gives no number
        most = output.max(axis=1, keepdims=True)
        powers = np.exp(output - most)
        total = powers.sum(axis=1, keepdims=True)
        return powers / total


def read(
    network: Net,
    language: Language,
    words: Sequence[str],
    *,
    is_softmax: bool = False,
) -> Replies:
    """Run a network, in float64, over words of a language.

    Args:
        network: cell and read-out, or a model of sequences.
        language: that the words belong to.
        words: at least one.
        is_softmax: see `Replies`.

    Example:
        >>> from firstbit.cells import Readout, Vanilla
        >>> from firstbit.languages import reber
        >>> cell = Vanilla(7, 3, key=jax.random.key(0))
        >>> net = Network(cell, Readout(jnp.zeros((7, 3))))
        >>> read(net, reber(), ["BTXSE"]).output.shape
        (4, 7)
    """
    different = tuple(dict.fromkeys(words))
    hidden, output = run_flat(network, language, different, with_hidden=True)
    return replies_of(
        language, words, different, output, hidden=hidden, is_softmax=is_softmax
    )


def replies_of(
    language: Language,
    words: Sequence[str],
    different: Sequence[str],
    output: Outputs,
    *,
    hidden: Hidden | None = None,
    is_softmax: bool,
) -> Replies:
    """Return the replies to words from what was given for the different ones.

    Args:
        language: that the words belong to.
        words: each may come more than once.
        different: each of them once; may hold others, too.
        output: after each symbol of `different`, one word below the other.
        hidden: the states there; none by default.
        is_softmax: see `Replies`.
    """
    asked = Questions.of(language, words)
    lengths = [len(word) for word in different]
    firsts = np.concatenate([[0], np.cumsum(lengths)])
    first_of = dict(zip(different, firsts.tolist(), strict=False))
    first = np.array([first_of[word] for word in words])
    place = first[asked.word] + asked.time
    if hidden is None:
        hidden = np.zeros((len(output), 0))
    return Replies(hidden[place], output[place], asked, is_softmax)


def answers(
    network: Net, language: Language, words: WordsOfTest, *, is_softmax: bool
) -> Answers:
    """Return what a network gives for the words of a test, as probabilities."""
    _, of_words = run_flat(network, language, words.words)
    _, of_prefixes = run_flat(network, language, words.prefixes, last_only=True)
    return Answers(
        probabilities(of_words, is_softmax=is_softmax),
        probabilities(of_prefixes, is_softmax=is_softmax),
    )


def run_flat(
    network: Net,
    language: Language,
    words: Sequence[str],
    *,
    last_only: bool = False,
    with_hidden: bool = False,
) -> tuple[Hidden, Outputs]:
    """Return hidden states and outputs after the symbols of words, in float64.

    Words of nearly equal length are read side by side, a few symbols a call of one
    compiled program.

    Args:
        network: cell and read-out, or a model of sequences.
        language: gives the alphabet and the number of outputs.
        words: of any lengths.
        last_only: one row a word, after its last symbol; else one a symbol.
        with_hidden: whether the hidden states are kept; else, and of a model of
            sequences, they have no units.
    """
    num_outputs = len(language.outputs)
    if not words:
        return np.zeros((0, 0)), np.zeros((0, num_outputs))
    symbols, lengths = encode(words, language.alphabet)
    rows = _Rows.of(lengths, last_only=last_only)
    output = np.zeros((rows.number, num_outputs))
    hidden = np.zeros((rows.number, 0))
    order = np.argsort(lengths, kind="stable")
    for begin in range(0, len(words), SIDE_BY_SIDE):
        some = order[begin : begin + SIDE_BY_SIDE]
        calls = _calls(network, language, symbols, lengths, some)
        for start, states, outputs in calls:
            word, step, place = rows.of_call(some, start, outputs.shape[1])
            output[place] = np.asarray(outputs)[word, step]
            if not with_hidden or states is None:
                continue
            if not hidden.shape[1]:
                hidden = np.zeros((rows.number, states.shape[-1]))
            hidden[place] = np.asarray(states)[word, step]
    return hidden, output


class _Rows(NamedTuple):
    """Where the rows of each word are written.

    Attributes:
        number: of all rows.
        first: (word,) row of a word's first symbol.
        lengths: of the words.
        last_only: whether a word has one row, for its last symbol.
    """

    number: int
    first: Int[np.ndarray, " word"]
    lengths: Lengths
    last_only: bool

    @classmethod
    def of(cls, lengths: Lengths, *, last_only: bool) -> "_Rows":
        if last_only:
            number = len(lengths)
            return cls(number, np.arange(number), lengths, last_only)
        ends = np.cumsum(lengths)
        return cls(int(ends[-1]), ends - lengths, lengths, last_only)

    def of_call(
        self, some: Int[np.ndarray, " some"], start: int, num_steps: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return word, step and row of what one call reads."""
        times = start + np.arange(num_steps)
        ends = self.lengths[some, None]
        wanted = times == ends - 1 if self.last_only else times < ends
        word, step = np.nonzero(wanted)
        place = self.first[some[word]]
        if not self.last_only:
            place = place + times[step]
        return word, step, place


def _calls(
    network: Net,
    language: Language,
    symbols: Int[np.ndarray, "word time"],
    lengths: Lengths,
    some: Int[np.ndarray, " some"],
) -> Iterator[tuple[int, Array | None, Array]]:
    """Yield of each call its first step, states, and outputs, (word, time, ...).

    A model of sequences has no states, and reads whole words in one call.
    """
    num_inputs = len(language.alphabet)
    longest = int(lengths[some].max())
    if isinstance(network, SequenceModel):
        block = _block(symbols, some, room_of(longest))
        yield 0, None, outputs_of_words(network, block, num_inputs)
        return
    room = STEPS * -(-longest // STEPS)
    block = _block(symbols, some, room)
    with jax.enable_x64(True):
        state = _first_state(network, SIDE_BY_SIDE)
    for start in range(0, room, STEPS):
        with jax.enable_x64(True):
            letters = jnp.asarray(block[:, start : start + STEPS])
            state, hidden, output = _read_on(network, state, letters, num_inputs)
        yield start, hidden, output


def _block(
    symbols: Int[np.ndarray, "word time"], some: Int[np.ndarray, " some"], room: int
) -> Int[np.ndarray, "_ _"]:
    """Return some words as a block of always as many rows."""
    block = np.zeros((SIDE_BY_SIDE, room), dtype=np.int64)
    width = min(room, symbols.shape[1])
    block[: len(some), :width] = symbols[some, :width]
    return block


@eqx.filter_jit
def _first_state(network: Network, number: int) -> Any:
    """Return as many first states as words are read side by side."""
    state = initial_state(in_current_float(network).cell)

    def repeated(leaf: object) -> Array:
        array = jnp.asarray(leaf)
        return jnp.broadcast_to(array, (number, *array.shape))

    return jax.tree.map(repeated, state)


@eqx.filter_jit
@in_turn
def _read_on(
    network: Network, state: object, letters: Int[Array, "word time"], num_inputs: int
) -> tuple[Any, Float[Array, "word time hidden"], Float[Array, "word time output"]]:
    in_double = in_current_float(network)

    def step(state: object, letter: Array) -> tuple[Any, Array]:
        symbol = jax.nn.one_hot(letter, num_inputs, dtype=float)
        state = in_double.cell(symbol, state)
        return state, hidden_of(state, in_double.place)

    def of_word(state: object, letters: Array) -> tuple[Any, Array, Array]:
        state, hidden = jax.lax.scan(step, state, letters)
        return state, hidden, jax.vmap(in_double.readout)(hidden)

    return jax.vmap(of_word)(state, letters)
