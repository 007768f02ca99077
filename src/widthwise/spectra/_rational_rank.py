"""The rank of spherical harmonics at rows of floats, decided over the rationals."""

import flint
import numpy as np

from widthwise.numerics import has_room
from widthwise.numerics.exact_rank import random_primes
from widthwise.numerics.harmonics import harmonics_count

__all__ = ["rational_rank"]

_BITS = 31
_PRIMES = 2
_MOST_ENTRIES = 4_000_000
_ENTRY_BYTES = 80  # Of arrays, and of the list of integers that flint is given


def rational_rank(
    rows: np.ndarray, degrees: tuple[int, ...], dimension: int
) -> int | None:
    r"""Return the rank of $(Y(x_i / \|x_i\|))_i$ over the harmonics Y of some degrees.

    Floats are rationals. A harmonic of degree k times $\|x\|^{p - k}$ is a homogeneous
    polynomial of degree p and the same parity, so one parity needs no root; with two,
    a row's norm is a root in the field of $p^2$ elements. The harmonics are spanned by
    zonal ones at as many random centres, the arithmetic is modulo random primes of 31
    bits, and the rank is never above the true one; below it with a chance of about
    2^-60.

    Parameters
    ----------
    rows
        x, shape (q, d'), not zero, of any norm; their coordinates in a subspace of
        $R^d$ if d' < d.
    degrees, dimension
        The degrees, and d.

    Returns
    -------
    The rank; None if it would take too long, or more memory than there is.

    Cost: q c² modular operations a prime for c = min(q, harmonics) centres; 80 bytes
    for each of q c entries, of two parities for four times as many.
    """
    parities = [tuple(k for k in degrees if k % 2 == odd) for odd in (0, 1)]
    parities = [each for each in parities if each]
    count = len(rows)
    columns = [
        min(count, sum(harmonics_count(dimension, k) for k in each))
        for each in parities
    ]
    work = count * sum(columns) * (rows.shape[1] + len(degrees))
    if count * sum(columns) > _MOST_ENTRIES or work > 40 * _MOST_ENTRIES:
        return None
    entries = count * sum(columns) * (4 if len(parities) == 2 else 1)
    if not has_room(_ENTRY_BYTES * entries):
        return None
    most = min(count, sum(columns))
    best = 0
    for index, prime in enumerate(_primes()):
        generator = np.random.default_rng(index)
        best = max(best, _rank(rows, parities, columns, dimension, prime, generator))
        if best == most:
            break
    return best


def _primes() -> tuple[int, ...]:
    """Primes of which -1 is no square, so that its root makes the larger field."""
    found = random_primes(16 * _PRIMES, _BITS, 0, "harmonics")
    return tuple([p for p in found if p % 4 == 3][:_PRIMES])


def _rank(
    rows: np.ndarray,
    parities: list[tuple[int, ...]],
    columns: list[int],
    dimension: int,
    prime: int,
    generator: np.random.Generator,
) -> int:
    points = _residues(rows, prime)
    squares = (points * points % prime).sum(axis=1) % prime
    blocks = [
        _zonal(points, squares, each, count, dimension, prime, generator)
        for each, count in zip(parities, columns, strict=True)
    ]
    if len(blocks) == 1:
        return _modular_rank(blocks[0], prime)
    # The block of the lower degree needs an odd power of the norm r, r^gap.
    low = 0 if max(parities[0]) < max(parities[1]) else 1
    gap = abs(max(parities[0]) - max(parities[1]))
    power = _powers(squares, (gap - 1) // 2, prime)
    root, is_real = _roots(squares, prime)
    lifted = blocks[low] * (root * power % prime)[:, None] % prime
    other = blocks[1 - low]
    if is_real.all():
        return _modular_rank(np.hstack([lifted, other]), prime)
    # a + b i is [[a, -b], [b, a]]; r is real, or i times a number.
    zero = np.zeros_like(lifted)
    real = np.where(is_real[:, None], lifted, zero)
    imaginary = np.where(is_real[:, None], zero, lifted)
    flat = np.zeros_like(other)
    above = np.hstack([real, (prime - imaginary) % prime, other, flat])
    below = np.hstack([imaginary, real, flat, other])
    return _modular_rank(np.vstack([above, below]), prime) // 2


def _residues(values: np.ndarray, prime: int) -> np.ndarray:
    """Return finite floats modulo the prime, exactly: each is k 2^e."""
    fractions, exponents = np.frexp(values)
    wholes = np.ldexp(fractions, 53).astype(np.int64) % prime
    least = int(exponents.min()) - 53
    top = int(exponents.max()) - 53
    powers = [pow(2, least, prime)]
    for _ in range(top - least):
        powers.append(2 * powers[-1] % prime)
    found: np.ndarray = wholes * np.array(powers)[exponents - 53 - least] % prime
    return found


def _zonal(
    points: np.ndarray,
    squares: np.ndarray,
    degrees: tuple[int, ...],
    count: int,
    dimension: int,
    prime: int,
    generator: np.random.Generator,
) -> np.ndarray:
    r"""Return $\sum_k (\|x\| \|z\|)^{p-k} H_k(x, z)$ at random centres z, (q, count).

    H_k is $(\|x\| \|z\|)^k P_k$ of the cosine: a polynomial of x·z and the squares.
    """
    centres = generator.integers(prime, size=(count, points.shape[1]))
    if points.shape[1] < dimension:
        sizes = generator.integers(prime, size=count)
    else:
        sizes = (centres * centres % prime).sum(axis=1) % prime
    dots = np.zeros((len(points), count), dtype=np.int64)
    for x, z in zip(points.T, centres.T, strict=True):
        dots = (dots + x[:, None] * z) % prime
    norms = squares[:, None] * sizes % prime
    total = np.zeros_like(dots)
    before, now = np.zeros_like(dots), np.ones_like(dots)
    parity = degrees[0] % 2
    for degree in range(max(degrees) + 1):
        if degree % 2 == parity:
            total = total * norms % prime
        if degree in degrees:
            # Any weights will do; random ones cancel nowhere.
            total = (total + int(generator.integers(1, prime)) * now) % prime
        if degree == 0:
            following = dots
        else:
            following = (2 * degree + dimension - 2) * (dots * now % prime) % prime
            following = (following - degree * (norms * before % prime)) % prime
            following = following * pow(degree + dimension - 2, -1, prime) % prime
        before, now = now, following
    return total


def _powers(values: np.ndarray, exponent: int, prime: int) -> np.ndarray:
    return np.array([pow(int(x), exponent, prime) for x in values], dtype=np.int64)


def _roots(squares: np.ndarray, prime: int) -> tuple[np.ndarray, np.ndarray]:
    """Return s with s² = q, or s² = -q where q is no square; and which it is."""
    found = _powers(squares, (prime + 1) // 4, prime)
    return found, found * found % prime == squares


def _modular_rank(matrix: np.ndarray, prime: int) -> int:
    n, m = matrix.shape
    return int(flint.nmod_mat(n, m, matrix.ravel().tolist(), prime).rank())
