"""Settings of a process that must be made before JAX computes."""

import os
import subprocess
import sys
import time
from pathlib import Path

import jax
import pytest

from firstbit import process
from firstbit.compiled import sharing
from firstbit.process import artist, prepare, processes

PREPARED = """
import os
import jax
import firstbit
firstbit.prepare()
jax.numpy.arange(3).block_until_ready()
folder = jax.config.jax_compilation_cache_dir
print(folder)
print(len(os.listdir(folder)))
print(os.environ["XLA_FLAGS"])
"""


@pytest.fixture
def not_begun(monkeypatch):
    """XLA has not begun; what this process would adopt."""
    adopted = []
    monkeypatch.setattr(process, "has_begun", lambda: False)
    monkeypatch.setattr(sharing, "adopt", adopted.append)
    return adopted


def test_what_the_user_has_set_stays(monkeypatch, tmp_path, not_begun):
    monkeypatch.setenv("XLA_FLAGS", "--xla_backend_extra_options=mine")
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    prepare()
    assert os.environ["XLA_FLAGS"].split()[0] == "--xla_backend_extra_options=mine"
    assert os.environ["XLA_FLAGS"].count("extra_options") == 1
    folder = Path(os.environ["JAX_COMPILATION_CACHE_DIR"])
    assert folder.parent == tmp_path / "cache" / "firstbit"
    assert folder.is_dir()
    assert not_begun == [str(folder.parent)]
    (tmp_path / "file").write_text("")
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    prepare()
    assert "JAX_COMPILATION_CACHE_DIR" not in os.environ


def test_where_jax_has_computed_it_is_too_late(monkeypatch):
    jax.numpy.zeros(1).block_until_ready()
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR", raising=False)
    flags = os.environ.get("XLA_FLAGS")
    prepare()
    assert os.environ.get("XLA_FLAGS") == flags
    assert "JAX_COMPILATION_CACHE_DIR" not in os.environ


@pytest.mark.slow
def test_where_jax_is_only_imported_it_is_not(tmp_path):
    surroundings = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "XLA_FLAGS": ""}
    surroundings.pop("JAX_COMPILATION_CACHE_DIR", None)
    ran = subprocess.run(
        [sys.executable, "-c", PREPARED],
        env=surroundings,
        check=True,
        capture_output=True,
        text=True,
    )
    folder, num_files, flags = ran.stdout.splitlines()
    assert Path(folder).parent == tmp_path / "firstbit"
    assert int(num_files) > 1  # a program beside what says which they are
    assert process.SMALL_LOOPS in flags


@pytest.mark.slow
def test_the_artist_is_another_process():
    with artist() as executor:
        assert executor.submit(os.getpid).result() != os.getpid()


def sleep_and_fail():
    """Leave processes by an error while one sleeps for ten minutes."""
    with processes(1) as executor:
        assert executor.submit(os.getpid).result() != os.getpid()
        sleeps = executor.submit(time.sleep, 600)
        while not sleeps.running():
            time.sleep(0.01)
        raise KeyError


@pytest.mark.slow
def test_an_error_ends_processes_at_once():
    began = time.monotonic()
    with pytest.raises(KeyError):
        sleep_and_fail()
    assert time.monotonic() - began < 300
