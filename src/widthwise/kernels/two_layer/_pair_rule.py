r"""E[f(a u) g(b v)] for single pairs of rows under the Gaussian law, in pieces.

With $v = \rho u + s z$, z independent of u and $\rho^2 + s^2 = 1$, the expectation is
that of f(a u) times $H(u) = E\,g(b (\rho u + s z))$. Both integrals are cut where f's
and g's pieces end. H bends within some $s / \rho$ of a kink's place, however small s
is, and is cut there too; where no piece ends within reach of z, g is one polynomial,
whose mean a Gauss-Hermite rule finds exactly.

With a factor c, and f = g, it is $E (f(a u) - c f(b v))^2$, which does not cancel.
"""

from functools import partial

import numpy as np

from widthwise.machine import compiled

__all__ = ["add_lines", "add_pairs", "evaluate", "piece_of", "value_of"]

# Multiplications and additions may be fused.
_fused = partial(compiled, fastmath=frozenset({"contract"}))


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
        for edge in edges:
            if abs(edge) < a * reach:
                cuts[count] = edge / a
                count += 1
            if abs(edge) < abs(b) * r * reach:
                cuts[count] = edge / (b * r)
                count += 1
        for kink in kinks:
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
            piece = piece_of(edges, a * (low + width / 2))
            for k in range(rule.shape[1]):
                u = low + width * rule[0, k]
                mass = width * rule[1, k] * np.exp(-u * u / 2)
                value = value_of(edges, coefficients, piece, a * u)
                if not is_square:
                    mass *= value
                if mass != 0.0:
                    total += mass * _smoothed(
                        b * r * u, abs(b) * s, value, factor[n], edges, others, reach,
                        longest, rule, hermite, room
                    )  # fmt: skip
        out[n] = total / np.sqrt(2 * np.pi)


@_fused
def add_lines(  # type: ignore[no-untyped-def]
    middle, width, edges, others, reach, longest, rule, hermite, out
):
    """Write E g(middle + width z), each (N,), g in pieces."""
    room = np.empty((2, max(rule.shape[1], hermite.shape[1])))
    for n in range(len(out)):
        out[n] = _smoothed(
            middle[n], width[n], 0.0, np.nan, edges, others, reach, longest, rule,
            hermite, room
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
        count = hermite.shape[1]
        for k in range(count):
            places[k] = (middle + width * hermite[0, k] - centre) * scale
        evaluate(coefficients, piece, places, values, count)
        for k in range(count):
            found = values[k]
            if is_square:
                found = (value - factor * found) ** 2
            total += hermite[1, k] * found
        return total
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
