"""Typed parts of a record: read with a precise error, written, and described."""

import dataclasses
import inspect
import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from widthwise.errors import DataError
from widthwise.prose import Prose

__all__ = ["described_schema", "field_descriptions", "read", "write"]

_T = TypeVar("_T")
_PLACE = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<where>.*)`)?$", re.DOTALL)
_EXPECTED = re.compile(r"Expected `(?P<needed>[^`]*)`(?:, got `(?P<found>[^`]*)`)?")
_MISSING = re.compile(r"Object missing required field `(?P<name>[^`]*)`")
_WORDS = {
    "float": "a number", "int": "a whole number", "str": "text",
    "bool": "true or false", "null": "null", "object": "an object", "array": "a list",
}  # fmt: skip


def read(kind: type[_T], content: Mapping[str, Any]) -> _T:
    """Return the content of a record as an object of the frozen class `kind`.

    Keys that the class does not have are left aside: a later version may add some.

    Raises
    ------
    DataError
        If a part is absent or of another type; the message names its place, such as
        "expected a number at activations[0].kernel.smallest".

    Examples
    --------
    >>> import widthwise as ww
    >>> given = {"authors": "Jacot", "year": 2018, "title": "Neural tangent kernel"}
    >>> ww.records.read(ww.sources.Source, {**given, "arxiv": None}).year
    2018
    """
    try:
        return msgspec.convert(content, kind, dec_hook=_read_prose)
    except msgspec.ValidationError as error:
        raise DataError(
            f"The record is damaged: {_sentence(str(error))}. Make the run again."
        ) from error


def write(found: Any) -> dict[str, Any]:
    """Return a frozen object as nested dicts and lists; an infinity stays one.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.records.write(ww.sources.BENSON_2020)["arxiv"]
    '2010.15959'
    """
    content: dict[str, Any] = _with_lists(
        msgspec.to_builtins(found, str_keys=True, enc_hook=_written_prose)
    )
    return content


def _written_prose(value: Any) -> dict[str, Any]:
    """Return prose as the object that a record holds of it."""
    if not isinstance(value, Prose):
        raise TypeError(f"a record holds no {type(value).__name__}")
    return {"text": value.text, "numbers": value.numbers}


def _read_prose(kind: type, found: Any) -> Prose:
    if kind is not Prose or not isinstance(found, dict):
        raise TypeError(f"Expected `object`, got `{type(found).__name__}`")
    text, numbers = found.get("text"), found.get("numbers", ())
    are_numbers = isinstance(numbers, list | tuple) and all(
        each is None or type(each) in (int, float) for each in numbers
    )
    if not isinstance(text, str) or not are_numbers:
        raise TypeError("Expected `words in `text` and numbers in `numbers`")
    return Prose(text, tuple(x if x is None else float(x) for x in numbers))


def _schema_of_prose(kind: type) -> dict[str, Any]:
    told = field_descriptions(kind)
    number = {"anyOf": [{"type": "number"}, {"type": "null"}]}
    return {
        "title": kind.__name__,
        "type": "object",
        "description": inspect.cleandoc(kind.__doc__ or "").split("\n")[0],
        "properties": {
            "text": {"type": "string", "description": told["text"]},
            "numbers": {
                "type": "array",
                "items": number,
                "default": [],
                "description": told["numbers"],
            },
        },
        "required": ["text"],
    }


def _with_lists(value: Any) -> Any:
    """Return lists for tuples, as JSON gives them back."""
    if isinstance(value, dict):
        return {key: _with_lists(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_with_lists(each) for each in value]
    return value


def described_schema(kind: type) -> dict[str, Any]:
    """Return the JSON schema of a class, each field with its description.

    Examples
    --------
    >>> import widthwise as ww
    >>> schema = ww.records.described_schema(ww.records.Environment)
    >>> schema["$defs"]["Environment"]["properties"]["cores"]["description"]
    'How many the machine has; null where it does not say.'
    """
    schema = msgspec.json.schema(kind, schema_hook=_schema_of_prose)
    classes = {each.__name__: each for each in _classes_within(kind)}
    for name, part in schema.get("$defs", {}).items():
        told = field_descriptions(classes[name])
        for field, shape in part.get("properties", {}).items():
            shape["description"] = told[field]
        part["description"] = inspect.cleandoc(classes[name].__doc__ or "").split("\n")[
            0
        ]
    return schema


def field_descriptions(kind: type) -> dict[str, str]:
    """Return what the docstring of a class, and of those it extends, says of fields.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.records.field_descriptions(ww.experiments.Finding)["cases"]
    'What each case says, where a claim is decided by several.'
    """
    told: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        told.update(_attributes(each.__dict__.get("__doc__") or ""))
    return told


def _attributes(docstring: str) -> dict[str, str]:
    """Parse the section "Attributes" of a docstring in numpy's style."""
    _, found, rest = inspect.cleandoc(docstring).partition("Attributes\n----------\n")
    told: dict[str, str] = {}
    names: list[str] = []
    for line in rest.split("\n") if found else ():
        if line and not line.startswith(" "):
            names = [name.strip() for name in line.split(",")]
        for name in names if line.startswith(" ") else ():
            told[name] = f"{told.get(name, '')} {line.strip()}".strip()
    return told


def _classes_within(kind: Any) -> set[type]:
    """Return every dataclass that `kind` is made of, itself among them."""
    found: set[type] = set()
    waiting = [kind]
    while waiting:
        each = waiting.pop()
        waiting.extend(getattr(each, "__args__", ()))
        is_class = isinstance(each, type) and dataclasses.is_dataclass(each)
        if is_class and each not in found:
            found.add(each)
            waiting.extend(inspect.get_annotations(each, eval_str=True).values())
            waiting.extend(each.__mro__[1:-1])
    return found


def _sentence(message: str) -> str:
    """Turn msgspec's message into one of ours: what was needed, where, and found."""
    place = _PLACE.match(message)
    what, where = (place["what"], place["where"] or "") if place else (message, "")
    if missing := _MISSING.match(what):
        inside = f"{where}.{missing['name']}" if where else missing["name"]
        return f"expected a value at {inside}, and found nothing"
    at = f"at {where}" if where else "as its content"
    if expected := _EXPECTED.match(what):
        needed = " or ".join(
            _WORDS.get(each, each) for each in expected["needed"].split(" | ")
        )
        found = expected["found"]
        got = f", and found {_WORDS.get(found, found)}" if found else ""
        return f"expected {needed} {at}{got}"
    return f"{what} {at}"
