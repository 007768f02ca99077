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

_HERE = "widthwise.diagnosis.module"
if not TYPE_CHECKING:  # which would then find every name
    __getattr__ = opened_by(
        _HERE,
        {
            **dict.fromkeys(
                (
                    "LayerShare",
                    "ModuleRecord",
                    "PartEvidence",
                    "RealCurve",
                ),
                f"{_HERE}._record",
            ),
            "ModuleStudy": f"{_HERE}._study",
        },
    )
