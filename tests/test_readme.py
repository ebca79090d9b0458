"""What the README and the page on languages show is as shown."""

import json
import re
import shlex
from pathlib import Path

import pytest

from firstbit.cli import main
from firstbit.languages import CATALOGUE, Language, export_words, parse_toml

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, flags=re.DOTALL)
PYTHON = [text for kind, text in BLOCKS if kind == "python"]
COMMANDS = [
    line.partition("  #")[0] for kind, text in BLOCKS if kind == "" for line in text.splitlines() if line.startswith("firstbit ")
]

LANGUAGES = (Path(__file__).parent.parent / "docs" / "languages.md").read_text(encoding="utf-8")


def test_the_example_is_short_and_runs(capsys):
    (program,) = PYTHON
    assert len([line for line in program.splitlines() if line]) <= 10
    exec(compile(program, "README.md", "exec"), {})
    assert capsys.readouterr().out.count("\n") == 3


@pytest.mark.parametrize("command", [line for line in COMMANDS if "paper" not in line])
def test_the_commands_run(command, capsys):
    assert main(shlex.split(command)[1:]) == 0
    assert capsys.readouterr().out


def test_every_file_named_is_there():
    for target in re.findall(r"\]\((?!http)([^)]+)\)", README):
        assert (Path(__file__).parent.parent / target).exists(), target


def test_the_file_formats_are_as_documented(tmp_path):
    document, line = (re.search(f"```{kind}\n(.*?)```", LANGUAGES, flags=re.DOTALL).group(1) for kind in ("toml", "json"))
    assert parse_toml(document).next_symbols("0") == {"0": 0.5, "1": 0.5}
    export_words(Language.from_regex("ab"), ["ab"], tmp_path / "words.jsonl")
    assert json.loads((tmp_path / "words.jsonl").read_text()) == json.loads(line)


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_named_language_is_documented(name):
    assert f"`{name.partition('-')[0]}" in LANGUAGES if name.startswith("tomita") else f"`{name}" in LANGUAGES


DOCS = sorted((Path(__file__).parent.parent / "docs").glob("*.md"))


@pytest.mark.parametrize("page", DOCS, ids=[page.name for page in DOCS])
def test_pages_name_files_that_are_there(page):
    for target in re.findall(r"\]\((?!http|#)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_the_cell_of_ones_own_runs_as_the_page_says(tmp_path, monkeypatch, capsys):
    text = (DOCS[0].parent / "discrepancy.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    (command,) = re.findall(r"^    firstbit (discrepancy --cell leaky.*)$", text, flags=re.MULTILINE)
    assert len(program.strip().splitlines()) <= 18
    (tmp_path / "leaky.py").write_text(program)
    monkeypatch.chdir(tmp_path)
    assert main([*shlex.split(command), "--draws", "50"]) == 0
    assert "D(l,k), Leaky, weights normal" in " ".join(capsys.readouterr().out.split())
