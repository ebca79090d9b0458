"""`--csv` and `--latex`: a result's own table in full, and tables for LaTeX."""

import csv
import io
from functools import partial

import jax
import pytest

from firstbit import cost, discrepancy
from firstbit.cli import main, output
from firstbit.languages import Language, window_floors

BOTH = "discrepancy --cell vanilla:2 --cell gru:2 --length 3 --num-draws 8"


def run(command, capsys):
    assert main(command.split()) == 0
    return capsys.readouterr().out


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_a_narrow_terminal_has_numbers_in_tables_below_each_other(capsys, monkeypatch):
    console = partial(output.Console, force_terminal=True, width=36, color_system=None)
    monkeypatch.setattr(output, "Console", console)
    lines = [
        ["k", "read-out", "multiplications", "reach"],
        ["20", "linear", "1380", "9"],
    ]
    output.print_table("cost", lines[0], lines[1:], numeric=True, keys=2)
    words = capsys.readouterr().out.split()
    assert [words.count(one) for one in ("linear", "1380", "multiplications")] == [
        2,
        1,
        1,
    ]
    assert words.count("cost") == 1


@pytest.mark.slow
def test_csv_has_the_table_of_each_result_in_full(capsys):
    found = rows(run(f"{BOTH} --csv", capsys))
    expected = []
    for cell in ("vanilla:2", "gru:2"):
        result = discrepancy(cell, length=3, num_draws=8, key=jax.random.key(0))
        result = result.assign(cost(cell, timed=False).data_vars)
        expected += [(cell, row) for row in result.to_dataframe().to_dict("records")]
    assert len(found) == len(expected) == 6
    for row, (cell, numbers) in zip(found, expected, strict=True):
        assert row.pop("cell") == cell
        del row["hidden_size"], row["length"]
        assert {name: float(text) for name, text in row.items() if text} == {
            name: value for name, value in numbers.items() if value == value
        }


def test_latex_has_each_table_and_the_sentences_as_comments(capsys):
    found = run(f"{BOTH} --latex", capsys)
    assert found.count(r"\begin{tabular}{lr") == found.count(r"\bottomrule") == 4
    assert r"\caption{At l = 3: D with its upper end, and $\pm$ half" in found
    outside = [line for line in found.splitlines() if line[:1] not in "\\%"]
    assert all(line.endswith(r" \\") for line in outside)


def test_rows_of_latex_begin_with_no_option_of_the_line_before(capsys):
    found = run("language dyck:2,3 --next () --latex", capsys)
    assert "\n{}[ & 0.3333" in found
    found = run(r"language [\*\[]a --next= --latex", capsys)
    assert r"{}* & 0.5 \\" in found.splitlines()
    outside = [line for line in found.splitlines() if line[:1] in "[*"]
    assert not outside


def test_csv_of_floors_has_all_digits(capsys):
    found = rows(run("language B(TS*X|PT*V)E --floors --windows 2 --csv", capsys))
    task = Language.from_regex("B(TS*X|PT*V)E")
    windows = [float(row["squared error"]) for row in found[:-1]]
    assert windows == window_floors(task, 2)
    assert found[-1]["known"] == "state"


@pytest.mark.parametrize(
    "ask", ["", "--demand", "--next B", "--count 3", "--sample 3", "--split 5,5"]
)
def test_every_question_about_a_language_has_rows(ask, capsys):
    assert len(rows(run(f"language reber {ask} --csv", capsys))) > 1


def test_latex_leaves_no_row_out(capsys):
    found = run("language reber --count 99 --latex", capsys)
    assert found.count(r"\\" + "\n") == 101


def test_latex_is_refused_before_a_file_is_written(tmp_path, capsys):
    file = tmp_path / "words.txt"
    command = ["language", "reber", "--sample", "2", "--out", str(file), "--latex"]
    assert main(command) == 2
    assert "leave out --latex" in capsys.readouterr().err
    assert not file.exists()


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("cost --csv --json", "expected one form, got --json and --csv; ask once"),
        (
            "language reber --floors --split 5,5 --csv",
            "got --floors, --split; ask once",
        ),
        ("language reber --sample 2 --latex", "got sentences alone; leave out --latex"),
    ],
)
def test_what_has_no_one_table_is_refused(command, line, capsys):
    assert main(command.split()) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert line in captured.err
