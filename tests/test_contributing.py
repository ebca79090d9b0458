"""CONTRIBUTING is true: its layers, its paths and its walks."""

import inspect
import re
import sys
import threading
import tomllib
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import jax
import pytest

import firstbit
from firstbit.languages import Language, reber
from firstbit.training import Modern, Published

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "src" / "firstbit"

MOST_STAYS, MOST_FILES, MOST_CLIMBS = 12, 8, 1


def section(title):
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def walks():
    """Return name -> (module, function) of every stay."""
    found = {}
    for part in section("Walks").split("\n**")[1:]:
        title, _, stays = part.partition("**")
        found[title] = re.findall(r"^- `([\w.]+):([\w.]+)`", stays, flags=re.MULTILINE)
    return found


WALKS = walks()


def layers():
    """Return chapter -> its height, 0 at the ground."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (house,) = [one for one in contracts if one.get("containers") == ["firstbit"]]
    heights = {}
    for height, names in enumerate(reversed(house["layers"])):
        for name in names.split(" | "):
            heights[name] = height
    return heights


@pytest.mark.parametrize("walk", WALKS)
def test_every_stay_is_a_function(walk):
    assert WALKS[walk]
    for module, name in WALKS[walk]:
        place = import_module(module)
        for part in name.split("."):
            place = getattr(place, part)
        assert callable(place), f"{module}:{name}"


@pytest.mark.parametrize("walk", WALKS)
def test_walks_are_short_and_go_down(walk):
    modules = [module for module, _ in WALKS[walk]]
    heights = layers()
    floors = [heights[module.split(".")[1]] for module in modules]
    climbs = 0
    for here, there in pairwise(floors):
        climbs += there > here
    assert len(modules) <= MOST_STAYS
    assert len(set(modules)) <= MOST_FILES
    assert climbs <= MOST_CLIMBS


def called(run, walk):
    """Return the stays of a walk in the order in which a run calls them first."""
    stays = {}
    for module, name in WALKS[walk]:
        place = import_module(module)
        for part in name.split("."):
            place = getattr(place, part)
        code = inspect.unwrap(getattr(place, "__func__", place)).__code__
        stays[code] = (module, name)
    found = []

    def note(frame, *_):
        stay = stays.get(frame.f_code)
        if stay is not None and stay not in found:
            found.append(stay)

    # Not `setprofile`, which hears of every call of C code and of every return.
    before = sys.gettrace()
    threading.settrace(note)
    sys.settrace(note)
    try:
        run()
    finally:
        sys.settrace(before)
        threading.settrace(before)
    return found


def measure():
    # Sizes that no other test has: what is compiled already is not traced again.
    asked = {"length": 3, "num_draws": 7, "key": jax.random.key(0)}
    with pytest.MonkeyPatch.context() as changed:
        # A thread would trace the program before the block that needs it begins.
        ensemble = import_module("firstbit.memory.ensemble.ensemble")
        changed.setattr(ensemble, "begin_block", lambda *_: None)
        firstbit.discrepancy("vanilla:23", **asked)


def learn():
    rule = Published(0.05, max_epochs=2)
    key = jax.random.key(0)
    firstbit.train("vanilla:3", reber(), rule=rule, num_seeds=1, num_words=4, key=key)


def judge():
    rule, few = Modern(max_epochs=1), firstbit.Standard(num_guesses=2)
    asked = {"rule": rule, "num_seeds": 8, "key": jax.random.key(0)}
    language = Language.from_regex("a(b|c)d")
    found = firstbit.verdict(language, ["gru:2"], standard=few, **asked)
    assert len(found.to_dataframe()) == 1


RUNS = list(zip(WALKS, (measure, learn, judge), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize(("walk", "run"), RUNS)
def test_a_value_walks_as_described(walk, run):
    assert called(run, walk) == WALKS[walk]


def test_three_walks_are_described():
    assert len(WALKS) == 3


def test_every_chapter_has_its_row():
    rows = section("Layers").splitlines()
    named = set()
    for row in rows:
        if row.startswith("| `"):
            named |= set(re.findall(r"`(\w+)`", row.split("|")[1]))
    there = {path.stem for path in PACKAGE.glob("[a-z]*") if path.name != "py.typed"}
    assert named == there


def test_paths_to_touch_are_there():
    paths = re.findall(r"`((?:src|tests|docs|benchmarks)/[^`<>*]*)`", PAGE)
    assert len(paths) >= 10
    written_later = {"docs/proof.md"}
    for path in set(paths) - written_later:
        assert (ROOT / path).exists(), path
    for path in re.findall(r"`(src/[^`]*)<name>\.py`", PAGE):
        assert (ROOT / path).is_dir(), path


def test_targets_are_those_of_the_makefile():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, flags=re.MULTILINE)
    described = set(re.findall(r"`make ([\w-]+)`", PAGE))
    assert described == set(phony.split()) - {"clean"}


def test_make_quick_has_a_test_of_every_chapter():
    for folder in (ROOT / "tests").glob("[a-z]*/"):
        if folder.name in ("data", "proof", "numbers", "__pycache__"):
            continue
        texts = [path.read_text(encoding="utf-8") for path in folder.rglob("test_*.py")]
        names = [re.split(r"\ndef test_", text) for text in texts]
        before = [part[-400:] for parts in names for part in parts[:-1]]
        quick = [part for part in before if "mark.slow" not in part]
        assert quick, folder
