"""Names for shell completion, without loading the rooms that have them.

The catalogs' names are read from their doors; a test holds the lists that stand here
equal to what their room takes.
"""

from collections.abc import Callable
from pathlib import Path

from widthwise.doors import names_on

__all__ = [
    "INITIALIZATIONS",
    "TWO_SLOPES",
    "activation_names",
    "completions",
    "data_names",
    "experiment_names",
    "initialization_names",
    "paper_names",
    "two_slope_activation_names",
]

TWO_SLOPES = ("relu", "leaky_relu", "abs", "hard_tanh")

INITIALIZATIONS = ("pytorch", "he_uniform", "he_normal", "gaussian", "sphere")


def completions(catalog: str) -> Callable[[str], list[str]]:
    """Return what completes an option by the names of a catalog."""
    return {
        "activations": activation_names,
        "initializations": initialization_names,
        "two_slopes": two_slope_activation_names,
    }[catalog]


def activation_names(incomplete: str) -> list[str]:
    """Return the catalog activations that begin with `incomplete`."""
    return [each for each in names_on("activations") if each.startswith(incomplete)]


def two_slope_activation_names(incomplete: str) -> list[str]:
    """Return the activations of `widthwise landscape` that begin with `incomplete`."""
    return [each for each in TWO_SLOPES if each.startswith(incomplete)]


def initialization_names(incomplete: str) -> list[str]:
    """Return the laws of initial weights that begin with `incomplete`."""
    return [each for each in INITIALIZATIONS if each.startswith(incomplete)]


def experiment_names(incomplete: str) -> list[str]:
    """Return the experiments that begin with `incomplete`."""
    from widthwise.experiments import NAMES

    return [each for each in NAMES if each.startswith(incomplete)]


def paper_names(incomplete: str) -> list[str]:
    """Return the papers, then the experiments, that begin with `incomplete`."""
    from widthwise.experiments import NAMES

    papers = dict.fromkeys(each.partition("_")[0] for each in NAMES)
    return [each for each in ("all", *papers, *NAMES) if each.startswith(incomplete)]


def data_names(incomplete: str) -> list[str]:
    """Return the paths and the data sets that begin with `incomplete`."""
    here = sorted(str(path) for path in Path().glob(f"{incomplete}*"))
    return here + [each for each in names_on("datasets") if each.startswith(incomplete)]
