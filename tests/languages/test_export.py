"""Exported folders: exact probabilities, true floors, whole or not at all."""

import json

import numpy as np
import pytest

from firstbit.cli import main
from firstbit.errors import FirstbitError, OutputError
from firstbit.languages import (
    Criterion,
    Rows,
    embedded_reber,
    export,
    export_language,
    full_floor,
    parity,
    read_toml,
    window_floors,
)
from firstbit.languages.judging.standard_test import StandardTest


def read(file):
    return [json.loads(line) for line in file.read_text().splitlines()]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export") / "er"
    manifest = export_language("embedded-reber", folder, sizes=(60, 20, 30), seed=5)
    return folder, manifest


@pytest.mark.slow
def test_every_position_has_its_exact_probabilities(made):
    folder, manifest = made
    task = embedded_reber()
    for name, facts in manifest["files"].items():
        entries = read(folder / name)
        assert len(entries) == facts["words"]
        for entry in entries[:20]:
            word = entry["word"]
            assert len(entry["next"]) == len(word) + 1
            for end, choices in enumerate(entry["next"]):
                assert choices == task.next_symbols(word[:end])


@pytest.mark.slow
def test_the_manifest_is_in_the_folder_and_has_the_floors(made):
    folder, manifest = made
    assert json.loads((folder / "manifest.json").read_text()) == manifest
    assert manifest["outputs"] == list(embedded_reber().outputs)
    assert manifest["memory_order"] is None
    bits = manifest["floors"]["bits a word"]
    assert bits["state_known"] == full_floor(embedded_reber(), "bits")
    assert bits["last_m_symbols"] == list(window_floors(embedded_reber(), 8, "bits"))
    assert manifest["files"]["train.jsonl"]["words"] == 60
    assert manifest["criterion"]["num_words"] == 60
    assert read_toml(folder / "language.toml") == embedded_reber()


@pytest.mark.slow
def test_floors_of_lists_are_those_of_plain_sums(made):
    folder, manifest = made
    for name in ("train.jsonl", "judge/fresh.jsonl"):
        entries = read(folder / name)
        bits = 0.0
        for entry in entries:
            word = entry["word"]
            for end in range(1, len(word)):
                bits -= np.log2(entry["next"][end][word[end]])
        floor = manifest["files"][name]["floors"]["bits a word"]["truth"]
        assert floor == pytest.approx(bits / len(entries), rel=1e-12)


def test_twins_end_alike_and_no_window_does_better_than_their_floor(made):
    folder, manifest = made
    lags = sorted(
        facts["lag"] for facts in manifest["files"].values() if "lag" in facts
    )
    assert lags[:4] == [1, 2, 4, 8]
    assert manifest["lag"] in lags
    rows = Rows.of(embedded_reber())
    for lag in lags[:4]:
        facts = manifest["files"][f"judge/twins-{lag}.jsonl"]
        entries = read(folder / f"judge/twins-{lag}.jsonl")
        squared = {"state_known": 0.0, "last_L_symbols": 0.0}
        for one, other in zip(entries[::2], entries[1::2], strict=True):
            assert one["word"][-lag:] == other["word"][-lag:]
            states = [embedded_reber().path(each["word"])[-1] for each in (one, other)]
            truths = embedded_reber().next_output[states]
            assert np.linalg.norm(truths[0] - truths[1]) > 0.3
            guess = truths.mean(axis=0)
            for truth in truths:
                squared["state_known"] += 1 - truth @ truth
                squared["last_L_symbols"] += truth @ ((np.eye(7) - guess) ** 2).sum(1)
        floors = facts["floors"]["squared error a last prediction"]
        for name, total in squared.items():
            assert floors[name] == pytest.approx(total / len(entries))
        bits = facts["floors"]["bits a last prediction"]
        assert bits["last_L_symbols"] > bits["state_known"]
    assert len(rows.table) > 1


def test_the_words_are_those_of_the_judge(made):
    folder, _ = made
    test = StandardTest(embedded_reber(), Criterion(num_words=60), 5)
    fresh = [entry["word"] for entry in read(folder / "judge" / "fresh.jsonl")]
    assert tuple(fresh) == test.words.fresh


@pytest.mark.slow
def test_the_same_seed_writes_the_same_bytes(tmp_path):
    for name, seed in (("one", 1), ("same", 1), ("other", 2)):
        export_language("parity", tmp_path / name, sizes=(20, 10), seed=seed)

    def contents(name):
        files = (tmp_path / name).rglob("*.*")
        return {file.name: file.read_bytes() for file in files}

    assert contents("one") == contents("same")
    assert contents("one")["train.jsonl"] != contents("other")["train.jsonl"]
    assert "repeated.jsonl" in contents("one")


@pytest.mark.slow
def test_lists_may_be_disjoint_or_longer(tmp_path):
    manifest = export_language(
        parity(),
        tmp_path / "p",
        sizes=(50, 50),
        lengths=[(1, 10), (11, 20)],
        disjoint=True,
        distinct=True,
    )
    train, test = (read(tmp_path / "p" / f"{name}.jsonl") for name in ("train", "test"))
    assert max(len(entry["word"]) for entry in train) <= 10
    assert min(len(entry["word"]) for entry in test) > 10
    assert len({entry["word"] for entry in train}) == 50
    assert manifest["files"]["test.jsonl"]["lengths"] == [11, 20]
    apart = export_language("reber", tmp_path / "r", sizes=(40, 40), disjoint=True)
    lists = [read(tmp_path / "r" / f"{name}.jsonl") for name in ("train", "test")]
    words = [{entry["word"] for entry in entries} for entries in lists]
    assert not words[0] & words[1]
    assert apart["files"]["train.jsonl"]["floors"]["bits a word"]["expected"] is None
    assert apart["disjoint"]


@pytest.mark.slow
def test_a_folder_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    folder = tmp_path / "r"
    export_language("reber", folder, sizes=(20, 10))
    before = {file: file.read_bytes() for file in folder.rglob("*.*")}

    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export, "write_toml", full)
    with pytest.raises(OSError, match="No space left"):
        export_language("reber", folder, sizes=(30, 10))
    assert {file: file.read_bytes() for file in folder.rglob("*.*")} == before
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


@pytest.mark.wrong_types
@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"language": "rebber"}, "did you mean 'reber'"),
        ({"sizes": (10,)}, "expected two sizes"),
        ({"sizes": 10}, "expected `sizes` as two or three numbers, got 10"),
        ({"sizes": (0, 10)}, "`num_train` must be at least 1"),
        ({"seed": -1}, "`seed` must be at least 0"),
        ({"folder": ""}, "expected a path for `folder`"),
    ],
)
def test_bad_settings_are_a_line(changes, text, tmp_path):
    arguments = {"language": "reber", "folder": tmp_path / "r", **changes}
    with pytest.raises(FirstbitError, match=text):
        export_language(**arguments)
    assert not list(tmp_path.iterdir())


def test_a_folder_of_something_else_stays(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"no manifest\.json"):
        export_language("reber", tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


@pytest.mark.slow
def test_from_the_command_line(tmp_path, capsys):
    out = tmp_path / "ab"
    command = ["language", "--regex", "a(b|c)*d", "--export", str(out)]
    assert main([*command, "--split", "30,10", "--seed", "1", "--length", "2:9"]) == 0
    printed = capsys.readouterr().out
    assert "train.jsonl" in printed
    assert "firstbit judge --language DIR/language.toml" in printed
    assert len(read(out / "train.jsonl")) == 30
    called = tmp_path / "called"
    task = read_toml(out / "language.toml")
    export_language(task, called, sizes=(30, 10), seed=1, lengths=(2, 9))
    assert (called / "test.jsonl").read_bytes() == (out / "test.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ("--export D --sample 3", "expected one of --sample and --export, got both"),
        ("--export D --unit nats", "expected --floors or --split beside --unit"),
        ("--export D --length 1:3,4:5", "one for each of 3 lists; got 2"),
        ("--disjoint", "expected --split or --export beside --disjoint"),
    ],
)
def test_options_that_change_nothing_are_refused(options, text, capsys):
    assert main(["language", "reber", *options.split()]) == 2
    assert text in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("name", ["reber", "first-bit:3", "tomita-4"])
def test_a_name_of_the_catalogue_is_named_as_it_is(name, tmp_path):
    manifest = export_language(name, tmp_path / "x", sizes=(5, 5))
    assert f"--language {name} " in manifest["judge"]
