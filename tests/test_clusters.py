"""The page on clusters: each example is run, and gives the bits of one process."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import xarray as xr

from firstbit.cli import main

PAGE = Path(__file__).parent.parent / "docs" / "clusters.md"
BLOCKS = re.findall(
    r"```(\w+)\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL
)
SMALL = {"gru:1:20": "gru:2,4", "100000": "1200", "40": "3"}
"""What the examples ask for, and what is asked for here."""

FIRSTBIT = """#!/bin/sh
printf '%s\\n' "$*" >> "$CALLS"
"""
"""Notes its arguments: they are run in this process."""

SBATCH = """#!/bin/bash
for word in "$@"; do last=$word; done
if [[ "$*" == *--wrap* ]]; then bash -c "$last"; exit; fi
count=$(sed -n 's/^#SBATCH --array=1-//p' "$last")
export SLURM_ARRAY_TASK_COUNT=$count
for id in $(seq "$count"); do SLURM_ARRAY_TASK_ID=$id bash "$last"; done
echo 7
"""
"""Runs the script once for each task of the array."""

PARALLEL = """#!/bin/bash
words=("$@")
while [[ "${words[0]}" != firstbit ]]; do words=("${words[@]:1}"); done
line="${words[*]}"
for value in ${line#*:::}; do
    command="${line%%:::*}"
    bash -c "${command//\\{\\}/$value}"
done
"""
"""Runs the command for each value behind the three colons."""


def block(kind, word=""):
    """Return the one example of a kind that holds a word."""
    (found,) = [text for name, text in BLOCKS if name == kind and word in text]
    return found


def small(text):
    """Return an example with less work; forty parts are three."""
    for large, little in SMALL.items():
        text = re.sub(rf"(?<![\w.]){large}(?!\w)", little, text)
    return text.replace("1-40", "1-3").replace("..40", "..3")


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """Run a script among stand-ins, and return the commands of firstbit in order."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, text in {
        "firstbit": FIRSTBIT,
        "sbatch": SBATCH,
        "parallel": PARALLEL,
    }.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    monkeypatch.chdir(tmp_path)

    def run(script):
        subprocess.run(["bash", "-euc", script], check=True, capture_output=True)
        return (tmp_path / "calls").read_text().splitlines()

    return run


def of_slurm(shell):
    Path("array.sh").write_text(small(block("bash", "#SBATCH")))
    return shell(block("sh"))


def of_parallel(shell):
    return shell(small(block("parallel")))


def of_snakemake(shell):
    """Run the commands of the rules: all parts, then the join."""
    example = small(block("snakemake"))
    names = {}
    exec(example.partition("rule")[0], names)
    join, part = re.findall(r"^    shell: (.*)$", example, flags=re.MULTILINE)
    script = []
    for number in range(1, names["PARTS"] + 1):
        about = {"wildcards": SimpleNamespace(part=number), "threads": 4}
        script.append(eval(part, names).format(**about, **names))
    script.append(eval(join, names).format(output="d.nc"))
    return shell("\n".join(script))


@pytest.mark.slow
@pytest.mark.parametrize("example", [of_slurm, of_parallel, of_snakemake])
def test_an_array_of_jobs_gives_the_bits_of_one_process(example, shell, capsys):
    commands = example(shell)
    assert [line.split()[0] for line in commands] == [*3 * ["discrepancy"], "join"]
    for line in commands:
        assert main(shlex.split(line)) == 0
    whole, _, _ = commands[0].partition(" --part")
    assert main([*shlex.split(whole), "--out", "whole.nc"]) == 0
    with xr.open_dataset("d.nc") as found, xr.open_dataset("whole.nc") as wanted:
        assert found.identical(wanted)
    said = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in said[:3]] == [
        f"Part {number}/3" for number in (1, 2, 3)
    ]


def test_examples_are_short():
    for kind, word in {
        "bash": "#SBATCH",
        "sh": "",
        "parallel": "",
        "snakemake": "",
    }.items():
        lines = [line for line in block(kind, word).splitlines() if line.strip()]
        assert len(lines) <= 10, kind


@pytest.mark.proof
def test_the_program_on_processes_prints_what_threads_give(tmp_path):
    program = block("python", "ProcessPoolExecutor")
    of_threads = program.replace("executor=pool", "workers=1")
    printed = []
    for name, text in {"here.py": of_threads, "there.py": program}.items():
        (tmp_path / name).write_text(text)
        done = subprocess.run(
            [sys.executable, str(tmp_path / name)],
            check=True,
            capture_output=True,
            text=True,
        )
        printed.append(done.stdout)
    assert printed[0] == printed[1] != ""
