"""How fast gradient descent fits, against the rate that the Jacobian predicts."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from widthwise import activations
from widthwise.experiments._definition import Experiment, Measurement, Progress
from widthwise.experiments._oymak_network import networks
from widthwise.experiments._oymak_path import Path, follow
from widthwise.experiments._oymak_points import DATA, trial_points, trial_targets
from widthwise.experiments._oymak_rate_claims import CLAIMS, findings
from widthwise.experiments._oymak_spectrum import DataNumbers, data_numbers
from widthwise.experiments._setting import Setting
from widthwise.seeds import derive
from widthwise.sources import OYMAK_2020

__all__ = ["OYMAK_RATE"]

_SETTINGS = {
    "activations": Setting(
        "the activations",
        "name",
        ("relu", "softplus", "tanh"),
        ("relu", "softplus"),
        choices=(
            "relu",
            "leaky_relu",
            "softplus",
            "gelu",
            "swish",
            "elu",
            "tanh",
            "sigmoid",
            "erf",
        ),
        is_list=True,
    ),
    "widths": Setting(
        "hidden units k, rounded up to even",
        "whole",
        (64, 128, 256, 512, 1024, 2048),
        (64, 128, 256),
        low=2,
        high=10**6,
        is_list=True,
    ),
    "data": Setting(
        "where the points come from", "name", "sphere", "sphere", choices=DATA
    ),
    "points": Setting("the number n of points", "whole", 40, 20, low=2, high=2000),
    "dimension": Setting("the dimension d", "whole", 20, 12, low=2, high=784),
    "trials": Setting("trials of a width", "whole", 8, 3, low=2, high=1000),
    "decades": Setting(
        "powers of ten by which ‖f - y‖ / ‖y‖ comes down",
        "whole",
        9,
        6,
        low=2,
        high=12,
    ),
    "most_steps": Setting(
        "steps after which a run is given up", "whole", 50_000, 10_000, 1, 10**8
    ),
}

_ASSUMPTIONS = (
    "Points are uniform on the sphere (or images, see `data`); labels are +1 or -1 at "
    "random; the inner layer is trained, W_0 is standard normal and v = ± ‖y‖/sqrt(kn) "
    "is fixed.",
    "The step is 1/λ_max(J_0 J_0ᵀ); the paper's η of order n / (B² ‖y‖² ‖X‖²) is a "
    "lower bound of that order.",
    "The theorem's rate is known up to a constant only, so it is shown as the order "
    "η ‖v‖² λ(X).",
)


def _measure(settings: Mapping[str, Any], seed: int, progress: Progress) -> Measurement:
    # Many products of small matrices: threads that wait for one another cost more.
    with threadpool_limits(limits=1):
        return _followed(settings, seed, progress)


def _followed(
    settings: Mapping[str, Any], seed: int, progress: Progress
) -> Measurement:
    count, dimension, trials = (
        settings[name] for name in ("points", "dimension", "trials")
    )
    points = trial_points(settings["data"], count, dimension, trials, seed)
    targets = trial_targets(count, trials, seed)
    widths = sorted({width + width % 2 for width in settings["widths"]})
    runs: list[dict[str, Any]] = []
    marks: list[dict[str, Any]] = []
    arrays: dict[str, np.ndarray] = {}
    lost = done = 0
    for name in settings["activations"]:
        act = activations.get(name)
        numbers = [data_numbers(each, act) for each in points]
        for width in widths:
            progress(
                done / (len(widths) * len(settings["activations"])),
                f"{name}, width {width}",
            )
            done += 1
            for trial in range(trials):
                start = networks(
                    act,
                    points[trial : trial + 1],
                    targets[trial : trial + 1],
                    width,
                    [derive(seed, "experiments/oymak_rate/weights", trial)],
                )
                path = follow(start, settings["decades"], settings["most_steps"])
                if path is None:
                    lost += 1
                    continue
                place = {"activation": name, "width": width, "trial": trial}
                runs.append({**place, **_run_row(path, numbers[trial], count)})
                marks += [{**place, **row} for row in _mark_rows(path)]
                if trial == 0:
                    arrays[f"{name}/{width}/residual"] = path.residuals.numpy()
    progress(1.0, "done")
    notes = [f"{lost} runs did not come to the residual asked for."] if lost else []
    return Measurement(
        tables={"runs": runs, "marks": marks},
        findings=findings(runs, lost),
        arrays=arrays,
        notes=tuple(notes),
    )


def _run_row(path: Path, numbers: DataNumbers, count: int) -> dict[str, Any]:
    """Return what one run says; ‖v‖² is ‖y‖² / n, which is 1 for labels of ±1."""
    first, last = path.marks[0], path.marks[-1]
    rate = path.measured_rate
    misfit = float(path.residuals[0]) * math.sqrt(count)
    return {
        "steps": last.step,
        "predicted_steps": path.predicted_steps,
        "step_size": path.step_size,
        "rate": rate,
        "rate_from_start": path.predicted_rate(first),
        "rate_from_end": path.predicted_rate(last),
        "rate_over_start": rate / path.predicted_rate(first),
        "rate_over_end": rate / path.predicted_rate(last),
        "rate_over_order": rate / (path.step_size * numbers.smallest),
        "start_smallest_over_mean": first.smallest**2 / numbers.smallest,
        "least_smallest_ratio": min(mark.smallest for mark in path.marks)
        / first.smallest,
        "distance": last.distance,
        "relative_distance": last.distance / path.initial_norm,
        "distance_over_ball": last.distance * first.smallest / misfit,
        "kink_crossings": path.kink_crossings,
        "smallest": numbers.smallest,
        "khatri_rao_bound": numbers.slope**2 * numbers.khatri_rao,
        "mean_slope": numbers.slope,
    }


def _mark_rows(path: Path) -> Iterator[dict[str, Any]]:
    for mark in path.marks:
        yield {
            "decade": mark.decade,
            "step": mark.step,
            "smallest_singular_value": mark.smallest,
            "largest_singular_value": mark.largest,
            "distance": mark.distance,
        }


OYMAK_RATE = Experiment(
    name="oymak_rate",
    title="How fast gradient descent fits, against what the Jacobian predicts",
    question="Does the misfit fall geometrically at the tangent kernel's rate, with "
    "the weights near their start, and from which width on?",
    source=OYMAK_2020,
    where="Main theorems on training the inner layer",
    settings=_SETTINGS,
    claims=CLAIMS,
    assumptions=_ASSUMPTIONS,
    measure=_measure,
)
