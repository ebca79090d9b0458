"""Tests leave the user's cache of compiled programs alone, compile a program once, and try the same examples every time.

`HYPOTHESIS_PROFILE=explore` looks for new examples instead.
"""

import os
import tempfile
from multiprocessing import get_context
from types import SimpleNamespace

import jax
import pytest
from hypothesis import settings

os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="firstbit-tests-")

# Of this process alone: a new function of the same program is not compiled again.
# Others have the cache of the command line.
jax.config.update(
    "jax_compilation_cache_dir", tempfile.mkdtemp(prefix="firstbit-compiled-")
)
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


@pytest.fixture(scope="session")
def quick_paper(tmp_path_factory):
    """A quick replay of the paper, once: its folder, what it returned, its reports."""
    from firstbit.paper import Settings, replay
    from firstbit.process import artist

    folder, reports = tmp_path_factory.mktemp("paper") / "out", []

    def report(*what):
        reports.append(what)

    with artist() as executor:
        paper = replay(folder, Settings(quick=True), progress=report, executor=executor)
    return SimpleNamespace(folder=folder, paper=paper, reports=reports)


@pytest.fixture(scope="session")
def start():
    """Starts a function of `stepwise` in a process of its own, with a pipe to it; the library is loaded once for all."""
    context = get_context("forkserver")
    # Not `stepwise`: the server has only what is installed on its path, and says
    # nothing of what it can't load.
    context.set_forkserver_preload(
        ["firstbit.studies.training_page", "firstbit.studies.verdicts.page"]
    )

    def begin(function, *arguments):
        ours, its = context.Pipe()
        process = context.Process(target=function, args=(*arguments, its))
        process.start()
        its.close()
        return process, ours

    return begin


@pytest.fixture(scope="session")
def finish():
    """Waits for such a process, which nobody listens to any more."""

    def end(process, pipe):
        pipe.close()
        process.join(timeout=300)
        assert process.exitcode == 0

    return end
