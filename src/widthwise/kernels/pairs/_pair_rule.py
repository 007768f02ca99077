r"""E[f(a u) g(b v)] for single pairs of rows under the Gaussian law, in pieces.

With $v = \rho u + s z$, z independent of u and $\rho^2 + s^2 = 1$, the expectation is
that of f(a u) times $H(u) = E\,g(b (\rho u + s z))$. Both integrals are cut where f's
and g's pieces end. H bends within some $s / \rho$ of a kink's place, however small s
is, and is cut there too; where no piece ends within reach of z, g is one polynomial,
whose mean a Gauss-Hermite rule finds exactly, one of few nodes where s is small. Where
s is small and one piece ends within reach, at k, with local powers on either side

$$g(x) = \sum_i l_i (x-k)^i + 1_{x>k} \sum_i (r_i - l_i)(x-k)^i,$$

the mean is one of moments $E(m + w z)^i$, with $m = x - k$, and of those over
$m + w z > 0$: either of $M_i = m M_{i-1} + (i-1) w^2 M_{i-2}$.

With a factor c, and f = g, it is $E (f(a u) - c f(b v))^2$, which does not cancel.
"""

from functools import partial
from math import erfc as _erfc

import numpy as np

from widthwise.machine import compiled

__all__ = ["add_lines", "add_pairs", "evaluate", "piece_of", "value_of"]

# Multiplications and additions may be fused.
_fused = partial(compiled, fastmath=frozenset({"contract"}))

_SHORT, _SHORTER = 0.02, 0.004
"""Standard deviations in half pieces below which z sees few powers of g, and below
which a piece's polynomial holds beyond its end, where rounding grows like T_23."""


@_fused
def add_pairs(  # type: ignore[no-untyped-def]
    first,  # (N,) a > 0
    second,  # (N,) b, of the sign of the correlation
    rho,  # (N,) |ρ|
    sine,  # (N,)
    factor,  # (N,) c, or NaN for the product
    edges,  # (P + 1,) of f's and g's pieces
    coefficients,  # (P, K) of f in powers of each piece's own [-1, 1]
    others,  # (P, K) of g
    kinks,  # (M,)
    panels,  # ascending cuts that any integral over u has
    layers,  # cuts around a kink in parts of s / ρ
    longest,  # panel of z
    rule,  # (2, n) Gauss-Legendre on [0, 1]
    hermite,  # (2, m) for the normal law
    few,  # (2, m') for the normal law, too
    local,  # (P + 1, 2, T) of g in powers of what is beyond each end, before and after
    out,  # (N,)
):
    most = 2 * len(edges) + len(kinks) * len(layers) + len(panels)
    cuts, room = np.empty(most), np.empty((2, max(rule.shape[1], hermite.shape[1])))
    reach = panels[-1]
    for n in range(len(out)):
        a, b, r, s = first[n], second[n], rho[n], sine[n]
        is_square = not np.isnan(factor[n])
        count = len(panels)
        cuts[:count] = panels
        # Pieces of the longer row are the shorter ones in u, and do for both.
        is_first_longer = a >= abs(b) * r
        for edge in edges:
            if is_first_longer and abs(edge) < a * reach:
                cuts[count] = edge / a
                count += 1
            if not is_first_longer and abs(edge) < abs(b) * r * reach:
                cuts[count] = edge / (b * r)
                count += 1
        for kink in kinks:
            if not is_first_longer and abs(kink) < a * reach:
                cuts[count] = kink / a
                count += 1
            if is_first_longer and abs(kink) < abs(b) * r * reach:
                cuts[count] = kink / (b * r)
                count += 1
            for layer in layers:
                place = kink + layer * s * b
                if abs(place) < abs(b) * r * reach:
                    cuts[count] = place / (b * r)
                    count += 1
        ends = np.sort(cuts[:count])
        total = 0.0
        for i in range(count - 1):
            low, width = ends[i], ends[i + 1] - ends[i]
            if width <= 0.0:
                continue
            first_piece = piece_of(edges, a * low)
            piece = piece_of(edges, a * (low + width / 2))
            is_one = piece == first_piece and piece == piece_of(edges, a * ends[i + 1])
            for k in range(rule.shape[1]):
                u = low + width * rule[0, k]
                mass = width * rule[1, k] * np.exp(-u * u / 2)
                if not (is_one or is_first_longer):
                    piece = piece_of(edges, a * u)
                value = value_of(edges, coefficients, piece, a * u)
                if not is_square:
                    mass *= value
                if mass != 0.0:
                    total += mass * _smoothed(
                        b * r * u, abs(b) * s, value, factor[n], edges, others, reach,
                        longest, rule, hermite, few, local, room
                    )  # fmt: skip
        out[n] = total / np.sqrt(2 * np.pi)


@_fused
def add_lines(  # type: ignore[no-untyped-def]
    middle, width, edges, others, reach, longest, rule, hermite, few, local, out
):
    """Write E g(middle + width z), each (N,), g in pieces."""
    room = np.empty((2, max(rule.shape[1], hermite.shape[1])))
    for n in range(len(out)):
        out[n] = _smoothed(
            middle[n], width[n], 0.0, np.nan, edges, others, reach, longest, rule,
            hermite, few, local, room
        )  # fmt: skip


@_fused
def _smoothed(  # type: ignore[no-untyped-def]
    middle,
    width,
    value,
    factor,
    edges,
    coefficients,
    reach,
    longest,
    rule,
    hermite,
    few,
    local,
    room,
):
    """Return E f(middle + width z), or with a factor E (value - factor f)²."""
    is_square = not np.isnan(factor)
    last = piece_of(edges, middle + width * reach)
    piece = piece_of(edges, middle - width * reach)
    count, (places, values) = rule.shape[1], room
    total = 0.0
    if piece == last:
        centre = (edges[piece] + edges[piece + 1]) / 2
        scale = 2 / (edges[piece + 1] - edges[piece])
        nodes = few if width * scale < _SHORT else hermite
        count = nodes.shape[1]
        for k in range(count):
            places[k] = (middle + width * nodes[0, k] - centre) * scale
        evaluate(coefficients, piece, places, values, count)
        for k in range(count):
            found = values[k]
            if is_square:
                found = (value - factor * found) ** 2
            total += nodes[1, k] * found
        return total
    if last == piece + 1:
        shorter = min(edges[last] - edges[piece], edges[last + 1] - edges[last])
        if 2 * width < _SHORTER * shorter:
            low, high = local[last]
            return _beside(middle - edges[last], width, value, factor, low, high)
    start = max(-reach, (edges[piece] - middle) / width)
    for p in range(piece, last + 1):
        stop = min(reach, (edges[p + 1] - middle) / width)
        parts = int(np.ceil((stop - start) / longest))
        centre = (edges[p] + edges[p + 1]) / 2
        scale = 2 / (edges[p + 1] - edges[p])
        for part in range(parts):
            low = start + (stop - start) * part / parts
            length = (stop - start) / parts
            for k in range(count):
                z = low + length * rule[0, k]
                places[k] = (middle + width * z - centre) * scale
            evaluate(coefficients, p, places, values, count)
            for k in range(count):
                z = low + length * rule[0, k]
                found = values[k]
                if is_square:
                    found = (value - factor * found) ** 2
                total += length * rule[1, k] * found * np.exp(-z * z / 2)
        start = stop
    return total / np.sqrt(2 * np.pi)


@_fused
def _beside(m, w, value, factor, low, high):  # type: ignore[no-untyped-def]
    """Return E f(m + w z), or E (value - factor f)², f in powers on both sides."""
    above = _erfc(-m / w / np.sqrt(2.0)) / 2
    density = w * np.exp(-m * m / (2 * w * w)) / np.sqrt(2 * np.pi)
    whole, older, part, old_part = 1.0, 0.0, above, density / (w * w)
    total, terms = 0.0, len(low)
    count = terms if np.isnan(factor) else 2 * terms - 1
    for i in range(count):
        if i == 1:
            whole, older, part, old_part = m, whole, m * part + density, part
        elif i > 1:
            rest = (i - 1) * w * w
            whole, older = m * whole + rest * older, whole
            part, old_part = m * part + rest * old_part, part
        if np.isnan(factor):
            total += low[i] * whole + (high[i] - low[i]) * part
            continue
        before = after = 0.0
        for j in range(max(0, i - terms + 1), min(i, terms - 1) + 1):
            k = i - j
            one, two = -factor * low[j], -factor * low[k]
            up, over = -factor * high[j], -factor * high[k]
            if j == 0:
                one, up = one + value, up + value
            if k == 0:
                two, over = two + value, over + value
            before += one * two
            after += up * over
        total += before * whole + (after - before) * part
    return total


@_fused
def evaluate(coefficients, piece, places, values, count):  # type: ignore[no-untyped-def]
    """Write a piece's values at places of its [-1, 1], several at once."""
    values[:count] = coefficients[piece, -1]
    for m in range(coefficients.shape[1] - 2, -1, -1):
        each = coefficients[piece, m]
        for k in range(count):
            values[k] = values[k] * places[k] + each


@_fused
def piece_of(edges, x):  # type: ignore[no-untyped-def]
    """Return the piece that holds x, the nearest beyond the ends."""
    low, high = 0, len(edges) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if x < edges[middle]:
            high = middle
        else:
            low = middle
    return low


@_fused
def value_of(edges, coefficients, piece, x):  # type: ignore[no-untyped-def]
    left, right = edges[piece], edges[piece + 1]
    y = (x - (left + right) / 2) * (2 / (right - left))
    value = coefficients[piece, -1]
    for m in range(coefficients.shape[1] - 2, -1, -1):
        value = value * y + coefficients[piece, m]
    return value
