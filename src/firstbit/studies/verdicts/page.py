"""`report.html` of verdicts: the answer first, then what it is made from."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import xarray as xr

from firstbit import plots
from firstbit.cells.network import Net
from firstbit.languages import Language, sample
from firstbit.look.numbers import decimals
from firstbit.plots.saving import searchable
from firstbit.report import (
    PHONE,
    Badge,
    Block,
    Note,
    Picture,
    Recipe,
    Section,
    Strip,
    Table,
    Trial,
    fragment,
    in_sight,
    render,
    settings_table,
)
from firstbit.studies.verdicts.decisions import Difference
from firstbit.studies.verdicts.evidence import Evidence
from firstbit.studies.verdicts.judgement import (
    Standard,
    Verdict,
    conditions,
    spoken,
)
from firstbit.studies.verdicts.sentences import (
    about_test,
    difference_sentence,
    headline,
    run_sentences,
    uncovered,
)
from firstbit.studies.verdicts.texts import PAGE
from firstbit.training.reading import run_flat

MOST_SYMBOLS = 40
SEED_OF_WORD = 0
"""Of the word that a witness reads."""

EVIDENCE = (
    "configuration",
    "right on fresh words",
    "right on twins",
    "pass Hochreiter and Schmidhuber's test",
    "memory there, read-out not",
    "epochs to success",
    "diverged",
)
FURTHER = (
    "symbols to success",
    "symbols read",
    "loss above the floor",
    "squared distance",
    "right far back",
    "last learning rate",
)
CENSORED = "> half censored"


def verdict_page(
    verdicts: Sequence[Verdict],
    differences: Sequence[Difference],
    language: Language,
    *,
    rule: str,
    settings: Mapping[str, object],
    standard: Standard | None = None,
    runs: Mapping[str, xr.Dataset] | None = None,
) -> str:
    """Return the page as HTML.

    Args:
        verdicts: at least one.
        differences: of each two of them.
        language: the task.
        rule: name of the rule of training.
        settings: name and value of each, for the last table.
        standard: what the configurations were held against.
        runs: of each configuration by its name; with them, every seed is shown.
    """
    tested = verdicts[0].evidence.tested
    sections = [
        Section("The verdicts", list(_verdicts(verdicts, differences, standard))),
        Section("The test", [Note(about_test(tested, language.name))]),
        Section("What this does not cover", [Note(uncovered(verdicts))]),
        Section("The evidence", list(_all_evidence(verdicts, runs or {}))),
        Section("The arguments", list(_arguments(verdicts))),
        Section("The rules", [_rules(standard or Standard())]),
    ]
    witnesses = list(_witnesses(verdicts, language))
    if witnesses:
        sections.append(Section("Witnesses at work", witnesses))
    recipe = Recipe("", [settings_table(settings)])
    sections.append(Section("How this was made", [recipe]))
    shown = [difference_sentence(one) for one in differences if one.is_shown]
    return render(
        headline(verdicts, language.name),
        " ".join(shown),
        sections,
        kicker=PAGE("kicker", language=language.name, rule=rule),
        banners=[one.banner for one in verdicts],
    )


def verdicts_html(
    verdicts: Sequence[Verdict], differences: Sequence[Difference], language: str
) -> str:
    """Return the verdicts as a notebook shows them: the answer, and the rates."""
    return fragment(
        headline(verdicts, language),
        list(_tables(verdicts, differences)),
        banners=[one.banner for one in verdicts],
    )


def _verdicts(
    verdicts: Sequence[Verdict],
    differences: Sequence[Difference],
    standard: Standard | None,
) -> Iterator[Block]:
    """Show each verdict beside its rate, then the tables of both tests."""
    limit = (standard or Standard()).solve_rate
    for one in verdicts:
        e = one.evidence
        rate = e.num_solved / e.num_seeds
        strip = Strip(
            "solve rate",
            rate,
            *e.interval,
            limit,
            (0, 1),
            is_share=True,
            verb="solves",
        )
        yield Trial(
            said=e.cell,
            source=PAGE("runs_of", num_solved=e.num_solved, num_seeds=e.num_seeds),
            badge=Badge(spoken(one.verdict), one.tone),
            answer=PAGE("because", reason=one.reason),
            strips=[strip],
        )
    yield from _tables(verdicts, differences)
    for one in differences:
        yield Note(difference_sentence(one))


def _tables(
    verdicts: Sequence[Verdict], differences: Sequence[Difference]
) -> Iterator[Table]:
    """Return the tests of the rates, and of their differences."""
    rows = []
    for one in verdicts:
        e = one.evidence
        low, high = e.interval
        badge = Badge(spoken(one.verdict), one.tone)
        rate = f"{e.num_solved} of {e.num_seeds} [{low:.2f}, {high:.2f}]"
        p_value = f"{one.decision.p_value:.2g}"
        rows.append([e.cell, badge, rate, p_value, f"{one.decision.adjusted:.2g}"])
    percent = f"{100 * verdicts[0].evidence.confidence:g}"
    columns = ["configuration", "verdict", f"solve [{percent} %]", "p", "p by Holm"]
    yield Table(columns, rows, PAGE("decided", num_tests=len(verdicts)))
    if differences:
        columns = ["difference", "size", f"{percent} % interval", "p", "p by Holm"]
        yield Table(
            columns,
            [_difference(one) for one in differences],
            PAGE("differences", num_tests=len(differences)),
        )


def _difference(one: Difference) -> list[str]:
    low, high = map(decimals, one.interval)
    return [
        f"{one.first} less {one.second}",
        decimals(one.value),
        f"[{low}, {high}]",
        f"{one.p_value:.2g}",
        f"{one.adjusted:.2g}",
    ]


def _all_evidence(
    verdicts: Sequence[Verdict], runs: Mapping[str, xr.Dataset]
) -> Iterator[Block]:
    found = [one.evidence for one in verdicts]
    rows = [[*evidence_row(e), *further_row(e)] for e in found]
    table = Table([*EVIDENCE, *FURTHER], rows, PAGE("evidence"))
    yield from in_sight(table, PAGE("further"))
    behaviours = _behaviours(verdicts)
    if behaviours:
        columns = ["configuration", "behaves like", "runs"]
        yield Table(columns, behaviours, PAGE("behaviours"))
    for one in verdicts:
        e = one.evidence
        yield Note(
            PAGE(
                "rest",
                cell=e.cell,
                num_wrong=e.num_seeds - e.num_solved,
                num_at_rest=e.num_at_rest,
                num_frozen=e.num_frozen,
            )
        )
    guesses = _guesses(verdicts)
    if guesses:
        columns = ["configuration", "random draws that solve"]
        percent = f"{100 * found[0].confidence:g}"
        yield Table(columns, guesses, PAGE("guessing", percent=percent))
    for number, (name, one) in enumerate(runs.items()):
        texts = enumerate(run_sentences(one))
        rows = [[str(seed), text] for seed, text in texts]
        yield Table(["seed", "run"], rows, PAGE("every_run", cell=name), folded=True)
        if "loss" in one:
            wide = searchable(plots.seeds(one, title=name))
            narrow = searchable(plots.seeds(one, title=name, width=PHONE))
            yield Picture(f"runs-{number}", PAGE("runs", cell=name), wide, narrow)


def evidence_row(e: Evidence) -> list[str]:
    """Return the numbers of a configuration, under the columns `EVIDENCE`."""
    return [
        e.cell,
        str(e.num_fresh),
        "none exist" if e.num_twins is None else str(e.num_twins),
        "can't fail" if e.num_hochreiter is None else str(e.num_hochreiter),
        "can't be seen" if e.num_memory is None else str(e.num_memory),
        text_of(e.median_epochs, "g", missing=CENSORED),
        str(e.num_diverged),
    ]


def further_row(e: Evidence) -> list[str]:
    """Return the medians of a configuration, under the columns `FURTHER`."""
    return [
        text_of(e.median_to_solve, ",.0f", missing=CENSORED),
        f"{e.median_symbols:,.0f}",
        text_of(e.median_loss, ".3g"),
        text_of(e.median_distance, ".3g"),
        text_of(e.median_accuracy, ".3g"),
        last_rate(e),
    ]


def last_rate(e: Evidence) -> str:
    """Return the learning rates at the end of the runs, one number where all agree."""
    low, high = e.last_rates
    if low == high:
        return f"{low:.2g}"
    return f"{low:.2g} to {high:.2g}"


def text_of(value: float | None, form: str, *, missing: str = "") -> str:
    """Return a number in a format, or what stands for a missing one.

    Example:
        >>> text_of(0.1234, ".3g"), text_of(None, "g", missing="?")
        ('0.123', '?')
    """
    return missing if value is None else format(value, form)


def _behaviours(verdicts: Sequence[Verdict]) -> list[list[str]]:
    rows = []
    for one in verdicts:
        for name, count in one.evidence.behaviours.items():
            rows.append([one.evidence.cell, name, str(count)])
    return rows


def _guesses(verdicts: Sequence[Verdict]) -> list[list[str]]:
    rows = []
    for one in verdicts:
        if one.guessing is not None:
            rows.append([one.evidence.cell, one.guessing.counted])
    return rows


def _rules(standard: Standard) -> Table:
    caption = PAGE("conditions")
    return Table(
        ["verdict", "when"],
        conditions(standard),
        caption,
        folded=True,
    )


def _arguments(verdicts: Sequence[Verdict]) -> Iterator[Block]:
    """Show each argument beside what it says of a configuration."""
    yield Note(PAGE("arguments"))
    for one in verdicts:
        cell = one.evidence.cell
        for a in one.arguments:
            name = "argument" if a.is_intrinsic else "bound"
            text = PAGE(
                name,
                nets=a.quantifies_over,
                criterion=a.criterion,
                words=a.words,
                excludes=a.excludes,
            )
            word = "applies" if a.is_intrinsic else "a bound"
            yield Trial(
                a.name,
                cell,
                Badge(word, "good"),
                text,
            )
        for a in one.inapplicable:
            badge = Badge("does not apply", "open")
            yield Trial(
                a.name,
                cell,
                badge,
                PAGE("no_argument", why=a.why),
            )


def _witnesses(verdicts: Sequence[Verdict], language: Language) -> Iterator[Block]:
    for one in verdicts:
        if one.witness is None or one.witness.network is None:
            continue
        yield Note(f"{one.evidence.cell}: {one.witness.description}.")
        yield at_work(one.witness.network, language)


def at_work(network: Net, language: Language) -> Table:
    """Show a network that reads one word, step by step.

    The table has the symbols that may follow, and the outputs that decide.
    """
    word = _word(language)
    _, outputs = run_flat(network, language, [word])
    rows = []
    for time, state in enumerate(language.path(word)[1:]):
        legal = language.next_output[state] > 0
        if not legal.any():
            continue
        given = outputs[time]
        following = " ".join(np.array(language.outputs)[legal])
        lowest = f"{given[legal].min():.3f}"
        highest = "" if legal.all() else f"{given[~legal].max():.3f}"
        rows.append([word[: time + 1], following, lowest, highest])
    columns = ["read so far", "legal next"]
    columns += ["lowest legal output", "highest illegal output"]
    return Table(columns, rows, PAGE("at_work"))


def _word(language: Language) -> str:
    """Return a sampled word that is not empty, or its beginning."""
    for word in sample(language, 100, seed=SEED_OF_WORD):
        if word:
            return word[:MOST_SYMBOLS]
    return ""
