"""A file fetched from the network, and kept only when it is whole."""

import http.client
import os
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from widthwise.errors import OutputError

__all__ = ["TIMEOUT", "download", "store"]

TIMEOUT = 20.0
"""Seconds without an answer after which a download is given up."""

_CHUNK = 1 << 16


def download(url: str, size_limit: int) -> bytes:
    """Return what is at a URL.

    Raises
    ------
    OSError
        No network, an error status, no answer in 20 s, a transfer cut short, more
        than `size_limit` bytes.
    """
    request = urllib.request.Request(url, headers={"User-Agent": "widthwise"})
    chunks, size = [], 0
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
            while chunk := response.read(_CHUNK):
                chunks.append(chunk)
                size += len(chunk)
                if size > size_limit:
                    raise OSError(f"it is larger than {size_limit} bytes")
            promised = response.headers.get("Content-Length")
    except http.client.HTTPException as error:
        raise OSError(f"the transfer broke off: {type(error).__name__}") from None
    except urllib.error.HTTPError as error:
        raise OSError(f"the server answered {error.code} {error.reason}") from None
    except urllib.error.URLError as error:
        raise OSError(str(error.reason) or "no answer") from None
    except TimeoutError:
        raise OSError(f"no answer within {TIMEOUT:.0f} s") from None
    if promised is not None and size < int(promised):
        raise OSError(f"the transfer broke off after {size} of {promised} bytes")
    return b"".join(chunks)


def store(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all.

    Raises
    ------
    OutputError
        The folder cannot be written.
    """
    partial = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, partial = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.replace(partial, path)
    except OSError as error:
        if partial is not None:
            Path(partial).unlink(missing_ok=True)
        raise OutputError(
            f"The download cannot be kept in {path.parent} ({error.strerror}); a "
            "folder that can be written was needed. Set XDG_CACHE_HOME to one."
        ) from None
