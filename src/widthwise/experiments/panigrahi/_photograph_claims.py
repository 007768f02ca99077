"""What is said of spectra and training on photographs, and how a run decides it."""

import math
from collections.abc import Mapping

import numpy as np

from widthwise.estimates import Estimate, mean
from widthwise.experiments.panigrahi._smallest import is_smooth
from widthwise.experiments.shared import (
    Answer,
    Claim,
    Finding,
    Row,
    at_most,
    grouped,
    number,
    with_interval,
)
from widthwise.prose import say

__all__ = ["CLAIMS", "findings"]

_AHEAD = Claim(
    name="spectrum_decays_slowest",
    statement="On photographs the eigenvalues of the G-matrix decay more slowly with "
    "relu than with smooth activations.",
    where="The CIFAR-10 study, in the section on experiments",
    measured="the eigenvalue in the middle of the spectrum over the largest one, on "
    "ten principal components, at each n",
    refuted_by="a smooth activation with a larger ratio, beyond rounding",
    origin="paper",
)
_CLOSES = Claim(
    name="gap_closes_on_all_pixels",
    statement="On all pixels the gap between relu and smooth activations is smaller "
    "than on few components.",
    where="The CIFAR-10 study and its discussion, in the section on experiments",
    measured="relu's ratio over a smooth activation's, on all pixels and on ten "
    "components, at each n",
    refuted_by="a larger one on all pixels",
    origin="paper",
)
_TRAINS = Claim(
    name="relu_trains_fastest_on_photographs",
    statement="relu trains fastest on photographs of few components.",
    where="The CIFAR-10 study, in the section on experiments",
    measured="‖y - f‖ / ‖y - f_0‖ after the last step 1/λ_max, relu's over that of a "
    "smooth activation on the same photographs, geometric mean over the networks",
    refuted_by="an interval above 1",
    origin="paper",
)

CLAIMS = (_AHEAD, _CLOSES, _TRAINS)


def findings(
    spectra: list[Row],
    training: list[Row],
    ends: Mapping[str, np.ndarray],
    few: int,
) -> tuple[Finding, ...]:
    """Decide the claims; `few` is the number of components that is the paper's."""
    return (
        _AHEAD.together(
            _slower(spectra, few), nothing="0 pairs of activations were compared."
        ),
        _CLOSES.together(
            _closes(spectra), nothing="There are fewer than 2 dimensions."
        ),
        _trains(training, ends),
    )


def _pairs(rows: list[Row]) -> list[tuple[Row, Row]]:
    """Return relu's row with that of each smooth activation, of one n."""
    ours = [row for row in rows if row["activation"] == "relu"]
    return [(one, row) for one in ours for row in filter(is_smooth, rows)]


def _slower(rows: list[Row], dimension: int) -> list[Answer]:
    answers: list[Answer] = []
    here = [row for row in rows if row["components"] == dimension]
    for n, own in grouped(here, "n").items():
        for ours, other in _pairs(own):
            gap = ours["middle"] - other["middle"]
            noise = ours["middle error"] + other["middle error"]
            said = say(
                f"n = {n}: relu {{}}, {other['activation']} {{}}",
                ours["middle"],
                other["middle"],
            )
            answers.append((None if abs(gap) <= noise else gap > 0, said))
    return answers


def _closes(rows: list[Row]) -> list[Answer]:
    answers: list[Answer] = []
    for n, own in grouped(rows, "n").items():
        by = grouped(own, "components")
        if len(by) < 2:
            continue
        few, many = (_ratios(by[pick(by)]) for pick in (min, max))
        for name, before in few.items():
            after = many[name]
            said = say(
                f"n = {n}: {name} from {{}} to {{}}",
                number(before.value),
                number(after.value),
            )
            holds = after.high < before.low
            answers.append(
                (holds or (False if after.low > before.high else None), said)
            )
    return answers


def _ratios(rows: list[Row]) -> dict[str, Estimate]:
    """Return relu's middle eigenvalue over another's, with its rounding."""
    found = {}
    for ours, other in _pairs(rows):
        (a, ea), (b, eb) = (
            (row["middle"], row["middle error"]) for row in (ours, other)
        )
        high = (a + ea) / (b - eb) if b > eb else math.inf
        found[other["activation"]] = Estimate(a / b, (a - ea) / (b + eb), high)
    return found


def _trains(rows: list[Row], ends: Mapping[str, np.ndarray]) -> Finding:
    answers = []
    for row in filter(is_smooth, rows):
        if "relu" in ends:
            gap = mean(ends["relu"] - ends[row["activation"]])
            ratio = Estimate(
                *(math.exp(min(each, 700.0)) for each in (gap.value, gap.low, gap.high))
            )
            said = say(f"relu over {row['activation']}: {{}}", with_interval(ratio))
            answers.append(at_most(gap, said, 0.0))
    return _TRAINS.together(answers, nothing="0 pairs of activations were trained.")
