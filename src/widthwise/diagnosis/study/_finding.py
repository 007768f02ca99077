"""From spectra and runs of gradient descent to what a record holds of them."""

import math
from collections.abc import Sequence

import numpy as np

from widthwise.arrays import Array
from widthwise.diagnosis.study._found import (
    Pace,
    Plateau,
    SpectrumFound,
    Training,
    or_infinity,
)
from widthwise.dynamics import (
    Landweber,
    Prediction,
    conjugate_gradients,
    gradient_descent,
    heavy_ball,
)
from widthwise.spectra import Spectrum

__all__ = ["array_of", "other_paces", "spectrum_found", "training_found"]

_KRYLOV_MODES = 1_000
"""Up to which conjugate gradients is predicted: its cost is cubic."""


def spectrum_found(
    found: Spectrum, *, size: int | None = None, method: str = ""
) -> SpectrumFound:
    """Return a spectrum as a record holds it."""
    origin = found.provenance
    return SpectrumFound(
        size=size,
        smallest=float(found.smallest),
        smallest_interval=found.smallest_interval,
        largest=float(found.largest),
        mean=float(found.mean),
        condition_number=float(found.condition_number),
        condition_interval=found.condition_interval,
        condition_text=found.condition_text,
        error_bound=float(found.error_bound),
        entry_error=origin.entry_error if origin else 0.0,
        rank=found.rank,
        is_singular=found.is_singular,
        method=method,
    )


def training_found(
    run: Landweber,
    tolerances: Sequence[float],
    *,
    worst_case: bool,
    width: int | None = None,
    others: Sequence[Landweber] = (),
    floor: float = 0.0,
    paces: tuple[Pace, ...] = (),
    solve_seconds: float | None = None,
) -> Training:
    """Return a run of gradient descent as a record holds it.

    Parameters
    ----------
    worst_case
        Whether the labels are those that are hardest.
    width, others
        Of a network of this width, one of several; the least and the most steps of all
        are kept.
    floor
        What the relative residual was proved to stay above; a run that rounding takes
        below it does not get there.
    """
    every = [_counts(each, tolerances, floor) for each in (run, *others)]
    ends: list[dict[str, float | None]] | None = None
    if width is not None:
        ends = [
            {key: end(or_infinity(each[key]) for each in every) for key in every[0]}
            for end in (min, max)
        ]
    return Training(
        width=width,
        step=float(run.step),
        largest_stable_step=float(run.largest_stable_step),
        steps=every[0],
        steps_low=ends[0] if ends else None,
        steps_high=ends[1] if ends else None,
        floor=max(float(run.unreachable), floor),
        worst_case=worst_case,
        condition_number=float(run.condition_number),
        rank=run.rank,
        plateaus=tuple(
            Plateau(
                float(each.residual),
                float(each.first_step),
                float(each.last_step),
            )
            for each in run.plateaus()
        ),
        trials=len(every),
        paces=paces,
        solve_seconds=solve_seconds,
    )


def other_paces(
    run: Landweber, tolerances: Sequence[float], floor: float = 0.0
) -> tuple[Pace, ...]:
    """Return how soon other methods fit what a run of gradient descent fits."""
    model = run.model
    if model.rank == 0:
        return ()
    ways = {
        "worst-case step": gradient_descent(model),
        "stable step": gradient_descent(model, "stable"),
        "momentum": heavy_ball(model),
    }
    if model.rank <= _KRYLOV_MODES:
        ways["conjugate gradients"] = conjugate_gradients(model)
    return tuple(
        Pace(
            method=name,
            steps=_counts(way, tolerances, floor),
            step=getattr(way.method, "step", None),
            momentum=getattr(way.method, "momentum", None),
        )
        for name, way in ways.items()
    )


def _counts(
    run: Landweber | Prediction, tolerances: Sequence[float], floor: float
) -> dict[str, float | None]:
    return {
        f"{t:g}": float(run.steps_to(t)) if t >= floor else math.inf for t in tolerances
    }


def array_of(values: Array) -> np.ndarray:
    """Return a tensor as an array of its own."""
    return values.detach().cpu().numpy().copy()
