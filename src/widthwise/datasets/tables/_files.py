"""Where the file of a data set is: a folder of the user, the system's, the cache."""

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from widthwise.datasets.tables._packed import unpack
from widthwise.errors import DataError, MissingDataError, OutputError
from widthwise.files import cache_folder

__all__ = ["DataFile", "Found", "find"]

_TIMEOUT = 20.0  # Seconds without an answer after which a download is given up.


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class DataFile:
    """A file that a data set needs.

    Attributes
    ----------
    names
        Its path in a data directory, the preferred one first.
    fingerprint
        What its unpacked content must give under `identify`; None accepts any.
    url
        Where it is downloaded from; None when it cannot be.
    system_folder
        Where a system package installs it.
    remedy
        One more sentence on how to get it.
    identify
        Fingerprint of an unpacked content; its SHA-256.
    """

    names: tuple[str, ...]
    fingerprint: str | None = None
    url: str | None = None
    system_folder: str | None = None
    remedy: str = ""
    identify: Callable[[bytes], str] = _sha256


@dataclass(frozen=True)
class Found:
    """The unpacked content of a file, and where it was."""

    content: bytes
    origin: str


def find(file: DataFile, data_dir: Path | None) -> Found:
    """Return the content of a file, from the first place that has it.

    The places are `data_dir`, the folder of WIDTHWISE_DATA, the system package's
    folder, the cache; then it is downloaded into the cache.

    Raises
    ------
    MissingDataError
        It is in none of them and was not downloaded; says how to get it.
    DataError
        A file of that name has other content.
    OutputError
        The cache cannot be written.
    """
    folders, system = _folders(data_dir), _system_paths(file)
    names = [*file.names, *(n[:-3] for n in file.names if n.endswith(".gz"))]
    for path in [*(folder / name for folder in folders for name in names), *system]:
        if path.is_file():
            return Found(_checked(file, path), str(path))
    cached = cache_folder() / file.names[0]
    if cached.is_file():
        with suppress(DataError):  # A damaged one is downloaded again.
            return Found(_checked(file, cached), str(cached))
    if trouble := _fetched(file, cached):
        looked = [*(folder / file.names[0] for folder in folders), *system[:1], cached]
        parts = (
            f"{file.names[0]} was looked for at {', '.join(map(str, looked))}{trouble}",
            file.remedy,
            f"Put the file into a folder as {file.names[0]} and name that folder with "
            "WIDTHWISE_DATA, data_dir=... or --data-dir.",
        )
        raise MissingDataError(" ".join(filter(None, parts)))
    return Found(_checked(file, cached), str(file.url))


def _folders(data_dir: Path | None) -> list[Path]:
    """Return the folders of the user; each must exist."""
    variable = os.environ.get("WIDTHWISE_DATA")
    given = {
        "The data directory": data_dir,
        "WIDTHWISE_DATA": Path(variable).expanduser() if variable else None,
    }
    for what, folder in given.items():
        if folder is not None and not folder.is_dir():
            raise MissingDataError(
                f"{what} is {folder}, and there is no such folder. Create it, or name "
                "another."
            )
    return [folder for folder in given.values() if folder is not None]


def _system_paths(file: DataFile) -> list[Path]:
    """Return where the system's package has the file."""
    if file.system_folder is None:
        return []
    return [Path(file.system_folder) / Path(name).name for name in file.names]


def _checked(file: DataFile, path: Path) -> bytes:
    """Return a file's unpacked content, if its fingerprint is right."""
    try:
        content = path.read_bytes()
        if path.suffix != ".npz":  # several arrays by intent, in a zip archive
            content = unpack(content, str(path))
    except OSError as error:
        raise DataError(
            f"{path} cannot be read ({error.strerror}); give yourself the right to "
            "read it, or copy it."
        ) from None
    if file.fingerprint is not None:
        found = file.identify(content)
        if found != file.fingerprint:
            raise DataError(
                f"{path} is not the file that was expected: its content has the "
                f"checksum {found[:16]}..., needed was {file.fingerprint[:16]}... "
                "Replace it by the original, or remove it."
            )
    return content


def _fetched(file: DataFile, cached: Path) -> str:
    """Download a file into the cache, whole or not at all; return what went wrong."""
    if file.url is None:
        return "."
    import pooch
    import requests

    # pooch's own checksums are of what travels; ours are of what is inside, so that
    # a file which a user has packed or written differently is recognised, too.
    def fetch(url: str, temporary: str, keeper: Any) -> None:
        pooch.HTTPDownloader(timeout=_TIMEOUT)(url, temporary, keeper)
        _checked(file, Path(temporary))

    name = cached.name
    keeper = pooch.Pooch(cached.parent, "", {name: None}, urls={name: file.url})
    try:
        cached.unlink(missing_ok=True)
        keeper.fetch(name, downloader=fetch)
    except requests.RequestException as error:
        return (
            f"; downloading {file.url} failed ({_reason(error)}). Try again when the "
            "network is there, or get it by hand."
        )
    except DataError:
        return f"; what {file.url} gave has another checksum, so it was thrown away."
    except OSError as error:
        raise OutputError(
            f"The download cannot be kept in {cached.parent} ({error.strerror}); a "
            "folder that can be written was needed. Set XDG_CACHE_HOME to one."
        ) from None
    return ""


def _reason(error: Exception) -> str:
    """Return why there was no answer, without the layers that pass it on."""
    first = error.args[0] if error.args else error
    return str(getattr(first, "reason", None) or error)
