"""What the theory says of when functions are learned, and how a run decides it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from widthwise import activations
from widthwise.estimates import mean
from widthwise.experiments.generalisation._compared import ratio_answers
from widthwise.experiments.shared import (
    Answer,
    Claim,
    Finding,
    Row,
    with_interval,
    within,
)
from widthwise.prose import say

__all__ = ["CLAIMS", "findings"]

_WHERE = "Beyond the paper: the sphere of R^3, finite width, the half-times as numbers"

_KERNEL = Claim(
    "half_times_are_predicted",
    "Descent on the tangent kernel at n points learns half of each harmonic after the "
    "number of steps that the harmonic's eigenvalue says, within a quarter.",
    _WHERE,
    "steps until half of the harmonic is fitted, over log 2 / -log(1 - η n λ_k)",
    "a mean ratio whose interval lies outside 0.8 to 1.25",
    origin="ours",
    cut_off="a factor of 1.25",
)
_NETWORK = Claim(
    "networks_follow",
    "So does a network, trained for real, at the largest width.",
    _WHERE,
    "the same, of the network",
    "a mean ratio whose interval lies outside 0.8 to 1.25",
    origin="ours",
    cut_off="a factor of 1.25",
)
_ORDER = Claim(
    "low_before_high",
    "Low degrees are learned before high ones.",
    _WHERE,
    "log of the half-time of each degree over that of the one before it, in each run",
    "a mean whose interval lies below 0",
    origin="ours",
)
_SMOOTH = Claim(
    "smoother_activations_learn_high_degrees_later",
    "The smoother the activation, the longer the high degrees take beside the low.",
    _WHERE,
    "log of the half-time of the highest degree over that of the lowest: of each "
    "smooth activation, less relu's",
    "a mean whose interval lies above 0",
    origin="ours",
)

_NOTHING = "No half-time, or 1 alone, was reached."

CLAIMS = (_KERNEL, _NETWORK, _ORDER, _SMOOTH)

_Runs = Mapping[tuple[Any, ...], Sequence[Mapping[str, Any]]]


def findings(rows: Sequence[Row], seen: _Runs, widest: int) -> tuple[Finding, ...]:
    """Decide the claims from the rows, and the runs by domain, activation and width."""
    limit = [row for row in rows if not row["width"]]
    networks = [row for row in rows if row["width"] == widest]
    return (
        _KERNEL.together(_ratios(limit), nothing=_NOTHING),
        _NETWORK.together(
            _ratios(networks), before=f"At width {widest}: ", nothing=_NOTHING
        ),
        _ORDER.together(_orders(seen), nothing=_NOTHING),
        _SMOOTH.together(
            _later(seen), nothing="It takes relu and 1 smooth activation."
        ),
    )


def _ratios(rows: Sequence[Row]) -> list[Answer]:
    by = ("domain", "activation")
    return ratio_answers(rows, 0.8, 1.25, by=by, along="degree")


def _orders(seen: _Runs) -> list[Answer]:
    answers: list[Answer] = []
    for (domain, name, width), own in seen.items():
        times = np.array([each["found"] for each in own], dtype=float)
        for place in range(times.shape[1] - 1):
            steps = np.log(times[:, place] / times[:, place + 1])
            steps = steps[np.isfinite(steps)]
            if len(steps) > 1:
                found = mean(steps)
                said = say(
                    f"{domain}, {name}, width {width or 'infinite'}, log ratio {{}}",
                    with_interval(found),
                )
                answers.append(within(found, said, high=0))
    return answers


def _later(seen: _Runs) -> list[Answer]:
    """Compare, of each activation, how much later the highest degree is learned."""
    delays = {
        (domain, name): np.log([each["found"][-1] / each["found"][0] for each in own])
        for (domain, name, width), own in seen.items()
        if not width and all(each["found"][-1] and each["found"][0] for each in own)
    }
    answers: list[Answer] = []
    for (domain, name), delay in delays.items():
        beside = delays.get((domain, "relu"))
        if beside is None or activations.get(name).smoothness <= 1:
            continue
        found = mean(delay - beside)
        said = say(f"{domain}, {name}: log ratio {{}}", with_interval(found))
        answers.append(within(found, said, low=0))
    return answers
