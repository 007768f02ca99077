"""Rows that collide or nearly do, and the label directions lost to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from widthwise.diagnosis.activations import ActivationEvidence, NearMiss, RankEvidence
from widthwise.report.parts import NEGLIGIBLE, Series, angle, count, number, percent

__all__ = ["Collision", "NearMisses", "collisions", "near_misses"]

_SHOWN = 50
_ROWS_SHOWN = 24


@dataclass(frozen=True)
class Collision:
    """Why some activations cannot fit every label, told once for all they share."""

    names: tuple[str, ...]
    reason: str
    cure: str
    groups: tuple[str, ...]
    groups_left_out: int
    rows: str
    nullity: str
    bound: str
    basis: str


@dataclass(frozen=True)
class NearMisses:
    """Pairs of rows close to a collision, for the activations that mind them."""

    names: tuple[str, ...]
    pairs: tuple[tuple[str, str, str], ...]
    left_out: int


def collisions(found: Sequence[Series[ActivationEvidence]]) -> tuple[Collision, ...]:
    """Return the collisions, activations with the same ones taken together."""
    grouped: dict[Any, list[Series[ActivationEvidence]]] = {}
    for each in found:
        verdict = each.found.rank_verdict
        if not verdict.can_fit_any_labels:
            told = (verdict.reason, verdict.cure, *verdict.groups)
            grouped.setdefault((*told, verdict.rank), []).append(each)
    return tuple(_collision(members) for members in grouped.values())


def near_misses(found: Sequence[Series[ActivationEvidence]]) -> tuple[NearMisses, ...]:
    """Return the near misses, activations with the same ones taken together."""
    grouped: dict[Any, list[str]] = {}
    for each in found:
        pairs = tuple(_pair(miss) for miss in each.found.rank_verdict.near_misses)
        if pairs:
            grouped.setdefault(pairs, []).append(each.name)
    return tuple(
        NearMisses(tuple(names), pairs[:_SHOWN], max(0, len(pairs) - _SHOWN))
        for pairs, names in grouped.items()
    )


def _collision(members: Sequence[Series[ActivationEvidence]]) -> Collision:
    verdict = members[0].found.rank_verdict
    groups = tuple(verdict.groups)
    return Collision(
        names=tuple(each.name for each in members),
        reason=verdict.reason,
        cure=verdict.cure or "",
        groups=groups[:_SHOWN],
        groups_left_out=max(0, len(groups) - _SHOWN),
        rows=_listed(verdict.rows),
        nullity=count(verdict.nullity),
        bound=_bound(verdict),
        basis=_basis(verdict),
    )


def _bound(verdict: RankEvidence) -> str:
    """Return what is left of the given labels at any width; nothing without labels."""
    relative = verdict.relative_residual_bound
    if relative is None:
        return ""
    if relative <= NEGLIGIBLE:
        return "none: these labels do not need the lost directions"
    size = number(verdict.residual_bound)
    return f"at least {size}, or {percent(relative)} of the size of the labels"


def _basis(verdict: RankEvidence) -> str:
    if not verdict.is_exact:
        return "decided numerically"
    return str(verdict.theorem or "exact, by the rank theorem")


def _pair(miss: NearMiss) -> tuple[str, str, str]:
    return _listed(miss.rows), str(miss.kind), angle(miss.angle)


def _listed(rows: Sequence[int]) -> str:
    shown = ", ".join(str(row) for row in rows[:_ROWS_SHOWN])
    more = len(rows) - _ROWS_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
