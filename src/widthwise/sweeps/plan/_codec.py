"""Values as text and back: strict JSON in which every number survives exactly."""

import base64
import binascii
import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from widthwise.errors import DataError, InvalidArgumentError

__all__ = ["MOST_BYTES", "canonical", "decode", "encode", "loads"]

MOST_BYTES = 2**28
"""The longest result of a trial, 256 MiB as text."""

_FLOAT, _ARRAY = "$float", "$array"
_WORDS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_DTYPES = frozenset(
    ["|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8"]
)
_DEPTH = 64
_LONG = 2**24
_MOST_BITS = 4096


def canonical(value: Any, what: str = "The value") -> str:
    """Return the one text of a value: equal texts if and only if equal values.

    Strict JSON in ASCII, names sorted, no spaces. A float is written with the fewest
    digits that read back to the same bits and always with a point or an exponent, so
    that 1 and 1.0 differ. What JSON lacks is an object with one name:
    `{"$float": "nan" | "inf" | "-inf"}` and
    `{"$array": {"data": base64, "dtype": "<f8", "shape": [2, 3]}}`, little-endian,
    row by row. A name of the user's that begins with `$` gets a second one.

    Parameters
    ----------
    value
        Nested mappings with text names, lists and tuples of None, bool, int, float,
        str, NumPy scalars and numeric arrays (and tensors, which become arrays).
    what
        What it is, as the subject of the error's sentence.

    Raises
    ------
    InvalidArgumentError
        If it holds anything else, is nested more than 64 deep or contains itself.
    """
    return json.dumps(
        encode(value, what),
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=True,
        allow_nan=False,
    )


def encode(value: Any, what: str = "The value") -> Any:
    """Return the value in JSON's own types; errors are those of `canonical`."""
    return _encoded(value, what, 0)


def loads(text: str | bytes) -> Any:
    """Return the value that `canonical` wrote; nothing in the text is executed.

    Raises
    ------
    DataError
        If the text is not strict JSON, is nested more than 64 deep, or marks
        something that this version does not know.
    """
    if len(text) > _LONG:
        from widthwise.numerics.memory import require  # Its room loads torch.

        held = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
        require(
            len(held) + 100 * (held.count(b",") + held.count(b"[") + held.count(b"{")),
            f"Reading a result of {len(held)} bytes",
            "Read it on a machine with more.",
        )
    try:
        found = json.loads(text, parse_constant=_refused_word)
    except (ValueError, RecursionError) as error:
        said = "nested too deep" if isinstance(error, RecursionError) else error
        raise DataError(f"This is no JSON that widthwise wrote ({said}).") from error
    return decode(found)


def decode(value: Any, depth: int = 0) -> Any:
    """Return the value behind JSON types; errors are those of `loads`."""
    if depth > _DEPTH:
        raise DataError(f"The value is nested more than {_DEPTH} deep.")
    if isinstance(value, list):
        return [decode(each, depth + 1) for each in value]
    if not isinstance(value, dict):
        return value
    if _FLOAT in value or _ARRAY in value:
        return _unmarked(value)
    return {_name_of(name): decode(each, depth + 1) for name, each in value.items()}


def _encoded(value: Any, what: str, depth: int) -> Any:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is float:
        return value if math.isfinite(value) else {_FLOAT: repr(value)}
    if kind is int:
        if value.bit_length() > _MOST_BITS:
            raise InvalidArgumentError(
                f"{what} holds an integer of {value.bit_length()} bits; at most "
                f"{_MOST_BITS} are stored. Store it as text."
            )
        return value
    if depth > _DEPTH:
        raise InvalidArgumentError(
            f"{what} is nested more than {_DEPTH} deep, or contains itself. Make it "
            "flatter."
        )
    if isinstance(value, Mapping):
        return {
            _marked_name(name, what): _encoded(each, what, depth + 1)
            for name, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [_encoded(each, what, depth + 1) for each in value]
    return _encoded_foreign(value, what, depth)


def _encoded_foreign(value: Any, what: str, depth: int) -> Any:
    """Encode NumPy's scalars, subclasses of the plain types, arrays and tensors."""
    if isinstance(value, np.generic):
        plain = value.item()
        if type(plain) in (bool, int, float, str):
            return _encoded(plain, what, depth)
    elif isinstance(value, str):
        return str.__str__(value)
    elif isinstance(value, int):
        return _encoded(int(value), what, depth)
    elif isinstance(value, float):
        return _encoded(float(value), what, depth)
    elif hasattr(value, "__array__"):
        return _encoded_array(value, what)
    raise InvalidArgumentError(
        f"{what} holds a {type(value).__name__}, which cannot be stored. Use numbers, "
        "text, None, lists, dicts and real arrays; store a complex number as its two "
        "parts."
    )


def _encoded_array(value: Any, what: str) -> Any:
    detached = value.detach().cpu() if hasattr(value, "detach") else value
    array = np.asarray(detached)
    dtype = array.dtype.newbyteorder("<")
    if dtype.str not in _DTYPES:
        raise InvalidArgumentError(
            f"{what} holds an array of {array.dtype}; only booleans, integers and "
            "floats of 16, 32 and 64 bits are stored. Convert it first."
        )
    data = np.ascontiguousarray(array, dtype=dtype).tobytes()
    return {
        _ARRAY: {
            "data": base64.b64encode(data).decode("ascii"),
            "dtype": dtype.str,
            "shape": list(array.shape),
        }
    }


def _marked_name(name: Any, what: str) -> str:
    if not isinstance(name, str):
        raise InvalidArgumentError(
            f"{what} has a name that is {name!r}; names must be text. Write str(name)."
        )
    return f"${name}" if name.startswith("$") else str(name)


def _name_of(name: str) -> str:
    if not name.startswith("$"):
        return name
    if name.startswith("$$"):
        return name[1:]
    raise DataError(
        f"The value is marked {name[:40]!r}, which this version does not know. Update "
        "widthwise."
    )


def _unmarked(value: dict[str, Any]) -> Any:
    if len(value) == 1 and isinstance(word := value.get(_FLOAT), str):
        if word in _WORDS:
            return _WORDS[word]
    elif len(value) == 1 and isinstance(array := value.get(_ARRAY), dict):
        return _decoded_array(array)
    raise DataError("The value has a number or array that is marked wrongly.")


def _decoded_array(array: dict[str, Any]) -> np.ndarray:
    dtype, shape, data = (array.get(name) for name in ("dtype", "shape", "data"))
    if not (
        isinstance(dtype, str)
        and dtype in _DTYPES
        and isinstance(data, str)
        and isinstance(shape, list)
        and _is_shape(shape)
    ):
        raise DataError("The value has an array of an unknown type or shape.")
    try:
        held = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise DataError(f"The value has a damaged array ({error}).") from error
    # The shape is checked against what is there before anything is allocated for it.
    needed = math.prod(shape) * np.dtype(dtype).itemsize
    if needed != len(held):
        raise DataError(
            f"The value has an array of {len(held)} bytes where its shape needs "
            f"{needed}."
        )
    return np.frombuffer(held, dtype=dtype).reshape(shape).copy()


def _is_shape(shape: list[Any]) -> bool:
    return len(shape) <= 32 and all(
        type(each) is int and 0 <= each < 2**48 for each in shape
    )


def _refused_word(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")
