"""Results on disk: whole or not at all."""

import contextlib
import os
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from firstbit.errors import OutputError, shown

if TYPE_CHECKING:
    import xarray as xr

PREFIX = ".firstbit-"
"""Begins the names of unfinished files and folders."""

PLACING = Lock()
"""Held while a finished result is put in its place: whoever ends the process waits."""

_UNFINISHED: set[Path] = set()

REMOVALS, PAUSE = 40, 0.05
"""How often a folder is removed that fills up again, and the seconds between."""


def remove_unfinished() -> None:
    """Remove what is not yet in its place, before the process ends at once."""
    for path in list(_UNFINISHED):
        if path.is_dir():
            _remove_folder(path)
        else:
            path.unlink(missing_ok=True)


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a file beside `path`, then put it in place in one step.

    A symbolic link stays, and its target is written. A file that is replaced keeps its
    permissions, and its owner where that is allowed.

    Args:
        path: the file to create or replace; missing parent folders are made.
        write: called with the path of a temporary file in the same folder.

    Raises:
        OutputError: the folder can't be written, or something that is no regular file
            stands where the file should go.
    """
    target = require_writable(path)
    unfinished = _beside(target, target.suffix[-20:])
    _UNFINISHED.add(unfinished)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write(unfinished)
        _take_permissions(unfinished, target, usual=0o666)
        with PLACING:
            unfinished.replace(target)
    except OSError as error:
        raise OutputError(_cannot_write(path, error)) from error
    finally:
        unfinished.unlink(missing_ok=True)
        _UNFINISHED.discard(unfinished)


def require_writable(path: Path) -> Path:
    """Return the file that is written for `path`; write nothing.

    It is the target of a symbolic link, and else the path itself.

    Raises:
        OutputError: a file can't be written there, or what is there is no regular file.

    Example:
        >>> try:
        ...     require_writable(Path("."))
        ... except OutputError as error:
        ...     print(error)
        expected a file name, got the folder '.'; name a file inside it.
    """
    try:
        target = _resolved(path)
        kind = _kind(target)
        if kind == "folder":
            raise OutputError(
                f"expected a file name, got the folder '{shown(path)}'; name a file "
                "inside it."
            )
        if kind not in ("file", ""):
            raise OutputError(
                f"expected a regular file or a new one, got '{shown(path)}', which is "
                f"a {kind}; choose another place."
            )
        _require_room(path, target, exists=kind == "file")
    except OutputError:
        raise
    except (OSError, ValueError) as error:  # a name too long, or with a null character
        raise OutputError(_cannot_write(path, error)) from error
    return target


def is_file(path: str | Path) -> bool:
    r"""Return whether a file is there; a text that can't be a path is none.

    Example:
        >>> is_file("(a|b)" * 1000), is_file("nothing\0")
        (False, False)
    """
    try:
        return Path(path).is_file()
    except (OSError, ValueError):
        return False


def _resolved(path: Path) -> Path:
    """Return the absolute path behind all symbolic links, existing or not."""
    try:
        return path.resolve()
    except RuntimeError as error:  # links in a circle
        raise OutputError(
            f"can't write '{shown(path)}': its symbolic links lead in a circle; choose "
            "another place."
        ) from error


def _kind(target: Path) -> str:
    """Return what stands at a path: a file, a folder, something else; "" if nothing."""
    try:
        mode = target.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return ""
    kinds = {
        "file": stat.S_ISREG,
        "folder": stat.S_ISDIR,
        "named pipe": stat.S_ISFIFO,
        "socket": stat.S_ISSOCK,
    }
    for kind, is_one in kinds.items():
        if is_one(mode):
            return kind
    return "device"


def _require_room(path: Path, target: Path, *, exists: bool) -> None:
    """Raise `OutputError` unless the nearest folder, and the file, can be written."""
    folder = next(parent for parent in target.parents if parent.exists())
    if not folder.is_dir():
        raise OutputError(
            f"can't write '{shown(path)}': '{shown(folder)}' is a file; choose another "
            "place."
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(
            f"can't write '{shown(path)}': no permission in '{shown(folder)}'; choose "
            "another place."
        )
    if exists and not os.access(target, os.W_OK):
        raise OutputError(
            f"can't write '{shown(path)}': the file is protected; choose another name."
        )


def _take_permissions(fresh: Path, old: Path, *, usual: int) -> None:
    """Give a new file or folder the permissions of the one that it replaces."""
    if not old.exists():
        fresh.chmod(usual & ~_umask())
        return
    was = old.stat()
    if hasattr(os, "chown"):
        with contextlib.suppress(OSError):  # only root may give a file away
            os.chown(fresh, was.st_uid, was.st_gid)
    fresh.chmod(stat.S_IMODE(was.st_mode))


def _cannot_write(path: Path, error: Exception) -> str:
    reason = getattr(error, "strerror", None) or error
    return f"can't write '{shown(path)}': {shown(reason)}; choose another place."


def save(dataset: "xr.Dataset", path: str | Path) -> None:
    """Write a Dataset as netCDF-4, whole or not at all."""

    def write(temporary: Path) -> None:
        try:
            dataset.to_netcdf(temporary, engine="netcdf4")
        except RuntimeError as error:  # netCDF's word for a full disk
            raise OSError(str(error)) from error

    write_whole(Path(path), write)


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
    folder = require_replaceable(Path(folder), marker)
    fresh = _beside(folder, ".partial")
    _UNFINISHED.add(fresh)
    try:
        _make_folder(fresh, folder)
        yield fresh
        _take_permissions(fresh, folder, usual=0o777)
        with PLACING:
            _swap(fresh, folder)
    finally:
        _remove_folder(fresh)
        _UNFINISHED.discard(fresh)


def require_replaceable(folder: Path, marker: str) -> Path:
    """Return the folder that is written: the target of a link, else the path itself.

    Args:
        folder: where a result shall stand.
        marker: name of a file that every finished result has.

    Raises:
        OutputError: it is not new, empty, or an earlier result, or it can't be written.
    """
    try:
        target = _resolved(folder)
        kind = _kind(target)
        if kind not in ("folder", ""):
            raise OutputError(
                f"expected a folder, got the {kind} '{shown(folder)}'; choose another "
                "name or remove it."
            )
        _require_room(folder, target, exists=False)
        foreign = (
            kind == "folder"
            and any(target.iterdir())
            and not (target / marker).is_file()
        )
    except OutputError:
        raise
    except (OSError, ValueError) as error:
        raise OutputError(_cannot_write(folder, error)) from error
    if foreign:
        raise OutputError(
            f"expected a new folder or an earlier result, got '{shown(folder)}', which "
            f"has files but no {marker}; "
            "choose another folder, it would be replaced."
        )
    return target


def _beside(place: Path, ending: str) -> Path:
    """Return a new name beside a place: known before anything is made."""
    return place.parent / f"{PREFIX}{secrets.token_hex(6)}{ending}"


def _remove_folder(folder: Path) -> None:
    """Remove a folder, though another process may be writing its last file there."""
    for _ in range(REMOVALS):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(PAUSE)


def _make_folder(fresh: Path, folder: Path) -> None:
    """Make the folder that is filled, beside the one that is asked for."""
    try:
        fresh.parent.mkdir(parents=True, exist_ok=True)
        fresh.mkdir(mode=0o700)
    except OSError as error:
        raise OutputError(_cannot_write(folder, error)) from error


def _swap(fresh: Path, folder: Path) -> None:
    """Put `fresh` where `folder` is; the old one goes only when the new one stands."""
    if not folder.exists():
        fresh.rename(folder)
        return
    old = _beside(folder, ".old")
    try:
        folder.rename(old)
        fresh.rename(folder)
    except BaseException:  # Ctrl-C, too
        if old.exists() and not folder.exists():
            old.rename(folder)
        raise
    finally:
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
