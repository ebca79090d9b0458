"""Tests leave the user's cache alone, share compiled programs, and repeat themselves.

Compiled programs are kept in `.pytest_cache`: a second run compiles almost nothing.
`HYPOTHESIS_PROFILE=explore` looks for new examples instead of the same every time;
`thorough` tries all of those that stay the same (tests/covering.py).
"""

import atexit
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace

import jaxtyping
import pytest
from hypothesis import settings

import long_tests
from firstbit import process
from forgetting import forget_programs_if_many
from record import Recorder, Resumed
from sharing import Sharing, options_of_xla, shares_out

# As the program does: the search for garbage takes a fifth of the time of loading and
# of tracing.
gc.set_threshold(process.YOUNG_OBJECTS)

USER_CACHE = tempfile.mkdtemp(prefix="firstbit-tests-")
os.environ["XDG_CACHE_HOME"] = USER_CACHE

USED_BY_THE_LIBRARY = (
    "automata.fa.dfa",
    "beartype.door",
    "beartype.vale",
    "equinox",
    "jax.extend.core",
    "jax.extend.source_info_util",
    "jinja2",
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "mpl_toolkits.mplot3d.axes3d",
    "netCDF4",
    "optax",
    "pandas",
    "pygraphviz",
    "rich.console",
    "rich.progress",
    "rich.table",
    "scipy.optimize",
    "scipy.stats",
    "typer.main",
    "xarray",
)
"""Packages that are loaded before the library. While a module of it is loaded,
jaxtyping gives compiled modules names of its own, and all would be compiled anew."""

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "repeatable")
if PROFILE == "repeatable":
    # As the program does, for speed of trainings. `make proof` goes without.
    os.environ.setdefault("XLA_FLAGS", process.SMALL_LOOPS)

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("thorough", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=1000, deadline=None)
settings.load_profile(PROFILE)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("firstbit")
    group.addoption(
        "--record", metavar="FILE", help="write results into a page; go on from it"
    )
    group.addoption(
        "--little-effort",
        action="store_true",
        help="most tests compile with little effort (tests/sharing.py)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Load what the tests need, unless other processes run them."""
    config.pluginmanager.register(Sharing(), "sharing")
    path = config.getoption("--record")
    if path:
        config.pluginmanager.register(Resumed(Path(path)), "resumed")
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(Path(path)), "recorder")
    # A program that another process is just writing: it is compiled here, too.
    config.addinivalue_line(
        "filterwarnings", "ignore:Error reading persistent compilation cache"
    )
    if not shares_out(config):
        load(config)
    if hasattr(config, "workerinput"):
        # All is reported by then. Python and JAX would search all objects for garbage,
        # several times: seconds.
        atexit.register(os._exit, 0)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what takes long, before tests are chosen by their marks."""
    long_tests.mark(items)


def load(config: pytest.Config) -> None:
    """Load JAX and all else, and keep compiled programs of all runs in one folder."""
    flags = os.environ.get("XLA_FLAGS", "")
    os.environ["XLA_FLAGS"] = " ".join([flags, *options_of_xla(config)])
    for name in USED_BY_THE_LIBRARY:
        import_module(name)
    jax = import_module("jax")
    # A float32 that meets a float64 by accident is an error, not a float64.
    jax.config.update("jax_numpy_dtype_promotion", "strict")
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
    cache = getattr(config, "cache", None)
    compiled = USER_CACHE if cache is None else str(cache.mkdir("compiled"))
    jax.config.update("jax_compilation_cache_dir", compiled)


def pytest_collection_finish() -> None:
    """Search no module for garbage: all are loaded, and stay."""
    gc.freeze()


def pytest_unconfigure() -> None:
    shutil.rmtree(USER_CACHE, ignore_errors=True)


@pytest.fixture(autouse=True)
def _programs_are_forgotten() -> Iterator[None]:
    """Keep the memory of a process of tests small."""
    yield
    forget_programs_if_many()


@pytest.fixture(autouse=True)
def _types_are_checked(request: pytest.FixtureRequest) -> Iterator[None]:
    """Check the types of all arguments, but where a test hands over a wrong one.

    Then the library itself refuses it. With `--little-effort`, long tests go without:
    the checks take an eighth of their time.
    """
    test, config = request.node, request.config
    is_hasty_test = test.get_closest_marker("slow") and config.option.little_effort
    if not is_hasty_test and test.get_closest_marker("wrong_types") is None:
        yield
        return
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


@pytest.fixture(scope="session")
def compiled() -> str:
    """The folder of compiled programs, for processes that a test starts."""
    return import_module("jax").config.jax_compilation_cache_dir


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
    """Return a call that starts a function of `stepwise` in a process of its own.

    It returns the process and a pipe to it. The library is loaded once for all.
    """
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
