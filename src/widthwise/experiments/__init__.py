"""Studies that vary a setting, and set a paper's claims against what is measured.

To add one: write `_<author>_<subject>.py` in this folder and add its `Experiment`
below.
"""

from widthwise.experiments.benson import (
    BENSON_CONDITIONING,
    BENSON_EIGENVALUES,
    BENSON_GRADIENT_DESCENT,
    BENSON_JOINT_TRAINING,
)
from widthwise.experiments.karhadkar import (
    KARHADKAR_HEAT_MAPS,
    KARHADKAR_MINIMA,
    KARHADKAR_SIGN_MATRICES,
    KARHADKAR_TRAINING,
)
from widthwise.experiments.oymak import OYMAK_PHASE_DIAGRAM, OYMAK_RATE
from widthwise.experiments.panigrahi import (
    PANIGRAHI_DEPTH,
    PANIGRAHI_DIMENSION,
    PANIGRAHI_EIGENVALUES,
    PANIGRAHI_TRAINING,
)
from widthwise.experiments.shared import (
    Cell,
    Chart,
    Claim,
    Experiment,
    Finding,
    Measurement,
    Progress,
    Setting,
    selection,
)

__all__ = [
    "CATALOG",
    "Cell",
    "Chart",
    "Claim",
    "Experiment",
    "Finding",
    "Measurement",
    "Progress",
    "Setting",
    "selection",
]

CATALOG: dict[str, Experiment] = {
    each.name: each
    for each in (
        BENSON_CONDITIONING,
        BENSON_EIGENVALUES,
        BENSON_GRADIENT_DESCENT,
        BENSON_JOINT_TRAINING,
        KARHADKAR_HEAT_MAPS,
        KARHADKAR_MINIMA,
        KARHADKAR_SIGN_MATRICES,
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
