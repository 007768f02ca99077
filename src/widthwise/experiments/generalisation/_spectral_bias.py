"""Which functions gradient descent learns when, on a circle and on a sphere."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from scipy.special import eval_legendre

from widthwise import activations, datasets, kernels, laws
from widthwise.arrays import Array
from widthwise.dynamics import gradient_descent, linear_model_from_kernel, train
from widthwise.estimates import mean
from widthwise.experiments.generalisation._bias_charts import CHARTS
from widthwise.experiments.generalisation._bias_claims import CLAIMS, findings
from widthwise.experiments.generalisation._compared import compared
from widthwise.experiments.shared import (
    Cell,
    Experiment,
    Measurement,
    Progress,
    Row,
    Setting,
    gathered,
)
from widthwise.machine import limited_threads
from widthwise.networks import TwoLayer
from widthwise.seeds import derive
from widthwise.sources import BASRI_2019

__all__ = ["EXPERIMENT"]

_DOMAINS = {"circle": 2, "sphere": 3}
_FARTHEST = 12
_STEP = 0.25
"""Of 1 / (n λ_max): short, so that half-times are many steps."""
_TURNS = 481
"""Step counts at which the kernel's curve is looked at, over twelve decades."""

_SETTINGS = {
    "domains": Setting.name(
        "where the functions live: one dimension, or two",
        tuple(_DOMAINS),
        tuple(_DOMAINS),
        choices=tuple(_DOMAINS),
    ),
    "activations": Setting.name(
        "the activations",
        ("relu", "swish"),
        ("relu",),
        choices=("relu", "leaky_relu", "swish", "gelu", "softplus", "elu"),
    ),
    "degrees": Setting.whole(
        "degrees of the harmonics in the target", (1, 2, 4, 6), (1, 2), 1, _FARTHEST
    ),
    "points": Setting.whole("points n", 200, 60, 20, 5_000),
    "widths": Setting.whole(
        "hidden units of the networks", (250, 1_000, 4_000), (300,), 1, 10**6
    ),
    "most_steps": Setting.whole(
        "the longest half-time that a network is trained for", 400, 60, 1, 10**6
    ),
    "trials": Setting.whole("draws of points and weights", 5, 2, 2, 1_000),
}


def _cells(settings: Mapping[str, Any]) -> list[Row]:
    return [
        {
            "domain": domain,
            "activation": name,
            "degrees": sorted(settings["degrees"]),
            "n": settings["points"],
            "width": width,
            "most_steps": settings["most_steps"] if width else 0,
            "trial": trial,
        }
        for domain in settings["domains"]
        for name in settings["activations"]
        for width in (0, *sorted(settings["widths"]))
        for trial in range(settings["trials"])
    ]


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    """Return when half of each harmonic is fitted; width 0 is the kernel's limit."""
    width, dimension = cell["width"], _DOMAINS[cell["domain"]]
    tell(0.0, f"{cell['domain']}, {cell['activation']}, width {width or 'infinite'}")
    with limited_threads(1):
        place = derive(seed, f"generalisation/{cell['domain']}", cell["trial"])
        points = datasets.uniform_sphere(cell["n"], dimension, place).points
        waves = _harmonics(points, cell["degrees"])
        target = waves.sum(1)
        law = laws.get("gaussian", dimension)
        values = _eigenvalues(cell["activation"], dimension, cell["degrees"])
        step = _STEP / (cell["n"] * _largest(cell["activation"], dimension))
        predicted = [_half_time(step * cell["n"] * each) for each in values]
        if not width:
            kernel = kernels.tangent_kernel(points, cell["activation"], law)
            model = linear_model_from_kernel(kernel, target)
            steps = np.unique(np.round(np.geomspace(1, 1e12, _TURNS)))
            outputs = gradient_descent(model, step).train(torch.from_numpy(steps))
        else:
            reached = [each for each in predicted if each <= cell["most_steps"]]
            epochs = math.ceil(2 * max(reached, default=1))
            steps = np.arange(1, epochs + 1, dtype=float)
            outputs = _trained(cell, points, target, place, step, epochs)
        # The default driver's last digits differ from call to call.
        shares = torch.linalg.lstsq(waves, outputs.T, driver="gels").solution
    return {
        "predicted": predicted,
        "found": [_crossing(steps, each.numpy()) for each in shares],
    }


def _trained(
    cell: Cell, points: Array, target: Array, seed: int, step: float, epochs: int
) -> Array:
    """Return what the network has added after each epoch, shape (epochs, n)."""
    network = TwoLayer(
        points.shape[1],
        cell["width"],
        activations.get(cell["activation"]),
        law="gaussian",
        seed=seed,
        outer="signs",
    )
    with torch.no_grad():
        start = network(points)
    outputs: list[Array] = []

    def keep(epoch: int, _measured: Any) -> None:
        if epoch:
            with torch.no_grad():
                outputs.append(network(points) - start)

    train(
        network,
        points,
        target + start,
        step=step,
        epochs=epochs,
        callback=keep,
        in_place=True,
    )
    return torch.stack(outputs)


def _harmonics(points: Array, degrees: Sequence[int]) -> Array:
    """Return a zonal harmonic of each degree, shape (n, degrees), of mean square 1."""
    heights = points[:, 0].clamp(-1, 1).numpy()
    if points.shape[1] == 2:
        angles = np.arccos(heights)
        columns = [math.sqrt(2) * np.cos(k * angles) for k in degrees]
    else:
        columns = [math.sqrt(2 * k + 1) * eval_legendre(k, heights) for k in degrees]
    return torch.from_numpy(np.stack(columns, axis=1))


def _eigenvalues(name: str, dimension: int, degrees: Sequence[int]) -> list[float]:
    dual = kernels.tangent_dual(name, laws.get("gaussian", dimension))
    found = kernels.mercer(dual, dimension, degree=_FARTHEST)
    known = torch.where(found.eigenvalues > found.errors, found.eigenvalues, 0.0)
    return [float(known[k]) for k in degrees]


def _largest(name: str, dimension: int) -> float:
    return max(_eigenvalues(name, dimension, range(_FARTHEST + 1)))


def _half_time(rate: float) -> float:
    return math.log(2) / -math.log1p(-rate) if 0 < rate < 1 else math.inf


def _crossing(steps: np.ndarray, shares: np.ndarray) -> float | None:
    """Return when a share passes one half: between steps a straight line in log k."""
    above = np.flatnonzero(shares >= 0.5)
    if not len(above):
        return None
    last = int(above[0])
    if last == 0:
        return float(steps[0] * 0.5 / shares[0])
    low, high = shares[last - 1], shares[last]
    part = (0.5 - low) / (high - low)
    return float(steps[last - 1] ** (1 - part) * steps[last] ** part)


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    rows: list[Row] = []
    seen = gathered(cells, results, "domain", "activation", "width")
    for (domain, name, width), own in seen.items():
        for place, degree in enumerate(sorted(settings["degrees"])):
            times = [each["found"][place] for each in own]
            predicted = own[0]["predicted"][place]
            known = [each for each in times if each is not None]
            if not known or not math.isfinite(predicted):
                continue
            rows.append(
                {
                    "domain": domain,
                    "activation": name,
                    "width": width,
                    "learner": f"width {width}" if width else "infinite width",
                    "degree": degree,
                    **compared(mean(known), predicted),
                    "runs": len(known),
                }
            )
    found = findings(rows, seen, max(settings["widths"]))
    return Measurement({"half_times": rows}, found, charts=CHARTS)


EXPERIMENT = Experiment(
    name="generalisation_spectral_bias",
    title="Which functions are learned when",
    question="Do the tangent kernel's eigenvalues foretell when gradient descent "
    "learns each harmonic, on a circle (one dimension) and on a sphere (two)?",
    source=BASRI_2019,
    where="Convergence rates by frequency on the sphere",
    settings=_SETTINGS,
    claims=CLAIMS,
    assumptions=(
        "Points are uniform on the circle in R^2 or the sphere in R^3; the target is a "
        "sum of zonal harmonics of mean square 1, one of each degree. Without biases "
        "relu's odd degrees above 1 are never learned, so the default has none.",
        "The step is a quarter of 1/(n λ_max), so that half-times are many steps; both "
        "layers of the network are trained, by full-batch gradient descent, and what "
        "counts is what training adds to the outputs.",
        "The share of a harmonic that is fitted is found by least squares on all "
        "points.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
