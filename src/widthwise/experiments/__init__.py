"""Studies that vary a setting, and set a paper's claims against what is measured.

To add one: write it as `EXPERIMENT` in a file of its paper's folder, and add the file's
name to the door of that folder.
"""

from typing import TYPE_CHECKING, Any

from widthwise.experiments import (
    benson,
    generalisation,
    karhadkar,
    oymak,
    panigrahi,
)
from widthwise.experiments.shared import (
    Cell,
    Chart,
    Claim,
    Experiment,
    ExperimentRecord,
    Finding,
    Measurement,
    Progress,
    Setting,
    experiment_names,
    experiments_of,
    selection,
)

if TYPE_CHECKING:
    from widthwise.experiments.explore import exploration

    CATALOG: dict[str, Experiment]

__all__ = [
    "CATALOG",
    "NAMES",
    "Cell",
    "Chart",
    "Claim",
    "Experiment",
    "ExperimentRecord",
    "Finding",
    "Measurement",
    "Progress",
    "Setting",
    "exploration",
    "selection",
]

_PAPERS = (benson, karhadkar, oymak, panigrahi, generalisation)

NAMES = experiment_names(*_PAPERS)
"""The names of the catalog, which cost nothing to know."""


def __getattr__(name: str) -> Any:
    """Build `CATALOG`, every experiment by name, when it is first asked for."""
    found: Any
    if name == "CATALOG":
        found = experiments_of(*_PAPERS)
    elif name == "exploration":  # A report reads this door, and loads no kernels.
        from widthwise.experiments.explore import exploration as found
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found
    return found
