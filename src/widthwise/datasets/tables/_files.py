"""Where the file of a data set is: a folder of the user, the system's, the cache."""

import gzip
import hashlib
import os
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from widthwise.datasets.tables._download import download, store
from widthwise.errors import DataError, MissingDataError

__all__ = ["DataFile", "Found", "cache_folder", "content_sha256", "find", "unpack"]


def content_sha256(content: bytes) -> str:
    """Return the SHA-256 of the content, after gunzipping if it is gzipped."""
    return hashlib.sha256(unpack(content, "the file")).hexdigest()


def unpack(content: bytes, where: str) -> bytes:
    """Gunzip content that starts as gzip does.

    Raises
    ------
    DataError
        The gzip stream is damaged or cut short.
    """
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"{where} cannot be gunzipped ({error}); it is damaged or cut short. Copy "
            "or download it again."
        ) from None


@dataclass(frozen=True)
class DataFile:
    """A file that a data set needs.

    Attributes
    ----------
    names
        Its path in a data directory, the preferred one first.
    fingerprint
        What its content must give under `identify`; None accepts any.
    url
        Where it is downloaded from; None when it cannot be.
    size_limit
        Bytes at which a download is broken off.
    system_folder
        Where a system package installs it.
    remedy
        One more sentence on how to get it.
    identify
        Fingerprint of a content; the SHA-256 of the unpacked bytes.
    """

    names: tuple[str, ...]
    fingerprint: str | None = None
    url: str | None = None
    size_limit: int = 1 << 20
    system_folder: str | None = None
    remedy: str = ""
    identify: Callable[[bytes], str] = content_sha256


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
    """
    folders = _folders(data_dir)
    for path in _candidates(file, folders):
        if path.is_file():
            return _checked(file, path)
    cached = cache_folder() / file.names[0]
    if cached.is_file():
        try:
            return _checked(file, cached)
        except DataError:
            cached.unlink()
    looked = [str(folder / file.names[0]) for folder in folders]
    looked += [str(path) for path in [*_system_paths(file)[:1], cached]]
    return _download(file, cached, looked)


def cache_folder() -> Path:
    """Return the folder for downloads: the platform's cache, then "widthwise"."""
    given = os.environ.get("XDG_CACHE_HOME")
    if given:
        return Path(given) / "widthwise"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "widthwise"
    local = os.environ.get("LOCALAPPDATA")
    if sys.platform == "win32" and local:
        return Path(local) / "widthwise" / "cache"
    return Path.home() / ".cache" / "widthwise"


def _folders(data_dir: Path | None) -> list[Path]:
    """Return the folders of the user; each must exist."""
    given = [("The data directory", data_dir)]
    variable = os.environ.get("WIDTHWISE_DATA")
    given.append(("WIDTHWISE_DATA", Path(variable).expanduser() if variable else None))
    folders = []
    for what, folder in given:
        if folder is None:
            continue
        if not folder.is_dir():
            raise MissingDataError(
                f"{what} is {folder}, and there is no such folder. Create it, or name "
                "another."
            )
        folders.append(folder)
    return folders


def _candidates(file: DataFile, folders: list[Path]) -> list[Path]:
    """Return each path to try, with and without .gz."""
    names = [*file.names, *(n[:-3] for n in file.names if n.endswith(".gz"))]
    paths = [folder / name for folder in folders for name in names]
    return paths + _system_paths(file)


def _system_paths(file: DataFile) -> list[Path]:
    """Return where the system's package has the file."""
    if file.system_folder is None:
        return []
    return [Path(file.system_folder) / Path(name).name for name in file.names]


def _checked(file: DataFile, path: Path) -> Found:
    """Read a file and compare its fingerprint."""
    try:
        content = unpack(path.read_bytes(), str(path))
    except OSError as error:
        raise DataError(
            f"{path} cannot be read ({error.strerror}); give yourself the right to "
            "read it, or copy it."
        ) from None
    if file.fingerprint is not None and file.identify(content) != file.fingerprint:
        raise DataError(
            f"{path} is not the file that was expected: its content has the checksum "
            f"{file.identify(content)[:16]}..., needed was {file.fingerprint[:16]}... "
            "Replace it by the original, or remove it."
        )
    return Found(content, str(path))


def _download(file: DataFile, cached: Path, looked: list[str]) -> Found:
    """Download a file into the cache, or say how to get it."""
    where = f"{file.names[0]} was looked for at {', '.join(looked)}"
    advice = (
        f"Put the file into a folder as {file.names[0]} and name that folder with "
        "WIDTHWISE_DATA, data_dir=... or --data-dir."
    )
    if file.url is None:
        raise MissingDataError(f"{where}. {file.remedy} {advice}")
    try:
        content = download(file.url, file.size_limit)
    except OSError as error:
        raise MissingDataError(
            f"{where}; downloading {file.url} failed ({error}). Try again when the "
            f"network is there, or get it by hand. {file.remedy} {advice}".replace(
                "  ", " "
            )
        ) from None
    try:
        found = file.identify(content)
    except DataError as error:
        found = f"none: {error}"
    if found != file.fingerprint:
        raise MissingDataError(
            f"{where}; what {file.url} gave has another checksum ({found[:16]}... "
            f"instead of {str(file.fingerprint)[:16]}...), so it was thrown away. "
            f"{file.remedy} {advice}".replace("  ", " ")
        )
    store(cached, content)
    return Found(unpack(content, file.url), file.url)
