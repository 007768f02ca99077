"""Whether Jacobians have full rank, decided trial by trial in compiled loops."""

import numpy as np

from widthwise.machine import compiled
from widthwise.numerics.exact_rank_elimination import eliminate, reduce_float

__all__ = [
    "BY_CHOLESKY",
    "BY_PATTERN",
    "BY_PRIMES",
    "FULL_BY_PRIME",
    "count_pairs",
    "settle",
    "settle_choices",
    "settle_trials",
]

BY_CHOLESKY = 1
"""Full: the Gram matrix is positive definite by more than its rounding errors."""
FULL_BY_PRIME = 2
"""Full: the Gram matrix is regular modulo a prime."""
BY_PATTERN = -1
"""Deficient at any data: a point without slope, or d + 1 points with one column."""
BY_PRIMES = -2
"""Deficient: singular modulo every prime tried."""

_UNIT = 2.0**-53

_M1, _M2 = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333)
_M4, _H01 = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101)
_ONE, _TWO, _FOUR, _TOP = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(56)


@compiled
def settle_trials(
    points: np.ndarray,  # (trials, d, n), lifted if biases count
    weights: np.ndarray,  # (trials, d1, d)
    edges: np.ndarray,  # breakpoints of the activation
    flags: np.ndarray,  # (pieces,), 1 where the slope is the high one
    slopes: np.ndarray,  # (2,), low and high
    residues: np.ndarray,  # (primes, 2), of whole multiples of the slopes
    primes: np.ndarray,
    powers: np.ndarray,  # (primes, 4801)
    verdicts: np.ndarray,  # (trials,), written
) -> None:
    """Decide every trial."""
    trials, _, n = points.shape
    width = weights.shape[1]
    bits = np.empty(((width + 63) // 64, n), np.uint64)
    counts = np.empty((n, n), np.int64)
    arguments = np.empty(n)
    active = np.empty(n, np.uint64)
    for trial in range(trials):
        x = points[trial]
        bits[:] = 0
        for r in range(width):
            _pre_activations(weights[trial, r], x, arguments)
            active[:] = flags[0]
            for k in range(edges.size):
                for i in range(n):
                    active[i] = flags[k + 1] if arguments[i] >= edges[k] else active[i]
            place = np.uint64(r & 63)
            word = bits[r >> 6]
            for i in range(n):
                word[i] |= active[i] << place
        count_pairs(bits, counts)
        verdicts[trial] = settle(counts, width, x, slopes, residues, primes, powers)


@compiled
def settle_choices(
    x: np.ndarray,  # (d, n), lifted if biases count
    patterns: np.ndarray,  # (patterns, n), uint64
    choices: np.ndarray,  # (trials, width), a pattern for each unit
    slopes: np.ndarray,
    residues: np.ndarray,
    primes: np.ndarray,
    powers: np.ndarray,
    verdicts: np.ndarray,  # (trials,), written
) -> None:
    """Decide the regions in which the units have these patterns."""
    trials, width = choices.shape
    n = x.shape[1]
    bits = np.empty(((width + 63) // 64, n), np.uint64)
    counts = np.empty((n, n), np.int64)
    for trial in range(trials):
        bits[:] = 0
        for r in range(width):
            row = patterns[choices[trial, r]]
            place = np.uint64(r & 63)
            word = bits[r >> 6]
            for i in range(n):
                word[i] |= row[i] << place
        count_pairs(bits, counts)
        verdicts[trial] = settle(counts, width, x, slopes, residues, primes, powers)


@compiled
def settle(
    counts: np.ndarray,  # (n, n), upper triangle of AᵀA, int64
    width: int,
    x: np.ndarray,  # (d, n)
    slopes: np.ndarray,
    residues: np.ndarray,
    primes: np.ndarray,
    powers: np.ndarray,
) -> int:
    """Return how the rank of the Jacobian with this Gram matrix is settled."""
    d, n = x.shape
    if n > width * d or _pattern_forbids(counts, width, d, slopes):
        return -1
    gram = np.zeros((n, n))
    if _is_positive_definite(counts, width, x, slopes, gram):
        return 1
    for k in range(primes.size):
        if _regular_modulo(counts, width, x, residues[k], primes[k], powers[k], gram):
            return 2
    return -2


@compiled
def _pre_activations(w: np.ndarray, x: np.ndarray, found: np.ndarray) -> None:
    """W·x in a fixed order without fused operations: the same bits everywhere."""
    found[:] = 0.0
    for j in range(w.size):
        weight = w[j]
        row = x[j]
        for i in range(row.size):
            found[i] += weight * row[i]


@compiled
def count_pairs(bits: np.ndarray, counts: np.ndarray) -> None:
    """Write the upper triangle of AᵀA: units active at both points.

    `bits` (words, n), uint64, holds 64 units a word.
    """
    words, n = bits.shape
    counts[:] = 0
    for k in range(words):
        for i in range(n):
            source = bits[k, i:]
            target = counts[i, i:]
            own = source[0]
            for j in range(source.size):
                # Compilers recognize this and use the processor's population count.
                v = own & source[j]
                v = v - ((v >> _ONE) & _M1)
                v = (v & _M2) + ((v >> _TWO) & _M2)
                v = (v + (v >> _FOUR)) & _M4
                target[j] += np.int64((v * _H01) >> _TOP)


@compiled
def _pattern_forbids(
    counts: np.ndarray, width: int, d: int, slopes: np.ndarray
) -> bool:
    """Whether |S| > d rank(A_S) for a point alone or for points of equal columns."""
    n = counts.shape[0]
    for i in range(n):
        if (slopes[0] == 0.0 and counts[i, i] == 0) or (
            slopes[1] == 0.0 and counts[i, i] == width
        ):
            return True
    if d >= n:
        return False
    own = np.empty(n, np.int64)
    for i in range(n):
        own[i] = counts[i, i]
    for i in range(n - d):
        both, theirs, mine = counts[i, i:], own[i:], own[i]
        equal = 0
        for j in range(both.size):
            equal += int((both[j] == mine) & (theirs[j] == mine))
        if equal > d:
            return True
    return False


@compiled
def _is_positive_definite(
    counts: np.ndarray,
    width: int,
    x: np.ndarray,
    slopes: np.ndarray,
    gram: np.ndarray,
) -> bool:
    """Whether a Cholesky factorization proves it, all roundings accounted for.

    If the factorization of the computed G - c I runs to its end, then G + E is positive
    definite for every |E| < c - γ(n+1) tr G (Rump 2006, Verification of positive
    definiteness). E is the error of the entries: each is below (d + 10) u t_i t_j.
    """
    d, n = x.shape
    low, high = slopes[0], slopes[1]
    for i in range(n):
        _add_rows(gram[i, i:], x, i, d, 1.0)
    largest = max(abs(low), abs(high))
    are_whole = abs(low) <= 1.0 and low == np.floor(low)
    are_whole = are_whole and abs(high) <= 1.0 and high == np.floor(high)
    scales = np.empty(n)
    errors = 0.0
    trace = 0.0
    diagonal = np.empty(n)
    own = np.empty(n)
    for i in range(n):
        diagonal[i] = gram[i, i]
        own[i] = counts[i, i]
    for i in range(n):
        row, both, theirs, mine = gram[i, i:], counts[i, i:], own[i:], own[i]
        for j in range(row.size):
            two = np.float64(both[j])
            one = mine + theirs[j] - 2.0 * two
            none = width - mine - theirs[j] + two
            row[j] *= high * high * two + low * high * one + low * low * none
        if not 1e-200 < gram[i, i] < 1e200:
            return False
        scales[i] = 2.0 ** (-np.floor(0.5 * np.log2(gram[i, i])))
        square = scales[i] * scales[i]
        trace += gram[i, i] * square
        if are_whole:
            errors += gram[i, i] * square
        else:
            errors += largest * largest * width * diagonal[i] * square
    # Twice what is needed: for the roundings of c, of the shift and of the traces.
    margin = 2.0 * _UNIT * ((n + 4) * trace + (d + 10) * errors)
    for i in range(n):
        row, factors, scale = gram[i, i:], scales[i:], scales[i]
        for j in range(row.size):
            row[j] *= scale * factors[j]
        row[0] -= margin
    for k in range(n):
        row = gram[k, k:]
        _add_rows(row, gram, k, k, -1.0)
        if not row[0] > 0.0:
            return False
        inverse = 1.0 / np.sqrt(row[0])
        for j in range(row.size):
            row[j] *= inverse
    return True


@compiled
def _add_rows(
    target: np.ndarray, rows: np.ndarray, start: int, count: int, sign: float
) -> None:
    """Add sign * rows[m, start] * rows[m, start:] for m below `count`, four a pass."""
    whole = count - count % 4
    for m in range(0, whole, 4):
        # Slices of a row, or the compiler would not know that they are contiguous.
        first, second = rows[m, start:], rows[m + 1, start:]
        third, last = rows[m + 2, start:], rows[m + 3, start:]
        a, b = sign * first[0], sign * second[0]
        c, e = sign * third[0], sign * last[0]
        for j in range(target.size):
            target[j] += (a * first[j] + b * second[j]) + (c * third[j] + e * last[j])
    for m in range(whole, count):
        first = rows[m, start:]
        a = sign * first[0]
        for j in range(target.size):
            target[j] += a * first[j]


@compiled
def _regular_modulo(
    counts: np.ndarray,
    width: int,
    x: np.ndarray,
    residues: np.ndarray,
    prime: int,
    powers: np.ndarray,
    gram: np.ndarray,
) -> bool:
    """Whether the Gram matrix has full rank modulo the prime."""
    d, n = x.shape
    p = np.float64(prime)
    inverse = 1.0 / p
    rows = np.empty((d, n))
    for j in range(d):
        for i in range(n):
            rows[j, i] = reduce_float(x[j, i], prime, powers)
    gram[:] = 0.0
    for j in range(d):
        for i in range(n):
            target = gram[i, i:]
            source = rows[j, i:]
            factor = source[0]
            for k in range(source.size):
                value = target[k] + factor * source[k]
                target[k] = value - np.floor(value * inverse) * p
    low, high = residues[0], residues[1]
    two, mixed, zero = high * high % prime, low * high % prime, low * low % prime
    for i in range(n):
        own = counts[i, i]
        for j in range(i, n):
            both = counts[i, j]
            one = own + counts[j, j] - 2 * both
            none = width - own - counts[j, j] + both
            slope = (two * both + mixed * one + zero * none) % prime
            value = np.float64(np.int64(gram[i, j]) * slope % prime)
            gram[i, j] = value
            gram[j, i] = value
    pivots = np.empty(n, np.int64)
    return bool(eliminate(gram, p, pivots) == n)
