"""The IDX format of the MNIST family: unsigned bytes behind a short header."""

import struct

import numpy as np

from widthwise.errors import DataError

__all__ = ["parse_idx"]

_UNSIGNED_BYTE = 0x08


def parse_idx(content: bytes, axes: int, where: str) -> np.ndarray:
    """Return the array of an IDX file of unsigned bytes.

    The header is 0, 0, type 8, the number of axes, then each length as a big-endian
    32-bit integer; the bytes that follow must be exactly as many as it promises.

    Parameters
    ----------
    content
        The unpacked bytes.
    axes
        How many axes it must have: 1 for labels, 3 for images.
    where
        The file, for messages.

    Raises
    ------
    DataError
        Another magic number, or a length that does not match.
    """
    magic = bytes([0, 0, _UNSIGNED_BYTE, axes])
    if content[:4] != magic:
        raise DataError(
            f"{where} starts with 0x{content[:4].hex()}; an IDX file of unsigned bytes "
            f"with {axes} axes starts with 0x{magic.hex()}. Get the original file."
        )
    start = 4 + 4 * axes
    if len(content) < start:
        raise DataError(
            f"{where} ends within its header ({len(content)} of {start} bytes). Get "
            "the original file."
        )
    shape = struct.unpack(f">{axes}I", content[4:start])
    promised = 1
    for length in shape:
        promised *= length
    if len(content) - start != promised:
        raise DataError(
            f"{where} promises {promised} bytes (shape {shape}) and has "
            f"{len(content) - start}. Get the original file."
        )
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape)
