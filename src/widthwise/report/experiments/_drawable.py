"""An experiment's record as a page takes it, of this version or of a later one."""

from dataclasses import dataclass, field
from typing import Any, TypedDict, get_type_hints

from widthwise.experiments.shared import Case, Chart, ExperimentRecord, Finding

__all__ = ["DrawableExperiment", "GivenChart"]


@dataclass(frozen=True)
class _SaidCase(Case):
    verdict: str  # type: ignore[assignment]


@dataclass(frozen=True)
class _SaidFinding(Finding):
    """A finding with words for verdict and origin that a later version may know."""

    verdict: str  # type: ignore[assignment]
    origin: str | None = None  # type: ignore[assignment]
    cases: tuple[_SaidCase, ...] = ()


GivenChart: Any = TypedDict(  # type: ignore[misc]
    "GivenChart", get_type_hints(Chart), total=False
)
"""What is given of a chart: earlier versions wrote fewer keys."""


@dataclass(frozen=True, kw_only=True)
class DrawableExperiment(ExperimentRecord):
    """A record whose charts may be of kinds that this version cannot draw.

    They are named on the page; they are no damage.
    """

    findings: list[_SaidFinding]  # type: ignore[assignment]
    charts: list[dict[str, Any]] = field(  # type: ignore[assignment]
        default_factory=list
    )
