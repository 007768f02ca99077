"""One answer, and what the answers need to know of the evidence."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from widthwise.diagnosis.study._phrases import listing, number

__all__ = [
    "Verdict",
    "can_fit",
    "coarse",
    "fits_these",
    "kappa",
    "names",
    "of_sample",
    "or_infinity",
    "relative_bound",
]

_NEGLIGIBLE_RESIDUAL = 1e-9


@dataclass(frozen=True)
class Verdict:
    """One answer, with the number and the reason behind it.

    Attributes
    ----------
    question
        "fits", "width", "speed" or "activation".
    status
        "yes", "caution" or "no".
    number
        The figure behind the answer; None where there is none.
    activation
        The activation it speaks of, or None.
    """

    question: str
    title: str
    status: str
    answer: str
    reason: str
    number: float | None
    number_text: str
    activation: str | None

    def __str__(self) -> str:
        return f"{self.title} {self.answer} {self.reason}"

    def as_content(self) -> dict[str, Any]:
        """Return the verdict as the record holds it."""
        return asdict(self)


def can_fit(each: dict[str, Any]) -> bool:
    """Return whether some width fits every label vector."""
    return bool(each["rank_verdict"]["can_fit_any_labels"])


def fits_these(each: dict[str, Any]) -> bool:
    """Return whether some width fits the labels at hand."""
    bound = each["rank_verdict"]["relative_residual_bound"]
    return can_fit(each) or (bound is not None and bound <= _NEGLIGIBLE_RESIDUAL)


def relative_bound(each: dict[str, Any]) -> float:
    """Return the relative residual that no width gets below; 1 without labels."""
    bound = each["rank_verdict"]["relative_residual_bound"]
    return 1.0 if bound is None else float(bound)


def or_infinity(value: float | int | None) -> float:
    """Return a number as a float, None as infinity."""
    return math.inf if value is None else float(value)


def names(found: Sequence[dict[str, Any]]) -> str:
    """Return the activations' names as a list in words."""
    return listing([each["name"] for each in found])


def kappa(each: dict[str, Any]) -> str:
    """Return κ(G) at the training width, in words."""
    value = or_infinity(each["training"]["condition_number"])
    return number(value) if math.isfinite(value) else "numerically infinite"


def of_sample(data: dict[str, Any]) -> str:
    """Return the sentence that numbers from a sample need, or nothing."""
    if not data["sample_note"]:
        return ""
    return (
        f" This is of a sample of {data['rows']} of the {data['rows_total']} rows; the "
        "whole table is at least as hard."
    )


def coarse(each: dict[str, Any]) -> float:
    """Return the steps to the coarse tolerance."""
    return or_infinity(next(iter(each["training"]["steps"].values())))
