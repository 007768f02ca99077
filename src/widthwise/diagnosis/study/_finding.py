"""From spectra and runs of gradient descent to what a record holds of them."""

import math
from collections.abc import Sequence

import numpy as np

from widthwise.arrays import Array
from widthwise.diagnosis.study._found import Plateau, SpectrumFound, Training
from widthwise.dynamics import Landweber
from widthwise.spectra import Spectrum

__all__ = ["array_of", "finite", "spectrum_found", "training_found"]


def finite(value: float | int) -> float | None:
    """Return a number as a record holds it: null where it is not finite."""
    return float(value) if math.isfinite(value) else None


def spectrum_found(
    found: Spectrum, *, size: int | None = None, method: str = ""
) -> SpectrumFound:
    """Return a spectrum as a record holds it."""
    origin = found.provenance
    return SpectrumFound(
        size=size,
        smallest=finite(found.smallest),
        smallest_interval=tuple(map(finite, found.smallest_interval)),
        largest=finite(found.largest),
        mean=finite(found.mean),
        condition_number=finite(found.condition_number),
        condition_interval=tuple(map(finite, found.condition_interval)),
        condition_text=found.condition_text,
        error_bound=finite(found.error_bound),
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
) -> Training:
    """Return a run of gradient descent as a record holds it.

    Parameters
    ----------
    width, others
        Of a network of this width, one of several; the least and the most steps of all
        are kept.
    """

    def counts(each: Landweber) -> dict[str, float]:
        return {f"{t:g}": float(each.steps_to(t)) for t in tolerances}

    every = [counts(each) for each in (run, *others)]
    ends = None
    if width is not None:
        ends = [
            {key: finite(end(each[key] for each in every)) for key in every[0]}
            for end in (min, max)
        ]
    return Training(
        width=width,
        step=finite(run.step),
        largest_stable_step=finite(run.largest_stable_step),
        steps={key: finite(value) for key, value in every[0].items()},
        steps_low=ends[0] if ends else None,
        steps_high=ends[1] if ends else None,
        floor=finite(run.unreachable),
        worst_case=worst_case,
        condition_number=finite(run.condition_number),
        rank=run.rank,
        plateaus=tuple(
            Plateau(
                finite(each.residual),
                finite(each.first_step),
                finite(each.last_step),
            )
            for each in run.plateaus()
        ),
        trials=len(every),
    )


def array_of(values: Array) -> np.ndarray:
    """Return a tensor as an array of its own."""
    return values.detach().cpu().numpy().copy()
