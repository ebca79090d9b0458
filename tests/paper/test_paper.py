"""`firstbit paper`: the files that it writes, and an interruption."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
import xarray as xr
from markupsafe import escape

from firstbit.cli import main
from firstbit.paper import Settings
from firstbit.paper.page import FIGURES as NUMBERED
from firstbit.paper.page import TONES
from firstbit.paper.sentences import sentences
from firstbit.report.mathematics import typeset
from page_parser import Outside

FIGURES = {f"fig{n:02d}.{ending}" for n in range(1, 12) for ending in ("svg", "png")}
GRIDS = {
    f"{cell}_{law}"
    for cell in ("vanilla", "gru")
    for law in ("normal", "fan-in-normal", "fan-in-uniform")
}
MOST_BYTES = 3_000_000
"""Of the report."""

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
        grid = ("hidden_size", "length")
        assert d["discrepancy"].dims == d["discrepancy_se"].dims == grid
        assert d["discrepancy"].shape == (20, 50)
        assert json.loads(d.attrs["configuration"])["initializer"] == "normal"
    found = json.loads((quick / "paper.json").read_text())
    assert set(found["runs"]) == {
        "reber_vanilla",
        "embedded_reber_vanilla",
        "embedded_reber_gru",
    }
    for run in found["runs"].values():
        assert set(run["log"][0]) == {"epoch", "mean_error", "learning_rate"}
        assert len(run["log"]) == 60
    assert len(found["claims"]) >= 14
    for claim in found["claims"]:
        assert set(claim) >= {"id", "claim", "place", "measured", "verdict", "figure"}
        assert claim["verdict"].startswith(VERDICTS)


@pytest.mark.slow
def test_report_is_one_file_that_needs_no_other(quick):
    page, reader = (quick / "report.html").read_text(), Outside()
    reader.feed(page)
    assert (reader.addresses, reader.open) == ([], [])
    assert len(page.encode()) < MOST_BYTES
    assert page.count("<figure id=") == 14
    questions = sentences("questions")
    assert set(questions) == {*NUMBERED, "training"}
    for name, question in questions.items():
        assert f'<figure id="{name}">\n<p class="soft">{escape(question)}' in page
    shown = [name for name in questions if name != "training"]
    places = [page.index(f'<figure id="{name}">') for name in sorted(shown)]
    assert places == sorted(places), "figures in the order of the paper"
    assert page.count('class="trial" id="claim-') == page.count('class="said"') > 14
    for claim in json.loads((quick / "paper.json").read_text())["claims"]:
        assert typeset(claim["measured"]) in page
    assert "W<sub>h</sub> h<sub>t−1</sub>" in page
    assert not re.search(r"\w_\{|10\^", page)
    assert "Fig. 11" in page


def test_no_two_verdicts_share_a_status():
    assert len({*TONES.values(), "open"}) == len(TONES) + 1


INTERRUPTIBLE = """
import signal
# the shell may have made a test in the background ignore the signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from runpy import run_module
run_module("firstbit", run_name="__main__")
"""


@pytest.mark.proof
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
    _, printed = program.communicate(timeout=120)
    assert program.returncode == 130
    assert "interrupted" in printed
    assert "Traceback" not in printed
    assert {path: path.stat().st_mtime_ns for path in quick.rglob("*")} == before
    assert [path.name for path in quick.parent.iterdir()] == [quick.name]


@pytest.mark.slow
def test_the_command_is_one_call(quick_paper, monkeypatch, capsys, tmp_path):
    asked = []

    def instead(out, settings, **_):
        asked.append((out, settings))
        return quick_paper.paper

    monkeypatch.setattr("firstbit.paper.replay", instead, raising=False)
    command = ["paper", "--out", str(tmp_path), "--num-words", "250", "--seed", "3"]
    assert main(command) == 0
    assert asked == [(tmp_path, Settings(num_words=250, seed=3))]
    table = capsys.readouterr().out
    assert all(claim.id in table for claim in quick_paper.paper.claims)


@pytest.mark.slow
def test_a_folder_that_cannot_be_made_is_refused_before_the_work(
    tmp_path, capsys, monkeypatch
):
    def refuse(path, *_, **__):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    assert main(["paper", "--quick", "--out", str(tmp_path / "out")]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert (
        f"can't write '{tmp_path / 'out'}': Permission denied; choose "
        "another place" in printed.err
    )
    assert not any(tmp_path.iterdir())
