"""The smallest eigenvalue of a matrix of balls, enclosed with proof."""

from dataclasses import dataclass

from flint import arb, arb_mat, ctx

from widthwise.errors import DataError
from widthwise.prose import say

__all__ = ["SmallestEigenvalue", "smallest_enclosed"]

_ROUNDS, _SWEEPS = 400, 3
_PATIENCE = 4
"""Rounds in a row without a higher bound, after which the balls allow none."""


@dataclass(frozen=True)
class SmallestEigenvalue:
    r"""An interval that provably contains $\lambda_{\min}$.

    Attributes
    ----------
    enclosure
        A flint ball.
    bits
        The working precision.
    points_count
        n.

    Examples
    --------
    >>> import widthwise as ww
    >>> kernel = ww.kernels.enclosed_kernel([[1, 0], [0, 1]], "relu", "gaussian")
    >>> found = ww.spectra.smallest_enclosed(kernel)
    >>> found.is_positive, round(float(found.value), 6)
    (True, 0.340845)
    """

    enclosure: arb
    bits: int
    points_count: int

    @property
    def value(self) -> float:
        """The middle of the enclosure, as a float."""
        return float(self.enclosure.mid())

    @property
    def lower(self) -> float:
        """A float that is not above λ_min, up to the rounding of this float."""
        return float(self.enclosure.lower())

    @property
    def upper(self) -> float:
        """A float that is not below λ_min, up to the rounding of this float."""
        return float(self.enclosure.upper())

    @property
    def is_positive(self) -> bool:
        """Whether the matrix is proved to be positive definite."""
        return bool(self.enclosure > 0)

    @property
    def digits(self) -> int:
        """How many decimal digits are proved."""
        return max(0, int(self.enclosure.rel_accuracy_bits() * 0.30103))

    def __str__(self) -> str:
        if self.is_positive:
            return str(self.enclosure.str(max(self.digits, 1)))
        if self.enclosure == 0:
            return "0, exactly"
        return say(
            f"at most {{}}, and not told from zero with {self.bits} bits", self.upper
        )


def smallest_enclosed(matrix: arb_mat, *, bits: int = 128) -> SmallestEigenvalue:
    r"""Enclose the smallest eigenvalue of a symmetric matrix of balls.

    Inverse iteration finds an approximate eigenvector v. Then $v^\top A v / v^\top v$
    is an upper bound in balls, and a lower bound s is proved by an approximate root R
    with $\|R^{-\top} (A - sI) R^{-1} - I\| < 1$ in balls (Sylvester's law of inertia),
    for s as close below as the balls allow.

    Parameters
    ----------
    matrix
        (n, n), symmetric; a ball stands for every number in it.
    bits
        Working precision.

    Returns
    -------
    An interval that contains $\lambda_{\min}$ of every symmetric matrix within the
    balls.

    Raises
    ------
    DataError
        If the matrix is not square, or an entry is not finite.

    Source
    ------
    Rump (2010), "Verification methods", Acta Numerica 19, section 10.

    Cost
    ----
    n³ operations on balls for each of about ten factorizations.

    Examples
    --------
    >>> import widthwise as ww
    >>> kernel = ww.kernels.enclosed_kernel([[1, 0], [0, 1]], "relu", "gaussian")
    >>> found = ww.spectra.smallest_enclosed(kernel)
    >>> round(float(found.value), 6)
    0.340845
    """
    n = matrix.nrows()
    if n == 0 or matrix.ncols() != n:
        raise DataError(
            f"The matrix has shape ({n}, {matrix.ncols()}); it must be square."
        )
    with ctx.workprec(bits):
        rows = matrix.tolist()
        if not all(x.is_finite() for row in rows for x in row):
            raise DataError("The matrix has an entry that is not a finite ball.")
        size = max(
            (sum((abs(x).upper() for x in row), arb(0)) for row in rows), key=float
        )
        if not size > 0:
            return SmallestEigenvalue(arb(0), bits, n)
        lower, upper = _bounds(matrix, rows, size)
        return SmallestEigenvalue(lower.union(upper), bits, n)


def _bounds(matrix: arb_mat, rows: list[list[arb]], size: arb) -> tuple[arb, arb]:
    """Return a proved lower bound, and a Rayleigh quotient close above it.

    Inverse iteration with a shift that is proved to be below λ_min converges to its
    eigenvector and to no other; each round raises the shift, by half the gap at least.
    """
    n = len(rows)
    best = min((rows[i][i] for i in range(n)), key=float)
    vector = arb_mat(n, 1, [arb(1) + arb(7 * i % 11) / 16 for i in range(n)])
    # Zero, where it is below λ_min, is nearer than any bound from the size.
    lower = arb(0) if _is_positive_definite(matrix, arb(0)) else -2 * size
    middle = matrix.mid()
    in_vain = 0
    for _ in range(_ROUNDS):
        shifted = middle - lower.mid() * _identity(n)
        for _ in range(_SWEEPS):
            found = shifted.solve(vector, nonstop=True, algorithm="approx").entries()
            if not all(x.is_finite() for x in found):
                break
            largest = max((abs(x) for x in found), key=float)
            vector = arb_mat(n, 1, [(x / largest).mid() for x in found])
        square = (vector.transpose() * vector)[0, 0]
        image = matrix * vector
        quotient = (vector.transpose() * image)[0, 0] / square
        if quotient.upper() < best.upper():
            best = quotient
        gaps = [image[i, 0] - quotient * vector[i, 0] for i in range(n)]
        residual = (sum((x * x for x in gaps), arb(0)) / square).upper().sqrt()
        least = (best.rad() + size * arb(2) ** (12 - ctx.prec)).upper()
        distance = best.upper() - lower
        if distance <= 4 * least:
            break
        in_vain += 1
        for gap in (least, 2 * residual + least, distance / 2):
            trial = (best.lower() - gap).lower()
            if trial > lower and _is_positive_definite(matrix, trial):
                lower, in_vain = trial, 0
                break
        if in_vain > _PATIENCE or (in_vain and distance <= 64 * n * least):
            break
    return lower, best


def _is_positive_definite(matrix: arb_mat, shift: arb) -> bool:
    r"""Whether $X^\top (A - sI) X$ is certainly within 1 of I, X^{-1} near the root.

    Then it is positive definite, X is regular, and A - sI is positive definite. A
    factorization in balls would prove it too, but loses digits at every pivot.
    """
    n = matrix.nrows()
    shifted = matrix - shift * _identity(n)
    root = _root(shifted.mid().tolist())
    if root is None:
        return False
    inverse = root.solve(_identity(n), nonstop=True, algorithm="approx").mid()
    near = inverse.transpose() * shifted * inverse - _identity(n)
    return all(sum((abs(x) for x in row), arb(0)) < 1 for row in near.tolist())


def _root(rows: list[list[arb]]) -> arb_mat | None:
    """Return about the triangular R with R^T R the matrix, or None if there is none."""
    n = len(rows)
    work = [rows[i][i:] for i in range(n)]
    found = []
    for k in range(n):
        row = work[k]
        if not row[0].mid() > 0:
            return None
        scale = row[0].mid().rsqrt()
        found.append([arb(0)] * k + [(x * scale).mid() for x in row])
        for i in range(k + 1, n):
            factor = (row[i - k] / row[0].mid()).mid()
            target = work[i]
            for j in range(i, n):
                target[j - i] = (target[j - i] - factor * row[j - k]).mid()
    return arb_mat(found)


def _identity(n: int) -> arb_mat:
    return arb_mat(n, n, [1 if i == j else 0 for i in range(n) for j in range(n)])
