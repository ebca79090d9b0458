"""A block of a long run is read whole, or it is not there."""

import numpy as np
import pytest

from firstbit.errors import OutputError
from firstbit.store import Store

ARRAYS = {"distances": np.arange(12.0)}
BEGINS, LISTED = b"PK\x03\x04", b"PK\x01\x02"
"""How the entry of an archive begins, and its line in the list at the end."""

FLAGS, METHOD = 0, 2
"""Places of two numbers behind the version that is needed."""


@pytest.fixture
def store(tmp_path):
    made = Store.of(tmp_path / "runs", {"seed": 3})
    made.write("block", ARRAYS)
    return made


def with_byte(whole, place, value):
    """Return an archive with one byte changed in both of its headers."""
    changed = bytearray(whole)
    changed[whole.index(BEGINS) + 6 + place] = value
    changed[whole.index(LISTED) + 8 + place] = value
    return bytes(changed)


def test_a_block_comes_back(store):
    assert np.array_equal(store.read("block")["distances"], ARRAYS["distances"])
    assert store.read("another") is None


@pytest.mark.parametrize(
    ("place", "value"), [(FLAGS, 1), (METHOD, 99)], ids=["encrypted", "compressed"]
)
def test_a_block_whose_archive_says_something_else_is_not_whole(store, place, value):
    path = store.folder / "block.npz"
    path.write_bytes(with_byte(path.read_bytes(), place, value))
    assert store.read("block") is None


def test_a_block_that_is_cut_is_not_whole(store):
    path = store.folder / "block.npz"
    whole = path.read_bytes()
    for length in (0, 1, 40, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        assert store.read("block") is None


def test_a_block_under_another_name_is_not_that_block(store):
    (store.folder / "block.npz").rename(store.folder / "another.npz")
    assert store.read("another") is None


def test_a_folder_that_another_process_is_about_to_begin_is_free(tmp_path):
    (tmp_path / ".firstbit-7.json").write_text("{")
    store = Store.of(tmp_path, {"seed": 3})
    with pytest.raises(OutputError, match="expected seed = 4, got 3"):
        Store.of(tmp_path, {"seed": 4})
    assert Store.existing(tmp_path, {"seed": 4}, free=["seed"]) == store
    store.note_cut(40)
    store.note_cut(7)
    assert store.cuts() == [7, 40]
    with pytest.raises(OutputError, match="expected a folder of kept blocks, got"):
        Store.existing(tmp_path / "nothing", {})
