"""Records of earlier schemas, brought to the present one as they are read."""

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["migrated"]

_PROGRAMMED = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.]*\w)")
_SENTENCES = (
    "data.steps.*.detail",
    "activations.*.rank_verdict.reason",
    "activations.*.rank_verdict.groups.*",
    "activations.*.rank_verdict.conflicts.*",
    "activations.*.width.*.assumptions.*",
    "activations.*.kernel.condition_text",
    "parts.*.spectrum.condition_text",
    "activations.*.bounds.*.assumptions.*",
    "left_out.*.reason",
    "theorems.*.statement",
    "theorems.*.assumptions.*",
    "curve.stopped",
)
_STATUSES = {"yes": "Yes", "caution": "Caution", "no": "No"}


def migrated(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a record of schema 1, 2 or 3 as one of schema 4.

    Schema 1 wrote each number of a verdict into its sentences alone, and named no word
    for its status. Schema 2 had no checksum, which is none of the content. Schema 3 had
    numbers in the other sentences.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.records.migrated({"kind": "experiment", "schema": 3})["schema"]
    4
    """
    schema = content.get("schema")
    if schema not in (1, 2, 3):
        return dict(content)
    found: dict[str, Any] = {**content, "schema": 4}
    verdicts = content.get("verdicts")
    if schema == 1 and isinstance(verdicts, list):
        found["verdicts"] = [
            _worded(each, content) if isinstance(each, Mapping) else each
            for each in verdicts
        ]
    findings = content.get("findings")
    if isinstance(findings, list):
        found["findings"] = [
            {**each, "words": _apart(each["evidence"])}
            if isinstance(each, Mapping)
            and not each.get("words")
            and isinstance(each.get("evidence"), str)
            else each
            for each in findings
        ]
    for place in _SENTENCES:
        found = _with_prose(found, place.split("."))
    return found


def _with_prose(value: Any, place: list[str]) -> Any:
    """Return the value with the text at a place as prose; "*" is all within."""
    if not place:
        return _apart(value) if isinstance(value, str) else value
    first, rest = place[0], place[1:]
    if first == "*" and isinstance(value, list):
        return [_with_prose(each, rest) for each in value]
    if first == "*" and isinstance(value, Mapping):
        return {key: _with_prose(each, rest) for key, each in value.items()}
    if isinstance(value, Mapping) and first in value:
        return {**value, first: _with_prose(value[first], rest)}
    return value


def _worded(verdict: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a verdict with its words, the numbers of its sentences taken out."""
    sentences = ("answer", "answer"), ("reason", "reason"), ("number", "number_text")
    words = {
        part: _apart(verdict.get(name) or "")
        for part, name in sentences
        if isinstance(verdict.get(name), str | None)
    }
    status = verdict.get("status")
    return {
        **verdict,
        "number_text": verdict.get("number_text") or "",
        "status_word": _STATUSES.get(status, "") if isinstance(status, str) else "",
        "words": words,
        "chosen": _chosen(verdict, content),
    }


def _chosen(verdict: Mapping[str, Any], content: Mapping[str, Any]) -> Any:
    """Return what came out best: an activation, or the part that the answer names."""
    question, parts = verdict.get("question"), content.get("parts")
    if question == "activation":
        return verdict.get("activation")
    if question != "layers" or not isinstance(parts, list):
        return None
    said = str(verdict.get("answer")).lower()
    named = (
        each
        for each in parts
        if isinstance(each, Mapping) and isinstance(each.get("words") or None, str)
    )
    return next((p.get("name") for p in named if said.startswith(p["words"])), None)


def _apart(text: str) -> dict[str, Any]:
    """Take numbers like 3.76e5 out of a sentence; others read the same everywhere."""
    numbers: list[float] = []

    def place(match: re.Match[str]) -> str:
        if "e" not in match[0]:
            return match[0]
        numbers.append(float(match[0].replace(",", "")))
        return "{}"

    escaped = text.replace("{", "{{").replace("}", "}}")
    return {"text": _PROGRAMMED.sub(place, escaped), "numbers": numbers}
