"""From spectra and runs of gradient descent to what a record holds of them."""

import math
from collections.abc import Sequence

import numpy as np

from widthwise.arrays import Array
from widthwise.diagnosis.study._found import Plateau, SpectrumFound, Training
from widthwise.dynamics import Landweber
from widthwise.spectra import Spectrum

__all__ = ["array_of", "spectrum_found", "training_found"]


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
) -> Training:
    """Return a run of gradient descent as a record holds it.

    Parameters
    ----------
    width, others
        Of a network of this width, one of several; the least and the most steps of all
        are kept.
    floor
        What the relative residual was proved to stay above; a run that rounding takes
        below it does not get there.
    """

    def counts(each: Landweber) -> dict[str, float]:
        return {
            f"{t:g}": float(each.steps_to(t)) if t >= floor else math.inf
            for t in tolerances
        }

    every = [counts(each) for each in (run, *others)]
    ends: list[dict[str, float | None]] | None = None
    if width is not None:
        ends = [
            {key: float(end(each[key] for each in every)) for key in every[0]}
            for end in (min, max)
        ]
    return Training(
        width=width,
        step=float(run.step),
        largest_stable_step=float(run.largest_stable_step),
        steps={key: float(value) for key, value in every[0].items()},
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
    )


def array_of(values: Array) -> np.ndarray:
    """Return a tensor as an array of its own."""
    return values.detach().cpu().numpy().copy()
