"""How the conditioning of the last layer depends on its width and activation."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from widthwise import activations, laws
from widthwise.bounds import CATALOG as BOUNDS
from widthwise.experiments.benson._conditioning_charts import CHARTS
from widthwise.experiments.benson._conditioning_claims import CLAIMS, findings
from widthwise.experiments.benson._conditioning_tables import (
    arrays_of,
    condition_rows,
    crossing_rows,
    limit_rows,
    method_note,
    studies_of,
)
from widthwise.experiments.benson._points import (
    ACTIVATIONS,
    DATASETS,
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
from widthwise.kernels import conjugate_kernel
from widthwise.sources import BENSON_2020
from widthwise.spectra import nested_conditioning, rank_verdict, spectrum

__all__ = ["EXPERIMENT"]

_FULL_WIDTHS = (100, 200, 400, 500, 600, 800, 1000, 1500, 2500, 5000, 10_000, 20_000)

_SETTINGS = {
    "datasets": datasets_setting(DATASETS, "synthetic_1", "synthetic_2", "prostate"),
    "activations": ACTIVATIONS,
    "widths": Setting.whole(
        "hidden units m; a narrower layer is the first units of a wider one",
        _FULL_WIDTHS,
        (100, 200, 400, 1000, 2000),
        1,
        10**6,
    ),
    "points": POINTS,
    "dimension": DIMENSION,
    "high_dimension": Setting.whole(
        "another dimension of Synthetic-1, where Wendland units are rarely active",
        20,
        20,
        3,
        1000,
    ),
    "trials": Setting.whole("independent draws of the weights", 100, 6, 1, 10**5),
    "high_trials": Setting.whole(
        "draws of the weights at the other dimension", 20, 6, 0, 10**5
    ),
}

_ASSUMPTIONS = (
    "The dimension of the synthetic points is lost and read as d = 10, that of the "
    "images; the widths are lost, but for the largest that the figure's axis needs, "
    "and read as the settings say.",
    "Weights are uniform on the sphere, and the points of a data set are the same in "
    "all trials; the images are the first 250 of each class.",
    "The Wendland activations have α = √2, the support of ReLU (Section 3.4), and the "
    "chordal distance √(2 - 2t), which gives the step counts of Section 4.3.",
    "κ(G) is known to 1e-4 of itself or better up to about 1e19; beyond about 1e27, or "
    "at a width below n, G counts as numerically singular and no number is given.",
)


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    widths = sorted(set(settings["widths"]))
    names = list(dict.fromkeys(settings["activations"]))
    cells: list[dict[str, Any]] = []

    def add(name: str, dimension: int, trials: int) -> None:
        data = data_cell(name, settings["points"], dimension)
        for activation in names:
            place = {**data, "activation": activation}
            cells.append({**place, "kernel": "infinite"})
            cells.extend(
                {**place, "kernel": "finite", "widths": widths, "trial": trial}
                for trial in range(trials)
            )

    for name in available(settings["datasets"]):
        add(name, settings["dimension"], settings["trials"])
    other = settings["high_dimension"]
    if settings["high_trials"] and other != settings["dimension"]:
        add("synthetic_1", other, settings["high_trials"])
    return cells


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    tell(0.0, f"{cell['dataset']}, {cell['activation']}, {cell['kernel']} width")
    data = dataset_of(cell, seed)
    if cell["kernel"] == "infinite":
        return _limit(cell, seed)
    features = RandomFeatures(
        cell["activation"],
        cell["widths"][-1],
        "sphere",
        weights_seed(seed, cell["trial"]),
    )
    found = nested_conditioning(data.points, features, cell["widths"])
    return {
        "points": len(data.points),
        **{
            name: [asdict(each)[name] for each in found]
            for name in (
                "condition_number",
                "at_least",
                "smallest",
                "largest",
                "mean",
                "method",
            )
        },
    }


def _limit(cell: Cell, seed: int) -> dict[str, Any]:
    """Return the spectrum of G at infinite width, the exact rank and a width bound."""
    points = dataset_of(cell, seed).points
    count, dimension = points.shape
    act = activations.for_dimension(cell["activation"], dimension)
    law = laws.Sphere(dimension)
    found = spectrum(conjugate_kernel(points, act, law))
    low, high = found.condition_interval
    exact = rank_verdict(points, act)
    return {
        "points": count,
        "dimension": dimension,
        "condition_number": found.condition_number,
        "at_least": low,
        "at_most": high,
        "smallest": found.smallest,
        "largest": found.largest,
        "mean": found.mean,
        "exact_rank": exact.rank,
        "chernoff_width": BOUNDS["benson_chernoff"].width(found, 0.01).value,
    }


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    studies = studies_of(cells, results)
    figure = [each for each in studies if each.is_of_the_figure(settings)]
    other = [each for each in studies if not each.is_of_the_figure(settings)]
    crossings = crossing_rows(figure)
    return Measurement(
        tables={
            "conditioning": condition_rows(figure),
            "limits": limit_rows(studies),
            "crossings": crossings,
            "high_dimension": condition_rows(other),
        },
        findings=findings(figure, other, crossings),
        arrays=arrays_of(studies),
        notes=(*left_out(settings["datasets"], cells), method_note(studies)),
        charts=CHARTS,
    )


EXPERIMENT = Experiment(
    name="benson_conditioning",
    title="How well conditioned the last layer is, by width and activation",
    question="How does κ(G) fall with the width, how near does it come to its limit "
    "κ(G_inf), and which activation gives the smallest?",
    source=BENSON_2020,
    where="Section 3.5, Figure 1",
    settings=_SETTINGS,
    claims=CLAIMS,
    assumptions=_ASSUMPTIONS,
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
