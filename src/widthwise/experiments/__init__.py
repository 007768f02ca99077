"""Studies that vary a setting, and set a paper's claims against what is measured.

To add one: write `_<author>_<subject>.py` in this folder and add its `Experiment`
below.
"""

from widthwise.experiments._benson_joint_training import BENSON_JOINT_TRAINING
from widthwise.experiments._claim import Claim, Finding
from widthwise.experiments._definition import Experiment, Measurement, Progress
from widthwise.experiments._karhadkar_training import KARHADKAR_TRAINING
from widthwise.experiments._oymak_phase_diagram import OYMAK_PHASE_DIAGRAM
from widthwise.experiments._oymak_rate import OYMAK_RATE
from widthwise.experiments._panigrahi_depth import PANIGRAHI_DEPTH
from widthwise.experiments._panigrahi_dimension import PANIGRAHI_DIMENSION
from widthwise.experiments._panigrahi_eigenvalues import PANIGRAHI_EIGENVALUES
from widthwise.experiments._panigrahi_training import PANIGRAHI_TRAINING
from widthwise.experiments._setting import Setting

__all__ = [
    "CATALOG",
    "Claim",
    "Experiment",
    "Finding",
    "Measurement",
    "Progress",
    "Setting",
]

CATALOG: dict[str, Experiment] = {
    each.name: each
    for each in (
        BENSON_JOINT_TRAINING,
        KARHADKAR_TRAINING,
        OYMAK_PHASE_DIAGRAM,
        OYMAK_RATE,
        PANIGRAHI_DEPTH,
        PANIGRAHI_DIMENSION,
        PANIGRAHI_EIGENVALUES,
        PANIGRAHI_TRAINING,
    )
}
"""Every experiment, by name."""
