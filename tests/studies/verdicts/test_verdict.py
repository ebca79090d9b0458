"""`firstbit.verdict`, from cells to files, with trainings that are made up."""

import json
import re

import equinox as eqx
import jax
import numpy as np
import pytest
import xarray as xr

from firstbit.cells import GRU
from firstbit.cells.given import Given
from firstbit.datasets import Result
from firstbit.errors import CellError, LanguageError, OutputError, SettingError
from firstbit.intervals import clopper_pearson
from firstbit.languages import Language, parity, reber
from firstbit.studies import Standard
from firstbit.studies.verdicts.seeds import Runs, Seeds
from firstbit.studies.verdicts.sentences import (
    about_test,
    difference_sentence,
    run_sentences,
    uncovered,
)
from firstbit.training import Checks, Criterion, Modern, Published
from made_runs import runs
from made_verdicts import FOUR, SOLVED, Asked, four_verdicts, verdicts_on


@pytest.fixture
def asked(monkeypatch):
    found = Asked(SOLVED)
    monkeypatch.setattr(Seeds, "run", lambda *a, **k: found(*a, **k))
    return found


@pytest.fixture(scope="module")
def four():
    found, asked = four_verdicts()
    return FOUR, asked, found


@pytest.mark.slow
def test_every_verdict_with_its_witness(four):
    cells, _, found = four
    rows = found.as_json()["rows"]
    assert [row["cell"] for row in rows] == cells
    expected = ["solves", "trainability", "open", "undecided"]
    assert [row["verdict"] for row in rows] == expected
    assert [row["rate"] for row in rows] == [1, 0, 0.5, 0]
    kinds = [row["witness"] and row["witness"]["kind"] for row in rows]
    assert kinds == [None, "by hand", "by hand", None]
    assert "18 of the 18 units run it" in rows[1]["reason"]
    assert "0 of 10,000 fresh words are wrong" in rows[1]["reason"]
    assert rows[3]["nets_tried"] == 16  # eight runs, eight draws
    guessed = [row["guessing"]["num_draws"] for row in rows]
    assert guessed == [8, 8, 8, 8]  # those that solve, too
    assert "No witness was found among 16 nets" in rows[3]["reason"]
    assert all(row["interval"][0] <= row["rate"] <= row["interval"][1] for row in rows)


@pytest.mark.slow
def test_all_verdicts_and_differences_share_their_error(four):
    _, _, found = four
    rows = found.as_json()["rows"]
    assert {row["num_tests"] for row in rows} == {4}
    assert [row["p_value"] for row in rows] == [2 / 256, 2 / 256, 1, 2 / 256]
    assert rows[0]["p_value_adjusted"] == 8 / 256
    differences = found.as_json()["differences"]
    assert len(differences) == 6
    assert {one["num_tests"] for one in differences} == {6}
    first = differences[0]
    assert (first["first"], first["second"]) == ("gru:10", "vanilla:18")
    assert first["is_shown"]
    assert "gru:10 solves it more often than vanilla:18" in found.answer


@pytest.mark.slow
def test_every_cell_is_trained_alike(four):
    cells, asked, found = four
    assert list(asked) == cells
    for call in asked.values():
        assert call["seeds"] is asked["gru:10"]["seeds"]
    seeds = asked["gru:10"]["seeds"]
    assert (seeds.rule, seeds.num_seeds, seeds.words) == (found.rule, 8, None)
    assert seeds.checks == Checks()
    assert found.cells[2].initializer is not None
    assert found.cells[0].initializer is None


@pytest.mark.slow
def test_a_rule_that_needs_a_list_gets_one_for_each_seed():
    seeds = Seeds(reber(), Published(0.1, max_epochs=2), 8, jax.random.key(0))
    task = seeds.task(Given.of("gru:2", is_trained=True))
    assert task.words.own_lists
    assert task.list_of(0) != task.list_of(1)
    modern = Seeds(reber(), Modern(max_epochs=2), 8, jax.random.key(0))
    assert modern.task(Given.of("gru:2", is_trained=True)).words.are_fresh
    given = Seeds(
        reber(), Published(0.1), 8, jax.random.key(0), words=("BTXSE", "BPVVE")
    )
    assert given.task(Given.of("gru:2")).list_of(3) == ("BTXSE", "BPVVE")


@pytest.mark.slow
def test_the_settings_of_the_call(four):
    _, _, found = four
    assert found.settings == {
        "language": "embedded-reber",
        "rule": "published",
        "learning_rate": 0.001,
        "num_seeds": 8,
        "max_epochs": 7,
        "solve_rate": 0.5,
        "confidence": 0.95,
        "num_guesses": 8,
        "resolution": 0.15,
        "error": 0.01,
        "num_words_read": 256,
        "lag": 23,
        "key": [0, 3],
    }


@pytest.mark.slow
def test_the_result_as_a_dataset_and_a_table(four):
    cells, _, found = four
    ds = found.to_dataset()
    assert isinstance(ds, Result)
    assert ds.cell.values.tolist() == cells
    assert ds.cell_name.values.tolist() == ["gru", "vanilla", "vanilla", "vanilla"]
    assert ds.hidden_size.values.tolist() == [10, 18, 18, 4]
    laws = ["normal", "normal", "orthogonal", "normal"]
    assert ds.initializer.values.tolist() == laws
    assert ds.success_rate_ci.attrs["ci_prob"] == 0.95
    assert all({"long_name", "units"} <= set(ds[name].attrs) for name in ds.data_vars)
    table = found.to_dataframe()
    assert table.index.tolist() == cells
    assert table.loc["gru:10", "success_rate"] == 1
    ends = table.loc["gru:10", ["success_rate_lower", "success_rate_upper"]]
    assert tuple(ends) == found.verdicts[0].evidence.interval
    assert table["verdict"].tolist()[0] == "solves"
    assert table["nets_tried"].tolist()[3] == 16


@pytest.fixture(scope="module")
def saved(four, tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved") / "out"
    four[2].save(folder)
    return folder


@pytest.mark.slow
def test_saved_is_whole(four, saved):
    _, _, found = four
    names = {path.name for path in saved.iterdir()}
    assert names == {"data", "report.html", "verdict.json"}
    assert json.loads((saved / "verdict.json").read_text()) == json.loads(
        json.dumps(found.as_json())
    )
    page = (saved / "report.html").read_text()
    assert page.count("<figure") == 4  # every run of each configuration
    for text in ("Witnesses at work", "lowest legal output", "The rules"):
        assert text in page
    assert "http" not in page
    with xr.open_dataset(saved / "data" / "vanilla-18.nc") as kept:
        assert np.array_equal(kept["solved"], np.zeros(8, bool))


def texts_of(page):
    """The paragraphs and the cells of tables of a page, as a reader sees them."""
    found = re.findall(r"<(p|td|summary)\b[^>]*>(.*?)</\1>", page, re.DOTALL)
    texts = []
    for _, inner in found:
        plain = re.sub(r"<[^>]*>", " ", inner)
        plain = plain.replace("&#34;", '"').replace("&#39;", "'")
        plain = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        texts.append(" ".join(plain.split()))
    return texts


@pytest.mark.slow
def test_every_sentence_of_the_page_is_made_from_the_result(four, saved):
    """What the page says is what the JSON's fields say, and the answer comes first."""
    _, _, found = four
    texts = texts_of((saved / "report.html").read_text())
    data = json.loads((saved / "verdict.json").read_text())
    first = texts[: len(found.verdicts) + 1]
    assert " ".join(first) == data["answer"]
    rows = iter(data["rows"])
    for one in found.verdicts:
        row = next(rows)
        assert one.sentence in first
        assert f"{row['reason'][0].upper()}{row['reason'][1:]}." in texts
        low, high = row["interval"]
        e = row["evidence"]
        solve = f"{e['num_solved']} of {e['num_seeds']} [{low:.2f}, {high:.2f}]"
        name = "fails here, but such a net exists"
        spoken = name if row["verdict"] == "trainability" else row["verdict"]
        decided = [f"{row['p_value']:.2g}", f"{row['p_value_adjusted']:.2g}"]
        places = [i for i, text in enumerate(texts) if text == row["cell"]]
        cells = [row["cell"], spoken, solve, *decided]
        assert cells in [texts[place : place + 5] for place in places]
    for one, difference in zip(found.differences, data["differences"], strict=True):
        assert difference_sentence(one) in texts
        assert f"{difference['p_value']:.2g}" in difference_sentence(one)
    assert about_test(found.tested, "embedded-reber") in texts
    assert uncovered(found.verdicts) in texts
    for runs_of_cell in found.runs.values():
        for sentence in run_sentences(runs_of_cell):
            assert sentence in texts


@pytest.mark.slow
def test_a_notebook_shows_the_answer_first(four):
    _, _, found = four
    html = found._repr_html_()
    order = ["1 of 4 configurations solves embedded-reber", "gru:10 solves", "by Holm"]
    places = [html.index(text) for text in order]
    assert places == sorted(places)
    assert html.count('class="banner') == 4
    for one in found.verdicts:
        assert one.sentence in html
        assert one.sentence in one._repr_html_()
    assert 'class="banner bad"' not in html, "no failure is intrinsic"


def test_a_sentence_of_each_run():
    made = runs(2, 8, num_fresh=3, diverged=1, num_memory=1)
    found = run_sentences(made)
    assert found[0] == "solves; keeps to 23; right to length 56"
    assert found[2] == (
        "does not solve; keeps to 1; right to length 0; the memory is there, the "
        "read-out isn't; behaves like outer symbol lost; at rest"
    )
    assert found[7] == "does not solve; keeps to 0; right to length 0; diverged"
    finite = made.assign(long_error=made["long_error"] * np.nan)
    assert run_sentences(finite)[0] == "solves; keeps to 23; nothing longer exists"
    no_twins = made.assign(twin_error=made["twin_error"] * np.nan)
    assert run_sentences(no_twins)[0] == "solves; right to length 56"
    left = np.tile([0.5, 0.01, np.nan], (8, 1))
    linear = made.assign(contrast_left=(("seed", "twin_lag"), left))
    assert run_sentences(linear)[0] == (
        "solves; keeps to 23; right to length 56; its weights leave 0.01 of a "
        "difference after 23 symbols"
    )


@pytest.mark.slow
def test_a_sentence_about_the_test_has_its_numbers(four):
    _, _, found = four
    text = about_test(found.tested, "embedded-reber")
    for number in (
        "at most 1 %",
        "4,000 fresh",
        "1,000 twins at lag 23",
        "0.15",
        "256",
    ):
        assert number in text
    assert "No window of up to 46 symbols passes this test;" in text
    window = found.tested._replace(shortest_window=3)
    assert "passes this test has 3 symbols" in about_test(window, "embedded-reber")
    none = found.tested._replace(twin_lag=None)
    said = "there are no twins at lag 23: no two prefixes"
    assert said in about_test(none, "embedded-reber")


@pytest.mark.slow
def test_a_foreign_folder_stays(four, tmp_path):
    (tmp_path / "thesis.txt").write_text("")
    with pytest.raises(OutputError, match=r"which has files but no verdict\.json"):
        four[2].save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.slow
def test_trainings_are_kept_by_the_name_of_the_cell(asked, tmp_path):
    verdicts_on(["vanilla:4"], standard=Standard(num_guesses=0), resume=tmp_path)
    assert asked["vanilla:4"]["execution"].resume == tmp_path / "vanilla-4"


@pytest.mark.slow
@pytest.mark.parametrize("num_guesses", [8, 0])
def test_every_configuration_is_guessed_whatever_its_witness(num_guesses, monkeypatch):
    made = Runs(runs(0, 8, lag=0, longest_lag=0), ())
    monkeypatch.setattr(Seeds, "run", lambda *_, **__: made)
    found = verdicts_on(
        ["gru:6", "vanilla:6"],
        Language.from_regex("a(b|c)d"),
        rule=Modern(),
        standard=Standard(num_guesses=num_guesses, confidence=0.9),
    )
    page = found.page()
    assert page.count("does not apply</span>") >= 4
    assert ("random draws that solve" in page) == bool(num_guesses)
    assert ("guessed_share" in found.to_dataset()) == bool(num_guesses)
    kinds = {"gru:6": "guessing" if num_guesses else None, "vanilla:6": "by hand"}
    for one in found.verdicts:
        row = one.as_row()
        assert (row["witness"] and row["witness"]["kind"]) == kinds[row["cell"]]
        assert len(row["inapplicable"]) == 4
        assert (one.guessing is None) == (not num_guesses)
        if one.guessing is not None:
            assert (row["guessing"]["num_draws"], row["guessing"]["first"]) == (8, 1)
            number = len(one.guessing.solved)
            interval = list(clopper_pearson(number, 8, 0.9))
            assert row["guessing"]["interval"] == interval
            table = found.to_dataset().sel(cell=row["cell"])
            assert table["guessed_share_ci"].values.tolist() == interval
            assert one.guessing.counted in page
            assert "with its exact 90 % interval" in " ".join(page.split())


@pytest.mark.slow
def test_one_unit_on_parity_is_intrinsic(asked):
    found = verdicts_on(["vanilla:1"], parity(), standard=Standard(num_guesses=0))
    (one,) = found.verdicts
    assert one.verdict == "intrinsic"
    assert "by order: for every net of Vanilla(use_bias=True):1" in one.reason
    assert "the failure is intrinsic" in found.answer


@pytest.mark.slow
def test_progress_names_the_cell(asked):
    seen = []
    verdicts_on(["gru:3"], reber(), progress=lambda *report: seen.append(report))
    assert seen[0] == ("training gru:3", 1, 1)
    assert seen[-1] == ("guessing gru:3", 8, 8)


@pytest.mark.parametrize(
    ("cells", "settings", "error", "text"),
    [
        ([], {}, SettingError, "expected one or more different configurations"),
        (["gru:10", "gru:10"], {}, SettingError, "different names, got gru:10, gru:10"),
        ([GRU], {}, CellError, "expected a `hidden_size` for GRU, got none"),
        (["gru:3,5"], {}, CellError, "expected one hidden size for GRU"),
        (["gru:3"], {"num_seeds": 0}, SettingError, "`num_seeds` must be at least 1"),
        (["gru:3"], {"num_seeds": 7}, SettingError, "too few seeds: .* at least 8"),
        (
            ["gru:3"],
            {"standard": Standard(solve_rate=0.9)},
            SettingError,
            "too few seeds: expected at least 36 for a rate above 0.9",
        ),
        (
            ["gru:3"],
            {"criterion": Criterion(resolution=5.0)},
            SettingError,
            "expected a resolution .*the largest distance of two rows",
        ),
    ],
)
def test_refusals_come_before_any_training(cells, settings, error, text, asked):
    with pytest.raises(error, match=text):
        verdicts_on(cells, reber(), **settings)
    assert not asked


@pytest.mark.parametrize(
    ("language", "settings", "text"),
    [
        (Language.from_regex("(a|b)*"), {}, "demands something, got '(a|b)*'"),
        (Language.from_regex("a"), {}, "."),
        (parity(), {"words": ["0", "0"]}, "that hold a lag beyond"),
    ],
)
def test_languages_and_lists_that_ask_for_nothing(language, settings, text, asked):
    with pytest.raises(LanguageError, match=text if text == "." else re.escape(text)):
        verdicts_on(["gru:3"], language, **settings)
    assert not asked


@pytest.mark.slow
def test_a_cell_that_is_not_of_its_class_is_refused(asked):
    class Lying(GRU.__mro__[1]):
        """A GRU that says that its step is linear."""

        transition = "gated, real, non-negative"
        inner: GRU
        input_size: int = eqx.field(static=True)
        hidden_size: int = eqx.field(static=True)

        def __init__(self, input_size, hidden_size, *, key):
            self.inner = GRU(input_size, hidden_size, key=key)
            self.input_size, self.hidden_size = input_size, hidden_size

        def __call__(self, input, hidden):
            return self.inner(input, hidden)

    given = Given.of(Lying, hidden_sizes=[3])
    with pytest.raises(CellError, match="its step isn't linear in the state"):
        verdicts_on([given], reber())
    assert not asked
