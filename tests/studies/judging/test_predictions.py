"""A file of predictions: judged as its model is; a bad file is one line."""

import json

import numpy as np
import pytest

from elsewhere import answer_files, window
from firstbit.cli import main
from firstbit.errors import FirstbitError, OutputError, SettingError, WordError
from firstbit.languages import Criterion, export_language, reber
from firstbit.studies import judge

SIZES = (40, 20)
SHORT = Criterion(num_words=40)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An exported folder, and a window's predictions of its words."""
    folder = tmp_path_factory.mktemp("made")
    export_language("reber", folder / "reber", sizes=SIZES, seed=3)
    predict = window(reber(), 1)
    lines = answer_files(folder / "reber", predict, folder / "window.jsonl")
    return folder, list(dict.fromkeys(lines))


@pytest.mark.slow
def test_a_file_is_judged_as_its_model_is(made):
    folder, _ = made
    found = judge(
        folder / "window.jsonl",
        "reber",
        scores="probabilities",
        criterion=SHORT,
        seed=3,
    )
    model = judge(
        window(reber(), 1),
        "reber",
        scores="probabilities",
        inputs="words",
        batched=True,
        criterion=SHORT,
        seed=3,
    )
    assert found.equals(model)
    assert found.attrs["model"] == "window.jsonl"
    assert "symbols to come" in found.attrs["left_out"]


@pytest.mark.slow
def test_scores_may_be_objects_and_a_twin_one_row(made):
    folder, _ = made
    lines = answer_files(
        folder / "reber",
        window(reber(), 1),
        folder / "objects.jsonl",
        as_objects=True,
        language=reber(),
    )
    entries = [json.loads(line) for line in lines]
    whole = {entry["word"] for entry in entries if reber().accepts(entry["word"])}
    for entry in entries:
        if entry["word"] not in whole:  # a twin: its last prediction alone counts
            entry["scores"] = entry["scores"][-1:]
    way = {"scores": "probabilities", "criterion": SHORT, "seed": 3}
    text = "\n".join(map(json.dumps, entries))
    (folder / "objects.jsonl").write_text(text)
    found = judge(str(folder / "objects.jsonl"), "reber", **way)
    assert found.equals(judge(str(folder / "window.jsonl"), "reber", **way))


ROW = [1 / 7] * 7


def line(word, *rows):
    return json.dumps({"word": word, "scores": list(rows)})


BAD = {
    "empty": ("", SettingError, "expected lines such as .*, got nothing"),
    "not text": (b"\xff\xfe\x00", OutputError, "expected JSON Lines"),
    "cut": (
        '{"word": "BT", "scores": [[0.1, 0.2',
        SettingError,
        "line 1: expected an object such as .* may be cut",
    ),
    "no object": ("[1, 2]", SettingError, "line 1: expected an object such as"),
    "no scores": ('{"word": "BT"}', SettingError, "line 1: expected an object"),
    "no text": (
        '{"word": 3, "scores": []}',
        WordError,
        "line 1: expected a word as text, got 3",
    ),
    "not of the language": (
        f"{line('BT', ROW, ROW)}\n{line('BB', ROW, ROW)}",
        WordError,
        "line 2: 'BB', position 2: letter 'B' is not legal",
    ),
    "unknown letter": (
        line("BQ", ROW, ROW),
        WordError,
        "letter 'Q' is not in the alphabet; expected one of",
    ),
    "unknown symbol": (
        line("B", {"T": 0.5, "Q": 0.5}),
        SettingError,
        "unknown symbol 'Q' in the scores of 'B': expected some of B, T",
    ),
    "rows": (
        line("BTX", ROW, ROW),
        SettingError,
        "one row of scores for each of the 3 symbols of 'BTX', got 2",
    ),
    "columns": (line("B", ROW[:6]), SettingError, "expected 7 scores in a row.*got 6"),
    "depth": ("[" * 100_000, SettingError, "line 1: .*brackets within brackets"),
    "digits": (
        f'{{"word": "B", "scores": [[{"1" * 5000}, 0, 0, 0, 0, 0, 0]]}}',
        SettingError,
        "expected predictions of all",
    ),
    "text": (line("B", ["x"] * 7), SettingError, "expected numbers as scores"),
    "twice": (
        f"{line('B', ROW)}\n{line('B', [*ROW[:6], 0])}",
        SettingError,
        "line 2: expected each word once, got 'B' again",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_line(name, tmp_path, capsys):
    text, kind, message = BAD[name]
    file = tmp_path / "bad.jsonl"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(kind, match=message) as refused:
        judge(file, "reber", scores="probabilities", criterion=SHORT)
    assert "\n" not in str(refused.value)
    command = ["judge", "--predictions", str(file), "--language", "reber"]
    assert main([*command, "--scores", "probabilities"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def spoilt(lines, change):
    """Lines in which the scores of one word are changed."""
    entry = json.loads(lines[5])
    entry["scores"] = change(np.array(entry["scores"]))
    return [*lines[:5], json.dumps(entry), *lines[6:]]


WRONG = {
    "a word is missing": (
        lambda lines: lines[:-30],
        "none of .* such as '.*--export DIR",
    ),
    "another seed": (lambda lines: lines[:9], "may be cut, or of another seed"),
    "a sum": (
        lambda lines: spoilt(lines, lambda rows: (2 * rows).tolist()),
        "sum to 1, got the sum 2 .* say scores='logits'",
    ),
    "not a number": (
        lambda lines: spoilt(lines, lambda rows: (rows + np.nan).tolist()),
        "expected finite scores, got nan after 'B",
    ),
    "two scores of one beginning": (
        lambda lines: spoilt(lines, lambda rows: rows[:, ::-1].tolist()),
        r"expected the same scores after 'B\w*' in every word",
    ),
    "the last row of a whole word": (
        lambda lines: spoilt(lines, lambda rows: rows[-1:].tolist()),
        "expected one row of scores for each of the",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", WRONG)
def test_a_file_that_lacks_something_is_one_line(name, made, tmp_path):
    change, message = WRONG[name]
    (tmp_path / "bad.jsonl").write_text("\n".join(change(made[1])))
    with pytest.raises(FirstbitError, match=message) as refused:
        judge(
            tmp_path / "bad.jsonl",
            "reber",
            scores="probabilities",
            criterion=SHORT,
            seed=3,
        )
    assert "\n" not in str(refused.value)


@pytest.mark.slow
def test_the_command_of_the_manifest_judges(made, capsys, tmp_path):
    folder, _ = made
    manifest = json.loads((folder / "reber" / "manifest.json").read_text())
    command = manifest["judge"].split()
    command[command.index("FILE")] = str(folder / "window.jsonl")
    command[command.index("logits")] = "probabilities"
    assert command[0] == "firstbit"
    assert main([*command[1:], "--out", str(tmp_path / "out")]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("window.jsonl does not solve reber: it behaves like last")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "judgement.json",
        "judgement.nc",
        "report.html",
    }


@pytest.mark.slow
def test_json_has_all_numbers(made, capsys):
    folder, _ = made
    command = ["judge", "--predictions", str(folder / "window.jsonl")]
    command += ["--language", "reber", "--scores", "probabilities", "--seed", "3"]
    assert main([*command, "--num-words", "40", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["solved"] is False
    assert document["behaves_like"] == "last symbol"
    assert document["automaton"] is None


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ("", "expected --model file.py:load or --predictions FILE"),
        ("--model a.py:f --predictions p.jsonl", "one of them"),
        ("--predictions p.jsonl --automaton", "can't be asked"),
        (
            "--model a.py:f --extra-states 1",
            "expected --automaton beside --extra-states",
        ),
        ("--model a.py:f --num-words 0", "`num_words` must be at least 1"),
        ("--predictions none.jsonl", "can't read 'none.jsonl'"),
    ],
)
def test_a_bad_command_is_one_line(options, text, capsys):
    command = f"judge --language reber --scores logits {options}"
    assert main(command.split()) == 2
    said = capsys.readouterr().err
    assert text in said
    assert said.count("\n") == 1
