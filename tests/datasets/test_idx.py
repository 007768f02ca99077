"""The IDX parser takes whole files of unsigned bytes, and nothing else."""

import struct

import numpy as np
import pytest

from widthwise.datasets.catalog._idx import parse_idx
from widthwise.errors import DataError


def idx(array):
    """Write an array as the format's description says."""
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.tobytes()


@pytest.mark.parametrize("shape", [(5,), (4, 3, 2), (0,)])
def test_what_was_written_is_read(shape):
    array = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    assert np.array_equal(parse_idx(idx(array), len(shape), "f"), array)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "starts with 0x;"),
        (b"\0\0\x0d\x01" + bytes(8), "starts with 0x00000d01"),
        (idx(np.zeros((2, 2, 2), np.uint8)), "with 1 axes starts with 0x00000801"),
        (b"\0\0\x08\x01\0\0", r"ends within its header \(6 of 8 bytes\)"),
        (idx(np.zeros(5, np.uint8))[:-1], r"promises 5 bytes.*has 4"),
        (idx(np.zeros(5, np.uint8)) + b"x", r"promises 5 bytes.*has 6"),
        (b"\0\0\x08\x01\xff\xff\xff\xff" + bytes(9), "promises 4294967295 bytes"),
    ],
)
def test_anything_else_is_refused(content, message):
    with pytest.raises(DataError, match=message):
        parse_idx(content, 1, "f")
