"""The study of activations on one data set."""

from typing import TYPE_CHECKING

from widthwise.diagnosis.activations._knobs import DEFAULT_ACTIVATIONS, ActivationKnobs
from widthwise.diagnosis.activations._record import (
    ActivationEvidence,
    ActivationsRecord,
    Conditioning,
    NearMiss,
    RankEvidence,
)
from widthwise.diagnosis.activations._width_record import WidthBoundFound
from widthwise.doors import opened_by

if TYPE_CHECKING:
    from widthwise.diagnosis.activations._study import ActivationsStudy

__all__ = [
    "DEFAULT_ACTIVATIONS",
    "ActivationEvidence",
    "ActivationKnobs",
    "ActivationsRecord",
    "ActivationsStudy",
    "Conditioning",
    "NearMiss",
    "RankEvidence",
    "WidthBoundFound",
]

_HERE = "widthwise.diagnosis.activations"
if not TYPE_CHECKING:  # which would then find every name
    __getattr__ = opened_by(
        _HERE,
        {
            "ActivationsStudy": f"{_HERE}._study",
        },
    )
