"""The rules that lead from evidence, witnesses and arguments to a verdict.

Is a failure intrinsic, or is it training?
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from firstbit.errors import SettingError, keep_real, keep_whole
from firstbit.intervals import CONFIDENCE, require_confidence
from firstbit.report import Banner, Note, fragment
from firstbit.studies.verdicts.applicability import Inapplicable
from firstbit.studies.verdicts.arguments import Argument
from firstbit.studies.verdicts.decisions import ABOVE, ACROSS, Decision, decide
from firstbit.studies.verdicts.evidence import Evidence
from firstbit.studies.verdicts.guessing import Guessing
from firstbit.studies.verdicts.texts import REASONS
from firstbit.studies.verdicts.witnesses import NOT_SEARCHED, Search, Witness

SOLVES = "solves"
OPEN = "open"
TRAINABILITY = "trainability"
INTRINSIC = "intrinsic"
UNDECIDED = "undecided"
VERDICTS = (SOLVES, OPEN, TRAINABILITY, INTRINSIC, UNDECIDED)
"""In the order in which their conditions are tried."""

TONES = {SOLVES: "good", TRAINABILITY: "partial", INTRINSIC: "bad"}
"""Verdict -> its status; those that decide nothing are open."""


@dataclass(frozen=True)
class Standard:
    """What a configuration is held against.

    Attributes:
        solve_rate: a configuration solves where its success rate is shown to be above
            this, and does not where it is shown to be below; in [0, 1).
        confidence: of all verdicts of a call together, and of each interval.
        num_guesses: random draws of each configuration, the baseline; 0 for none.

    Raises:
        SettingError: a number is out of range.
    """

    solve_rate: float = 0.5
    confidence: float = CONFIDENCE
    num_guesses: int = 200

    def __post_init__(self) -> None:
        keep_real(self, "solve_rate")
        if not 0 <= self.solve_rate < 1:
            raise SettingError(
                "expected a solve rate from 0 to below 1, got "
                f"{self.solve_rate:g}; try 0.5."
            )
        confidence = require_confidence(self.confidence)
        object.__setattr__(self, "confidence", confidence)
        keep_whole(self, "num_guesses", 0)

    def decide(self, evidence: Sequence[Evidence]) -> list[Decision]:
        """Decide the rates of all configurations of a call together."""
        return decide(evidence, self.solve_rate, self.confidence)


def spoken(verdict: str) -> str:
    """Return a verdict as a person reads it.

    Example:
        >>> spoken("trainability")
        'fails here, but such a net exists'
    """
    return REASONS(f"{verdict}_name")


def conditions(standard: Standard) -> list[list[str]]:
    """Return each verdict with its condition, in the order of their trial."""
    found = []
    for name in VERDICTS:
        text = REASONS(
            f"{name}_when",
            percent=f"{100 * standard.confidence:g}",
            solve_rate=f"{standard.solve_rate:g}",
        )
        found.append([spoken(name), text])
    return found


@dataclass(frozen=True)
class Verdict:
    """The verdict on one configuration.

    Attributes:
        evidence: its runs.
        verdict: one of `VERDICTS`.
        decision: on which side of the solve rate its own lies.
        reason: the rule that led there, with its numbers.
        search: the net that shows that the task can be solved, if one was found, and
            how many nets were tried.
        arguments: those that hold for this configuration, whatever the verdict.
        inapplicable: those that were considered and don't, with what they lack.
        guessing: the baseline: random draws with a fitted read-out; None if none were
            drawn.
    """

    evidence: Evidence
    verdict: str
    decision: Decision
    reason: str
    search: Search
    arguments: tuple[Argument, ...] = ()
    inapplicable: tuple[Inapplicable, ...] = ()
    guessing: Guessing | None = None

    @property
    def witness(self) -> Witness | None:
        """The net that shows that the task can be solved, if one was found."""
        return self.search.witness

    @property
    def sentence(self) -> str:
        """The answer: a sentence with a verb and the decisive numbers."""
        return REASONS(
            f"{self.verdict}_sentence",
            cell=self.evidence.cell,
            counted=counted(self.evidence),
        )

    @property
    def tone(self) -> str:
        """The name of the verdict's status."""
        return TONES.get(self.verdict, "open")

    @property
    def banner(self) -> Banner:
        """The verdict as it stands on top of a page."""
        return Banner(self.tone, spoken(self.verdict), self.sentence)

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the verdict, and the rule that led there."""
        return fragment(
            self.evidence.cell, [Note(f"{self.reason}.")], banners=[self.banner]
        )

    def as_row(self) -> dict[str, Any]:
        """Return the row of the JSON: verdict, rate, interval, reason, and evidence."""
        return {
            "cell": self.evidence.cell,
            "verdict": self.verdict,
            "rate": self.evidence.rate,
            "interval": list(self.evidence.interval),
            "p_value": self.decision.p_value,
            "p_value_adjusted": self.decision.adjusted,
            "num_tests": self.decision.num_tests,
            "sentence": self.sentence,
            "reason": self.reason,
            "witness": None if self.witness is None else self.witness.as_json(),
            "nets_tried": self.search.num_nets,
            "arguments": [argument.as_json() for argument in self.arguments],
            "inapplicable": [argument.statement for argument in self.inapplicable],
            "guessing": None if self.guessing is None else self.guessing.as_json(),
            "evidence": self.evidence.as_json(),
        }


def judge(
    evidence: Evidence,
    *,
    decision: Decision | None = None,
    search: Search = NOT_SEARCHED,
    arguments: Sequence[Argument | Inapplicable] = (),
    guessing: Guessing | None = None,
    standard: Standard | None = None,
) -> Verdict:
    """Apply the rules, the first that fits.

    A witness goes before an argument: one at unbounded length allows for a net that is
    right up to the lengths of the test. `reason` then says so.

    Args:
        evidence: the runs of one configuration.
        decision: on which side of the solve rate it lies; by default as it is where no
            other configuration is decided with it.
        search: for a net of the same architecture and size that solves.
        arguments: those that were considered, see `arguments_on`: that hold for every
            net of this configuration, or not.
        guessing: the baseline, if it was drawn.
        standard: what the rate is held against; by default one half.

    Raises:
        SettingError: the witness is of another architecture.
    """
    witness = search.witness
    if witness is not None and witness.architecture != evidence.architecture:
        raise SettingError(
            f"expected a witness of {evidence.architecture}, got one of "
            f"{witness.architecture}."
        )
    standard = standard or Standard()
    if decision is None:
        (decision,) = standard.decide([evidence])
    holding = tuple(one for one in arguments if isinstance(one, Argument))
    lacking = tuple(one for one in arguments if isinstance(one, Inapplicable))
    intrinsic = [one.statement for one in holding if one.is_intrinsic]
    verdict = _verdict(decision, witness, intrinsic)
    reason = REASONS(
        verdict,
        counted=counted(evidence),
        compared=compared(decision, standard),
        witness=None if witness is None else witness.description,
        num_nets=search.num_nets,
        intrinsic=intrinsic,
        others="; ".join(one.statement for one in lacking),
    )
    return Verdict(
        evidence, verdict, decision, reason, search, holding, lacking, guessing
    )


def _verdict(
    decision: Decision, witness: Witness | None, intrinsic: Sequence[str]
) -> str:
    """Return the first verdict whose condition holds."""
    if decision.side == ABOVE:
        return SOLVES
    if decision.side == ACROSS:
        return OPEN
    if witness is not None:
        return TRAINABILITY
    if intrinsic:
        return INTRINSIC
    return UNDECIDED


def counted(evidence: Evidence) -> str:
    """Return how many runs solve, with the exact interval of their share."""
    low, high = evidence.interval
    return REASONS(
        "counted",
        num_solved=evidence.num_solved,
        num_seeds=evidence.num_seeds,
        percent=f"{100 * evidence.confidence:g}",
        low=f"{low:.3f}",
        high=f"{high:.3f}",
        is_list_shared=evidence.tested.is_list_shared,
    )


def compared(decision: Decision, standard: Standard) -> str:
    """Return how the rate compares with the one asked for, and by which test."""
    return REASONS(
        "compared",
        side=decision.side,
        solve_rate=f"{standard.solve_rate:g}",
        p_value=f"{decision.p_value:.2g}",
        adjusted=f"{decision.adjusted:.2g}",
        num_tests=decision.num_tests,
    )
