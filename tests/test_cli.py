"""The program as its users meet it: results, refusals in one line, interruptions."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from html.parser import HTMLParser

import pytest
import xarray as xr

from firstbit.cli import main
from firstbit.cli.output import progress
from firstbit.cli.process import prepare
from firstbit.languages import reber

FIGURES = {f"fig{n:02d}.{ending}" for n in range(1, 12) for ending in ("svg", "png")}
GRIDS = {f"{cell}_{law}" for cell in ("vanilla", "gru") for law in ("normal", "fan-in-normal", "fan-in-uniform")}
VERDICTS = ("holds", "holds on the paper's grid only", "does not hold", "differs from the published code", "not tested (")


class Outside(HTMLParser):
    """Collects what a page would load from elsewhere, and its tags that were never closed."""

    def __init__(self):
        super().__init__()
        self.addresses, self.open = [], []

    def handle_starttag(self, tag, attrs):
        self.addresses += [value for name, value in attrs if name in {"src", "href"} and not value.startswith(("data:", "#"))]
        if tag not in {"meta", "img", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture
def quick(quick_paper):
    return quick_paper.folder


@pytest.mark.slow
def test_paper_writes_every_file(quick):
    assert {path.name for path in (quick / "figures").iterdir()} >= FIGURES
    assert {path.name for path in (quick / "data").glob("*.nc")} >= {f"discrepancy_{name}.nc" for name in GRIDS} | {"gradients.nc"}
    with xr.open_dataset(quick / "data" / "discrepancy_gru_normal.nc") as d:
        assert d["discrepancy"].dims == d["standard_error"].dims == ("hidden_size", "length")
        assert d["discrepancy"].shape == (20, 50)
        assert json.loads(d.attrs["configuration"])["initializer"] == "normal"
    told = json.loads((quick / "paper.json").read_text())
    assert set(told["runs"]) == {"reber_vanilla", "embedded_reber_vanilla", "embedded_reber_gru"}
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
    command = [sys.executable, "-c", INTERRUPTIBLE, "paper", "--quick", "--out", str(quick)]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    while len(list(quick.parent.iterdir())) == 1 and program.poll() is None:  # until its own folder stands beside the other
        time.sleep(0.02)
    os.killpg(program.pid, signal.SIGINT)
    _, told = program.communicate(timeout=120)
    assert program.returncode == 130
    assert "interrupted" in told
    assert "Traceback" not in told
    assert {path: path.stat().st_mtime_ns for path in quick.rglob("*")} == before
    assert [path.name for path in quick.parent.iterdir()] == [quick.name]


REFUSALS = {
    "discrepancy --cell gro": "unknown cell 'gro': expected one of vanilla, gru, lstm; did you mean 'gru'?",
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
    "language rebr": "did you mean 'reber'?",
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
    "language first-bit:200 --draw a.svg": "expected at most 300 states to draw, got 404",
    "language": "expected a name or an expression",
    "language reber --regex a": "not both",
    "language (a": "expected a regular expression",
    "language reber --next BTZ": "position 3: letter 'Z' is not in the alphabet; expected one of B T S X V P E.",
    "language reber --check WORDS": "line 2: 'BTSSE', position 5: letter 'E' is not legal in state q1; expected one of S X.",
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
def test_refusals_are_one_line_and_leave_nothing(command, tmp_path, capsys, monkeypatch):
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
    ["discrepancy --out d.nc", "discrepancy --draw d.svg", "fates --out new/d.nc", "language reber --sample 2 --out words.txt"],
)
def test_a_place_that_cannot_be_written_is_told_before_the_work(command, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "access", lambda folder, _: tmp_path not in (folder, *folder.parents))  # root may write anywhere
    assert main(command.split()) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert f"no permission in '{tmp_path}'; choose another place" in told.err
    assert not any(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_told_before_the_work(tmp_path, capsys, monkeypatch):
    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    assert main(["paper", "--quick", "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert f"can't write the folder '{tmp_path / 'out'}': Permission denied; choose another place" in told.err
    assert not any(tmp_path.iterdir())


def test_spaced_union_gets_a_hint(capsys):
    assert main(["language", "a + b"]) == 2
    assert "union is |, try 'a|b'" in capsys.readouterr().err


def test_discrepancy_prints_a_table_or_json_and_saves(tmp_path, capsys):
    ask = ["discrepancy", "--cell", "gru", "--hidden-size", "1,3", "--length", "4", "--draws", "50"]
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
    ask = ["--sample", "5", "--floors", "--next", "BT", "--check", str(words), "--draw", str(picture)]
    assert main(["language", "reber", *ask, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["next"] == {"prefix": "BT", "state": "q1", "symbols": {"S": 0.5, "X": 0.5}}
    assert told["floors"]["full"] == pytest.approx(3)
    assert told["checked"]["words"] == 2
    assert all(reber().accepts(word) for word in told["words"])
    assert picture.read_bytes().startswith(b"<?xml")
    assert main(["language", "reber", *ask]) == 0
    out = capsys.readouterr().out
    for text in ("2 words, all in reber", "After 'BT' (state q1)", "the last 2 symbols", told["words"][0], "shows the automaton"):
        assert text in out
    assert main(["language", "--regex", "ab"]) == 0
    assert "mean length 2 symbols, entropy 0 bits" in capsys.readouterr().out
    assert main(["language", "--list"]) == 0
    assert "embedded-reber" in capsys.readouterr().out
    assert main(["language", "--list", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"reber", "embedded-reber", "reber-as-printed", *(f"tomita-{n}" for n in range(1, 8))} < set(told)
    assert told["nested-reber"]["parameters"] == {"depth": 2}


def test_language_counts_and_demands(capsys):
    ask = ["--count", "8", "--demand", "--windows", "3", "--sample", "4", "--length", "7", "--uniform"]
    assert main(["language", "embedded-reber", "--demand", "--windows", "3", "--json"]) == 0
    demand = json.loads(capsys.readouterr().out)["demand"]
    assert demand["memory_order"] is None
    assert demand["merged_floor"] == {"T or P forgotten": pytest.approx(4)}
    assert main(["language", "reber", *ask, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["words"] for row in told["counts"]] == [0, 0, 0, 0, 0, 2, 3, 4, 7]
    assert (told["demand"]["memory_order"], told["demand"]["rank"], told["demand"]["affine_rank"]) == (2, 5, 4)
    assert all(len(word) == 7 for word in told["words"])
    assert main(["language", "reber", *ask]) == 0
    out = capsys.readouterr().out
    assert all(text in out for text in ("Memory order: 2.", "4.7083333", "at least 5, with a bias at least 4"))
    assert main(["language", "embedded-reber", "--demand"]) == 0
    out = capsys.readouterr().out
    assert all(text in out for text in ("T or P forgotten", "no number of last symbols is enough"))


def test_language_writes_files_and_pictures(tmp_path, capsys):
    for ending in ("txt", "jsonl", "toml"):
        assert main(["language", "reber", "--sample", "3", "--out", str(tmp_path / f"a.{ending}")]) == 0
    assert main(["language", str(tmp_path / "a.toml"), "--check", str(tmp_path / "a.txt")]) == 0
    assert "3 words, all in reber" in capsys.readouterr().out
    words = [json.loads(line)["word"] for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert words == (tmp_path / "a.txt").read_text().split()
    for name, ask in {
        "demand": ["--demand", "--cell", "vanilla:3", "--cell", "gru:2", "--draws", "20", "--out", str(tmp_path / "demand.nc")],
        "alone": ["--demand"],
        "lengths": ["--count", "12"],
        "path": ["--next", "BTS"],
    }.items():
        assert main(["language", "reber", *ask, "--draw", str(tmp_path / f"{name}.svg")]) == 0
        assert (tmp_path / f"{name}.svg").read_bytes().startswith(b"<?xml")
    out = capsys.readouterr().out
    assert "shows the memory demanded, and what random nets supply" in out
    assert "vanilla:3" in out.split("Share of random nets")[1]
    kept = xr.load_dataset(tmp_path / "demand.nc")
    assert (kept.attrs["num_draws"], kept["hidden_size"].values.tolist()) == (20, [3, 2])
    assert main(["language", "reber", "--demand", "--cell", "vanilla:3", "--draws", "20", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["supply"]["vanilla:3"]
    assert told["retained"] == kept["retained"].sel(cell="vanilla:3").values.tolist()


def test_help_names_every_command(capsys):
    assert main([]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in ("paper", "discrepancy", "language", "--version"))


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
    assert os.environ["JAX_COMPILATION_CACHE_DIR"] == str(tmp_path / "cache" / "firstbit")
    (tmp_path / "file").write_text("")
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    prepare()
    assert "JAX_COMPILATION_CACHE_DIR" not in os.environ
