"""Every width bound, certificates apart from orders of magnitude."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from widthwise.diagnosis.activations import ActivationEvidence, WidthBoundFound
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
    found: Sequence[Series[ActivationEvidence]],
) -> tuple[tuple[BoundRow, ...], tuple[BoundRow, ...]]:
    """Return the certificates and the orders of magnitude, one row per bound.

    A bound may certify for one activation and only estimate for another; it then has a
    row in both.
    """
    certificates: dict[str, dict[int, WidthBoundFound]] = {}
    estimates: dict[str, dict[int, WidthBoundFound]] = {}
    for each in found:
        for label, bound in _labelled(each.found):
            kind = certificates if _is_proved(bound) else estimates
            kind.setdefault(label, {})[each.index] = bound
    return _rows(certificates, len(found)), _rows(estimates, len(found))


def _is_proved(bound: WidthBoundFound) -> bool:
    """Tell whether the theorem speaks for itself, if only to give no finite width."""
    return bound.constant_is_known and (bound.is_certificate or bound.value is None)


def _labelled(found: ActivationEvidence) -> Iterator[tuple[str, WidthBoundFound]]:
    """Return the catalog's bounds, and the two that were sharpened with the data."""
    # The smallest leads; a theorem that is in the catalog's list has its row there.
    listed = {each.name for each in found.bounds}
    if found.width.proved is not None and found.width.proved.name not in listed:
        yield _label(found.width.proved), found.width.proved
    for bound in found.bounds:
        yield _label(bound), bound
    for sharp in (found.width.certified_sharp, found.width.conditioned):
        if sharp is not None:
            yield f"{_label(sharp)}, with the data’s own bound on ‖σ(Xw)‖²", sharp


def _label(bound: WidthBoundFound) -> str:
    return (bound.title or bound.name).replace("_", " ")


def _rows(
    grouped: Mapping[str, Mapping[int, WidthBoundFound]], activations: int
) -> tuple[BoundRow, ...]:
    rows = []
    for label, by_activation in grouped.items():
        first = next(iter(by_activation.values()))
        widths = tuple(
            count(by_activation[index].value, missing="no finite width")
            if index in by_activation
            else "–"
            for index in range(activations)
        )
        assumptions = dict.fromkeys(
            text for bound in by_activation.values() for text in bound.assumptions
        )
        rows.append(
            BoundRow(label, first.formula, first.source, tuple(assumptions), widths)
        )
    return tuple(rows)
