"""A workbench for over-parametrized networks: whether one fits, how wide, how fast.

Rooms load when first named, so that `import widthwise` costs nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from widthwise import (
        activations,
        arguments,
        arrays,
        bounds,
        datasets,
        diagnosis,
        dynamics,
        errors,
        estimates,
        experiments,
        features,
        files,
        kernels,
        landscape,
        laws,
        machine,
        networks,
        numerics,
        progress,
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

_ROOMS = (
    "activations",
    "arguments",
    "arrays",
    "bounds",
    "datasets",
    "diagnosis",
    "dynamics",
    "errors",
    "estimates",
    "experiments",
    "features",
    "files",
    "kernels",
    "landscape",
    "laws",
    "machine",
    "networks",
    "numerics",
    "progress",
    "records",
    "report",
    "seeds",
    "sources",
    "spectra",
    "sweeps",
    "theorems",
    "wording",
)
_NAMES = {"diagnose": "diagnosis", "Diagnosis": "diagnosis"}

__all__ = [
    "Diagnosis",
    "__version__",
    "activations",
    "arguments",
    "arrays",
    "bounds",
    "datasets",
    "diagnose",
    "diagnosis",
    "dynamics",
    "errors",
    "estimates",
    "experiments",
    "features",
    "files",
    "kernels",
    "landscape",
    "laws",
    "machine",
    "networks",
    "numerics",
    "progress",
    "records",
    "report",
    "seeds",
    "sources",
    "spectra",
    "sweeps",
    "theorems",
    "wording",
]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f"widthwise.{name}")
    if name in _NAMES:
        return getattr(importlib.import_module(f"widthwise.{_NAMES[name]}"), name)
    raise AttributeError(f"module 'widthwise' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
