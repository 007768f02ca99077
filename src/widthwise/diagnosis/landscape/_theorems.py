"""What the theorems ask for, beside what is known of the patterns they count."""

import numpy as np

from widthwise.arrays import Array
from widthwise.diagnosis.landscape._record import TheoremFound
from widthwise.diagnosis.landscape._settings import LandscapeSettings
from widthwise.landscape import THEOREMS, LandscapeTheorem
from widthwise.prose import say

__all__ = ["theorems_found"]

_MOST_POINTS = 300
_TRIALS = 200
_APART = 1e-10
_OF_SIZES_ALONE = ("pattern_count",)
"""A certificate for generic rows; that these are generic cannot be seen."""

_ON_A_LINE = ("theorem_10", "theorem_12")


def theorems_found(
    points: Array, settings: LandscapeSettings
) -> tuple[TheoremFound, ...]:
    """Return the record's "theorems"; none but for the rectifier.

    With biases a point counts as one of R^(d0 + 1), except where a theorem has biases
    of its own; Corollary 8 is asked only of linearly independent ones. "measured" is
    the least width that leaves the same fraction of what the theorem counts, exactly or
    in a sample.
    """
    if settings.of.slopes != (0.0, 1.0) or settings.of.breakpoints != (0.0,):
        return ()
    points_count, inputs = points.shape
    found = []
    for name, theorem in THEOREMS.items():
        d = inputs + int(settings.biases)
        if name in _ON_A_LINE:
            if not settings.biases:
                continue
            d = inputs
        if name in _OF_SIZES_ALONE or not theorem.applies_to(points_count, d):
            continue
        if name != "corollary_8" or _are_independent(points, settings):
            found.append(_entry(theorem, points_count, d, settings))
    return tuple(found)


def _are_independent(points: Array, settings: LandscapeSettings) -> bool:
    """Whether the rows, lifted if there are biases, are so by more than rounding.

    Exact independence would not do: dependent columns are independent once rounded.
    """
    data = points.numpy()
    if settings.biases:
        data = np.hstack([data, np.ones((len(data), 1))])
    norms = np.linalg.norm(data, axis=1, keepdims=True)
    if not norms.all():
        return False
    return bool(np.linalg.svd(data / norms, compute_uv=False)[-1] > _APART)


def _entry(
    theorem: LandscapeTheorem, n: int, d: int, settings: LandscapeSettings
) -> TheoremFound:
    epsilon = 1.0 - settings.probability
    asked = theorem.width(n, d, epsilon)
    truth = theorem.deficiency(n, d, 1, trials=1)
    measured = None
    if n <= _MOST_POINTS:
        measured = theorem.least_width(
            n, d, epsilon, trials=_TRIALS, seed=settings.seed
        )
    status = (
        "proved on the library's page"
        if asked.is_certificate
        else "recalled from the paper: an order of magnitude"
    )
    how = "exactly" if truth.is_exact else f"in a sample of {_TRIALS}"
    note = (
        f"{status}; the least width that does is {measured} ({how})"
        if measured is not None
        else f"{status}; not compared above {_MOST_POINTS} rows"
    )
    return TheoremFound(
        name=theorem.name,
        title=theorem.title,
        statement=say(
            "From this width on at most a fraction {} is bad: {}.",
            epsilon,
            truth.meaning,
        ),
        formula=asked.formula,
        width=float(asked.value),
        is_certificate=asked.is_certificate,
        trust=asked.trust,
        source=str(asked.source),
        assumptions=asked.stated,
        measured=None if measured is None else float(measured),
        note=f"{note[0].upper()}{note[1:]}. Fractions of patterns or regions are no "
        "probabilities over initial weights.",
    )
