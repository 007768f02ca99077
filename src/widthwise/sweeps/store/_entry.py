"""What a file of a store holds: a trial, what came of it, the checksum of both."""

import hashlib
from collections.abc import Mapping
from typing import Any

from widthwise.errors import DataError, InvalidArgumentError
from widthwise.sweeps.plan import MOST_BYTES, canonical, loads

__all__ = ["body_of", "packed", "packed_result", "trial_text_of"]

_BEFORE, _AFTER = b'{"sha256":"', b'"}\n'
_SEAL = len(_BEFORE) + 64 + len(_AFTER)


def packed(trial_text: str, body: str) -> bytes:
    """Return the three lines: the trial, what came of it, and their SHA-256.

    The first line hashes to the key, so the file tells by itself where it belongs, and
    every byte of it is covered by one of the two hashes.
    """
    lines = f"{trial_text}\n{body}\n".encode("ascii")
    return lines + _seal(lines)


def packed_result(trial_text: str, result: Any) -> bytes:
    """Return the three lines of a result, which is checked.

    Raises
    ------
    InvalidArgumentError
        If the result holds what cannot be stored, or is longer than `MOST_BYTES`.
    """
    if not isinstance(result, Mapping):
        raise InvalidArgumentError(
            f"The result of a trial is of type {type(result).__name__}; a dict of "
            "named values was needed."
        )
    content = packed(trial_text, canonical(result, "The result of a trial"))
    if len(content) > MOST_BYTES:
        raise InvalidArgumentError(
            f"The result of a trial takes {len(content)} bytes; at most "
            f"{MOST_BYTES} are stored. Return arrays instead of lists, or less."
        )
    return content


def body_of(content: bytes, key: str) -> Any:
    """Return what came of the trial, decoded.

    Raises
    ------
    DataError
        As for `trial_text_of`, or if the second line is not what widthwise writes.
    """
    first = trial_text_of(content, key)
    return loads(content[len(first) + 1 : -_SEAL])


def trial_text_of(content: bytes, key: str) -> bytes:
    """Return the first line, once both hashes are found right.

    Raises
    ------
    DataError
        If a byte is missing, added or changed, or the file belongs to another key.
    """
    lines, seal = content[:-_SEAL], content[-_SEAL:]
    if not lines or seal != _seal(lines):
        raise DataError("its checksum is wrong: it was cut short or altered")
    first, _, rest = lines.partition(b"\n")
    if rest.find(b"\n") != len(rest) - 1:
        raise DataError("it has not the three lines of a result")
    if hashlib.sha256(first).hexdigest() != key:
        raise DataError("it is the file of another trial")
    return first


def _seal(lines: bytes) -> bytes:
    return _BEFORE + hashlib.sha256(lines).hexdigest().encode("ascii") + _AFTER
