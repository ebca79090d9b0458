"""What the README and the pages show is as shown."""

import json
import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_group

from firstbit.cli import main
from firstbit.cli.clicks import UsageError
from firstbit.cli.main import app
from firstbit.languages import CATALOGUE, Language, export_words, parse_toml

ROOT = Path(__file__).parent.parent
DOCS = sorted((ROOT / "docs").glob("*.md"))
PAGES = {
    page.name: page.read_text(encoding="utf-8") for page in (ROOT / "README.md", *DOCS)
}
README, LANGUAGES = PAGES["README.md"], PAGES["languages.md"]
WITH_COMMANDS = README + PAGES["command_line.md"]
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", WITH_COMMANDS, flags=re.DOTALL)
COMMANDS = [
    line.partition("  #")[0]
    for kind, text in BLOCKS
    if kind == ""
    for line in text.splitlines()
    if line.startswith("firstbit ")
]
PROGRAM = re.compile(r"```python\n(.*?)```", flags=re.DOTALL)
PROGRAMS = [
    (name, program) for name, page in PAGES.items() for program in PROGRAM.findall(page)
]
LONG = {
    "capacity.md",
    "compare.md",
    "decodability.md",
    "fates.md",
    "theory.md",
    "training.md",
}
"""Pages whose programs take longest: they run in `make proof`."""

FRAMEWORKS = ("torch", "flax", "haiku", "keras", "distributed", "dask_jobqueue")
"""What a newcomer's `make test` lacks: the programs that need it are skipped there."""

LONG_COMMANDS = (
    "firstbit fates",
    "firstbit verdict",
    "firstbit compare",
    "firstbit discrepancy --cell gru:1:20",
    "firstbit phase",
)
"""Commands of the README that take as long, or compile as much."""


def marked():
    """Return the programs as parameters, each named by its page."""
    found = []
    for name, program in PROGRAMS:
        calls = ("demand_and_supply(", "several_cells(", "check(")
        is_long = name in LONG or any(call in program for call in calls)
        mark = pytest.mark.proof if is_long else pytest.mark.slow
        found.append(pytest.param(name, program, marks=mark, id=name))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("name", "program"), marked())
def test_programs_run_and_print_what_is_shown(
    name, program, capsys, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    for framework in (
        "torch",
        "flax",
        "haiku",
        "keras",
        "distributed",
        "dask_jobqueue",
    ):
        if framework in program:
            pytest.importorskip(framework)
    exec(compile(program, name, "exec"), {"__name__": "example"})
    printed = capsys.readouterr().out
    assert printed.count("\n") == 3 or name != "README.md"
    for shown in re.findall(r"^print\(.*\)  # (.+)$", program, flags=re.MULTILINE):
        assert shown in printed


def test_the_readme_and_its_example_are_short():
    assert len(README.splitlines()) < 120
    (program,) = [program for name, program in PROGRAMS if name == "README.md"]
    assert len([line for line in program.splitlines() if line]) <= 10


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_are_understood(command):
    name, *arguments = shlex.split(command)[1:]
    known = get_group(app).commands[name]
    assert known.make_context(name, arguments).params
    with pytest.raises(UsageError):
        known.make_context(name, [*arguments, "--no-such-option"])


def commands_to_run():
    """Return the commands as parameters; tests/paper runs that of the paper."""
    asked = [line for line in COMMANDS if not line.startswith("firstbit paper")]
    mark = {True: pytest.mark.proof, False: ()}
    return [
        pytest.param(line, marks=mark[line.startswith(LONG_COMMANDS)]) for line in asked
    ]


@pytest.mark.slow
@pytest.mark.parametrize("command", commands_to_run())
def test_the_commands_run(command, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(command)[1:]) == 0
    assert capsys.readouterr().out


SHOWN = re.findall(
    r"```\n(firstbit [^\n]*)\n```\n\n```text\n(.*?)```", README, flags=re.DOTALL
)


@pytest.mark.proof
@pytest.mark.parametrize(("command", "shown"), SHOWN)
def test_the_commands_print_what_is_shown(command, shown, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    assert main(shlex.split(command)[1:]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    for line in shown.splitlines():
        assert " ".join(line.split()) in printed


def test_each_of_the_three_things_to_do_shows_its_output():
    names = [command.split()[1] for command, _ in SHOWN]
    assert names == ["compare", "language", "verdict"]


def test_every_file_named_is_there():
    for target in re.findall(r"\]\((?!http)([^)]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_file_formats_are_as_documented(tmp_path):
    document, line = (
        re.search(f"```{kind}\n(.*?)```", LANGUAGES, flags=re.DOTALL).group(1)
        for kind in ("toml", "json")
    )
    assert parse_toml(document).next_symbols("0") == {"0": 0.5, "1": 0.5}
    export_words(Language.from_regex("ab"), ["ab"], tmp_path / "words.jsonl")
    assert json.loads((tmp_path / "words.jsonl").read_text()) == json.loads(line)


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_named_language_is_documented(name):
    assert (
        f"`{name.partition('-')[0]}" in LANGUAGES
        if name.startswith("tomita")
        else f"`{name}" in LANGUAGES
    )


@pytest.mark.parametrize("page", DOCS, ids=[page.name for page in DOCS])
def test_pages_name_files_that_are_there(page):
    for target in re.findall(
        r"\]\((?!http|#)([^)#]+)", page.read_text(encoding="utf-8")
    ):
        assert (page.parent / target).exists(), target


@pytest.mark.proof
def test_the_cell_of_ones_own_runs_as_the_page_says(tmp_path, monkeypatch, capsys):
    (program,) = [program for name, program in PROGRAMS if name == "discrepancy.md"]
    (command,) = re.findall(
        r"^    firstbit (discrepancy --cell leaky.*)$",
        PAGES["discrepancy.md"],
        flags=re.MULTILINE,
    )
    assert len([line for line in program.splitlines() if line]) <= 18
    (tmp_path / "leaky.py").write_text(program)
    monkeypatch.chdir(tmp_path)
    assert main([*shlex.split(command), "--num-draws", "50"]) == 0
    assert "D(l,k), Leaky, weights normal" in " ".join(capsys.readouterr().out.split())


@pytest.mark.slow
def test_a_net_is_judged_as_the_page_says(tmp_path, monkeypatch, capsys):
    (program,) = [program for name, program in PROGRAMS if name == "judge.md"]
    commands = re.findall(r"^    (firstbit .*)$", PAGES["judge.md"], flags=re.MULTILINE)
    (tmp_path / "mine.py").write_text(program)
    monkeypatch.chdir(tmp_path)
    judge, export, by_file = (shlex.split(command)[1:] for command in commands)
    judge.remove("--automaton")  # it needs another package
    assert main(judge) == 0
    said = capsys.readouterr().out
    assert said.startswith("last_symbol does not solve reber: it behaves like last sym")
    assert (tmp_path / "results" / "mine" / "report.html").exists()
    assert main(export) == 0
    assert " ".join(by_file[:3]) in capsys.readouterr().out
    assert main(by_file) == 2  # nobody has made the file
    assert "scores.jsonl" in capsys.readouterr().err


@pytest.mark.proof
def test_what_is_understood_of_a_cell_is_as_the_page_shows(capsys):
    page = PAGES["your_own_cell.md"]
    (command,) = re.findall(r"^    firstbit (check .*)$", page, flags=re.MULTILINE)
    (shown,) = re.findall(r"```\n(GRUCell, .*?)```", page, flags=re.DOTALL)
    assert main(shlex.split(command)) == 0
    printed = {" ".join(line.split()) for line in capsys.readouterr().out.splitlines()}
    for line in shown.splitlines():
        assert " ".join(line.split()) in printed
