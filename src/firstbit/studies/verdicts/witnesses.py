"""Witnesses: nets of a given architecture and size that solve a task."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from firstbit.cells import Network, Readout
from firstbit.cells.given import CellLike, Given
from firstbit.errors import CellError
from firstbit.languages import Language
from firstbit.studies.verdicts.applicability import activation_of
from firstbit.studies.verdicts.by_hand import (
    CODES,
    GAIN,
    automaton_network,
    coded_states,
    vanilla,
)
from firstbit.studies.verdicts.evidence import Evidence
from firstbit.studies.verdicts.guessing import Guessing
from firstbit.studies.verdicts.texts import REASONS
from firstbit.studies.verdicts.witness_test import Criterion, WitnessTest
from firstbit.training import solves

SEED_OF_WORDS = 0
"""Of the words on which a net built by hand is tested."""


@dataclass(frozen=True)
class Witness:
    """A net which shows that the task can be solved.

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

    def as_json(self) -> dict[str, str]:
        """Return plain strings."""
        return {
            "kind": self.kind,
            "architecture": self.architecture,
            "description": self.description,
        }


def trained_witness(evidence: Evidence, others: Sequence[Evidence]) -> Witness | None:
    """Return a run that solves, of this configuration or else of another one.

    Args:
        evidence: of this configuration.
        others: of other configurations; those of another architecture or size are left
            out.
    """
    for one in (evidence, *others):
        if one.architecture != evidence.architecture or not one.num_solved:
            continue
        text = REASONS(
            "trained",
            num_solved=one.num_solved,
            num_seeds=one.num_seeds,
            cell=None if one is evidence else one.cell,
            rule=one.rule,
        )
        return Witness("training", evidence.architecture, text)
    return None


def guessed_witness(guessing: Guessing, architecture: str, law: str) -> Witness | None:
    """Return the first of the guessed nets that solves, or None."""
    if guessing.first is None:
        return None
    text = REASONS(
        "guessed",
        law=law,
        num_solved=len(guessing.solved),
        num_draws=guessing.num_draws,
        first=guessing.first,
        tested=guessing.tested,
    )
    return Witness("guessing", architecture, text, guessing.network)


def witness_by_hand(
    cell: CellLike,
    language: Language,
    *,
    criterion: Criterion = solves,
    seed: int = SEED_OF_WORDS,
) -> Witness | None:
    """Return a network built from the automaton, at exactly this size, or None.

    It is tested on fresh words and on words with long lags. Units that the automaton
    doesn't need are not connected.

    Args:
        cell: a cell with one hidden size; only Vanilla's, logistic or tanh, can be
            built.
        language: the task.
        criterion: the test.
        seed: of the words.
    """
    given = Given.of(cell)
    activation = activation_of(given, language)
    if activation not in GAIN:
        return None
    small = _smallest(given, language, activation)
    if small is None:
        return None
    network = widened(small, given.hidden_size)
    test = WitnessTest.of(language, seed=seed)
    if not test.is_passed(network, criterion):
        return None
    text = REASONS(
        "built",
        num_units=small.cell.hidden_size,
        hidden_size=given.hidden_size,
        tested=test.description,
    )
    return Witness("by hand", given.architecture, text, network)


def widened(network: Network, hidden_size: int) -> Network:
    """Return the same Vanilla network among more units, which are not connected."""
    cell: Any = network.cell
    extra = hidden_size - cell.hidden_size
    U = np.pad(cell.U_h, ((0, extra), (0, 0)))
    W = np.pad(cell.W_h, (0, extra))
    O: Any = np.pad(network.readout.O, ((0, 0), (0, extra)))
    return Network(vanilla(U, W, cell.activation), Readout(O, network.readout.b_O))


def _smallest(given: Given, language: Language, activation: str) -> Network | None:
    """Return the network of a known code, or of one unit a state, if it fits."""
    states = coded_states(language)
    codes = [code for code in CODES if code.keys() == states]
    for code in (*codes, None):
        try:
            network = automaton_network(
                language,
                code=code,
                activation=activation,
                readout_bias=given.readout_bias,
            )
        except CellError:  # not with one threshold a unit, or not with this read-out
            continue
        if network.cell.hidden_size <= given.hidden_size:
            return network
    return None
