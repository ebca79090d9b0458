"""Files and folders are written whole or not at all."""

import jax
import pytest

from firstbit.cells import Vanilla
from firstbit.errors import OutputError
from firstbit.files import replaced_folder, save, write_whole
from firstbit.memory import discrepancy


def test_folders_are_replaced_whole_or_not_at_all(tmp_path):
    folder = tmp_path / "out"
    for text in ("one", "two"):
        with replaced_folder(folder, marker="paper.json") as fresh:
            (fresh / "paper.json").write_text(text)
    with pytest.raises(KeyboardInterrupt), replaced_folder(folder, marker="paper.json"):
        raise KeyboardInterrupt
    assert (folder / "paper.json").read_text() == "two"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_of_someone_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("x")
    with (
        pytest.raises(OutputError, match=r"no paper\.json"),
        replaced_folder(tmp_path, marker="paper.json"),
    ):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_folder_is_no_file_name(tmp_path):
    with pytest.raises(OutputError, match="file name"):
        write_whole(tmp_path, str)


def test_results_are_saved(tmp_path):
    key = jax.random.key(0)
    d = discrepancy(Vanilla, hidden_sizes=[2], length=2, num_draws=2, key=key)
    save(d, tmp_path / "d.nc")
    assert (tmp_path / "d.nc").is_file()
