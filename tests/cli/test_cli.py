"""The program as its users meet it: results, refusals in one line, interruptions."""

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from decimal import Decimal

import pytest
import xarray as xr

from firstbit.cli import main
from firstbit.cli.output import progress
from firstbit.languages import reber, sample, window_floors
from firstbit.languages.demand import memory_order as order
from firstbit.process import prepare
from page_parser import Outside

FIGURES = {f"fig{n:02d}.{ending}" for n in range(1, 12) for ending in ("svg", "png")}
GRIDS = {
    f"{cell}_{law}"
    for cell in ("vanilla", "gru")
    for law in ("normal", "fan-in-normal", "fan-in-uniform")
}
VERDICTS = (
    "holds",
    "holds on the paper's grid only",
    "does not hold",
    "differs from the published code",
    "not tested (",
)


@pytest.fixture
def quick(quick_paper):
    return quick_paper.folder


@pytest.mark.slow
def test_paper_writes_every_file(quick):
    assert {path.name for path in (quick / "figures").iterdir()} >= FIGURES
    assert {path.name for path in (quick / "data").glob("*.nc")} >= {
        f"discrepancy_{name}.nc" for name in GRIDS
    } | {"gradients.nc"}
    with xr.open_dataset(quick / "data" / "discrepancy_gru_normal.nc") as d:
        assert (
            d["discrepancy"].dims
            == d["standard_error"].dims
            == ("hidden_size", "length")
        )
        assert d["discrepancy"].shape == (20, 50)
        assert json.loads(d.attrs["configuration"])["initializer"] == "normal"
    told = json.loads((quick / "paper.json").read_text())
    assert set(told["runs"]) == {
        "reber_vanilla",
        "embedded_reber_vanilla",
        "embedded_reber_gru",
    }
    for run in told["runs"].values():
        assert set(run["log"][0]) == {"epoch", "mean_error", "learning_rate"}
        assert len(run["log"]) == 60
    assert len(told["claims"]) >= 14
    for claim in told["claims"]:
        assert set(claim) >= {"id", "claim", "place", "measured", "verdict", "figure"}
        assert claim["verdict"].startswith(VERDICTS)


@pytest.mark.slow
def test_report_is_one_file_that_needs_no_other(quick):
    page, reader = (quick / "report.html").read_text(), Outside()
    reader.feed(page)
    assert (reader.addresses, reader.open) == ([], [])
    assert page.count("data:image/svg+xml;base64,") == 12
    for claim in json.loads((quick / "paper.json").read_text())["claims"]:
        assert claim["id"]
    assert "Fig. 11" in page


INTERRUPTIBLE = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs these tests in the background may have it ignored
from runpy import run_module
run_module("firstbit", run_name="__main__")
"""


@pytest.mark.slow
def test_interrupted_paper_leaves_the_earlier_result_whole(quick):
    before = {path: path.stat().st_mtime_ns for path in quick.rglob("*")}
    command = [
        sys.executable,
        "-c",
        INTERRUPTIBLE,
        "paper",
        "--quick",
        "--out",
        str(quick),
    ]
    program = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while (
        len(list(quick.parent.iterdir())) == 1 and program.poll() is None
    ):  # until its own folder stands beside the other
        time.sleep(0.02)
    os.killpg(program.pid, signal.SIGINT)
    _, told = program.communicate(timeout=120)
    assert program.returncode == 130
    assert "interrupted" in told
    assert "Traceback" not in told
    assert {path: path.stat().st_mtime_ns for path in quick.rglob("*")} == before
    assert [path.name for path in quick.parent.iterdir()] == [quick.name]


REFUSALS = {
    "discrepancy --cell gro": "unknown cell 'gro': expected one of vanilla, gru, lstm; did you mean "
    "'gru'?",
    "discrepancy --hidden-size 0": "`hidden-size` must be at least 1; got 0.",
    "discrepancy --hidden-size 5:1": "try 1:5",
    "discrepancy --hidden-size 1,1": "each hidden size once",
    "discrepancy --hidden-size a": "like 5, 1,2,5 or 1:20",
    "discrepancy --length 0": "`length` must be at least 1; got 0.",
    "discrepancy --length x": "Invalid value for '--length'",
    "discrepancy --draws 1": "`draws` must be at least 2; got 1.",
    "discrepancy --seed -1": "`seed` must be at least 0; got -1.",
    "discrepancy --initializer norm": "did you mean 'normal'?",
    "discrepancy --out FOLDER": "expected a file name, got the folder",
    "discrepancy --out WORDS/d.nc": "is a file; choose another place",
    "language rebr": "did you mean 'reber'? For an expression: --regex 'rebr'.",
    "language abc": "no-triple. For an expression: --regex 'abc'.",
    "language reber --alphabet BTSXVPE": "expected an expression beside --alphabet",
    "language WORDS.toml --alphabet ab": "expected an expression beside --alphabet",
    "language ab+ --alphabet a": "letter 'b' is not in the alphabet",
    "language --regex ab --list": "expected --list alone, or with --json",
    "language reber --list": "expected --list alone, or with --json",
    "language --list --seed 0": "expected --list alone, or with --json",
    "language reber --length 5 --count 6": "expected --sample beside --length",
    "language reber --demand --seed 0": "expected --sample or --cell beside --seed",
    "language nested-reber:x": "expected nested-reber:DEPTH, whole numbers, got 'nested-reber:x'.",
    "language nested-reber:99": "expected a depth of at most 10",
    "language a(b|c": "position 6: expected ) or |, got its end.",
    "language nothing.toml": "No such file",
    "language WORDS.toml": "expected TOML",
    "language reber --sample 2 --length 3": "no word of 'reber' has 3 symbols; the nearest length with words is 5.",
    "language reber --sample 2 --length 5:3": "try 3:5",
    "language reber --sample 2 --length x": "expected a length like 12 or 10:20",
    "language reber --sample 2 --uniform": "expected one --length beside --uniform",
    "language reber --out words.txt": "expected --sample N beside --out",
    "language reber --out words.gif": "ends in .txt, .jsonl, .toml or .nc",
    "language reber --demand --draw a.svg --cell gro:3": "did you mean 'gru'?",
    "language reber --demand --cell gru": "expected a cell and its size like vanilla:18",
    "language reber --cell gru:3": "expected --demand beside --cell",
    "language reber --demand --draws 3": "expected --cell beside --draws",
    "language reber --uniform --length 5": "expected --sample beside --length",
    "language reber --windows 3": "expected --demand or --floors beside --windows",
    "language reber --out a.nc": "expected --demand beside --out a.nc",
    "language reber --demand --count 3 --draw a.svg": "got both",
    "language reber --windows -1 --floors": "`windows` must be at least 0; got -1.",
    "language reber --count -1": "`count` must be at least 0; got -1.",
    "language reber --floors --windows 100000": "expected windows of at most 5,000 symbols, got 100000.",
    "language reber --count 1000000": "more than 1 GB; 44,466 would fit",
    "language reber --sample 1000000000": "5,555,555 words would fit",
    "language first-bit:200 --draw a.svg": "expected at most 300 states to draw, got 404; try --count or --floors.",
    "language": "expected a name or an expression",
    "language reber --regex a": "not both",
    "language FOLDER/thesis.txt": "got the file 'FOLDER/thesis.txt': languages are read from files that end "
    "in .toml",
    "language (a": "expected a regular expression",
    "language reber --next BTZ": "position 3: letter 'Z' is not in the alphabet; expected one of B T S X V "
    "P E.",
    "language reber --check WORDS": "'WORDS': line 2: 'BTSSE', position 5: letter 'E' is not legal in state "
    "q1;",
    "language reber --check NOTHING": "No such file",
    "language reber --sample 0": "`sample` must be at least 1; got 0.",
    "language reber --draw a.gif": "ends in .svg or .png",
    "paper --out WORDS": "expected a folder, got the file",
    "paper --out FOLDER": "which has files but no paper.json",
    "paper --strings 0": "`strings` must be at least 1; got 0.",
    "paper --quik": "No such option: --quik",
    "papper": "No such command 'papper'.",
}


@pytest.mark.parametrize("command", REFUSALS)
def test_refusals_are_one_line_and_leave_nothing(
    command, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "FOLDER").mkdir()
    (tmp_path / "FOLDER" / "thesis.txt").write_text("mine")
    (tmp_path / "WORDS").write_text("BTXSE\nBTSSE\n")
    (tmp_path / "WORDS.toml").write_text("BTXSE\n")
    before = sorted(tmp_path.rglob("*"))
    assert main(command.split()) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert REFUSALS[command] in told.err
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "command",
    [
        "discrepancy --out d.nc",
        "discrepancy --draw d.svg",
        "fates --out new/d.nc",
        "language reber --sample 2 --out words.txt",
    ],
)
def test_a_place_that_cannot_be_written_is_told_before_the_work(
    command, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        os, "access", lambda folder, _: tmp_path not in (folder, *folder.parents)
    )  # root may write anywhere
    assert main(command.split()) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert f"no permission in '{tmp_path}'; choose another place" in told.err
    assert not any(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_told_before_the_work(
    tmp_path, capsys, monkeypatch
):
    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    assert main(["paper", "--quick", "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert (
        f"can't write the folder '{tmp_path / 'out'}': Permission denied; choose "
        "another place" in told.err
    )
    assert not any(tmp_path.iterdir())


def test_spaced_union_gets_a_hint(capsys):
    assert main(["language", "a + b"]) == 2
    assert "union is |, try 'a|b'" in capsys.readouterr().err


def test_discrepancy_prints_a_table_or_json_and_saves(tmp_path, capsys):
    ask = [
        "discrepancy",
        "--cell",
        "gru",
        "--hidden-size",
        "1,3",
        "--length",
        "4",
        "--draws",
        "50",
    ]
    assert main([*ask, "--out", str(tmp_path / "d.nc")]) == 0
    assert "l = 4" in capsys.readouterr().out
    with xr.open_dataset(tmp_path / "d.nc") as d:
        saved = d["discrepancy"].values.tolist()
    assert main([*ask, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["discrepancy"] == saved
    assert (told["hidden_size"], told["length"]) == ([1, 3], [1, 2, 3, 4])


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
        "--draw",
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
    demand = ["--demand", "--cell", "vanilla:3", "--cell", "gru:2", "--draws", "20"]
    assert (
        main(
            [
                "language",
                "reber",
                *demand,
                "--draw",
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
    kept = xr.load_dataset(tmp_path / "demand.nc")
    assert (kept.attrs["num_draws"], kept["hidden_size"].values.tolist()) == (
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
                "--draws",
                "20",
                "--json",
            ]
        )
        == 0
    )
    told = json.loads(capsys.readouterr().out)["supply"]["vanilla:3"]
    assert told["retained"] == kept["retained"].sel(cell="vanilla:3").values.tolist()
    assert (
        main(
            [
                "language",
                "reber",
                "--demand",
                "--cell",
                "vanilla:3",
                "--draws",
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


def test_help_names_every_command(capsys):
    assert main([]) == 0
    out = capsys.readouterr().out
    assert all(
        name in out for name in ("paper", "discrepancy", "language", "--version")
    )


def test_progress_shows_on_a_terminal_only(monkeypatch, capsys):
    with progress() as report:
        report("work", 1, 2)
    assert capsys.readouterr().err == ""
    monkeypatch.setenv("FORCE_COLOR", "1")
    with progress() as report:
        report("work", 1, 2)
        report("work", 2, 2)
    assert "work" in capsys.readouterr().err


def test_what_the_user_has_set_stays(monkeypatch, tmp_path):
    monkeypatch.setenv("XLA_FLAGS", "--xla_backend_extra_options=mine")
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    prepare()
    assert os.environ["XLA_FLAGS"].split()[0] == "--xla_backend_extra_options=mine"
    assert os.environ["XLA_FLAGS"].count("extra_options") == 1
    assert os.environ["JAX_COMPILATION_CACHE_DIR"] == str(
        tmp_path / "cache" / "firstbit"
    )
    (tmp_path / "file").write_text("")
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    prepare()
    assert "JAX_COMPILATION_CACHE_DIR" not in os.environ
