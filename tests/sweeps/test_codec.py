"""Values come back from their text to the bit, and one value has one text."""

import math
import struct

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from widthwise.errors import DataError, InvalidArgumentError, MemoryBudgetError
from widthwise.numerics import memory
from widthwise.sweeps.plan._codec import canonical, loads

TEXT = st.text(st.characters(exclude_categories=()), max_size=8)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.floats(allow_nan=True)
    | TEXT
    | st.sampled_from(["$float", "$array", "$$", "nan"])
)
NAMES = TEXT | st.sampled_from(["$float", "$array", "$", "$$float"])
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4)
    ),
    max_leaves=12,
)
DTYPES = ["?", "<i1", "<u1", "<i2", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8", ">f8"]
ARRAYS = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(
        dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
    )
)


def same(one, other):
    """Compare by type and bits: 1 is not 1.0 and not True, -0.0 is not 0.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        both_nan = math.isnan(one) and math.isnan(other)
        return both_nan or struct.pack("<d", one) == struct.pack("<d", other)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return set(one) == set(other) and all(same(one[k], other[k]) for k in one)
    return one == other


@given(VALUES)
def test_every_value_comes_back(value):
    assert same(loads(canonical(value)), value)


@given(VALUES, VALUES)
def test_texts_are_equal_exactly_if_values_are(one, other):
    assert (canonical(one) == canonical(other)) is same(one, other)


@given(VALUES)
def test_the_text_of_a_read_value_is_the_same_text(value):
    text = canonical(value)
    assert text.isascii()
    assert "\n" not in text
    assert canonical(loads(text)) == text


@given(ARRAYS)
def test_arrays_come_back_to_the_bit(array):
    """NaNs keep their payload too; big-endian arrays become little-endian."""
    found = loads(canonical({"x": array}))["x"]
    assert found.shape == array.shape
    assert found.dtype == array.dtype.newbyteorder("<")
    assert found.tobytes() == array.astype(found.dtype).tobytes()
    assert found.flags.writeable


def test_the_order_of_names_does_not_matter():
    assert canonical({"b": 1, "a": 2}) == canonical({"a": 2, "b": 1})


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (np.float64(0.1), 0.1),
        (np.float32(0.1), float(np.float32(0.1))),
        (np.int16(-3), -3),
        (np.bool_(True), True),
        ((1, (2.0, None)), [1, [2.0, None]]),
        ({"a": {"b": np.float64("inf")}}, {"a": {"b": math.inf}}),
    ],
    ids=["float64", "float32", "int16", "bool", "tuples", "nested"],
)
def test_numpy_scalars_and_tuples_become_plain(value, plain):
    assert same(loads(canonical(value)), plain)


def test_tensors_become_arrays():
    tensor = torch.tensor([[1.0, 2.0]], dtype=torch.float64, requires_grad=True)
    found = loads(canonical(tensor))
    assert np.array_equal(found, [[1.0, 2.0]])
    assert found.dtype == np.float64


@pytest.mark.parametrize(
    "value",
    [
        1j,
        np.complex128(1j),
        np.array([1j]),
        np.array(["a"]),
        np.array([object()]),
        {1: 2},
        {(): 2},
        {1, 2},
        b"bytes",
        object(),
        2**5000,
        np.longdouble(1),
    ],
    ids=[
        "complex",
        "numpy-complex",
        "complex-array",
        "text-array",
        "object-array",
        "number-as-key",
        "tuple-as-key",
        "set",
        "bytes",
        "object",
        "5000-bits",
        "long-double",
    ],
)
def test_what_json_and_arrays_lack_is_refused(value):
    with pytest.raises(InvalidArgumentError, match="The result"):
        canonical({"x": value}, "The result")


def test_what_contains_itself_is_refused():
    loop = []
    loop.append(loop)
    with pytest.raises(InvalidArgumentError, match="contains itself"):
        canonical(loop)


def nested(depth, opening="[", closing="]"):
    return opening * depth + closing * depth


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "NaN",
        "[Infinity]",
        "[-Infinity]",
        "1 2",
        '"\x00"',
        b"\xff\xfe",
        "9" * 5000,
        nested(70),
        nested(100_000),
        '{"a":' * 5000 + "1" + "}" * 5000,
        '{"$float":"infinity"}',
        '{"$float":1}',
        '{"$float":"nan","x":1}',
        '{"$unknown":1}',
        '{"$array":1}',
        '{"$array":{"data":"","dtype":"O","shape":[1]}}',
        '{"$array":{"data":"","dtype":"|V8","shape":[0]}}',
        '{"$array":{"data":"","dtype":["<f8"],"shape":[0]}}',
        '{"$array":{"data":"AAAA","dtype":"|u1","shape":[4]}}',
        '{"$array":{"data":"AAA*","dtype":"|u1","shape":[3]}}',
        '{"$array":{"data":"","dtype":"<f8","shape":[-1]}}',
        '{"$array":{"data":"","dtype":"<f8","shape":[true]}}',
        '{"$array":{"data":"","dtype":"<f8","shape":[99999999999]}}',
        '{"$array":{"data":"","dtype":"<f8","shape":' + str([0] * 40) + "}}",
    ],
    ids=lambda text: repr(text[:40]),
)
def test_hostile_text_is_refused(text):
    with pytest.raises(DataError):
        loads(text)


def test_a_text_that_would_fill_the_memory_is_refused(monkeypatch):
    """Each `[],` of three bytes becomes a list of some sixty."""
    monkeypatch.setattr(memory, "available_bytes", lambda: 2**28)
    with pytest.raises(MemoryBudgetError, match="Reading a result"):
        loads("[" + "[]," * 6_000_000 + "[]]")
