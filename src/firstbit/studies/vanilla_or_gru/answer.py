"""The study's answer in a few paragraphs; every clause has numbers of the tables."""

from collections.abc import Mapping, Sequence

from firstbit.languages import embedded_reber
from firstbit.studies.vanilla_or_gru.contrasts import contrasts
from firstbit.studies.vanilla_or_gru.judged import Judged, by_hand
from firstbit.studies.vanilla_or_gru.measured import Measured
from firstbit.studies.vanilla_or_gru.parts import (
    GATED_CELLS,
    PUBLISHED_CELL,
    SIZES,
    TANH_CELLS,
)
from firstbit.studies.vanilla_or_gru.rates import STANDARD, is_solving, smallest_sizes
from firstbit.studies.vanilla_or_gru.replication import factors, refuted, replicated
from firstbit.studies.vanilla_or_gru.texts import ANSWER
from firstbit.studies.verdicts.arguments import Argument, rank_argument
from firstbit.studies.verdicts.evidence import Evidence

Evidences = Mapping[tuple[str, str], Evidence]
"""(Cell, rule) -> its evidence on embedded Reber."""


def answer(study: Measured, verdicts: Sequence[Judged]) -> str:
    """Say whether Vanilla's failure is intrinsic or training, in one line of text."""
    return " ".join(paragraphs(study, verdicts))


def paragraphs(study: Measured, verdicts: Sequence[Judged]) -> list[str]:
    """Return the answer: the verdict, what of the paper holds, why, and how far.

    A clause is left out where its runs are missing.
    """
    rows = {(row.cell.title, row.part.setting): row for row in verdicts}
    published = rows.get((PUBLISHED_CELL.title, "published"))
    if published is None:
        return [ANSWER("not_measured")]
    cells = {place: row.verdict.evidence for place, row in rows.items()}
    found = contrasts(study)
    of_each = [
        [_verdict(published)],
        [replicated(found), _published(cells)],
        [refuted(found), _modern(cells), _by_hand(published)],
        [factors(found), _tanh(cells)],
        [_long_lags(list(cells.values())), _lags(study)],
        [_sizes(study)],
    ]
    joined = [" ".join(filter(None, clauses)) for clauses in of_each]
    return [paragraph for paragraph in joined if paragraph]


def of(evidence: Evidence) -> str:
    """Return the runs that solve, as in `3 of 32`."""
    return f"{evidence.num_solved} of {evidence.num_seeds}"


def interval(evidence: Evidence) -> str:
    """Return the interval of the rate, as in `[0.03, 0.24]`."""
    low, high = evidence.interval
    return f"[{low:.2f}, {high:.2f}]"


def rank_arguments() -> dict[int, Argument]:
    """Return the argument from rank for each size to which it applies."""
    found = {}
    for size in SIZES:
        argument = rank_argument(embedded_reber(), size)
        if argument is not None:
            found[size] = argument
    return found


def _rate(evidence: Evidence) -> str:
    return f"{of(evidence)} {interval(evidence)}"


def _side(evidence: Evidence) -> str:
    """Return on which side of the solve rate a configuration lies."""
    (decision,) = STANDARD.decide([evidence])
    return decision.side


def _verdict(row: Judged) -> str:
    verdict, e = row.verdict, row.verdict.evidence
    return ANSWER(
        verdict.verdict,
        counted=ANSWER("counted", of=of(e), interval=interval(e)),
        witness=None if verdict.witness is None else verdict.witness.description,
        argument="; ".join(a.statement for a in verdict.arguments if a.is_intrinsic),
    )


def _gated(cells: Evidences, rule: str) -> list[Evidence]:
    found = []
    for cell in GATED_CELLS:
        if (cell.title, rule) in cells:
            found.append(cells[cell.title, rule])
    return found


def _published(cells: Evidences) -> str:
    gated = _gated(cells, "published")
    if not gated:
        return ""
    return ANSWER(
        "published",
        cells=[(e.cell, _rate(e), _side(e)) for e in gated],
    )


def _modern(cells: Evidences) -> str:
    modern = cells.get((PUBLISHED_CELL.title, "modern"))
    if modern is None:
        return ""
    return ANSWER(
        "modern",
        is_solved=is_solving(modern),
        rate=_rate(modern),
        symbols=modern.median_to_solve,
        others=[(e.cell, _rate(e)) for e in _gated(cells, "modern")],
    )


def _by_hand(row: Judged) -> str:
    built, other = by_hand(PUBLISHED_CELL, row.part), row.verdict.witness
    if built is None or (other is not None and other.kind == built.kind):
        return ""
    return ANSWER("by_hand", witness=built.description)


def _tanh(cells: Evidences) -> str:
    found = []
    for cell in TANH_CELLS:
        if (cell.title, "published") in cells:
            found.append(cells[cell.title, "published"])
    if not found:
        return ""
    return ANSWER(
        "tanh",
        num_solving=sum(map(is_solving, found)),
        cells=[(e.cell, _rate(e)) for e in found],
    )


def _long_lags(found: Sequence[Evidence]) -> str:
    return ANSWER(
        "twins",
        num_fresh=sum(e.num_fresh for e in found),
        num_configurations=len(found),
        num_both=sum(e.num_solved for e in found),
    )


def _lags(study: Measured) -> str:
    rows = [(part.coordinate or 0, e) for part, _, e in study.on("lags")]
    if not rows:
        return ""
    last = max(lag for lag, _ in rows)
    return ANSWER(
        "lags",
        longest=list(_longest(rows).items()),
        last=last,
        rates=[(e.cell, of(e)) for lag, e in rows if lag == last],
    )


def _longest(rows: Sequence[tuple[int, Evidence]]) -> dict[str, int | str]:
    """Return the longest lag that each cell solves, or `none`."""
    longest: dict[str, int | str] = {}
    for lag, e in sorted(rows, key=lambda row: row[0]):
        longest.setdefault(e.cell, "none")
        if is_solving(e):
            longest[e.cell] = lag
    return longest


def _sizes(study: Measured) -> str:
    smallest = smallest_sizes(study)
    if not smallest:
        return ""
    size, argument = max(rank_arguments().items())
    needed = argument.numbers["needed_units"]
    num_below = 0
    for part, _, e in study.on("sizes"):
        if part.coordinate is not None and part.coordinate < needed:
            num_below += e.num_solved
    return ANSWER(
        "sizes",
        smallest=list(smallest.items()),
        needed=needed,
        size=size,
        excess=f"{argument.numbers['excess_loss']:.3g}",
        num_below=num_below,
    )
