"""The page of the proof: what stands there is read again, and gone on from."""

from types import SimpleNamespace

import pytest

from record import Recorder, Resumed, commit, is_there, rows_of

HERE = "tests/test_record.py::test_a_run_goes_on_from_its_page[a|b]"


def reported(outcome):
    stages = ("setup", "call", "teardown")
    return [
        SimpleNamespace(
            nodeid=HERE,
            when=when,
            outcome=outcome if when == "call" else "passed",
            duration=0.25,
            user_properties=[("tried", 60)],
        )
        for when in stages
    ]


def left_by(outcome, page):
    recorder = Recorder(page)
    for report in reported(outcome):
        recorder.pytest_runtest_logreport(report)
    return rows_of(page)


@pytest.mark.parametrize("outcome", ["passed", "failed"])
def test_a_run_goes_on_from_its_page(outcome, tmp_path, monkeypatch):
    monkeypatch.setattr("record.commit", lambda: "0123456789")
    page = tmp_path / "proof.md"
    (row,) = left_by(outcome, page).values()
    assert (row.outcome, row.seconds, row.found) == (outcome, "0.8", "tried 60")
    assert "[a|b]" in row.title.replace(r"\|", "|")
    left_out = []
    config = SimpleNamespace(
        hook=SimpleNamespace(pytest_deselected=lambda items: left_out.extend(items))
    )
    items = [SimpleNamespace(nodeid=HERE), SimpleNamespace(nodeid="another")]
    Resumed(page).pytest_collection_modifyitems(config, items)
    assert [one.nodeid for one in left_out] == [HERE] * (outcome == "passed")
    assert len(items) + len(left_out) == 2


def test_another_commit_runs_it_again(tmp_path, monkeypatch):
    page = tmp_path / "proof.md"
    left_by("passed", page)
    monkeypatch.setattr("record.commit", lambda: "another")
    config, items = SimpleNamespace(hook=None), [SimpleNamespace(nodeid=HERE)]
    config.hook = SimpleNamespace(pytest_deselected=lambda items: None)
    Resumed(page).pytest_collection_modifyitems(config, items)
    assert len(items) == 1


def test_a_skip_says_nothing_of_a_test_that_has_a_row(tmp_path):
    page = tmp_path / "proof.md"
    (row,) = left_by("skipped", page).values()
    assert row.outcome == "skipped"
    left_by("passed", page)
    (row,) = left_by("skipped", page).values()
    assert row.outcome == "passed"


def test_rows_of_tests_that_are_gone_go():
    assert is_there("test_record.py::test_rows_of_tests_that_are_gone_go")
    assert not is_there("test_record.py::test_that_nobody_wrote")
    assert not is_there("gone/test_record.py::test_rows_of_tests_that_are_gone_go")


def test_the_commit_is_known_where_there_is_git():
    assert commit() == "unknown" or len(commit().split(",")[0]) >= 7
