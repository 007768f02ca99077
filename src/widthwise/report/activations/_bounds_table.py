"""Every width bound, certificates apart from orders of magnitude."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from widthwise.report.parts import Series, count

__all__ = ["BoundRow", "bound_rows"]


@dataclass(frozen=True)
class BoundRow:
    """One bound and the width it gives for each activation."""

    name: str
    formula: str
    source: str
    assumptions: tuple[str, ...]
    widths: tuple[str, ...]


def bound_rows(
    found: Sequence[Series],
) -> tuple[tuple[BoundRow, ...], tuple[BoundRow, ...]]:
    """Return the certificates and the orders of magnitude, one row per bound.

    A bound may certify for one activation and only estimate for another; it then has a
    row in both.
    """
    certificates: dict[str, dict[int, Mapping[str, Any]]] = {}
    estimates: dict[str, dict[int, Mapping[str, Any]]] = {}
    for each in found:
        for bound in _with_data_bound(each):
            kind = certificates if _is_proved(bound) else estimates
            kind.setdefault(bound["label"], {})[each.index] = bound
    return _rows(certificates, len(found)), _rows(estimates, len(found))


def _is_proved(bound: Mapping[str, Any]) -> bool:
    """Tell whether the theorem speaks for itself, if only to give no finite width."""
    if not bound.get("constant_is_known", True):
        return False
    return bool(bound["is_certificate"]) or bound["value"] is None


def _with_data_bound(each: Series) -> list[dict[str, Any]]:
    """Return the catalog's bounds, and the two that were sharpened with the data."""
    width = each.found["width"]
    bounds = [
        {**bound, "label": str(bound.get("title") or bound["name"]).replace("_", " ")}
        for bound in each.found["bounds"]
    ]
    for place in ("certified_sharp", "conditioned"):
        if width[place] is not None:
            label = width[place].get("title") or width[place]["name"].replace("_", " ")
            sharp = f"{label}, with the data’s own bound on ‖σ(Xw)‖²"
            bounds.append({**width[place], "label": sharp})
    return bounds


def _rows(
    grouped: Mapping[str, Mapping[int, Mapping[str, Any]]], activations: int
) -> tuple[BoundRow, ...]:
    rows = []
    for label, by_activation in grouped.items():
        first = next(iter(by_activation.values()))
        widths = tuple(
            count(by_activation[index]["value"], missing="no finite width")
            if index in by_activation
            else "–"
            for index in range(activations)
        )
        assumptions = dict.fromkeys(
            text for bound in by_activation.values() for text in bound["assumptions"]
        )
        rows.append(
            BoundRow(
                label, first["formula"], first["source"], tuple(assumptions), widths
            )
        )
    return tuple(rows)
