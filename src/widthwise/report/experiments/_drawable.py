"""An experiment's record as a page takes it, of this version or of a later one."""

from dataclasses import dataclass, field
from typing import Any

from widthwise.experiments.shared import ExperimentRecord, Finding

__all__ = ["DrawableExperiment"]


@dataclass(frozen=True)
class _SaidFinding(Finding):
    """A finding whose verdict may be a word that only a later version knows."""

    verdict: str  # type: ignore[assignment]


@dataclass(frozen=True, kw_only=True)
class DrawableExperiment(ExperimentRecord):
    """A record whose charts may be of kinds that this version cannot draw.

    They are named on the page; they are no damage.
    """

    findings: list[_SaidFinding]  # type: ignore[assignment]
    charts: list[dict[str, Any]] = field(  # type: ignore[assignment]
        default_factory=list
    )
