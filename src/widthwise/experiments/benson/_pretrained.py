"""The last layer of a network that was trained elsewhere, as a linear system."""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import torch

from widthwise import datasets
from widthwise.arrays import Array
from widthwise.errors import MissingDataError
from widthwise.estimates import Estimate, mean
from widthwise.experiments.shared import (
    Answer,
    Cell,
    Chart,
    Claim,
    Experiment,
    Finding,
    Measurement,
    Progress,
    Row,
    Setting,
    gathered,
    grouped,
    in_order,
    within,
)
from widthwise.features import RandomFeatures
from widthwise.prose import say
from widthwise.seeds import derive, stream
from widthwise.sources import BENSON_2020

__all__ = ["EXPERIMENT"]

_CHANNELS = 1280
_CLASSES = 10

_ANY = Claim(
    name="any_labels_up_to_the_width",
    statement="While there are at most as many rows as channels, the features of a "
    "trained network have full row rank, so that any labels are fitted.",
    where="Beyond Section 2: features that training made, not chance",
    measured="rank of the features, of n rows",
    refuted_by="a rank below n where n <= 1280",
    origin="ours",
)
_CONDITION = Claim(
    name="better_conditioned_than_random_features",
    statement="A trained network's last layer is better conditioned than as many "
    "random ReLU features of the pixels.",
    where="Beyond Section 3.5, whose features are all random",
    measured="κ(G) of both on the same images, by n up to a half of the channels",
    refuted_by="an interval above that of the random features at one n",
    origin="ours",
)
_LEFT = Claim(
    name="what_cannot_be_fitted",
    statement="With more rows than channels random labels keep √(1 - m/n) of their "
    "norm, and the classes of the images less.",
    where="Beyond Corollary 2.4: labels that are out of reach since m < n",
    measured="‖y - Φ v‖ / ‖y‖ at the best v, beside √(1 - m/n)",
    refuted_by="classes whose interval is above that of random labels, or one of "
    "random labels farther than a tenth from √(1 - m/n)",
    origin="ours",
)
_WIDTH = Claim(
    name="channels_help",
    statement="Each of more channels of one trained network brings κ(G) down, as wider "
    "random layers do.",
    where="Beyond Section 3.5, Figure 1: κ(G) against the width",
    measured="κ(G) of some channels, at one n, by their number",
    refuted_by="a larger κ(G) with all channels than with as many as rows",
    origin="ours",
)

_CLAIMS = (_ANY, _CONDITION, _LEFT, _WIDTH)
_SOURCES = ("trained", "relu on pixels")


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    if not _is_available():
        return []
    sizes = [(n, _CHANNELS) for n in sorted(set(settings["points"]))]
    sizes += [(settings["fixed_points"], m) for m in sorted(set(settings["channels"]))]
    return [
        {"features": source, "n": n, "m": m, "trial": trial}
        for n, m in dict.fromkeys(sizes)
        for source in _SOURCES
        for trial in range(settings["trials"])
    ]


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    """Return κ(G), the rank, and the share of labels that is out of reach."""
    n, m, trial = cell["n"], cell["m"], cell["trial"]
    tell(0.0, f"{cell['features']}, n = {n}, m = {m}")
    channels, pixels, classes = _images()
    name = f"benson_pretrained/{trial}"
    rows = stream(seed, f"{name}/rows").permutation(len(channels))[:n]
    if cell["features"] == "trained":
        kept = stream(seed, f"{name}/channels").permutation(_CHANNELS)[:m]
        phi = channels[rows][:, kept]
    else:
        layer = RandomFeatures("relu", m, "sphere", derive(seed, name))
        phi = layer.matrix(pixels[rows])
    left, values, _ = torch.linalg.svd(phi, full_matrices=False)
    rounding = float(values[0]) * max(n, m) * np.finfo(float).eps
    rank = int((values > rounding).sum())
    random = stream(seed, f"{name}/labels").choice([-1.0, 1.0], (n, _CLASSES))
    own = 2.0 * torch.nn.functional.one_hot(classes[rows], _CLASSES).double() - 1.0

    def out_of_reach(labels: Array) -> float:
        rest = labels - left[:, :rank] @ (left[:, :rank].T @ labels)
        return float(torch.linalg.norm(rest) / torch.linalg.norm(labels))

    return {
        "rank": rank,
        "condition": float(values[0] / values[-1]) ** 2 if rank == n else None,
        "random labels": out_of_reach(torch.from_numpy(random)),
        "classes": out_of_reach(own),
    }


@lru_cache(maxsize=1)
def _images() -> tuple[Array, Array, Array]:
    """Return channels, pixels on the sphere, and classes of the same images."""
    found = datasets.load("cifar10_features")
    images = datasets.load("cifar10_subset", count=None).to_sphere()
    assert found.targets is not None
    by_number = {number: row for row, number in enumerate(images.row_numbers)}
    rows = [by_number[number] for number in found.row_numbers]
    return found.points, images.points[rows], found.targets.long()


def _is_available() -> bool:
    try:
        datasets.load("cifar10_features")
        datasets.load("cifar10_subset", count=1)
    except MissingDataError:
        return False
    return True


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    rows = [
        {
            "features": source,
            "n": n,
            "m": m,
            "along": "n" if m == _CHANNELS else "m",
            "rank": min(each["rank"] for each in own),
            **_geometric(own),
            **_columns("random labels", own),
            **_columns("classes", own),
            "expected": math.sqrt(max(1 - m / n, 0.0)),
        }
        for (source, n, m), own in gathered(
            cells, results, "features", "n", "m"
        ).items()
    ]
    along = [row for row in rows if row["n"] == settings["fixed_points"]]
    rows += [{**row, "along": "m"} for row in along if row["along"] == "n"]
    notes = () if cells else ("The data set cifar10_features is not at hand.",)
    return Measurement({"layers": rows}, _findings(rows), notes=notes, charts=_CHARTS)


def _geometric(own: Sequence[Mapping[str, Any]]) -> Row:
    """Return the geometric mean of κ(G) with its interval, nulls where singular."""
    values = [each["condition"] for each in own]
    if None in values:
        return {"κ": None, "κ low": None, "κ high": None}
    found = mean(np.log(values))
    ends = (found.value, found.low, found.high)
    return dict(zip(("κ", "κ low", "κ high"), map(math.exp, ends), strict=True))


def _columns(name: str, own: Sequence[Mapping[str, Any]]) -> Row:
    found = mean([each[name] for each in own])
    return {name: found.value, f"{name} low": found.low, f"{name} high": found.high}


def _findings(rows: list[Row]) -> tuple[Finding, ...]:
    whole = [row for row in rows if row["along"] == "n"]
    trained = [row for row in whole if row["features"] == "trained"]
    some = [row for row in rows if row["along"] == "m" and row["κ"]]
    some = some if len({row["m"] for row in some}) > 1 else []
    return (
        _ANY.together(
            [
                (row["rank"] == row["n"], f"n = {row['n']}: rank {row['rank']}")
                for row in trained
                if row["n"] <= row["m"]
            ],
            nothing="0 matrices have so few rows.",
        ),
        _CONDITION.together(
            _pairs([row for row in whole if 2 * row["n"] <= row["m"]]),
            nothing="0 pairs of matrices have so few rows.",
        ),
        _LEFT.together(
            [each for row in trained if row["n"] > row["m"] for each in _left(row)],
            nothing="0 matrices have more rows than channels.",
        ),
        _WIDTH.together(
            [_falls(grouped(some, "features")["trained"])] if some else [],
            nothing="0 matrices of fewer channels have full rank.",
        ),
    )


def _log(row: Row) -> Estimate:
    return Estimate(*(math.log(row[name]) for name in ("κ", "κ low", "κ high")))


def _pairs(rows: list[Row]) -> list[Answer]:
    answers: list[Answer] = []
    for n in dict.fromkeys(row["n"] for row in rows):
        by = {row["features"]: row for row in rows if row["n"] == n and row["κ"]}
        if len(by) == len(_SOURCES):
            ours, theirs = (by[name] for name in _SOURCES)
            said = say(f"n = {n}: {{}} trained, {{}} random", ours["κ"], theirs["κ"])
            answers.append(in_order(_log(ours), _log(theirs), said))
    return answers


def _left(row: Row) -> list[Answer]:
    random, own = (
        Estimate(row[name], row[f"{name} low"], row[f"{name} high"])
        for name in ("random labels", "classes")
    )
    lead = f"n = {row['n']}: random labels {{}}"
    expected = say(f"{lead}, √(1 - m/n) = {{}}", random.value, row["expected"])
    below = say(f"{lead}, classes {{}}", random.value, own.value)
    near = 0.9 * row["expected"], 1.1 * row["expected"]
    return [within(random, expected, *near), in_order(own, random, below)]


def _falls(rows: list[Row]) -> Answer:
    few, *_, many = sorted(rows, key=lambda row: row["m"])
    said = say(
        f"{{}} with {few['m']} channels, {{}} with {many['m']}", few["κ"], many["κ"]
    )
    return in_order(_log(many), _log(few), said)


_CHARTS = (
    Chart(
        name="conditioning",
        title="The last layer's condition number, by the number of rows.",
        table="layers",
        x="n",
        y="κ",
        low="κ low",
        high="κ high",
        by="features",
        only={"along": "n"},
        log="xy",
        x_label="rows n",
        y_label="κ(G)",
        caption="1,280 features each; bars: 95 % intervals over draws of the rows.",
    ),
    Chart(
        name="channels",
        title="The same at one n, by the number of features.",
        table="layers",
        x="m",
        y="κ",
        low="κ low",
        high="κ high",
        by="features",
        only={"along": "m"},
        log="xy",
        x_label="features m",
        y_label="κ(G)",
    ),
    Chart(
        name="out_of_reach",
        title="What cannot be fitted once there are more rows than channels.",
        table="layers",
        x="n",
        y="classes",
        low="classes low",
        high="classes high",
        by="features",
        only={"along": "n"},
        x_label="rows n",
        y_label="‖y − Φ v‖ / ‖y‖ of the classes",
        caption="Random labels keep √(1 − m/n).",
    ),
)

EXPERIMENT = Experiment(
    name="benson_pretrained",
    title="The last layer of a trained network",
    question="How well conditioned are features that training made, which labels do "
    "they fit, and how many of them are needed?",
    source=BENSON_2020,
    where="Section 2 and Figure 1, beyond their random features",
    settings={
        "points": Setting.whole(
            "n with all channels",
            (125, 250, 500, 1000, 1600, 2000),
            (60, 1300),
            2,
            2000,
        ),
        "fixed_points": Setting.whole("n of fewer channels", 500, 60, 2, 2000),
        "channels": Setting.whole(
            "numbers of channels m", (500, 550, 650, 800, 1000), (60, 90), 1, _CHANNELS
        ),
        "trials": Setting.whole("draws of rows and channels", 4, 2, 2, 1000),
    },
    claims=_CLAIMS,
    assumptions=(
        "The features are the 1,280 of EfficientNet-Lite0, trained on ImageNet, of "
        "photographs of CIFAR-10, as the last layer gets them: neither centred nor "
        "scaled, without a constant.",
        "Random features are ReLU units on the same images' pixels, on the sphere.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
