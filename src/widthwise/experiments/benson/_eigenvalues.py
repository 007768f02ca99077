"""How the eigenvalues of G decay, and what Landweber filters make of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from widthwise.experiments.benson._eigenvalue_claims import CLAIMS, findings
from widthwise.experiments.benson._eigenvalue_tables import (
    arrays_of,
    charts_of,
    decay_rows,
    eigenvalue_rows,
    filter_rows,
    resolved_rows,
    spectra_of,
)
from widthwise.experiments.benson._points import (
    ACTIVATIONS,
    DIMENSION,
    POINTS,
    available,
    data_cell,
    dataset_of,
    datasets_setting,
    left_out,
    weights_seed,
)
from widthwise.experiments.shared import (
    Cell,
    Experiment,
    Measurement,
    Progress,
    Setting,
)
from widthwise.features import RandomFeatures
from widthwise.sources import BENSON_2020
from widthwise.spectra import feature_spectrum

__all__ = ["EXPERIMENT"]

_SETTINGS = {
    "datasets": datasets_setting(("prostate",), "prostate", "synthetic_1"),
    "activations": ACTIVATIONS,
    "width": Setting.whole("hidden units m", 5000, 2000, 1, 10**6),
    "filter_steps": Setting.whole(
        "steps k at which the filters are shown",
        (20, 1000, 100_000),
        (20, 1000),
        1,
        10**15,
    ),
    "points": POINTS,
    "dimension": DIMENSION,
    "trials": Setting.whole("independent draws of the weights", 100, 6, 1, 10**4),
}

_ASSUMPTIONS = (
    "The width of the paper's Figure 3 and the step count of its filters are lost, and "
    "read as the settings say; the data are read as those of Figure 2.",
    "Filters are 1 - (1 - η s_i²)^k with the step of Lemma 4.3, "
    "η = 2 / (s_1² + s_n²), as in eq. (18); with η = 1 / s_1² as a comparison of ours.",
    "A filter counts as near one where it differs from one by at most 0.1, so that "
    "nine tenths of its component are fitted.",
    "Eigenvalues are squares of singular values of the features, which keeps the small "
    "ones.",
)


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            **data_cell(name, settings["points"], settings["dimension"]),
            "activation": activation,
            "width": settings["width"],
            "trial": trial,
        }
        for name in available(settings["datasets"])
        for activation in dict.fromkeys(settings["activations"])
        for trial in range(settings["trials"])
    ]


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    tell(0.0, f"{cell['dataset']}, {cell['activation']}")
    features = RandomFeatures(
        cell["activation"],
        cell["width"],
        "sphere",
        weights_seed(seed, cell["trial"]),
    )
    found = feature_spectrum(dataset_of(cell, seed).points, features)
    return {"singular_values": found.eigenvalues.sqrt().tolist()}


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    spectra = spectra_of(settings, cells, results)
    return Measurement(
        tables={
            "decay": decay_rows(spectra),
            "resolved": resolved_rows(spectra),
            "eigenvalues": eigenvalue_rows(spectra),
            "filters": filter_rows(spectra),
        },
        findings=findings(spectra),
        arrays=arrays_of(spectra),
        notes=left_out(settings["datasets"], cells),
        charts=charts_of(settings),
    )


EXPERIMENT = Experiment(
    name="benson_eigenvalues",
    title="How the eigenvalues of G decay, and which components are fitted early",
    question="With which activation do the eigenvalues of G decay least, and how many "
    "Landweber filters are near one after a few steps?",
    source=BENSON_2020,
    where="Section 4.4, Figure 3",
    settings=_SETTINGS,
    claims=CLAIMS,
    assumptions=_ASSUMPTIONS,
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
