"""How wide: what theorems certify, and what random networks need."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from widthwise import bounds
from widthwise.activations import Activation
from widthwise.bounds import Width
from widthwise.diagnosis.activations._budget import empirical_trials
from widthwise.diagnosis.activations._settings import Settings
from widthwise.diagnosis.activations._studied_rows import StudiedRows
from widthwise.diagnosis.activations._width_record import (
    EmpiricalWidth,
    WidthBoundFound,
    Widths,
)
from widthwise.kernels import tangent_kernel
from widthwise.seeds import derive
from widthwise.spectra import Spectrum, spectrum

__all__ = ["bounds_found", "widths_found"]

_FULL_RANK = ("benson_full_rank", "gaussian_truncation")
_CONFIDENCE = 0.95
_LOOKS = 3
"""Networks from which it is seen about how wide one must be."""

Sweep = Callable[[int], np.ndarray]


def bounds_found(
    table: StudiedRows, activation: Activation, infinite: Spectrum, settings: Settings
) -> tuple[WidthBoundFound, ...]:
    """Return the width of every theorem of the catalog that applies."""
    failure = 1.0 - settings.probability
    spectra = [infinite, *_tangent_spectra(table, activation, settings)]
    return tuple(
        _bound_found(name, each.width(found, failure_probability=failure))
        for name, each in bounds.CATALOG.items()
        for found in filter(each.applies_to, spectra)
    )


def widths_found(
    table: StudiedRows,
    activation: Activation,
    infinite: Spectrum,
    sweep: Sweep | None,
    settings: Settings,
) -> Widths:
    """Return the widths that theorems certify and that an experiment finds.

    `sweep` gives condition numbers of so many trials, shape (trials, widths); None
    where no width is enough.
    """
    failure = 1.0 - settings.probability
    sharp = bounds.squared_feature_norm_bound(table.points, activation, settings.law)

    def chosen(names: Sequence[str], **knobs: float) -> WidthBoundFound | None:
        """Return the last that applies."""
        for name in reversed(names):
            bound: Any = bounds.CATALOG[name]
            if bound.applies_to(infinite):
                taken = knobs if bound.uses_feature_norm else {}
                width = bound.width(infinite, failure_probability=failure, **taken)
                return _bound_found(name, width)
        return None

    from_eigenvalue = chosen(_FULL_RANK, squared_norm_bound=sharp)
    return Widths(
        proved=_least_proved(table, activation, settings, from_eigenvalue),
        certified=chosen(_FULL_RANK),
        certified_sharp=from_eigenvalue,
        conditioned=chosen(("benson_chernoff",), squared_norm_bound=sharp),
        empirical=_empirical(table, activation, sweep, settings) if sweep else None,
    )


def _least_proved(
    table: StudiedRows,
    activation: Activation,
    settings: Settings,
    other: WidthBoundFound | None,
) -> WidthBoundFound | None:
    """Return the smallest certificate: from the rows alone, or the other."""
    found = bounds.best(
        table.points,
        activation,
        settings.law,
        failure_probability=1.0 - settings.probability,
        largest_matrix=0,
    )
    if other is not None and not other.is_certificate:
        other = None
    if found.name is None or found.certificate is None:
        return other
    mine = _bound_found(found.name, found.certificate)
    if other is None or other.value is None or mine.value is None:
        return mine
    return min(mine, other, key=lambda each: each.value or math.inf)


def _tangent_spectra(
    table: StudiedRows, activation: Activation, settings: Settings
) -> list[Spectrum]:
    """Return the inner tangent kernel's spectrum, for the theorems that ask for it.

    An activation without a Lipschitz constant has no finite tangent kernel, and a
    step's is zero.
    """
    if math.isinf(activation.lipschitz) or activation.smoothness < 1:
        return []
    kernel = tangent_kernel(table.points, activation, settings.law, trained="inner")
    return [spectrum(kernel)]


def _bound_found(name: str, found: Width) -> WidthBoundFound:
    bound = bounds.RANK_CATALOG.get(name) or bounds.CATALOG[name]
    return WidthBoundFound(
        name=name,
        title=bound.title,
        value=float(found.value),
        is_certificate=found.is_certificate,
        formula=found.formula,
        source=str(found.source),
        assumptions=found.stated,
        trust=found.trust,
        constant_is_known=bound.constant_is_known,
    )


def _empirical(
    table: StudiedRows,
    activation: Activation,
    sweep: Sweep,
    settings: Settings,
) -> EmpiricalWidth:
    """Return the width that random networks need for full rank, with its interval."""
    count, dimension = table.points.shape
    looked, _ = _from_sweep(sweep(_LOOKS), settings)
    reach = int(min(sorted(looked)[len(looked) // 2], settings.widths[-1]))
    trials = empirical_trials(count, dimension, settings.probability, reach)
    if trials == 0:
        critical, found = _from_sweep(sweep(settings.trials), settings)
    else:
        experiment = bounds.minimum_width(
            table.points,
            activation,
            settings.law,
            probability=settings.probability,
            seed=derive(settings.seed, "diagnosis/minimum-width"),
            trials=trials,
            confidence=_CONFIDENCE,
            widest=max(count, settings.widths[-1]),
        )
        critical = experiment.critical_widths
        found = (experiment.estimate, experiment.lower, experiment.upper)
    value, low, high = map(float, found)
    return EmpiricalWidth(
        value=value,
        low=low,
        high=high,
        probability=settings.probability,
        confidence=_CONFIDENCE,
        trials=len(critical),
        reached=sum(math.isfinite(each) and each <= value for each in critical),
    )


def _from_sweep(
    condition_numbers: np.ndarray, settings: Settings
) -> tuple[Sequence[float], tuple[float, float, float]]:
    """Return critical widths and the width, where a finer search costs too much.

    A trial's critical width is the least width tried from which it was nonsingular: an
    upper bound that is as coarse as the widths.
    """
    singular = ~np.isfinite(condition_numbers)
    first = np.where(
        singular.any(axis=1), singular.shape[1] - singular[:, ::-1].argmax(axis=1), 0
    )
    choices = [*map(float, settings.widths), math.inf]
    critical = [choices[place] for place in first]
    found = bounds.quantile_interval(critical, settings.probability, _CONFIDENCE)
    low = float(settings.widths[0]) if found.lower is None else found.lower
    high = math.inf if found.upper is None else found.upper
    return critical, (found.estimate, low, high)
