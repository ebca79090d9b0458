"""Settings of a process that must be made before JAX starts."""

import os
import time
from pathlib import Path

import pytest

from firstbit.process import artist, prepare, processes


def test_what_the_user_has_set_stays(monkeypatch, tmp_path):
    monkeypatch.setenv("XLA_FLAGS", "--xla_backend_extra_options=mine")
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    prepare()
    assert os.environ["XLA_FLAGS"].split()[0] == "--xla_backend_extra_options=mine"
    assert os.environ["XLA_FLAGS"].count("extra_options") == 1
    folder = Path(os.environ["JAX_COMPILATION_CACHE_DIR"])
    assert folder.parent == tmp_path / "cache" / "firstbit"
    assert folder.is_dir()
    (tmp_path / "file").write_text("")
    monkeypatch.delenv("JAX_COMPILATION_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    prepare()
    assert "JAX_COMPILATION_CACHE_DIR" not in os.environ


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
