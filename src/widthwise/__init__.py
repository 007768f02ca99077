"""A workbench for over-parametrized networks: whether one fits, how wide, how fast.

Rooms load when first named, so that `import widthwise` costs nothing.
"""

from typing import TYPE_CHECKING

from widthwise.doors import opened_by

if TYPE_CHECKING:
    from widthwise import (
        activations,
        arguments,
        arrays,
        bounds,
        cards,
        datasets,
        diagnosis,
        doors,
        dynamics,
        equality,
        errors,
        estimates,
        estimators,
        experiments,
        features,
        files,
        interruption,
        kernels,
        landscape,
        laws,
        machine,
        networks,
        nn,
        numerics,
        progress,
        prose,
        readouts,
        records,
        report,
        seeds,
        sources,
        spectra,
        sweeps,
        theorems,
        wording,
    )
    from widthwise.diagnosis import Diagnosis, diagnose

__version__ = "0.1.0"

__all__ = [
    "Diagnosis",
    "__version__",
    "activations",
    "arguments",
    "arrays",
    "bounds",
    "cards",
    "datasets",
    "diagnose",
    "diagnosis",
    "doors",
    "dynamics",
    "equality",
    "errors",
    "estimates",
    "estimators",
    "experiments",
    "features",
    "files",
    "interruption",
    "kernels",
    "landscape",
    "laws",
    "machine",
    "networks",
    "nn",
    "numerics",
    "progress",
    "prose",
    "readouts",
    "records",
    "report",
    "seeds",
    "sources",
    "spectra",
    "sweeps",
    "theorems",
    "wording",
]

if not TYPE_CHECKING:  # which would then find every name
    __getattr__ = opened_by(
        __name__,
        {"diagnosis": ("Diagnosis", "diagnose")},
        modules=set(__all__) - {"Diagnosis", "__version__", "diagnose"},
    )


def __dir__() -> list[str]:
    return sorted(__all__)
