"""The study of activations on one data set."""

from typing import TYPE_CHECKING

from widthwise.diagnosis.activations._knobs import DEFAULT_ACTIVATIONS, ActivationKnobs
from widthwise.doors import opened_by

if TYPE_CHECKING:
    from widthwise.diagnosis.activations._prediction_record import (
        Baselines,
        ErrorCurve,
        Prediction,
    )
    from widthwise.diagnosis.activations._record import (
        ActivationEvidence,
        ActivationsRecord,
        Conditioning,
        NearMiss,
        RankEvidence,
    )
    from widthwise.diagnosis.activations._settings import Settings
    from widthwise.diagnosis.activations._study import ActivationsStudy
    from widthwise.diagnosis.activations._width_record import WidthBoundFound

__all__ = [
    "DEFAULT_ACTIVATIONS",
    "ActivationEvidence",
    "ActivationKnobs",
    "ActivationsRecord",
    "ActivationsStudy",
    "Baselines",
    "Conditioning",
    "ErrorCurve",
    "NearMiss",
    "Prediction",
    "RankEvidence",
    "Settings",
    "WidthBoundFound",
]

# A page is drawn from a record without what computes one.
if not TYPE_CHECKING:  # which would then find every name
    __getattr__ = opened_by(
        __name__,
        {
            "_prediction_record": ("Baselines", "ErrorCurve", "Prediction"),
            "_record": (
                "ActivationEvidence",
                "ActivationsRecord",
                "Conditioning",
                "NearMiss",
                "RankEvidence",
            ),
            "_settings": ("Settings",),
            "_study": ("ActivationsStudy",),
            "_width_record": ("WidthBoundFound",),
        },
    )
