"""The page "The record" and the JSON schemas, made from the classes of the records."""

import inspect
import json
import types
import typing
from dataclasses import fields, is_dataclass
from pathlib import Path

from widthwise.diagnosis import KINDS
from widthwise.experiments.shared import ExperimentRecord
from widthwise.prose import Prose
from widthwise.records import described_schema, field_descriptions

HERE = Path(__file__).parent
OPENING = """\
# The record: what `--json` prints and `--out` saves

`widthwise diagnose … --json` prints one JSON object. `--out DIR` writes the same as
`DIR/record.json`, the arrays behind its figures as `DIR/arrays.npz` (no pickles), and
the page `DIR/report.html`, which `widthwise report DIR` redraws from the other two. In
Python, `diagnosis.evidence` is the same as a frozen object, with a field for each key.

`record.json` begins with a `checksum`, SHA-256 of both files together: a run of which
one was changed, or put beside another's arrays, is refused.

**Stability.** `"schema": 4` counts changes that could break a reader. New keys may
appear within a version; a key never changes its meaning or type. Records of schema 1
and 2, which have no checksum, and of schema 3, whose sentences had their numbers
written out, are read and brought to schema 4; those of a later one are refused. JSON
has no infinity: a number that is infinite, or that has no meaning for this data, is
`null`.

This page is made from the classes that write and read a record, and so are the JSON
schemas beside it on the site: {schemas}. In Python, `ww.records.described_schema(kind)`
gives one.
"""
_HEAD = "| key | type | meaning |\n|---|---|---|\n"
TITLES = {
    "diagnosis": "A diagnosis of activations",
    "module-diagnosis": "A diagnosis of a module",
    "landscape": "A landscape",
    "experiment": "An experiment",
}
EXPERIMENT_FILES = """\
### Its files

`ww.report.experiment_tables(record, folder)` writes `findings.csv`, and each table as
Parquet and CSV: a null is an empty field in CSV, a column of mixed types is text. With
`ww.report.experiment_figures(record, folder)` come the charts for a paper, as PDF and
PNG; they need the extra `paper`, {doc}`install`. Names that are not fit for a file are
changed. The page that `widthwise report` redraws links to the CSV files in the folder
`tables` beside it.
"""
KINDS_OF_RECORD: dict[str, type] = {**KINDS, "experiment": ExperimentRecord}


def main() -> None:
    """Write the page, and a schema for each kind of record."""
    (HERE / "record.md").write_text(record_page(), encoding="utf-8")
    (HERE / "schemas").mkdir(exist_ok=True)
    for kind, schema in schemas().items():
        text = json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
        (HERE / "schemas" / f"{kind}.schema.json").write_text(text, encoding="utf-8")


def schemas() -> dict[str, dict[str, typing.Any]]:
    """Return the JSON schema of each kind of record."""
    return {kind: described_schema(each) for kind, each in KINDS_OF_RECORD.items()}


def record_page() -> str:
    """Return the page in Markdown."""
    links = ", ".join(f"`{kind}.schema.json`" for kind in KINDS_OF_RECORD)
    parts, told = [OPENING.replace("{schemas}", links)], set()
    for kind, each in KINDS_OF_RECORD.items():
        parts.append(f"## {TITLES[kind]}: `{kind}`\n\n{_opening(each)}\n")
        parts.append(_table(each))
        for inner in _within(each):
            if inner not in told:
                told.add(inner)
                parts.append(f"### {inner.__name__}\n\n{_opening(inner)}\n")
                parts.append(_table(inner))
        if arrays := getattr(each, "ARRAYS", None):
            rows = [f"| `{name}` | {text} |" for name, text in arrays.items()]
            head = "| array | shape and meaning |\n|---|---|\n"
            parts.append(f"### Arrays of `{kind}`\n\n{head}" + "\n".join(rows) + "\n")
    parts.append(_of_prose())
    parts.append(EXPERIMENT_FILES)
    return "\n".join(parts)


def _of_prose() -> str:
    told = field_descriptions(Prose)
    kinds = {"text": "text", "numbers": "list of number or null"}
    rows = [f"| `{name}` | {kind} | {told[name]} |" for name, kind in kinds.items()]
    return f"### Prose\n\n{_opening(Prose)}\n\n{_HEAD}" + "\n".join(rows) + "\n"


def _opening(kind: type) -> str:
    """Return what the docstring says before its first section."""
    text, _, _ = inspect.cleandoc(kind.__doc__ or "").partition("\nAttributes\n---")
    return text.strip()


def _table(kind: type) -> str:
    told = field_descriptions(kind)
    rows = [
        f"| `{name}` | {_words(hint)} | {told[name]} |"
        for name, hint in _hints(kind).items()
    ]
    return _HEAD + "\n".join(rows) + "\n"


def _hints(kind: type) -> dict[str, typing.Any]:
    found = typing.get_type_hints(kind)
    return {each.name: found[each.name] for each in fields(kind)}


def _within(kind: type) -> list[type]:
    """Return the classes of the fields, in the order a reader meets them."""
    found: list[type] = []
    for hint in _hints(kind).values():
        for each in _classes(hint):
            if each not in found:
                found.append(each)
                found.extend(inner for inner in _within(each) if inner not in found)
    return found


def _classes(hint: typing.Any) -> list[type]:
    if is_dataclass(hint) and isinstance(hint, type):
        return [hint]
    return [each for part in typing.get_args(hint) for each in _classes(part)]


def _words(hint: typing.Any) -> str:
    """Return a type as a reader of JSON knows it."""
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if is_dataclass(hint) or hint is Prose:
        return f"[{hint.__name__}](#{hint.__name__.lower()})"
    if origin in (typing.Union, types.UnionType):
        return " or ".join(dict.fromkeys(_words(each) for each in parts))
    if origin is typing.Literal:
        return ", ".join(f"`{each!r}`".replace("'", '"') for each in parts)
    if origin is tuple and (len(parts) != 2 or parts[1] is not Ellipsis):
        return f"list of {len(parts)}: {', '.join(map(_words, parts))}"
    if origin in (tuple, list):
        return f"list of {_words(parts[0])}"
    if origin is not None:
        return f"object of {_words(parts[1])}" if len(parts) > 1 else "object"
    names = {str: "text", int: "whole number", float: "number", bool: "boolean"}
    return names.get(hint, "null" if hint is type(None) else "anything")


if __name__ == "__main__":
    main()
