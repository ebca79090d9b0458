"""Witnesses: nets that solve a task, of the same architecture and size as those that don't."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from firstbit.cells import Network, Readout, Vanilla
from firstbit.cells.factory import CellLike
from firstbit.errors import CellError
from firstbit.languages import Language, sample
from firstbit.studies.by_hand import EMBEDDED_REBER_CODE, GAIN, automaton_network, vanilla
from firstbit.studies.evidence import Evidence
from firstbit.studies.guessing import NUM_FRESH, Criterion, Guessing
from firstbit.training.criteria import solves

CODES = {"embedded-reber": EMBEDDED_REBER_CODE}
"""Language -> a code with few units; others get a unit a state."""


@dataclass(frozen=True)
class Witness:
    """A net that shows it can be done.

    Attributes:
        kind: `training`, `guessing` or `by hand`.
        architecture: its cell and size.
        description: where it comes from, and what it passes.
        network: the net, if it is at hand.
    """

    kind: str
    architecture: str
    description: str
    network: Network | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain strings."""
        return {"kind": self.kind, "architecture": self.architecture, "description": self.description}


def trained_witness(evidence: Evidence, others: Sequence[Evidence]) -> Witness | None:
    """A run that solves: of this configuration, else of another with the same architecture and size."""
    for one in (evidence, *others):
        if one.architecture == evidence.architecture and one.num_solved:
            configuration = "this configuration" if one is evidence else f"{one.cell}, protocol {one.protocol}"
            text = f"{one.num_solved} of {one.num_seeds} seeds of {configuration} solve"
            return Witness("training", evidence.architecture, text)
    return None


def guessed_witness(guessing: Guessing, architecture: str, law: str) -> Witness | None:
    """The first of the guessed nets that solves."""
    if guessing.network is None:
        return None
    text = (
        f"guessing, weights {law} and a fitted read-out: {len(guessing.solved)} of {guessing.num_draws} draws solve, the first is "
        f"number {guessing.solved[0] + 1}"
    )
    return Witness("guessing", architecture, text, guessing.network)


def witness_by_hand(
    cell: CellLike, language: Language, *, hidden_size: int, architecture: str, criterion: Criterion = solves, seed: int = 0
) -> Witness | None:
    """A Vanilla network built from the automaton, at exactly this size, run on 1,000 fresh words; None if there is none.

    Args:
        cell: the factory of the configuration's cells; only Vanilla's, logistic or tanh, can be built.
        language: the task.
        hidden_size: units it must have; those that the automaton doesn't need are not connected.
        architecture: name of cell and size.
        criterion: the test.
        seed: of the fresh words.
    """
    if getattr(cell, "func", cell) is not Vanilla:
        return None
    activation = getattr(cell, "keywords", {}).get("activation", "logistic")
    if activation not in GAIN:
        return None
    try:
        small = automaton_network(language, code=CODES.get(language.name), activation=activation)
    except CellError:  # no code of this language works with one threshold a unit
        return None
    needed = small.cell.hidden_size
    if needed > hidden_size:
        return None
    network = widened(small, hidden_size)
    if not criterion(network, language, sample(language, NUM_FRESH, seed=seed)):
        return None
    text = f"built by hand from the automaton: {needed} of the {hidden_size} units run it, tested on {NUM_FRESH} fresh words"
    return Witness("by hand", architecture, text, network)


def widened(network: Network, hidden_size: int) -> Network:
    """The same Vanilla network among more units, which are connected to nothing."""
    cell: Any = network.cell
    extra = hidden_size - cell.hidden_size
    U, W = np.pad(cell.U_h, ((0, extra), (0, 0))), np.pad(cell.W_h, (0, extra))
    wide: Any = np.pad(network.readout.O, ((0, 0), (0, extra)))
    return Network(vanilla(U, W, cell.activation), Readout(wide, network.readout.b_O))
