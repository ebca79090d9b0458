"""Files and folders are written whole or not at all."""

import os
import socket
import stat

import jax
import pytest

from firstbit.cells import Vanilla
from firstbit.errors import OutputError
from firstbit.files import remove_unfinished, replaced_folder, save, write_whole
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


@pytest.mark.slow
def test_results_are_saved(tmp_path):
    key = jax.random.key(0)
    d = discrepancy(Vanilla, hidden_sizes=[2], length=2, num_draws=2, key=key)
    save(d, tmp_path / "d.nc")
    assert (tmp_path / "d.nc").is_file()


def test_a_link_stays_and_its_target_is_written(tmp_path):
    (tmp_path / "target").write_text("old")
    (tmp_path / "link").symlink_to("target")
    (tmp_path / "dangling").symlink_to("new")
    for name in ("link", "dangling"):
        write_whole(tmp_path / name, lambda path: path.write_text("new"))
        assert (tmp_path / name).is_symlink()
    assert (tmp_path / "target").read_text() == (tmp_path / "new").read_text() == "new"


def test_a_folder_behind_a_link_is_replaced_and_the_link_stays(tmp_path):
    (tmp_path / "folder").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to("folder")
    with replaced_folder(tmp_path / "link", marker="paper.json") as fresh:
        (fresh / "paper.json").write_text("one")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "folder" / "paper.json").read_text() == "one"
    assert (tmp_path / "folder").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
def test_a_file_keeps_its_permissions(mode, tmp_path):
    path = tmp_path / "d.nc"
    path.write_text("old")
    path.chmod(mode)
    write_whole(path, lambda fresh: fresh.write_text("new"))
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == mode


def test_a_pipe_and_a_socket_are_left_alone(tmp_path):
    pipe, address = tmp_path / "pipe", tmp_path / "socket"
    os.mkfifo(pipe)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(address))
        for path, kind in ((pipe, "named pipe"), (address, "socket")):
            with pytest.raises(OutputError, match=f"which is a {kind}; choose another"):
                write_whole(path, lambda fresh: fresh.write_text("new"))
    assert pipe.is_fifo()
    assert address.is_socket()


def test_a_device_is_left_alone(tmp_path, monkeypatch):
    path = tmp_path / "device"  # a made one: as root a real one could be replaced
    path.write_text("old")
    plain = os.stat_result((stat.S_IFCHR | 0o666, *path.stat()[1:]))
    whole = type(path).stat
    monkeypatch.setattr(
        type(path),
        "stat",
        lambda self, **how: plain if self == path else whole(self, **how),
    )
    with pytest.raises(OutputError, match="which is a device; choose another place"):
        write_whole(path, lambda fresh: fresh.write_text("new"))
    monkeypatch.undo()
    assert path.read_text() == "old"


@pytest.mark.parametrize("name", ["x" * 250 + ".nc", "x" * 230 + "." + "y" * 20])
def test_a_long_name_is_written(name, tmp_path):
    write_whole(tmp_path / name, lambda fresh: fresh.write_text("new"))
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["x" * 256, "a\0b", "x" * 5000])
def test_an_impossible_name_is_refused(name, tmp_path):
    with pytest.raises(OutputError, match="can't write"):
        write_whole(tmp_path / name, lambda fresh: fresh.write_text("new"))
    assert not any(tmp_path.iterdir())


def test_what_is_unfinished_can_be_removed_at_once(tmp_path):
    def interrupted(path):
        path.write_text("half")
        remove_unfinished()
        assert not any(tmp_path.iterdir())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "d.nc", interrupted)
