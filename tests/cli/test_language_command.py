"""`firstbit language`: every question and its answer."""

import io
import json
import sys
from decimal import Decimal

import pytest
import xarray as xr

from firstbit.cli import main
from firstbit.languages import reber, sample, window_floors
from firstbit.languages.demand import memory_order as order


def test_language_answers(tmp_path, capsys):
    words = tmp_path / "words.txt"
    words.write_text("BTXSE\nBPVVE\n")
    picture = tmp_path / "reber.svg"
    ask = [
        "--sample",
        "5",
        "--floors",
        "--next",
        "BT",
        "--check",
        str(words),
        "--figure",
        str(picture),
    ]
    assert main(["language", "reber", *ask, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["next"] == {
        "prefix": "BT",
        "state": "q1",
        "symbols": {"S": 0.5, "X": 0.5},
    }
    assert told["floors"]["full"] == pytest.approx(3)
    assert told["checked"]["words"] == 2
    assert all(reber().accepts(word) for word in told["words"])
    assert main(["language", "reber", *ask]) == 0
    out = capsys.readouterr().out
    for text in (
        "2 words, all in reber",
        "After 'BT' (state q1)",
        "the last 2 symbols",
        told["words"][0],
        "shows the automaton",
    ):
        assert text in out
    assert main(["language", "--regex", "ab"]) == 0
    assert "mean length 2 symbols, entropy 0 bits" in capsys.readouterr().out
    assert main(["language", "--list"]) == 0
    assert "embedded-reber" in capsys.readouterr().out
    assert main(["language", "--list", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {
        "reber",
        "embedded-reber",
        "reber-as-printed",
        *(f"tomita-{n}" for n in range(1, 8)),
    } < set(told)
    assert told["nested-reber"]["parameters"] == {"depth": 2}


def test_language_tells_where_words_end(capsys):
    assert main(["language", "ab*", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["summary"]["end"] == {"s1": 0.5}
    assert main(["language", "ab*"]) == 0
    rows = [
        line.strip("│").split()
        for line in capsys.readouterr().out.splitlines()
        if line.startswith("│")
    ]
    assert [[cell for cell in row if cell != "│"] for row in rows] == [
        ["s0", "a", "s1", "1"],
        ["s1", "b", "s1", "0.5"],
        ["s1", "$", "(end)", "0.5"],
    ]
    assert main(["language", "ab*", "--next", "a"]) == 0
    assert "│ $ (end)     │ 0.5" in capsys.readouterr().out
    assert main(["language", "reber", "--next", "BTXSE"]) == 0
    assert "│ $ (end)     │ 1" in capsys.readouterr().out


def test_language_counts_one_and_many(tmp_path, capsys):
    (tmp_path / "words.txt").write_text("a\n")
    for expression, texts in {
        "()": [
            "(): 1 state, alphabet empty,",
            "mean length 0 symbols, entropy 0 bits a word.",
        ],
        "a|b": [
            "a|b: 2 states, alphabet a b,",
            "mean length 1 symbol, entropy 1 bit a word.",
        ],
    }.items():
        assert main(["language", expression]) == 0
        assert capsys.readouterr().out.splitlines()[:2] == texts
    assert (
        main(
            [
                "language",
                "a*",
                "--check",
                str(tmp_path / "words.txt"),
                "--floors",
                "--windows",
                "1",
            ]
        )
        == 0
    )
    out = capsys.readouterr().out
    assert ": 1 word, all in a*." in out
    assert "│ the last 0 symbols │" in out
    assert "│ the last 1 symbol  │" in out


def test_language_floors_are_those_of_the_library(capsys):
    assert main(["language", "reber", "--floors", "--windows", "3", "--json"]) == 0
    floors = json.loads(capsys.readouterr().out)["floors"]
    assert floors["window"] == pytest.approx(window_floors(reber(), 3))
    assert floors["window_bits"] == pytest.approx(window_floors(reber(), 3, "bits"))


def test_long_tables_are_cut_and_json_is_not(capsys):
    assert main(["language", "reber", "--count", "54"]) == 0
    assert "left out" not in capsys.readouterr().out
    assert main(["language", "reber", "--count", "99"]) == 0
    out = capsys.readouterr().out
    lengths = [line.split()[1] for line in out.splitlines() if line.startswith("│")]
    assert lengths == [*map(str, range(45)), "...", *map(str, range(90, 100))]
    assert "\n... 45 rows left out; --json has them all.\n" in out
    assert main(["language", "reber", "--count", "99", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["counts"]) == 100


@pytest.mark.proof
def test_numbers_of_any_size(capsys):
    limit = sys.get_int_max_str_digits()
    assert main(["language", "[a-z]*", "--count", "3100"]) == 0
    out = capsys.readouterr().out
    assert " 2.6144e4386 " in out
    assert " 95428956661682176 " not in out  # 26^12 has 17 digits
    assert " 9.5429e16 " in out
    assert " 141167095653376 " in out  # 26^10 has 15
    assert main(["language", "[a-z]*", "--count", "3100", "--json"]) == 0
    counts = json.loads(capsys.readouterr().out, parse_int=Decimal)["counts"]
    assert counts[-1]["words"] == 26**3100
    assert sys.get_int_max_str_digits() == limit


def test_drawn_words_stand_in_the_file_or_on_the_screen(tmp_path, capsys):
    path = tmp_path / "words.txt"
    for number, told in {1: "1 word", 3: "3 words"}.items():
        assert (
            main(["language", "reber", "--sample", str(number), "--out", str(path)])
            == 0
        )
        assert capsys.readouterr().out == f"{path} is written: {told}.\n"
        assert path.read_text().split() == sample(reber(), number, seed=0)
    assert (
        main(["language", "reber", "--sample", "3", "--out", str(tmp_path / "a.toml")])
        == 0
    )
    assert (
        capsys.readouterr().out
        == "\n".join(
            [*sample(reber(), 3, seed=0), f"{tmp_path / 'a.toml'} is written."]
        )
        + "\n"
    )


def test_the_seed_counts(capsys):
    told = []
    for seed in ("0", "1"):
        assert (
            main(["language", "reber", "--sample", "5", "--seed", seed, "--json"]) == 0
        )
        told.append(json.loads(capsys.readouterr().out)["words"])
    assert told == [sample(reber(), 5, seed=0), sample(reber(), 5, seed=1)]
    assert told[0] != told[1]


def test_an_expression_may_have_an_alphabet(capsys):
    for ask in (["[^a]."], ["--regex", "[^a]."]):
        assert (
            main(["language", *ask, "--alphabet", "cba", "--count", "2", "--json"]) == 0
        )
        assert [
            row["words"] for row in json.loads(capsys.readouterr().out)["counts"]
        ] == [0, 0, 6]
    assert main(["language", "[^a].", "--alphabet", "cba", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["summary"]["alphabet"] == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("given", "status", "told"),
    [
        (b"BTXSE\nBPVVE\n", 0, "-: 2 words, all in reber."),
        (b"BTXSE\nBTSSE\n", 2, "'-': line 2: 'BTSSE', position 5"),
        (b"", 2, "'-': expected a word a line, got nothing."),
        (b"\xff\n", 2, "can't read standard input"),
    ],
)
def test_words_may_come_from_standard_input(given, status, told, capsys, monkeypatch):
    monkeypatch.setattr(
        sys, "stdin", io.TextIOWrapper(io.BytesIO(given), encoding="utf-8")
    )
    assert main(["language", "reber", "--check", "-"]) == status
    captured = capsys.readouterr()
    assert told in captured.out + captured.err
    assert captured.err.count("\n") == (status == 2)


def test_a_colon_alone_is_nothing_to_forget(tmp_path, capsys):
    times = ["9:00", "12:00", "17:00"]
    (tmp_path / "day.toml").write_text(
        'start = "9:00"\nfinal = ["17:00"]\n[transitions."9:00"]\nw = '
        '"12:00"\n[transitions."12:00"]\nw = "17:00"\n'
    )
    assert main(["language", str(tmp_path / "day.toml"), "--demand", "--json"]) == 0
    assert "merged_floor" not in json.loads(capsys.readouterr().out)["demand"]
    assert main(["language", str(tmp_path / "day.toml"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["summary"]["states"] == times


def test_language_counts_and_demands(capsys, monkeypatch):
    ask = [
        "--count",
        "8",
        "--demand",
        "--windows",
        "3",
        "--sample",
        "4",
        "--length",
        "7",
        "--uniform",
    ]
    assert (
        main(["language", "embedded-reber", "--demand", "--windows", "3", "--json"])
        == 0
    )
    demand = json.loads(capsys.readouterr().out)["demand"]
    assert demand["memory_order"] is None
    assert demand["merged_floor"] == {"outer symbol lost": pytest.approx(4)}
    assert demand["known_floor"]["outer symbol known"][2:] == pytest.approx([4, 3.5])
    assert main(["language", "reber", *ask, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["words"] for row in told["counts"]] == [0, 0, 0, 0, 0, 2, 3, 4, 7]
    assert (
        told["demand"]["memory_order"],
        told["demand"]["rank"],
        told["demand"]["affine_rank"],
    ) == (2, 5, 4)
    assert all(len(word) == 7 for word in told["words"])
    assert main(["language", "reber", *ask]) == 0
    out = capsys.readouterr().out
    assert all(
        text in out
        for text in (
            "Memory order: 2.",
            "4.7083333",
            "at least 5, with a bias at least 4",
        )
    )
    assert main(["language", "embedded-reber", "--demand"]) == 0
    out = capsys.readouterr().out
    told = (
        "outer symbol lost",
        "floor, outer symbol known",
        "4.096 bits",
        "no number of last symbols is enough",
    )
    assert all(text in out for text in told)
    monkeypatch.setattr(order, "MOST_EDGES", 100)
    assert main(["language", "embedded-reber", "--demand"]) == 0
    assert (
        "Memory order: not decided; the memory order of 'embedded-reber' needs"
        in capsys.readouterr().out
    )


@pytest.mark.slow
def test_language_writes_files_and_pictures(tmp_path, capsys):
    for ending in ("txt", "jsonl", "toml"):
        assert (
            main(
                [
                    "language",
                    "reber",
                    "--sample",
                    "3",
                    "--out",
                    str(tmp_path / f"a.{ending}"),
                ]
            )
            == 0
        )
    assert (
        main(["language", str(tmp_path / "a.toml"), "--check", str(tmp_path / "a.txt")])
        == 0
    )
    assert "3 words, all in reber" in capsys.readouterr().out
    words = [
        json.loads(line)["word"]
        for line in (tmp_path / "a.jsonl").read_text().splitlines()
    ]
    assert words == (tmp_path / "a.txt").read_text().split()
    demand = ["--demand", "--cell", "vanilla:3", "--cell", "gru:2", "--num-draws", "20"]
    assert (
        main(
            [
                "language",
                "reber",
                *demand,
                "--figure",
                str(tmp_path / "a.svg"),
                "--out",
                str(tmp_path / "demand.nc"),
            ]
        )
        == 0
    )
    assert (
        "<!-- The memory that reber demands, and what random nets supply -->"
        in (tmp_path / "a.svg").read_text()
    )
    out = capsys.readouterr().out
    assert "shows the memory demanded, and what random nets supply" in out
    assert "vanilla:3" in out.split("Share of random nets")[1]
    saved = xr.load_dataset(tmp_path / "demand.nc")
    assert (saved.attrs["num_draws"], saved["hidden_size"].values.tolist()) == (
        20,
        [3, 2],
    )
    assert (
        main(
            [
                "language",
                "reber",
                "--demand",
                "--cell",
                "vanilla:3",
                "--num-draws",
                "20",
                "--json",
            ]
        )
        == 0
    )
    told = json.loads(capsys.readouterr().out)["supply"]["vanilla:3"]
    assert told["retained"] == saved["retained"].sel(cell="vanilla:3").values.tolist()
    assert (
        main(
            [
                "language",
                "reber",
                "--demand",
                "--cell",
                "vanilla:3",
                "--num-draws",
                "20",
                "--seed",
                "1",
                "--json",
            ]
        )
        == 0
    )
    other = json.loads(capsys.readouterr().out)["supply"]["vanilla:3"]
    assert other["discrepancy"] != told["discrepancy"]


def test_lists_and_their_floors(tmp_path, capsys):
    out = tmp_path / "words.txt"
    ask = ["--split", "30,10,20", "--seed", "3", "--length", "1:6,7:9,10:12"]
    assert main(["language", "parity", *ask, "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "validation" in shown
    assert "don't follow" not in shown
    sides = {}
    for name in ("train", "validation", "test"):
        sides[name] = (tmp_path / f"words.{name}.txt").read_text().splitlines()
    assert [len(words) for words in sides.values()] == [30, 10, 20]
    assert {len(word) for word in sides["test"]} <= {10, 11, 12}
    assert main(["language", "parity", *ask, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["split"]
    assert {name: side["words"] for name, side in found.items()} == sides
    disjoint = ["--split", "50,50", "--disjoint", "--distinct", "--json"]
    assert main(["language", "reber", *disjoint]) == 0
    found = json.loads(capsys.readouterr().out)["split"]
    assert found["train"]["expected"] is None
    assert found["train"]["distinct"] == 50
    assert not set(found["train"]["words"]) & set(found["test"]["words"])


def test_floors_in_other_units(capsys):
    ask = ["--floors", "--windows", "2", "--unit", "nats", "--per", "symbol"]
    ask += ["--first-symbol", "--given-length", "1:6", "--json"]
    assert main(["language", "parity", *ask]) == 0
    found = json.loads(capsys.readouterr().out)["floors"]
    options = {"lengths": (1, 6), "per": "symbol", "first_symbol": True}
    assert found["window_nats"] == window_floors("parity", 2, "nats", **options)
    assert found["window"] == window_floors("parity", 2, **options)


def test_two_languages_are_compared(capsys):
    assert main(["language", "(a|b)*abb", "--same-as", "(a|b)*ab+"]) == 0
    assert "is 'ab', in '(a|b)*ab+'" in capsys.readouterr().out
    assert main(["language", "a|b", "--same-as", "b|a"]) == 0
    assert "have the same words" in capsys.readouterr().out
    assert main(["language", "a+", "--same-as", "a*", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["same_as"]
    assert (found["same"], found["shortest_difference"]) == (False, "")


def test_the_empty_word_is_seen(capsys, monkeypatch):
    assert main(["language", "tomita-4", "--sample", "8"]) == 0
    piped = capsys.readouterr()
    words = piped.out.splitlines()
    assert f"{words.count('')} of 8 words" in piped.err
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert main(["language", "tomita-4", "--sample", "8"]) == 0
    seen = capsys.readouterr()
    assert seen.out.splitlines() == [word or "()" for word in words]
    assert not seen.err


@pytest.mark.parametrize(
    ("ask", "text"),
    [
        (["parity", "--split", "5"], "expected sizes of two or three lists"),
        (["parity", "--split", "5,x"], "as in 1000,200; got '5,x'"),
        (["parity", "--split", "5,5", "--sample", "3"], "one of --sample and --split"),
        (["parity", "--split", "5,5", "--length", "1,2,3"], "for each of 2 lists"),
        (["parity", "--disjoint"], "expected --split or --export beside --disjoint"),
        (["parity", "--per", "word"], "expected --floors or --split beside --per"),
        (["parity", "--floors", "--unit", "bit"], "squared error, bits, nats; got"),
        (["parity", "--given-length", "3"], "expected --floors or --demand beside"),
        (["parity", "--floors", "--given-length", "9:3"], "the smaller length first"),
        (["reber", "--floors", "--given-length", "1:3"], "no word of 'reber' has"),
        (["reber", "--same-as", "rebr"], "did you mean 'reber'"),
        (["0+1"], "for union write '0|1'"),
        (["ε"], "the empty word is () here"),
        (["∅"], "no expression here stands for no word"),
    ],
)
def test_questions_that_are_refused(ask, text, capsys):
    assert main(["language", *ask]) == 2
    refused = capsys.readouterr()
    assert text in refused.err
    assert not refused.out
