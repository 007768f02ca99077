"""Studies that vary a setting, and set a paper's claims against what is measured.

To add one: write `_<author>_<subject>.py` in this folder and add its `Experiment`
below.
"""

from widthwise.experiments._benson_conditioning import BENSON_CONDITIONING
from widthwise.experiments._benson_eigenvalues import BENSON_EIGENVALUES
from widthwise.experiments._benson_gradient_descent import BENSON_GRADIENT_DESCENT
from widthwise.experiments._benson_joint_training import BENSON_JOINT_TRAINING
from widthwise.experiments._chart import Chart
from widthwise.experiments._claim import Claim, Finding
from widthwise.experiments._definition import Cell, Experiment, Measurement, Progress
from widthwise.experiments._karhadkar_heat_maps import KARHADKAR_HEAT_MAPS
from widthwise.experiments._karhadkar_minima import KARHADKAR_MINIMA
from widthwise.experiments._karhadkar_sign_matrices import KARHADKAR_SIGN_MATRICES
from widthwise.experiments._karhadkar_training import KARHADKAR_TRAINING
from widthwise.experiments._oymak_phase_diagram import OYMAK_PHASE_DIAGRAM
from widthwise.experiments._oymak_rate import OYMAK_RATE
from widthwise.experiments._panigrahi_depth import PANIGRAHI_DEPTH
from widthwise.experiments._panigrahi_dimension import PANIGRAHI_DIMENSION
from widthwise.experiments._panigrahi_eigenvalues import PANIGRAHI_EIGENVALUES
from widthwise.experiments._panigrahi_training import PANIGRAHI_TRAINING
from widthwise.experiments._selection import selection
from widthwise.experiments._setting import Setting

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
