"""JAX takes its compiled programs from the folder that all processes share.

A process asks for it by `firstbit.process.prepare`, or gets it from the caller whose
jobs it computes. Folders that a user has named are JAX's own business.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax

from firstbit.compiled.folders import begun, is_ours
from firstbit.compiled.programs import Programs

FOLDER = "jax_compilation_cache_dir"

VARIABLE = "JAX_COMPILATION_CACHE_DIR"

AT_LEAST = {
    "jax_persistent_cache_min_compile_time_secs": 0,
    "jax_persistent_cache_min_entry_size_bytes": -1,
}
"""Small programs are kept, too: there are many."""

_DONE: list[bool] = []


def share() -> None:
    """Let JAX wait for programs that another process compiles, in a folder of ours.

    Where JAX has no place for it any more, processes share what is finished.
    """
    if _DONE or not own_folder():
        return
    _DONE.append(True)
    try:
        from jax._src import compilation_cache as of_jax

        usual: Callable[[str], Any] = of_jax.get_file_cache
        of_jax.get_file_cache = _opened_by(usual)
        of_jax.reset_cache()  # it may have opened the folder already
    except (ImportError, AttributeError):
        return


def own_folder() -> str:
    """Return the folder of this process; "" where it has none, or one of its user."""
    folder = jax.config.values.get(FOLDER) or ""
    if "://" in folder or not folder or not is_ours(Path(folder)):
        return ""
    return folder


def adopt(parent: str) -> None:
    """Use the programs of the caller in a worker that has none, where they are seen.

    Args:
        parent: of the caller's folder; "" for none.
    """
    own = jax.config.values.get(FOLDER)
    if not parent or own or not Path(parent).is_dir():
        return
    folder = begun(Path(parent))
    if folder is None:
        return
    os.environ[VARIABLE] = str(folder)
    jax.config.update(FOLDER, str(folder))
    for name, value in AT_LEAST.items():
        jax.config.update(name, value)


def _opened_by(usual: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return what opens a folder for JAX: ours in our way, others as usual."""

    def opened(path: str) -> Any:
        if "://" not in path and is_ours(Path(path)):
            return Programs(Path(path)), path
        return usual(path)

    return opened
