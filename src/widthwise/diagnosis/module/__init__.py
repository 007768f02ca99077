"""The study of somebody's own module on one data set."""

from typing import TYPE_CHECKING

from widthwise.diagnosis.module._knobs import ModuleKnobs
from widthwise.doors import opened_by

if TYPE_CHECKING:
    from widthwise.diagnosis.module._record import (
        LayerShare,
        ModuleRecord,
        PartEvidence,
        RealCurve,
    )
    from widthwise.diagnosis.module._study import ModuleStudy

__all__ = [
    "LayerShare",
    "ModuleKnobs",
    "ModuleRecord",
    "ModuleStudy",
    "PartEvidence",
    "RealCurve",
]

# A page is drawn from a record without what computes one.
if not TYPE_CHECKING:  # which would then find every name
    __getattr__ = opened_by(
        __name__,
        {
            "_record": ("LayerShare", "ModuleRecord", "PartEvidence", "RealCurve"),
            "_study": ("ModuleStudy",),
        },
    )
