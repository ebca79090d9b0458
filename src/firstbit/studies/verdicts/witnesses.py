"""Witnesses: nets of a given architecture and size that solve a task."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from firstbit.cells import Network, Readout
from firstbit.cells.given import CellLike, Given
from firstbit.cells.network import Net
from firstbit.errors import CellError
from firstbit.languages import Language
from firstbit.studies.verdicts.applicability import activation_of
from firstbit.studies.verdicts.by_hand import GAIN, automaton_network, vanilla
from firstbit.studies.verdicts.evidence import Evidence
from firstbit.studies.verdicts.guessing import Guessing
from firstbit.studies.verdicts.one_unit import reber_unit
from firstbit.studies.verdicts.texts import REASONS
from firstbit.studies.verdicts.witness_test import WitnessTest

MOST_TESTED = 8
"""Trained nets that solve and are tested again as witnesses."""


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
    network: Net | None = None

    def as_json(self) -> dict[str, str]:
        """Return plain strings."""
        return {
            "kind": self.kind,
            "architecture": self.architecture,
            "description": self.description,
        }


class Search(NamedTuple):
    """A search for a witness.

    Attributes:
        witness: what was found; None if nothing was.
        num_nets: the number of nets that were tried.
    """

    witness: Witness | None
    num_nets: int


NOT_SEARCHED = Search(None, 0)
"""Of a configuration that solves: no witness is asked for."""


class Trained(NamedTuple):
    """One configuration after training.

    Attributes:
        evidence: of its runs.
        solved: the seeds that solve.
        networks: of its runs, by their seeds; empty where they are not at hand.
    """

    evidence: Evidence
    solved: Sequence[int]
    networks: Sequence[Net] = ()


def counted_witness(evidence: Evidence, others: Sequence[Evidence]) -> Witness | None:
    """Return a run that solves, where only the counts of the runs are at hand.

    Args:
        evidence: of this configuration.
        others: of other configurations; those of another architecture or size are left
            out.
    """
    for one in (evidence, *others):
        if one.architecture != evidence.architecture or not one.num_solved:
            continue
        text = REASONS(
            "counted_elsewhere",
            num_solved=one.num_solved,
            num_seeds=one.num_seeds,
            cell=None if one is evidence else one.cell,
            rule=one.rule,
        )
        return Witness("training", evidence.architecture, text)
    return None


def trained_witness(
    own: Trained, others: Sequence[Trained], test: WitnessTest
) -> Search:
    """Return a run that solves and passes on words of its own, and how many were tried.

    Args:
        own: this configuration.
        others: other configurations; those of another architecture or size are left
            out.
        test: of a witness.
    """
    architecture = own.evidence.architecture
    alike = [one for one in others if one.evidence.architecture == architecture]
    num_nets = sum(one.evidence.num_seeds for one in (own, *alike))
    for one in (own, *alike):
        seed = _first_passing(one, test)
        if seed is None:
            continue
        network = one.networks[seed]
        text = REASONS(
            "trained",
            seed=seed,
            cell=None if one is own else one.evidence.cell,
            num_tried=one.evidence.num_seeds,
            tested=test.description(network),
        )
        return Search(Witness("training", architecture, text, network), num_nets)
    return Search(None, num_nets)


def _first_passing(one: Trained, test: WitnessTest) -> int | None:
    for seed in one.solved[:MOST_TESTED]:
        if seed < len(one.networks) and test.passes(one.networks[seed]):
            return seed
    return None


def guessed_witness(
    guessing: Guessing, architecture: str, law: str, test: WitnessTest
) -> Witness | None:
    """Return the first of the guessed nets, if it passes on words of its own."""
    if guessing.network is None or not test.passes(guessing.network):
        return None
    text = REASONS(
        "guessed",
        law=law,
        num_solved=len(guessing.solved),
        num_draws=guessing.num_draws,
        first=guessing.first,
        tested=test.description(guessing.network),
    )
    return Witness("guessing", architecture, text, guessing.network)


def witness_by_hand(cell: CellLike, language: Language, test: WitnessTest) -> Search:
    """Return a network built from the automaton, at exactly this size, if it passes.

    Units that the automaton doesn't need are not connected.

    Args:
        cell: a cell with one hidden size; only Vanilla's, logistic or tanh, can be
            built.
        language: the task.
        test: of a witness.
    """
    given = Given.of(cell)
    num_nets = 0
    for built in _built(given, language, test):
        if built.network.cell.hidden_size > given.hidden_size:
            continue
        num_nets += 1
        network = widened(built.network, given.hidden_size)
        if not test.passes(network):
            continue
        text = REASONS(
            "built",
            how=built.how,
            num_units=built.network.cell.hidden_size,
            hidden_size=given.hidden_size,
            tested=test.description(network),
        )
        witness = Witness("by hand", given.architecture, text, network)
        return Search(witness, num_nets)
    return Search(None, num_nets)


class _Built(NamedTuple):
    """A net that was built, and how."""

    network: Network
    how: str


def _built(given: Given, language: Language, test: WitnessTest) -> Iterator[_Built]:
    """Yield the nets that can be built for a language, the small one first."""
    activation = activation_of(given, language)
    if activation not in GAIN:
        return
    settings: dict[str, Any] = {
        "readout_bias": given.readout_bias,
        "is_softmax": test.is_softmax,
        "resolution": test.plan.criterion.resolution,
    }
    if activation == "logistic":
        with suppress(CellError):  # another language, or no read-out of one unit
            yield _Built(reber_unit(language, **settings), REASONS("by_intervals"))
    try:
        network = automaton_network(language, activation=activation, **settings)
    except CellError:  # not with one threshold a unit, or not with this read-out
        return
    yield _Built(network, REASONS("from_automaton"))


def widened(network: Network, hidden_size: int) -> Network:
    """Return the same Vanilla network among more units, which are not connected."""
    cell: Any = network.cell
    extra = hidden_size - cell.hidden_size
    below = ((0, extra), (0, 0))
    U = np.pad(cell.U_h, below)
    W = np.pad(cell.W_h, (0, extra))
    beside = ((0, 0), (0, extra))
    O: Any = np.pad(network.readout.O, beside)
    readout = Readout(O, network.readout.b_O)
    return Network(vanilla(U, W, cell.activation), readout)
