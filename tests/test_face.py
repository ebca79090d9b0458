"""The face of the library: what `import firstbit` shows."""

import re
from importlib import import_module
from pathlib import Path

import pytest

import firstbit

CHAPTERS = ("cells", "languages", "memory", "training", "studies", "plots", "paper")


def test_dir_shows_the_public_names_alone():
    assert dir(firstbit) == sorted(firstbit.__all__)


@pytest.mark.parametrize("name", firstbit.__all__)
def test_every_name_is_there_and_has_a_text(name):
    assert getattr(firstbit, name).__doc__


def test_type_checkers_see_the_same_names():
    text = Path(firstbit.__file__).read_text(encoding="utf-8")
    block = text[text.index("if TYPE_CHECKING") : text.index("__version__")]
    imported = re.findall(r"[(,\s](\w+)(?=[,\n])", block.replace("import ", "import ,"))
    assert set(firstbit.__all__) <= set(imported)


def test_a_name_that_is_not_there():
    with pytest.raises(AttributeError, match="no attribute 'discrepency'"):
        _ = firstbit.discrepency


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_chapter_has_a_face(chapter):
    module = import_module(f"firstbit.{chapter}")
    assert module.__all__ == sorted(set(module.__all__), key=module.__all__.index)
    for name in module.__all__:
        assert hasattr(module, name)
