"""The rules that lead from evidence, witnesses and arguments to a verdict.

Is a failure intrinsic, or is it training?
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from firstbit.errors import SettingError, keep_real, keep_whole
from firstbit.intervals import CONFIDENCE, require_confidence
from firstbit.studies.verdicts.applicability import Inapplicable
from firstbit.studies.verdicts.arguments import Argument
from firstbit.studies.verdicts.evidence import Evidence
from firstbit.studies.verdicts.guessing import Guessing
from firstbit.studies.verdicts.texts import REASONS
from firstbit.studies.verdicts.witnesses import Witness

SOLVES = "solves"
TRAINABILITY = "trainability"
INTRINSIC = "intrinsic"
UNDECIDED = "undecided"
VERDICTS = (SOLVES, TRAINABILITY, INTRINSIC, UNDECIDED)
"""In the order in which their conditions are tried."""


@dataclass(frozen=True)
class Standard:
    """What a configuration is held against.

    Attributes:
        solve_rate: a configuration solves when the lower end of the interval of its
            success rate exceeds this; in [0, 1).
        confidence: probability of that interval (Wilson).
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

    def is_met(self, evidence: Evidence) -> bool:
        """Return whether a configuration solves."""
        low, _ = evidence.interval
        return low > self.solve_rate


def conditions(standard: Standard) -> list[list[str]]:
    """Return each verdict with its condition, in the order of their trial."""
    percent = f"{100 * standard.confidence:g}"
    return [[name, REASONS(f"{name}_when", percent=percent)] for name in VERDICTS]


@dataclass(frozen=True)
class Verdict:
    """The verdict on one configuration.

    Attributes:
        evidence: its runs.
        verdict: `solves`, `trainability`, `intrinsic` or `undecided`.
        reason: the rule that led there, with its numbers.
        witness: the net that shows that the task can be solved, or None.
        arguments: those that hold for this configuration, whatever the verdict.
        inapplicable: those that were considered and don't, with what they lack.
        guessing: the baseline: random draws with a fitted read-out; None if none were
            drawn.
    """

    evidence: Evidence
    verdict: str
    reason: str
    witness: Witness | None
    arguments: tuple[Argument, ...] = ()
    inapplicable: tuple[Inapplicable, ...] = ()
    guessing: Guessing | None = None

    def as_row(self) -> dict[str, Any]:
        """Return the row of the JSON: verdict, rate, interval, reason, and evidence."""
        return {
            "cell": self.evidence.cell,
            "verdict": self.verdict,
            "rate": self.evidence.rate,
            "interval": list(self.evidence.interval),
            "reason": self.reason,
            "witness": None if self.witness is None else self.witness.as_json(),
            "arguments": [argument.statement for argument in self.arguments],
            "inapplicable": [argument.statement for argument in self.inapplicable],
            "guessing": None if self.guessing is None else self.guessing.as_json(),
            "evidence": self.evidence.as_json(),
        }


def judge(
    evidence: Evidence,
    *,
    witness: Witness | None = None,
    arguments: Sequence[Argument | Inapplicable] = (),
    guessing: Guessing | None = None,
    standard: Standard | None = None,
) -> Verdict:
    """Apply the rules, the first that fits.

    A witness goes before an argument: the argument from rank excludes the exact
    probabilities, and a net may pass the test without them. `reason` then says so.

    Args:
        evidence: the runs of one configuration.
        witness: a net of the same architecture and size that solves, if one was found.
        arguments: those that were considered, see `arguments_on`: that hold for every
            net of this configuration, or not.
        guessing: the baseline, if it was drawn.
        standard: what the interval is held against; by default one half.

    Raises:
        SettingError: the witness is of another architecture.
    """
    if witness is not None and witness.architecture != evidence.architecture:
        raise SettingError(
            f"expected a witness of {evidence.architecture}, got one of "
            f"{witness.architecture}."
        )
    standard = standard or Standard()
    holding = tuple(one for one in arguments if isinstance(one, Argument))
    lacking = tuple(one for one in arguments if isinstance(one, Inapplicable))
    verdict = _verdict(evidence, witness, holding, standard)
    return Verdict(
        evidence,
        verdict,
        REASONS(
            verdict,
            counted=_counted(evidence, standard),
            witness=None if witness is None else witness.description,
            argument=holding[0].statement if holding else None,
            others="; ".join(one.statement for one in lacking),
        ),
        witness,
        holding,
        lacking,
        guessing,
    )


def _verdict(
    evidence: Evidence,
    witness: Witness | None,
    holding: Sequence[Argument],
    standard: Standard,
) -> str:
    """Return the first verdict whose condition holds."""
    if standard.is_met(evidence):
        return SOLVES
    if witness is not None:
        return TRAINABILITY
    if holding:
        return INTRINSIC
    return UNDECIDED


def _counted(evidence: Evidence, standard: Standard) -> str:
    """Return how many runs solve, and how the interval compares with the standard."""
    low, high = evidence.interval
    return REASONS(
        "counted",
        num_solved=evidence.num_solved,
        num_seeds=evidence.num_seeds,
        percent=f"{100 * evidence.confidence:g}",
        low=f"{low:.3f}",
        high=f"{high:.3f}",
        is_met=standard.is_met(evidence),
        may_be_met=high > standard.solve_rate,
        solve_rate=f"{standard.solve_rate:g}",
    )
