"""Records: what a run found, as JSON and arrays that can be read again safely."""

from widthwise.files import require_writable, write_bytes, write_text
from widthwise.records._migration import migrated
from widthwise.records._opening import Environment, Opening, environment, opening
from widthwise.records._record import SCHEMA, Record, plain
from widthwise.records._typed import (
    described_schema,
    field_descriptions,
    read,
    write,
)

__all__ = [
    "SCHEMA",
    "Environment",
    "Opening",
    "Record",
    "described_schema",
    "environment",
    "field_descriptions",
    "migrated",
    "opening",
    "plain",
    "read",
    "require_writable",
    "write",
    "write_bytes",
    "write_text",
]
