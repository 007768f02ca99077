"""Test `widthwise.seeds`: the same request gives the same numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widthwise.errors import InvalidArgumentError
from widthwise.seeds import derive, stream

FIXED = (183, 635, 737, 655)


def test_the_stream_is_fixed_for_good():
    """These numbers are part of the meaning of a seed: they must never change."""
    np.testing.assert_array_equal(
        stream(0, "weights/gaussian/3", 0).integers(0, 1000, 4), FIXED
    )


@given(st.integers(0, 2**64 - 1), st.text(max_size=20), st.integers(0, 10**9))
def test_equal_requests_give_equal_bits(seed, name, block):
    first, second = (stream(seed, name, block).random(5) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert derive(seed, name, block) == derive(seed, name, block) < 2**63


def test_different_requests_give_independent_numbers():
    """Correlations among 12 streams stay within five standard errors of zero."""
    count = 20_000
    streams = [
        stream(seed, name, block)
        for seed, name, block in (
            (s, n, b) for s in (0, 1) for n in ("a", "b") for b in (0, 1, 2)
        )
    ]
    rows = np.array([each.standard_normal(count) for each in streams])
    off = np.corrcoef(rows) - np.eye(len(rows))
    assert np.abs(off).max() < 5 / np.sqrt(count)


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_refuses_seeds_out_of_range(seed):
    with pytest.raises(InvalidArgumentError, match="seed"):
        stream(seed, "a")
