"""Tiny regions decided with fractions alone: elimination after Gauss and Fourier."""

from fractions import Fraction

__all__ = ["jacobian", "nearest_outputs", "region_has_point", "solve"]


def jacobian(pattern, points, outer, slopes=(0, 1)):
    """Rows of J as fractions; points already carry their 1 for a bias."""
    return [
        [
            Fraction(float(v)) * Fraction(slopes[int(row[i])]) * Fraction(float(x))
            for row, v in zip(pattern, outer, strict=True)
            for x in points[i]
        ]
        for i in range(len(points))
    ]


def solve(rows, right):
    """One solution of a consistent system, or None."""
    rows = [[*row, value] for row, value in zip(rows, right, strict=True)]
    width = len(rows[0]) - 1
    pivots, rank = [], 0
    for column in range(width):
        pivot = next((i for i in range(rank, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        rows[rank] = [each / rows[rank][column] for each in rows[rank]]
        for i in range(len(rows)):
            if i != rank and rows[i][column]:
                factor = rows[i][column]
                rows[i] = [
                    a - factor * b for a, b in zip(rows[i], rows[rank], strict=True)
                ]
        pivots.append(column)
        rank += 1
    if any(row[-1] for row in rows[rank:]):
        return None
    found = [Fraction(0)] * width
    for row, column in zip(rows, pivots, strict=False):
        found[column] = row[-1]
    return found


def nearest_outputs(rows, targets):
    """Projection of the targets on the range of J, by the normal equations."""
    transposed = list(map(list, zip(*rows, strict=True)))
    normal = [
        [sum(a * b for a, b in zip(left, right, strict=True)) for right in transposed]
        for left in transposed
    ]
    right = [
        sum(a * b for a, b in zip(row, targets, strict=True)) for row in transposed
    ]
    theta = solve(normal, right)
    return [sum(a * b for a, b in zip(row, theta, strict=True)) for row in rows]


def region_has_point(equations, right, inequalities):
    """Whether E θ = right and every g · θ > 0 or (g, e): g · θ > e has a solution."""
    width = len(inequalities[0][0])
    system = [[*g, -e] for g, e in inequalities]  # g · θ - e > 0
    rows = [[*row, -value] for row, value in zip(equations, right, strict=True)]
    for column in range(width):  # Gauss: use up the equations.
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows = [_without(row, pivot, column) for row in rows]
        system = [_without(row, pivot, column) for row in system]
    if any(row[-1] for row in rows):
        return False
    for column in range(width):  # Fourier: combine lower with upper limits.
        low = [row for row in system if row[column] > 0]
        high = [row for row in system if row[column] < 0]
        rest = [row for row in system if not row[column]]
        for a in low:
            for b in high:
                rest.append(
                    [x * -b[column] + y * a[column] for x, y in zip(a, b, strict=True)]
                )
        system = list(map(list, {_scaled(row) for row in rest}))
    return all(row[-1] > 0 for row in system)


def _without(row, pivot, column):
    factor = row[column] / pivot[column]
    return [a - factor * b for a, b in zip(row, pivot, strict=True)]


def _scaled(row):
    size = max(map(abs, row))
    return tuple(each / size for each in row) if size else tuple(row)
