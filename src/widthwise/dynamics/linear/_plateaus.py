"""Where gradient descent seems to have stopped, and why it has not."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch

from widthwise.arguments import positive, probability
from widthwise.arrays import Array, Float
from widthwise.dynamics.linear._guarantee import check_tolerance
from widthwise.prose import Prose, say

__all__ = ["Plateau", "check_span", "find_plateaus"]

_POINTS_A_DECADE = 64


@dataclass(frozen=True)
class Plateau:
    """A range of steps over which the relative residual hardly falls.

    Attributes
    ----------
    residual
        The relative residual at the first step.
    first_step, last_step
        The range; `last_step` is inf where nothing more will ever move.
    reason
        What holds the residual up, in words.

    Examples
    --------
    >>> import widthwise as ww
    >>> run = ww.dynamics.landweber_from_projections([1.0, 1e-4], [1.0, 1.0])
    >>> plateau = run.plateaus()[0]
    >>> round(plateau.residual, 3), plateau.first_step < plateau.last_step
    (1.0, True)
    """

    residual: float
    first_step: int
    last_step: int | float
    reason: str

    @property
    def sentence(self) -> str:
        """The plateau in one sentence, for a person who watches the loss."""
        steps = "step" if self.first_step == 1 else "steps"
        last = self.last_step
        return say(
            "After {:,} {} almost nothing moves {}: the relative residual stays near "
            "{:2}, and {}.",
            self.first_step,
            steps,
            "ever" if last == math.inf else say("until {:2}", last),
            self.residual,
            self.reason,
        )


def check_span(tolerance: float | int, drop: float | int, decades: float | int) -> None:
    """Refuse what describes no plateau."""
    check_tolerance(tolerance)
    probability(drop, "drop")
    positive(decades, "decades", may_be_infinite=True)


def find_plateaus(
    singular_values: Float[Array, " r"],
    weights: Float[Array, " r"],
    unreachable: float | int,
    decays: Float[Array, " r"],
    remaining: Callable[[Array], Array],
    relative_residual: Callable[[Array], Array],
    *,
    tolerance: float | int,
    drop: float | int,
    decades: float | int,
) -> tuple[Plateau, ...]:
    """Return the plateaus above `tolerance`, in the order of the steps."""
    grid = _grid(_end(decays[weights != 0]))
    residuals = relative_residual(grid)
    found = []
    for first, last in _flat_spans(grid, residuals, tolerance, drop, decades):
        forever = last == len(grid) - 1 and unreachable > tolerance
        left = (remaining(grid[last : last + 1])[0] * weights).square()
        found.append(
            Plateau(
                residual=float(residuals[first]),
                first_step=int(grid[first]),
                last_step=math.inf if forever else int(grid[last]),
                reason=_outside(unreachable)
                if unreachable**2 > float(left.sum())
                else _held_up(singular_values, left, decays),
            )
        )
    return tuple(found)


def _end(decays: Float[Array, " r"]) -> float:
    """Return a step count by which every live mode has died."""
    moving = decays[decays > 0]
    if len(moving) == 0:
        return 100.0
    return min(max(100.0, 800.0 / float(moving.min())), 1e300)


def _grid(end: float) -> Float[Array, " c"]:
    count = int(_POINTS_A_DECADE * math.log10(end)) + 2
    powers = torch.linspace(0.0, math.log10(end), count, dtype=torch.float64)
    counts = torch.round(10.0**powers)
    return counts[torch.cat([counts.diff() > 0, torch.tensor([True])])]


def _flat_spans(
    grid: Float[Array, " c"],
    residuals: Float[Array, " c"],
    tolerance: float | int,
    drop: float | int,
    decades: float | int,
) -> list[tuple[int, int]]:
    """Return disjoint index ranges, longest first chosen, sorted by their start."""
    above = int((residuals > tolerance).sum())
    logs = torch.log10(grid[:above]).tolist()
    levels = residuals[:above].tolist()
    candidates = []
    last = 0
    for first in range(above):
        last = max(last, first)
        while last + 1 < above and levels[last + 1] >= (1 - drop) * levels[first]:
            last += 1
        if logs[last] - logs[first] >= decades:
            candidates.append((logs[last] - logs[first], first, last))
    chosen: list[tuple[int, int]] = []
    for _, first, last in sorted(candidates, key=lambda each: (-each[0], each[1])):
        if all(last < other[0] or first > other[1] for other in chosen):
            chosen.append((first, last))
    return sorted(chosen)


def _outside(unreachable: float | int) -> Prose:
    return say(
        "what is left of the targets lies mostly outside the range of the features: "
        "no step brings the relative residual below {}",
        unreachable,
    )


def _held_up(
    singular_values: Float[Array, " r"],
    left: Float[Array, " r"],
    decays: Float[Array, " r"],
) -> Prose:
    """Name the modes that hold nine tenths of what is left and can still go."""
    order = left.argsort(descending=True)
    shares = left[order].cumsum(0) / left.sum()
    holding = order[: int((shares < 0.9).sum()) + 1]
    low, high = singular_values[holding].min(), singular_values[holding].max()
    modes = say("the mode with singular value {:2}", float(low))
    if len(holding) > 1:
        modes = say(
            "{:,} modes with singular values from {:2} to {:2}",
            len(holding),
            float(low),
            float(high),
        )
    decay = float(decays[holding].max())
    return say(
        "at least nine tenths of the squared residual are in {}; the fastest of what "
        "is left needs about {} steps",
        modes,
        say("{:2}", 1 / decay) if decay > 0 else say("more than {}", 1e300),
    )
