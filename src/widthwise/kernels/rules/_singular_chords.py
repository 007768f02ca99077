"""Where a dual under the sphere law is not analytic."""

import numpy as np

from widthwise.laws import Law

__all__ = ["QUARTER", "singular_chords"]

QUARTER = float(np.sqrt(0.5))
"""sin(π/4), where the representation changes from sin(θ/2) to cos(θ/2)."""
_SAME = 1e-12
"""What is less apart differs by rounding."""


def singular_chords(
    breakpoints: tuple[float, ...], law: Law, *, has_cone: bool
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return sin(θ/2) for θ < π/2 and cos(θ/2) for θ > π/2, ascending.

    At these angles two cuts touch on the unit circle, a cone being a cut of angle 0.
    """
    if law.support_radius != 1.0:
        return (), ()
    turns = [float(np.arccos(b)) for b in breakpoints if abs(b) <= 1.0]
    turns += [0.0] if has_cone else []
    angles = {abs(a - b) for a in turns for b in turns}
    angles |= {min(a + b, 2 * np.pi - a - b) for a in turns for b in turns}
    near = [float(np.sin(a / 2)) for a in angles if a < np.pi / 2]
    return _apart(near), _apart([float(np.cos(a / 2)) for a in angles if a > np.pi / 2])


def _apart(places: list[float]) -> tuple[float, ...]:
    """Return those within (0, QUARTER), ascending, each once."""
    found = [0.0]
    for place in sorted(places):
        if min(place - found[-1], QUARTER - place) > _SAME:
            found.append(place)
    return tuple(found[1:])
