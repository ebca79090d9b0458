"""Results on disk: whole or not at all."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from firstbit.errors import OutputError

if TYPE_CHECKING:
    import xarray as xr


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a file beside `path`, then put it in place in one step.

    Args:
        path: the file to create or replace; missing parent folders are made.
        write: called with the path of a temporary file in the same folder.

    Raises:
        OutputError: the folder can't be written, or a folder stands where the file
            should go.
    """
    require_writable(path)
    handle, name = None, None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix
        )
        os.close(handle)
        write(Path(name))
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(path)
    except OSError as error:
        raise OutputError(
            f"can't write '{path}': {error.strerror or error}; choose another place."
        ) from error
    finally:
        if name is not None:
            Path(name).unlink(missing_ok=True)


def require_writable(path: Path) -> None:
    """Raise `OutputError` unless a file can be written at `path`; write nothing.

    Example:
        >>> try:
        ...     require_writable(Path("."))
        ... except OutputError as error:
        ...     print(error)
        expected a file name, got the folder '.'; name a file inside it.
    """
    if path.is_dir():
        raise OutputError(
            f"expected a file name, got the folder '{path}'; name a file inside it."
        )
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if not folder.is_dir():
        raise OutputError(
            f"can't write '{path}': '{folder}' is a file; choose another place."
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(
            f"can't write '{path}': no permission in '{folder}'; choose another place."
        )


def save(dataset: "xr.Dataset", path: Path) -> None:
    """Write a Dataset as netCDF-4, whole or not at all."""
    write_whole(path, lambda temporary: dataset.to_netcdf(temporary, engine="netcdf4"))


@contextlib.contextmanager
def replaced_folder(folder: Path, *, marker: str) -> Iterator[Path]:
    """Give a new folder to fill, which replaces `folder` at the end.

    It does so only if the block ends without error.

    An interrupted or failing block leaves the earlier folder as it was. A folder that
    isn't an earlier result (it has files, but no `marker` among them) is never
    replaced.

    Args:
        folder: where the result shall stand in the end.
        marker: name of a file that every finished result has.

    Raises:
        OutputError: a file stands in the place, the folder holds something else, or it
            can't be written.
    """
    folder = folder.absolute()
    require_replaceable(folder, marker)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(
            tempfile.mkdtemp(
                dir=folder.parent, prefix=f".{folder.name}.", suffix=".partial"
            )
        )
    except OSError as error:
        raise OutputError(
            f"can't write the folder '{folder}': {error.strerror or error}; choose "
            "another place."
        ) from error
    try:
        yield fresh
        fresh.chmod(0o777 & ~_umask())
        _swap(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def require_replaceable(folder: Path, marker: str) -> None:
    """Raise `OutputError` unless a folder is new, empty, or an earlier result.

    Args:
        folder: where a result shall stand.
        marker: name of a file that every finished result has.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputError(
            f"expected a folder, got the file '{folder}'; choose another name or "
            "remove it."
        )
    try:
        foreign = (
            folder.is_dir()
            and any(folder.iterdir())
            and not (folder / marker).is_file()
        )
    except OSError as error:
        raise OutputError(
            f"can't read the folder '{folder}': {error.strerror or error}."
        ) from error
    if foreign:
        raise OutputError(
            f"expected a new folder or an earlier result, got '{folder}', which "
            f"has files but no {marker}; "
            "choose another folder, it would be replaced."
        )


def _swap(fresh: Path, folder: Path) -> None:
    """Put `fresh` where `folder` is; the old one goes only when the new one stands."""
    if not folder.exists():
        fresh.rename(folder)
        return
    old = Path(
        tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.", suffix=".old")
    )
    folder.rename(old / folder.name)
    try:
        fresh.rename(folder)
    except OSError:
        (old / folder.name).rename(folder)
        raise
    finally:
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
