"""Record, tables, verdicts, answer and page of a study; its trainings are made up."""

from dataclasses import replace

import pytest

from figure_reader import tick_labels
from firstbit.errors import OutputError
from firstbit.report import Picture, Table
from firstbit.studies.vanilla_or_gru import baselines
from firstbit.studies.vanilla_or_gru.answer import answer
from firstbit.studies.vanilla_or_gru.baselines import run_guessing
from firstbit.studies.vanilla_or_gru.judged import judged
from firstbit.studies.vanilla_or_gru.measured import Measured, measured
from firstbit.studies.vanilla_or_gru.page import (
    figure,
    figure_title,
    lead,
    sections,
    study_page,
)
from firstbit.studies.vanilla_or_gru.parts import (
    LAGS,
    PUBLISHED_CELL,
    QUESTIONS,
)
from firstbit.studies.vanilla_or_gru.rates import rates, smallest_sizes
from firstbit.studies.vanilla_or_gru.record import read_study, write_study
from firstbit.studies.vanilla_or_gru.study import Study
from firstbit.studies.vanilla_or_gru.tables import (
    cell_rows,
    evidence_rows,
    guess_reading,
    guess_rows,
)
from firstbit.studies.verdicts.guessing import Guessing
from made_runs import Guesser, runs
from made_study import ALL, TWELVE


@pytest.fixture(scope="module")
def guesses(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(baselines, "guess", Guesser())
        return run_guessing(TWELVE, tmp_path_factory.mktemp("guesses"))


def evidence_in(study):
    return [row.evidence for row in study.rows]


def kinds_of(study):
    found = {}
    for part, cell, verdict in judged(study):
        kind = None if verdict.witness is None else verdict.witness.kind
        found[cell.title, part.setting] = verdict.verdict, kind
    return found


@pytest.mark.slow
def test_the_record_holds_every_run_and_is_small(study, tmp_path):
    write_study(study, tmp_path / "study.nc")
    again = read_study(tmp_path / "study.nc")
    assert evidence_in(again) == evidence_in(study)
    assert (again.settings, again.num_left) == (TWELVE, 0)
    assert (tmp_path / "study.nc").stat().st_size < 200_000


@pytest.mark.slow
def test_the_record_of_some_parts(study, tmp_path):
    chosen = ALL[2:4]
    names = {part.run_name(one) for part in chosen for one in part.configurations}
    some = {name: one for name, one in study.runs.items() if name in names}
    partly = measured(TWELVE, chosen, some)
    write_study(partly, tmp_path / "partly.nc")
    assert evidence_in(read_study(tmp_path / "partly.nc")) == evidence_in(partly)


def test_another_file_is_no_study(tmp_path):
    runs(2, 2).to_netcdf(tmp_path / "other.nc")
    with pytest.raises(OutputError, match="expected a study's runs, got"):
        read_study(tmp_path / "other.nc")


@pytest.mark.slow
@pytest.mark.parametrize("has_runs", [True, False])
@pytest.mark.parametrize("has_guesses", [True, False])
def test_the_record_holds_the_guesses(study, guesses, has_runs, has_guesses, tmp_path):
    found = study if has_runs else Measured(TWELVE, (), {}, 0)
    found = replace(found, guesses=guesses if has_guesses else {})
    write_study(found, tmp_path / "study.nc")
    again = read_study(tmp_path / "study.nc")
    assert again.guesses == found.guesses
    assert evidence_in(again) == evidence_in(found)


@pytest.mark.slow
def test_guesses_as_a_table_and_a_sentence(study, guesses):
    found = replace(study, guesses=guesses)
    columns, rows = guess_rows(found)
    assert columns[:2] == ["cell", "embedded-reber"]
    assert columns[2:] == [f"first-bit-random:{lag}" for lag in LAGS]
    assert rows[0][0] == "Vanilla (logistic)"
    (gru,) = [row for row in rows if row[0] == "GRU"]
    near = "10 of 1,000 [0.005, 0.018], the first is draw 100"
    assert gru[1:3] == ["0 of 1,000 [0.000, 0.004]", near]
    assert guess_reading(found) == (
        f"Random draws solve first-bit-random:5 (most often GRU, {near}), and none "
        "solves embedded-reber, first-bit-random:10, first-bit-random:20, "
        "first-bit-random:50: the share of each cell there is below 0.37 %, so a "
        "training that solves these was not merely well drawn."
    )
    nowhere = {name: Guessing(9, (), None, "") for name in guesses}
    assert guess_reading(replace(found, guesses=nowhere)).startswith(
        "Random draws solve no task: the share of each cell"
    )


@pytest.mark.slow
def test_a_guess_may_be_the_witness(study):
    found = {"guessing_embedded-reber_LSTM_8": Guessing(1000, (4,), None, "tested")}
    rows = [row for row in study.rows if row.part.question == "cells"]
    alone = replace(study, rows=tuple(rows), guesses=found)
    by_cell = {row.cell.title: row.verdict for row in judged(alone)}
    assert kinds_of(alone)["LSTM", "published"][1] == "guessing"
    assert "guessing, 1 of 1,000 [" in by_cell["LSTM"].reason
    assert "the first is draw 5; tested" in by_cell["LSTM"].reason


@pytest.mark.slow
def test_rates_are_over_cell_and_setting(study):
    table = rates(study, "cells")
    assert table.success_rate.sel(cell="GRU").values.tolist() == [0, 1]
    low = table.success_rate_ci.sel(ci_bound="lower")
    high = table.success_rate_ci.sel(ci_bound="upper")
    assert bool(
        (low <= table.success_rate).all() and (table.success_rate <= high).all()
    )
    assert rates(study, "lags").setting.values.tolist() == ["5", "10", "20", "50"]


@pytest.mark.slow
def test_smallest_sizes(study):
    least = smallest_sizes(study)
    assert (least["GRU"], least["LSTM"]) == ("2", "18")
    failing = []
    for row in study.on("sizes"):
        if row.evidence.cell == "LSTM" and not row.evidence.num_solved:
            failing.append(row)
    assert smallest_sizes(replace(study, rows=tuple(failing)))["LSTM"] == "?"


@pytest.mark.slow
def test_the_table_of_a_question(study):
    columns, rows = evidence_rows(study, "cells")
    by_cell = {tuple(row[:2]): dict(zip(columns, row, strict=True)) for row in rows}
    gru = by_cell["GRU", "modern"]
    assert gru["solve [95 % interval]"] == "12 of 12 [0.74, 1.00]"
    assert gru["symbols to success"] == "1,550"
    assert gru["behaves like: runs"] == ""
    assert (gru["right on twins"], gru["right 46 back"]) == ("12", "0")
    published = by_cell["GRU", "published"]
    assert published["symbols to success"] == "not reached by half"
    assert published["behaves like: runs"] == "outer symbol lost: 12"


@pytest.mark.slow
def test_tables_have_the_columns_of_their_question(study):
    of_factors, rows = evidence_rows(study, "factors")
    assert of_factors[0] == "rule of training"
    assert [row[0] for row in rows[4:7]] == [
        "published, but clipping",
        "published, but learning rate 0.01",
        "modern",
    ]
    of_lags, _ = evidence_rows(study, "lags")
    assert of_lags[:2] == ["cell", "symbols before the query, l"]
    assert not any(name.endswith("back") for name in of_lags)


def test_the_cells_have_their_parameters():
    _, rows = cell_rows()
    assert rows[0] == ["Vanilla (logistic)", "18", "601", "N(0, 1)"]
    assert rows[3] == ["Vanilla (tanh, N(0, 1/k))", "18", "601", "N(0, 1/k)"]
    assert [row[2] for row in rows] == ["601"] * 4 + ["587", "575"]


@pytest.mark.slow
def test_the_page_has_four_figures(study, guesses):
    page = study_page(replace(study, guesses=guesses))
    assert page.count("<figure id=") == 4
    assert (
        "<h1>Vanilla&#39;s failure is not intrinsic: nets that solve exist</h1>" in page
    )
    assert "What guessing achieves" in page
    found = {
        section.title: section.blocks for section in sections(study, judged(study))
    }
    assert list(found)[-2:] == ["The verdicts", "Settings and budgets"]
    _, unsolved = found["The verdicts"]
    assert isinstance(unsolved, Table)
    assert {row[1] for row in unsolved.rows} >= {"published"}
    assert "solves reliably" not in {row[2] for row in unsolved.rows}


@pytest.mark.slow
def test_a_notebook_shows_the_answer_and_the_first_tables(study):
    html = Study(study)._repr_html_()
    headline = "s failure is not intrinsic: nets that solve exist"
    assert html.index(headline) < html.index('class="banner partial"')
    assert html.count("<table") == 2  # seven columns, and the others
    assert html.count('<tr role="row"') == 2 * 13
    nothing = Study(measured(TWELVE, ALL[:2], {}))._repr_html_()
    assert "The study: is it intrinsic, or is it training?" in nothing
    assert 'class="banner' not in nothing


@pytest.mark.slow
def test_the_lead_says_when_a_run_solves(study):
    found = lead(study)
    assert "at most 1 % of 4,000 new words and at most 1 % of 1,000 pairs" in found
    assert "here 23 symbols back: the longest distance expected in the 256" in found
    assert "pairs of twins" not in lead(replace(study, rows=()))


@pytest.mark.slow
def test_figures_say_what_they_show(study):
    titles = {question: figure_title(study, question) for question in QUESTIONS}
    assert titles["cells"] == (
        "Cells that solve reliably: 0 of 6 under the published rule, 5 of 6 under the "
        "modern rule"
    )
    assert len(set(titles.values())) == 4
    left, right = figure(study, "factors").axes
    assert tick_labels(left.yaxis) == [
        "no change",
        "cross-entropy",
        "fresh words",
        "Adam",
        "clipping",
        "learning rate 0.01",
    ]
    assert tick_labels(right.yaxis)[1:3] == ["squared error", "a fixed list"]
    captions = set()
    for section in sections(study, judged(study)):
        for block in section.blocks:
            if isinstance(block, Picture):
                captions.add(block.caption)
    assert len(captions) == 4
    assert all(text.startswith("Share of 12 runs ") for text in captions)


def test_without_runs_the_page_says_so():
    nothing = measured(TWELVE, ALL[:2], {})
    assert "12 configurations are not measured yet" in study_page(nothing)
    assert answer(nothing, []).startswith("Not measured: ")


@pytest.mark.slow
def test_verdicts_of_the_first_question(study):
    found = kinds_of(study)
    assert len(found) == 12
    title = PUBLISHED_CELL.title
    assert found[title, "published"] == ("trainability", "training")
    assert found[title, "modern"][0] == "solves"
    # Twelve runs solve under neither rule, and no LSTM is built by hand.
    assert found["LSTM", "published"] == ("undecided", None)
    assert found["Vanilla tanh, identity", "published"][1] == "training"
    reasons = [row.verdict.reason for row in judged(study)]
    assert "of Vanilla (logistic) under the modern rule solve" in reasons[0]
