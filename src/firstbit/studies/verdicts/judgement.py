"""Is it intrinsic, or is it training? The rule that leads from evidence, witnesses and arguments to a verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from firstbit.errors import SettingError
from firstbit.studies.verdicts.applicability import Inapplicable
from firstbit.studies.verdicts.arguments import Argument
from firstbit.studies.verdicts.evidence import Evidence
from firstbit.studies.verdicts.guessing import Guessing
from firstbit.studies.verdicts.witnesses import Witness

SOLVES, TRAINABILITY, INTRINSIC, UNDECIDED = (
    "solves",
    "trainability",
    "intrinsic",
    "undecided",
)

RULES = {
    SOLVES: "the lower end of the Wilson 95 % interval of the share of runs that "
    "solve is above the solve rate",
    TRAINABILITY: "the configuration does not solve, but a net of the same architecture and "
    "size does: a witness "
    "from training (another seed, initialiser or rule), from guessing, or built "
    "by hand",
    INTRINSIC: "no witness, and an argument that holds for every net of a stated set: "
    "rank, contraction, or a cited theorem",
    UNDECIDED: "none of these",
}
"""Verdict -> what leads to it, the first that applies."""


@dataclass(frozen=True)
class Verdict:
    """What follows for one configuration.

    Attributes:
        evidence: its runs.
        verdict: `solves`, `trainability`, `intrinsic` or `undecided`.
        reason: the rule that led there, with its numbers.
        witness: the net that shows it can be done, or None.
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
        """The row of the JSON: `cell`, `verdict`, `rate`, `interval`, `reason`, `witness`, and what is behind them."""
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
    solve_rate: float = 0.5,
) -> Verdict:
    """Apply the rules, the first that fits.

    A witness goes before an argument: the argument from rank excludes the exact
    probabilities, and a net may pass the test without them. `reason` then says so.

    Args:
        evidence: the runs of one configuration.
        witness: a net of the same architecture and size that solves, if one was found.
        arguments: those that were considered, see `arguments_on`: that hold for every
            net of this configuration, or not.
        solve_rate: what the lower end of the interval must exceed, in [0, 1).

    Raises:
        SettingError: the solve rate is out of range, or the witness is of another
            architecture.
    """
    if not 0 <= solve_rate < 1:
        raise SettingError(
            f"expected a solve rate from 0 to below 1, got {solve_rate:g}; try 0.5."
        )
    if witness is not None and witness.architecture != evidence.architecture:
        raise SettingError(
            f"expected a witness of {evidence.architecture}, got one of "
            f"{witness.architecture}."
        )
    holding = tuple(a for a in arguments if isinstance(a, Argument))
    lacking = tuple(a for a in arguments if isinstance(a, Inapplicable))
    verdict = partial(Verdict, evidence, arguments=holding, inapplicable=lacking)
    found = _counted(evidence, solve_rate)
    low, high = evidence.interval
    if low > solve_rate:
        return verdict(SOLVES, found, witness)
    if high > solve_rate:
        found += (
            "; the interval holds the solve rate, so more seeds may show that it solves"
        )
    if witness is not None:
        reason = f"{found}. The same architecture and size can: {witness.description}"
        if holding:
            reason += f". What stays excluded: {holding[0].statement}"
        return verdict(TRAINABILITY, reason, witness)
    others = "; ".join(one.statement for one in lacking)
    if holding:
        reason = f"{found}. No witness was found, and by {holding[0].statement}"
        return verdict(
            INTRINSIC, f"{reason}. Of the others, {others}" if others else reason, None
        )
    reason = f"{found}. No witness was found, and no argument applies"
    return verdict(UNDECIDED, f"{reason}: {others}" if others else reason, None)


def _counted(evidence: Evidence, solve_rate: float) -> str:
    low, high = evidence.interval
    relation = "above" if low > solve_rate else "not above"
    return (
        f"{evidence.num_solved} of {evidence.num_seeds} runs solve, 95 % interval "
        f"[{low:.3f}, {high:.3f}], "
        f"lower end {relation} {solve_rate:g}"
    )
