"""The random draws of the published run, from NumPy's legacy generator.

The authors' notebooks draw everything from one generator, `RandomState(10)`: one word
that is only printed, the 256 words, the Vanilla weights, and on the embedded grammar
the GRU weights twice (the second set is trained).
"""

from dataclasses import dataclass

import numpy as np

from firstbit.cells import GRU, Cell, Network, Readout, Vanilla
from firstbit.languages import Language, embedded_reber, reber
from firstbit.paper.settings import PUBLISHED_WORDS

SEED = 10

FINAL = 3

# states of the inner automaton by number, as the legacy generator chooses among them
_EDGES = {
    0: {1: "T", 4: "P"},
    1: {1: "S", 2: "X"},
    2: {3: "S", 4: "X"},
    4: {4: "T", 5: "V"},
    5: {2: "P", 3: "V"},
}


@dataclass(frozen=True)
class Draws:
    """The draws for one task.

    Attributes:
        words: the training words.
        starts: the network before training, by the name of its cell.
    """

    words: tuple[str, ...]
    starts: dict[str, Network]


def reber_draws(hidden_size: int = 5) -> Draws:
    """Draw the regular task: 256 words, and the Vanilla network.

    Example:
        >>> reber_draws().words[:3]
        ('BTXXTVVE', 'BTSXSE', 'BTSSSXSE')
    """
    generator = np.random.RandomState(SEED)
    words = [_inner_word(generator) for _ in range(1 + PUBLISHED_WORDS)]
    vanilla = _vanilla(generator, reber(), hidden_size)
    return Draws(tuple(words[1:]), {"vanilla": vanilla})


def embedded_reber_draws(vanilla_size: int = 18, gru_size: int = 10) -> Draws:
    """Draw the embedded task: 256 words, the Vanilla network and the GRU network.

    Example:
        >>> embedded_reber_draws().words[:3]
        ('BPBPVPXVPSEPE', 'BTBTSSSSXSETE', 'BPBPVPSEPE')
    """
    generator = np.random.RandomState(SEED)
    words = [_embedded_word(generator) for _ in range(1 + PUBLISHED_WORDS)]
    vanilla = _vanilla(generator, embedded_reber(), vanilla_size)
    _gru(generator, embedded_reber(), gru_size)  # drawn, never used
    gru = _gru(generator, embedded_reber(), gru_size)
    return Draws(tuple(words[1:]), {"vanilla": vanilla, "gru": gru})


def _inner_word(generator: np.random.RandomState) -> str:
    state = 0
    letters = ["B"]
    while state != FINAL:
        edges = _EDGES[state]
        following = int(generator.choice(sorted(edges)))
        letters.append(edges[following])
        state = following
    return "".join([*letters, "E"])


def _embedded_word(generator: np.random.RandomState) -> str:
    inner = _inner_word(generator)
    number = int(generator.choice(range(2)))
    outer = "TP"[number]
    return f"B{outer}{inner}{outer}E"


def _vanilla(generator: np.random.RandomState, language: Language, k: int) -> Network:
    """Draw input, recurrent and output weights; hidden and output biases are zero."""
    n = len(language.alphabet)
    U = generator.randn(k, n)
    W = generator.randn(k, k)
    O = generator.randn(n, k)
    parameters = {"U_h": U, "W_h": W, "b_h": np.zeros(k)}
    return _network(Vanilla, parameters, O, np.zeros(n))


def _gru(generator: np.random.RandomState, language: Language, k: int) -> Network:
    """Draw the weights of z, r and the candidate, then of the output, without bias."""
    n = len(language.alphabet)
    parameters: dict[str, np.ndarray] = {}
    for gate in GRU.gates:
        parameters[f"U_{gate}"] = generator.randn(k, n)
        parameters[f"W_{gate}"] = generator.randn(k, k)
    biases = {f"b_{gate}": np.zeros(k) for gate in GRU.gates}
    output = generator.randn(n, k)
    return _network(GRU, {**parameters, **biases}, output, None)


def _network(
    cell: type[Cell],
    parameters: dict[str, np.ndarray],
    O: np.ndarray,
    b_O: np.ndarray | None,
) -> Network:
    return Network(cell.from_parameters(**parameters), Readout(O, b_O))  # type: ignore[arg-type]
