"""Compiled programs that processes share: once compiled, whole, and not too many."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import stepwise
from firstbit.cli import main
from firstbit.compiled import programs as of_programs
from firstbit.compiled.folders import ABOUT, MOST_VARIABLE, begun, held, trim
from firstbit.compiled.programs import Programs

HOLD = """
import sys, time
from pathlib import Path
from firstbit.compiled.programs import Programs
assert Programs(Path(sys.argv[1])).get("one") is None
print("compiling", flush=True)
time.sleep(600)
"""


@pytest.fixture
def caches(tmp_path, monkeypatch):
    """The folder of all programs, with no size of the user's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", str(tmp_path))  # of this process
    monkeypatch.delenv(MOST_VARIABLE, raising=False)
    return tmp_path / "firstbit"


@pytest.fixture
def folder(caches):
    return begun(caches)


@pytest.fixture
def holder(folder):
    """A process that compiles the program "one" for ever."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"compiling\n"
        yield process
        process.kill()


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_program_is_compiled_once_however_many_ask(folder):
    def ask(_):
        mine = Programs(folder)  # a lock of its own, as in a process of its own
        found = mine.get("one")
        if found is None:
            time.sleep(0.1)
            mine.put("one", b"program")
        return found

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(ask, range(20)))
    assert sorted(answers, key=bool) == [None, *19 * [b"program"]]
    assert files(folder) == [ABOUT, "locks", "one-cache"]


def test_nobody_waits_for_a_killed_process(folder, holder):
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(Programs(folder).get, "one")
        time.sleep(0.2)
        assert not waiting.done()
        holder.send_signal(signal.SIGKILL)
        assert waiting.result(timeout=20) is None


def test_nobody_waits_for_ever_for_a_stopped_process(folder, holder):
    holder.send_signal(signal.SIGSTOP)
    assert Programs(folder, patience=0.1).get("one") is None
    assert Programs(folder).get("another") is None


def test_a_program_that_could_not_be_compiled_is_free_again(folder):
    mine = Programs(folder)
    assert mine.get("one") is None
    assert mine.get("two") is None
    assert Programs(folder, patience=0).get("one") is None
    mine.put("two", b"program")
    assert mine.get("two") == b"program"


@pytest.mark.parametrize("name", ["fcntl", "LOCKS"])
def test_without_locks_each_compiles_for_itself(name, folder, monkeypatch):
    monkeypatch.setattr(of_programs, name, None if name == "fcntl" else ABOUT)
    for _ in range(2):
        assert Programs(folder).get("one") is None
    Programs(folder).put("one", b"program")
    assert Programs(folder).get("one") == b"program"


def test_a_full_disk_keeps_nothing_and_holds_nobody_up(folder, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(of_programs, "write_whole", full)
    mine = Programs(folder)
    assert mine.get("one") is None
    mine.put("one", b"program")
    assert Programs(folder, patience=0).get("one") is None
    assert "one-cache" not in files(folder)


def test_what_was_not_used_for_longest_goes_first(caches, folder, monkeypatch):
    other = caches / "jax-0.1-older"
    other.mkdir()
    (other / ABOUT).write_text("{}")
    places = [caches / "a", folder / "b", other / "c", folder / "d", other / "e"]
    for used, place in enumerate(places):
        file = place.with_name(f"{place.name}-cache")
        file.write_bytes(bytes(100))
        os.utime(file, (1000 + used, 1000 + used))
    (folder / "mine.txt").write_text("x" * 1000)
    for age, name in enumerate([".firstbit-old", ".firstbit-young"]):
        (folder / name).touch()
        os.utime(folder / name, (age * time.time(), age * time.time()))
    assert Programs(caches).get("a") == bytes(100)  # used now
    monkeypatch.setenv(MOST_VARIABLE, "500")
    trim(caches)
    assert sum(one.num_programs for one in held(caches)) == 5
    monkeypatch.setenv(MOST_VARIABLE, "350")
    trim(caches)
    left = [name for name in files(caches) if name.endswith("-cache")]
    assert left == ["a-cache", "jax-0.1-older/e-cache", f"{folder.name}/d-cache"]
    assert (folder / "mine.txt").exists()
    assert not (folder / ".firstbit-old").exists()
    assert (folder / ".firstbit-young").exists()


def test_options_and_processor_have_a_folder_of_their_own(caches, monkeypatch):
    folders = [begun(caches)]
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_enable_fast_math=true")
    folders.append(begun(caches))
    monkeypatch.setattr("firstbit.compiled.folders.processor_features", lambda: "vax")
    folders.append(begun(caches))
    assert len(set(folders)) == 3
    about = [json.loads((one / ABOUT).read_text()) for one in folders]
    assert about[1]["options"] == "--xla_cpu_enable_fast_math=true"
    assert begun(None) is None
    (caches / "file").touch()
    assert begun(caches / "file") is None


def test_the_command_shows_and_clears(caches, folder, capsys):
    Programs(folder).put("one", bytes(2_500_000))
    (caches / "old-cache").write_bytes(b"of an earlier version")
    (caches / "mine.txt").touch()
    assert main(["cache", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["most_bytes"] == 1_000_000_000
    sizes = {one["folder"]: one["num_bytes"] for one in found["folders"]}
    assert sizes == {str(folder): 2_500_000, str(caches): 21}
    assert main(["cache"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"2 programs in '{caches}': 2.5 of 1000 MB.\n")
    assert main(["cache", "--clear"]) == 0
    assert capsys.readouterr().out == f"0 programs in '{caches}': 0.0 of 1000 MB.\n"
    assert files(caches) == ["mine.txt"]


@pytest.mark.slow
def test_processes_that_begin_at_once_compile_each_program_once(
    start, finish, tmp_path
):
    children = [start(stepwise.compile_programs, str(tmp_path)) for _ in range(4)]
    missed, used = [], []
    for process, pipe in children:
        here, there = pipe.recv()
        missed += here
        used.append({*here, *there})
        finish(process, pipe)
    assert len(missed) == len(set(missed)) >= 3
    assert used == 4 * [set(missed)]
    assert [one.num_programs for one in held(tmp_path)] == [len(missed)]


@pytest.mark.proof
def test_forty_parts_that_begin_at_once_compile_each_program_once(tmp_path):
    (tmp_path / "cache").mkdir()
    script = (
        "seq 40 | xargs -P 40 -I{} sh -c '"
        f"{sys.executable} -m firstbit discrepancy --cell gru:1:20 --num-draws 41000 "
        "--length 10 --part {}/40 --into blocks 2> {}.log'"
    )
    surroundings = {
        **os.environ,
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "JAX_EXPLAIN_CACHE_MISSES": "1",
        "XLA_FLAGS": "",
    }
    subprocess.run(["bash", "-euc", script], check=True, cwd=tmp_path, env=surroundings)
    missed = []
    for log in tmp_path.glob("*.log"):
        for line in log.read_text().splitlines():
            if line.startswith("PERSISTENT COMPILATION CACHE MISS"):
                missed.append(line.rpartition("key ")[2])
    assert len(list(tmp_path.glob("*.log"))) == 40
    programs = set(missed)
    assert len(programs) >= 2  # sizes up to 8, and larger ones
    assert len(missed) <= len(programs) + 1
    assert max(map(missed.count, missed)) <= 2
