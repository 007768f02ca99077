"""Files that are there whole or not at all."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from widthwise.errors import MissingDataError, OutputError

try:
    import fcntl
except ImportError:  # Windows has no flock.
    fcntl = None  # type: ignore[assignment]

__all__ = [
    "alone_in",
    "cache_folder",
    "locked",
    "put_in_place",
    "require_writable",
    "store_missing",
    "store_module",
    "write_bytes",
    "write_text",
]

_SHOWN = 40  # Characters of a name that its temporary twin keeps; no system's limit.


def cache_folder() -> Path:
    """Return the folder for what can be made or fetched again; it may not exist.

    The platform's cache, or that of XDG_CACHE_HOME, then "widthwise".
    """
    if shared := os.environ.get("XDG_CACHE_HOME"):  # Obeyed on every platform.
        return Path(shared) / "widthwise"
    import platformdirs

    return Path(platformdirs.user_cache_dir("widthwise"))


def store_module(name: str, what: str, instead: str) -> Any:
    """Return a module that the extra "store" installs.

    Raises
    ------
    MissingDataError
        If it is not there, as `store_missing` says.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise store_missing(name, what, instead) from error


def store_missing(name: str | None, what: str, instead: str) -> MissingDataError:
    """Say what needs a module of the extra "store", and what else could be done."""
    return MissingDataError(
        f"{what} needs {name}, which is not installed. Run pip install "
        f"'widthwise[store]', or {instead}."
    )


def require_writable(folder: Path) -> None:
    """Check that `folder` can be written, or made; nothing is left behind.

    Raises
    ------
    OutputError
        If it cannot, with the system's reason.

    Examples
    --------
    >>> import pathlib, tempfile, widthwise as ww
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ww.records.require_writable(pathlib.Path(folder) / "new")
    """
    existing = folder
    try:
        while not existing.exists() and existing != existing.parent:
            existing = existing.parent
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        raise OutputError(
            f"Cannot write into {folder}: {error.strerror or error}. Choose a folder "
            "that you may write to."
        ) from error


def write_text(path: Path, text: str, *, is_durable: bool = False) -> None:
    """Write a text file in UTF-8, whole or not at all; ends of lines stay as they are.

    Parameters and errors are those of `write_bytes`.

    Examples
    --------
    >>> import pathlib, tempfile, widthwise as ww
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     place = pathlib.Path(folder) / "a.txt"
    ...     ww.records.write_text(place, "κ")
    ...     print(place.read_text(encoding="utf-8"))
    κ
    """
    write_bytes(path, text.encode("utf-8"), is_durable=is_durable)


def write_bytes(path: Path, data: bytes, *, is_durable: bool = False) -> None:
    """Write a file whole or not at all.

    Parameters
    ----------
    path
        In a folder that exists.
    data
        The content.
    is_durable
        Whether the file must outlive a loss of power: as for `put_in_place`.

    Raises
    ------
    OutputError
        If it cannot be written; what was there before is then still there.

    Examples
    --------
    >>> import pathlib, tempfile, widthwise as ww
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     place = pathlib.Path(folder) / "a.bin"
    ...     ww.records.write_bytes(place, b"abc")
    ...     print(place.read_bytes())
    b'abc'
    """
    try:
        with (
            put_in_place(path, is_durable=is_durable) as temporary,
            # Never through a link that somebody put there, nor over another's file.
            temporary.open("xb") as file,
        ):
            file.write(data)
    except OSError as error:
        raise OutputError(
            f"Cannot write {path}: {error.strerror or error}. Free some space or "
            "choose another folder."
        ) from error


@contextmanager
def put_in_place(path: Path, *, is_durable: bool = False) -> Iterator[Path]:
    """Yield a free path in the same folder, and rename what was made there at the end.

    For writers that want a path, of a file or of a folder; its suffix is that of
    `path`. After an exception, Ctrl-C included, nothing is left of it.

    Parameters
    ----------
    path
        Where the file or folder is wanted; a file there is replaced.
    is_durable
        Whether file and folder are flushed to the disk first, some milliseconds. A
        process that is killed loses nothing without it; a machine that stops may.

    Raises
    ------
    OSError
        As the system raised it: the caller knows what to advise.
    """
    name = f".{path.stem[:_SHOWN]}-{secrets.token_hex(6)}{path.suffix}"
    temporary = path.parent / name
    try:
        yield temporary
        if is_durable:
            _flush(temporary)
        os.replace(temporary, path)
        if is_durable:
            _flush(path.parent)
    finally:
        with suppress(OSError):
            if temporary.is_dir() and not temporary.is_symlink():
                shutil.rmtree(temporary)
            else:
                temporary.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """Have the system write its copy to the disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folder, and needs no flush of one.
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Make a folder, and keep other calls out of it while this one works there.

    Without locks, as on Windows, nobody is kept out.

    Raises
    ------
    OutputError
        If the folder cannot be written, or another call works there.
    """
    require_writable(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        if locked(handle) is False:
            raise OutputError(
                f"Another call works in {folder}. Wait for it, or name another folder."
            )
        yield
    finally:
        os.close(handle)


def locked(handle: int) -> bool | None:
    """Try to lock an open file or folder, without waiting, until its holder dies.

    Returns
    -------
    True if it is ours now, False if another holds it, None if the file system or the
    system has no such locks.
    """
    if fcntl is None:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True
