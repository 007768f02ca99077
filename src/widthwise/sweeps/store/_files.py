"""Files named by keys: written whole or not at all, read where they are plain."""

import contextlib
import os
import re
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from widthwise.errors import DataError, OutputError
from widthwise.files import locked
from widthwise.sweeps.plan import MOST_BYTES
from widthwise.sweeps.store._listing import entries
from widthwise.sweeps.store._locks import unlink_unlocked

__all__ = ["Folder"]

_SUFFIX = ".jsonl"
_SHARD = re.compile(r"[0-9a-f]{2}")
_NAME = re.compile(r"[0-9a-f]{64}\.jsonl")
_SCRATCH = re.compile(r"[0-9]+-[0-9a-f]{16}")
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)


class Folder:
    """A folder of files named by keys, in 256 folders by the key's first two digits.

    A file comes into being by being renamed from `scratch`, so a reader never sees a
    part of one.
    """

    def __init__(self, path: Path, scratch: Path) -> None:
        self.path = path
        self._scratch = scratch

    def read(self, key: str) -> bytes | None:
        """Return the file's bytes, or None if there is no file.

        Raises
        ------
        DataError
            If it is no plain file, or longer than `MOST_BYTES`.
        """
        path = self.place(key)
        try:
            handle = os.open(path, os.O_RDONLY | _NO_WAIT)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise DataError(
                f"{path} cannot be read: {error.strerror or error}. Mend its "
                "permissions, or remove it."
            ) from error
        with os.fdopen(handle, "rb") as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise DataError(f"{path} is no plain file. Remove it.")
            if facts.st_size > MOST_BYTES:
                raise DataError(
                    f"{path} has {facts.st_size} bytes; a result has at most "
                    f"{MOST_BYTES}. Remove it."
                )
            return file.read(MOST_BYTES)

    def write(self, key: str, content: bytes) -> None:
        """Put the file in place in one step.

        Raises
        ------
        OutputError
            If it cannot be written; nothing is left of it.
        """
        path = self.place(key)
        try:
            with self._temporary(content) as temporary:
                try:
                    temporary.replace(path)
                except FileNotFoundError:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    temporary.replace(path)
        except OSError as error:
            if isinstance(error, OutputError):
                raise
            raise OutputError(
                f"Cannot write into the store {self.path.parent}: "
                f"{error.strerror or error}. Nothing finished is lost: free some "
                "space or mend the permissions, and run again."
            ) from error

    def remove(self, key: str) -> None:
        """Remove the file if there is one."""
        try:
            self.place(key).unlink(missing_ok=True)
        except NotADirectoryError:
            return
        except OSError as error:
            raise OutputError(
                f"Cannot remove {self.place(key)}: {error.strerror or error}."
            ) from error

    def keys(self) -> Iterator[str]:
        """Yield the keys in ascending order, one sub-folder in memory at a time."""
        for shard, is_folder in entries(self.path):
            if is_folder and _SHARD.fullmatch(shard):
                for name, is_inner_folder in entries(self.path / shard):
                    if not is_inner_folder and _is_name(name, shard):
                        yield name.removesuffix(_SUFFIX)

    def strangers(self) -> Iterator[Path]:
        """Yield what does not belong there: other files, other folders."""
        for shard, is_folder in entries(self.path):
            if not (is_folder and _SHARD.fullmatch(shard)):
                yield self.path / shard
                continue
            for name, is_inner_folder in entries(self.path / shard):
                if is_inner_folder or not _is_name(name, shard):
                    yield self.path / shard / name

    def place(self, key: str) -> Path:
        """Return where the file of a key is, if there is one."""
        return self.path / key[:2] / f"{key}{_SUFFIX}"

    @contextlib.contextmanager
    def _temporary(self, content: bytes) -> Iterator[Path]:
        """Write a scratch file, held by a lock; it is gone if it is not renamed."""
        while True:
            path = self._scratch / f"{os.getpid()}-{secrets.token_hex(8)}"
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            try:
                handle = os.open(path, flags, 0o644)
            except FileNotFoundError:
                self._scratch.mkdir(parents=True, exist_ok=True)
                handle = os.open(path, flags, 0o644)
            # A sweeper may have taken it between its birth and its lock.
            if locked(handle) is not False and os.fstat(handle).st_nlink:
                break
            os.close(handle)
        try:
            view = memoryview(content)
            while view:
                view = view[os.write(handle, view) :]
            yield path
        except BaseException:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)

    def sweep(self) -> None:
        """Remove scratch files whose writer was killed; those of the living stay."""
        for name, is_folder in entries(self._scratch):
            if not is_folder and _SCRATCH.fullmatch(name):
                unlink_unlocked(self._scratch / name)


def _is_name(name: str, shard: str) -> bool:
    return _NAME.fullmatch(name) is not None and name.startswith(shard)
