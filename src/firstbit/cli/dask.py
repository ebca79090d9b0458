"""`--dask`: the workers of a Dask cluster, or processes of this machine, compute."""

import logging
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from firstbit.errors import EngineError, PackageError, SettingError, shown
from firstbit.execution import Engine

LOCAL = "local:"

LOCAL_SETTINGS = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.deploy.lost-worker-timeout": "1000 hours",
}
"""Settings of Dask for workers of this machine.

No profiler looks at them a hundred times a second, and one that was killed is not given
up if it is missing again fifteen seconds later.
"""

CONNECT = 8.0
"""Seconds in which a scheduler must answer."""

RESUME = "--resume"

Dask = Annotated[
    str | None,
    typer.Option(
        help="Workers of Dask compute: local:4, four processes of this machine, or the "
        "address of a scheduler, tcp://HOST:PORT."
    ),
]
AllowMixed = Annotated[
    bool,
    typer.Option(
        "--allow-mixed",
        help="Take workers of another firstbit, JAX or kind of processor: bits may "
        "differ.",
    ),
]


@dataclass(frozen=True)
class Workers:
    """The options that say who computes."""

    dask: Dask = None
    allow_mixed: AllowMixed = False

    @contextmanager
    def engine(
        self,
        kept: Path | None,
        usual: Callable[[], AbstractContextManager[Engine | None]] = nullcontext,
    ) -> Iterator[Engine | None]:
        """Open the engine that is asked for; None stands for threads of this process.

        Args:
            kept: where finished work is kept; None if nowhere.
            usual: opens the one that computes if none is asked for.

        Raises:
            SettingError: `--dask` is no place.
            PackageError: Dask isn't installed.
            EngineError: nobody answers at the address, or work has failed; finished
                work and the command that goes on are named.
        """
        if self.dask is None:
            if self.allow_mixed:
                raise SettingError("expected --dask beside --allow-mixed, got none.")
            with usual() as own:
                yield own
            return
        with _client(self.dask) as client, _told(kept):
            try:
                yield _mixed(client) if self.allow_mixed else client
            except EngineError as error:
                raise EngineError(f"{error} {_way_on(kept)}") from error


class _Teller(logging.Handler):
    """Prints what the library says of its workers, a line each, on stderr."""

    def __init__(self, kept: Path | None) -> None:
        super().__init__()
        self._kept = kept

    def emit(self, record: logging.LogRecord) -> None:
        """Print a line; where something is wrong, with the way on."""
        line = f"firstbit: {record.getMessage()}"
        if record.levelno >= logging.WARNING:
            line += f" Ctrl-C ends it. {_way_on(self._kept)}"
        print(line, file=sys.stderr)


@contextmanager
def _told(kept: Path | None) -> Iterator[None]:
    """Print what the library says of its workers within the block."""
    log = logging.getLogger("firstbit")
    teller = _Teller(kept)
    before = log.level
    log.addHandler(teller)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.setLevel(before)
        log.removeHandler(teller)


@contextmanager
def _client(place: str) -> Iterator[Any]:
    number = _number(place)
    if number is None:
        distributed = _distributed()
        with _connected(distributed, place) as client:
            yield client
        return
    with local_client(number) as client:
        yield client


@contextmanager
def local_client(number: int) -> Iterator[Any]:
    """Start workers of one thread on this machine.

    Dask measures nothing of itself there: nobody would look at it, and it takes time
    from the workers. A worker that is killed begins anew, however often.

    Raises:
        PackageError: Dask isn't installed.
    """
    distributed = _distributed()
    with (
        local_settings(),
        distributed.LocalCluster(
            n_workers=number, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster, direct_to_workers=True) as client,
    ):
        yield client


def local_settings() -> AbstractContextManager[object]:
    """Return a block in which Dask has the settings of workers of this machine."""
    return import_module("dask").config.set(LOCAL_SETTINGS)


def _number(place: str) -> int | None:
    """Return the number of processes of this machine; None for an address."""
    if not place.startswith(LOCAL):
        return None
    text = place.removeprefix(LOCAL)
    is_whole = text.isascii() and text.isdigit()
    if not (is_whole and 0 < int(text[:9]) < 10_000):
        raise SettingError(
            f"expected a number of processes like local:4, got '{shown(place)}'."
        )
    return int(text)


def _distributed() -> Any:
    """Return Dask's package; what it reports of lost workers is said by us.

    Raises:
        PackageError: it isn't installed.
    """
    try:
        distributed = import_module("distributed")
    except ImportError as error:
        raise PackageError(
            f"--dask needs Dask's distributed, which isn't installed ({error}); try "
            "pip install 'firstbit[dask]'."
        ) from error
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] == "distributed":  # each has a level of its own
            logging.getLogger(name).setLevel(logging.CRITICAL)
    return distributed


@contextmanager
def _connected(distributed: Any, address: str) -> Iterator[Any]:
    try:
        client = distributed.Client(address, timeout=CONNECT)
    except (ValueError, TypeError) as error:
        raise EngineError(
            f"expected the address of a scheduler of Dask, got '{shown(address)}'; try "
            "tcp://HOST:8786, or local:4."
        ) from error
    except OSError as error:
        raise EngineError(
            f"expected a scheduler of Dask at '{shown(address)}', got no answer in "
            f"{CONNECT:g} s ({type(error).__name__}); try tcp://HOST:8786, or local:4."
        ) from error
    except MemoryError as error:  # eight letters of a web page are taken for a length
        raise EngineError(
            f"expected a scheduler of Dask at '{shown(address)}', got the answer of "
            "something else, such as its dashboard; try tcp://HOST:8786, or local:4."
        ) from error
    with client:
        yield client


def _mixed(client: Any) -> Engine:
    from firstbit import AllowMixed as Mixed

    return Mixed(client)


def _way_on(kept: Path | None) -> str:
    """Return what is kept, and the command that goes on."""
    words = list(sys.argv[1:])
    if kept is None:
        return "Nothing was kept: name --out and --resume."
    if RESUME not in words and "--into" not in words:
        words.append(RESUME)
    return f"Finished work is in '{kept}'; go on by: firstbit {shlex.join(words)}"
