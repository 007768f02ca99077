"""How much the powers of the correlations of one row sum to at most, by blocks."""

from dataclasses import dataclass

import numpy as np

from widthwise.arrays import Float, row_blocks

__all__ = ["PowerSums", "power_sums"]

_ALL_ROWS_UP_TO = 20_000
_DOUBLINGS = 15


@dataclass(frozen=True, eq=False)
class PowerSums:
    r"""Upper ends of $R_k = \max_i \sum_{j \ne i} |x_i \cdot x_j|^k$, falling in k.

    Attributes
    ----------
    powers, sums
        Some k, ascending, and their $R_k$.
    correlation
        The largest $|x_i \cdot x_j|$.
    """

    powers: tuple[int, ...]
    sums: tuple[float, ...]
    correlation: float

    def at(self, degree: int) -> float:
        """Return a bound of R_k: that of the largest power tried up to k."""
        chosen = [s for k, s in zip(self.powers, self.sums, strict=True) if k <= degree]
        return chosen[-1] if chosen else float("inf")


def power_sums(points: Float[np.ndarray, "n d"]) -> PowerSums:
    r"""Bound the sums for k = 1, 2, 3, 4, 6, 8, 12, ...

    Above 20,000 rows by $(n - 1) \rho^k$. Cost: $n^2 (d + 30)$ operations, 256 rows at
    a time.
    """
    count = len(points)
    powers = sorted({2**j for j in range(_DOUBLINGS)} | {3 * 2**j for j in range(14)})
    slack = 4 * np.finfo(float).eps * (points.shape[1] + 4)
    worst, largest = dict.fromkeys(powers, 0.0), 0.0
    for block in row_blocks(count, count):
        size = np.abs(points[block] @ points.T) + slack
        rows = np.arange(len(size))
        size[rows, rows + block.start] = 0.0
        largest = max(largest, float(size.max()))
        if count > _ALL_ROWS_UP_TO:
            continue
        for start in (1, 3):
            part = size**start
            for k in [each for each in powers if each in _chain(start)]:
                worst[k] = max(worst[k], float(part.sum(axis=1).max()))
                part *= part
    largest = min(largest, 1.0)
    if count > _ALL_ROWS_UP_TO:
        worst = {k: (count - 1) * largest**k for k in powers}
    safe = {k: value * (1 + 1e-9) for k, value in worst.items()}
    return PowerSums(tuple(powers), tuple(safe[k] for k in powers), largest)


def _chain(start: int) -> set[int]:
    return {start * 2**j for j in range(_DOUBLINGS)}
