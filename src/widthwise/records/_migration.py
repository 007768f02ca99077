"""Records of earlier schemas, brought to the present one as they are read."""

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["migrated"]

_PROGRAMMED = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.]*\w)")
_STATUSES = {"yes": "Yes", "caution": "Caution", "no": "No"}


def migrated(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a record of schema 1 or 2 as one of schema 3.

    Schema 1 wrote each number of a verdict into its sentences alone, and named no word
    for its status. Schema 2 had no checksum, which is none of the content.
    """
    if content.get("schema") not in (1, 2):
        return dict(content)
    verdicts = content.get("verdicts")
    changed: dict[str, Any] = {"schema": 3}
    if content["schema"] == 2:
        return {**content, **changed}
    if isinstance(verdicts, list):
        changed["verdicts"] = [
            _worded(each, content) if isinstance(each, Mapping) else each
            for each in verdicts
        ]
    return {**content, **changed}


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
